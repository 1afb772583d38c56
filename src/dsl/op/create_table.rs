use std::fmt;

use super::{DropTable, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Table;

/// Makes a table, with its primary key and indexes: [`Migration::create_table`](crate::dsl::Migration::create_table).
///
#[doc = include_str!("../../../docs/operations/create_table.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// The table.
    pub table: Table,
}

impl CreateTable {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_table(&self.table)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Lossy {
            operations: vec![
                DropTable {
                    table: self.table.name.clone(),
                }
                .into(),
            ],
            loss: format!("the rows of {}", self.table.name),
        }
    }
}

impl fmt::Display for CreateTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("create table ")?;
        self.table.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(table: Table) -> Result<crate::Catalog, OperationError> {
        fold([CreateTable { table }.into()])
    }

    #[test]
    fn a_table_enters_the_catalog_as_it_is() {
        let jobs = table("jobs")
            .columns([uuid("id").primary_key(), string("queue")])
            .index(index("queue").columns(["queue"]));
        let catalog = create(jobs.clone()).unwrap();
        assert_eq!(catalog.table("jobs"), Some(&jobs));
    }

    #[test]
    fn a_table_needs_columns() {
        assert!(matches!(
            create(table("jobs")),
            Err(OperationError::NoColumns { .. })
        ));
    }

    #[test]
    fn a_second_table_of_that_name_is_refused_whatever_its_case() {
        let error = fold([
            CreateTable {
                table: table("jobs").columns([uuid("id")]),
            }
            .into(),
            CreateTable {
                table: table("JOBS").columns([uuid("id")]),
            }
            .into(),
        ]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn the_primary_key_names_columns_that_are_there_once_and_not_null() {
        for bad in [
            table("t").columns([uuid("id")]).primary_key(["nope"]),
            table("t").columns([uuid("id")]).primary_key(["id", "id"]),
            table("t").columns([uuid("id").nullable().primary_key()]),
        ] {
            assert!(create(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let twice = table("t").columns([uuid("id"), text("ID")]);
        assert!(matches!(
            create(twice),
            Err(OperationError::DuplicateColumn { .. })
        ));
    }
}
