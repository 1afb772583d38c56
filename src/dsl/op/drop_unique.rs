use std::fmt;

use super::{AddUnique, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_unique.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropUnique {
    /// The name of the table.
    pub table: String,
    /// The label of the unique constraint.
    pub unique: String,
}

impl DropUnique {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_unique(&self.table, &self.unique)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let there = before
            .table(&self.table)
            .and_then(|table| table.unique_labelled(&self.unique));
        match there {
            Some(unique) => Inverse::Exact(vec![
                AddUnique {
                    table: self.table.clone(),
                    unique: unique.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!(
                    "the schema before it has no unique constraint {} on {}",
                    self.unique, self.table
                ),
            },
        }
    }
}

impl fmt::Display for DropUnique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop unique {}.{}", self.table, self.unique)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn the_way_back_is_the_constraint_as_it_was() {
        let pair = unique("pair").columns(["b", "a"]).named("x");
        let made = table("t")
            .columns([integer("a"), integer("b")])
            .unique(pair.clone());
        let before = fold([CreateTable { table: made }.into()]).unwrap();
        let drop = Operation::from(DropUnique {
            table: "t".into(),
            unique: "pair".into(),
        });
        let add = AddUnique {
            table: "t".into(),
            unique: pair,
        };
        assert_eq!(drop.inverse(&before), Inverse::Exact(vec![add.into()]));
        let mut after = before;
        drop.apply(&mut after).unwrap();
        let error = drop.apply(&mut after);
        assert!(
            matches!(error, Err(OperationError::UnknownConstraint { .. })),
            "{error:?}"
        );
    }
}
