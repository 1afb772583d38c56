use std::fmt;

use super::{AddForeignKey, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_foreign_key.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropForeignKey {
    /// The name of the table.
    pub table: String,
    /// The label of the foreign key.
    pub foreign_key: String,
}

impl DropForeignKey {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_foreign_key(&self.table, &self.foreign_key)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let there = before
            .table(&self.table)
            .and_then(|table| table.foreign_key_labelled(&self.foreign_key));
        match there {
            Some(foreign_key) => Inverse::Exact(vec![
                AddForeignKey {
                    table: self.table.clone(),
                    foreign_key: foreign_key.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!(
                    "the schema before it has no foreign key {} on {}",
                    self.foreign_key, self.table
                ),
            },
        }
    }
}

impl fmt::Display for DropForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop foreign key {}.{}", self.table, self.foreign_key)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn the_way_back_is_the_foreign_key_as_it_was() {
        let key = foreign_key("parent")
            .columns(["parent"])
            .references("t", ["id"])
            .on_delete(SetNull)
            .initially_deferred()
            .named("x");
        let made = table("t")
            .columns([integer("id").primary_key(), integer("parent").nullable()])
            .foreign_key(key.clone());
        let before = fold([CreateTable { table: made }.into()]).unwrap();
        let drop = Operation::from(DropForeignKey {
            table: "t".into(),
            foreign_key: "parent".into(),
        });
        let add = AddForeignKey {
            table: "t".into(),
            foreign_key: key,
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
