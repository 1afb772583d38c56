use std::fmt;

use super::{AddCheck, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_check.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropCheck {
    /// The name of the table.
    pub table: String,
    /// The label of the check.
    pub check: String,
}

impl DropCheck {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_check(&self.table, &self.check)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let there = before
            .table(&self.table)
            .and_then(|table| table.check_labelled(&self.check));
        match there {
            Some(check) => Inverse::Exact(vec![
                AddCheck {
                    table: self.table.clone(),
                    check: check.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!(
                    "the schema before it has no check {} on {}",
                    self.check, self.table
                ),
            },
        }
    }
}

impl fmt::Display for DropCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop check {}.{}", self.table, self.check)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn the_way_back_is_the_check_as_it_was() {
        let positive = check("positive", col("n").gt(0)).named("x");
        let made = table("t").columns([integer("n")]).check(positive.clone());
        let before = fold([CreateTable { table: made }.into()]).unwrap();
        let drop = Operation::from(DropCheck {
            table: "t".into(),
            check: "positive".into(),
        });
        let add = AddCheck {
            table: "t".into(),
            check: positive,
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
