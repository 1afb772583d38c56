use std::fmt;

use super::{DropPrimaryKey, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/add_primary_key.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPrimaryKey {
    /// The name of the table.
    pub table: String,
    /// The names of the key's columns, in its order.
    pub columns: Vec<String>,
}

impl AddPrimaryKey {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_primary_key(&self.table, &self.columns)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropPrimaryKey {
                table: self.table.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for AddPrimaryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "add primary key {} ({})",
            self.table,
            self.columns.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn add(columns: &[&str]) -> Operation {
        AddPrimaryKey {
            table: "t".into(),
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        }
        .into()
    }

    fn create() -> Operation {
        let made = table("t").columns([integer("a"), integer("b"), integer("c").nullable()]);
        CreateTable { table: made }.into()
    }

    #[test]
    fn a_table_has_one_of_columns_that_are_not_null() {
        let catalog = fold([create(), add(&["b", "a"])]).unwrap();
        assert_eq!(catalog.table("t").unwrap().primary_key, ["b", "a"]);
        assert!(fold([create(), add(&["a"]), add(&["b"])]).is_err());
        for bad in [&["c"][..], &["a", "a"], &["nope"], &[]] {
            assert!(fold([create(), add(bad)]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_name_that_postgresql_gives_it_must_be_free() {
        let other = CreateTable {
            table: table("T_PKEY").columns([integer("id")]),
        };
        let error = fold([other.into(), create(), add(&["a"])]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
    }
}
