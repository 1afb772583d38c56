use std::fmt;

use super::{DropUnique, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Unique;

#[doc = include_str!("../../../docs/operations/add_unique.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AddUnique {
    /// The name of the table.
    pub table: String,
    /// The unique constraint.
    pub unique: Unique,
}

impl AddUnique {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_unique(&self.table, &self.unique)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropUnique {
                table: self.table.clone(),
                unique: self.unique.label.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for AddUnique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("add unique ")?;
        f.write_str(&self.table)?;
        f.write_str(".")?;
        self.unique.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(unique: Unique) -> Result<crate::Catalog, OperationError> {
        let made = table("t")
            .columns([integer("id").primary_key(), integer("n")])
            .index(index("n").columns(["n"]));
        let add = AddUnique {
            table: "t".into(),
            unique,
        };
        fold([CreateTable { table: made }.into(), add.into()])
    }

    #[test]
    fn it_names_columns_that_are_there_each_once() {
        assert!(create(unique("u").columns(["n", "id"])).is_ok());
        let unknown = create(unique("u").columns(["nope"]));
        assert!(
            matches!(unknown, Err(OperationError::UnknownColumn { .. })),
            "{unknown:?}"
        );
        let key = unique("u").columns(["id"]);
        for bad in [unique("u"), unique("u").columns(["n", "n"]), key] {
            let error = create(bad);
            assert!(
                matches!(error, Err(OperationError::InvalidConstraint { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn its_name_is_no_indexs_of_any_engine() {
        for taken in ["idx_t_n", "idx_n", "T"] {
            let error = create(unique("u").columns(["n"]).named(taken));
            assert!(
                matches!(error, Err(OperationError::NameCollision { .. })),
                "{taken}: {error:?}"
            );
        }
    }

    #[test]
    fn its_columns_cannot_be_dropped() {
        let mut catalog = create(unique("u").columns(["n"])).unwrap();
        let index = DropIndex {
            table: "t".into(),
            index: "n".into(),
        };
        Operation::from(index).apply(&mut catalog).unwrap();
        let drop = DropColumn {
            table: "t".into(),
            column: "n".into(),
        };
        let error = Operation::from(drop).apply(&mut catalog);
        assert!(
            matches!(error, Err(OperationError::ColumnInUse { .. })),
            "{error:?}"
        );
    }
}
