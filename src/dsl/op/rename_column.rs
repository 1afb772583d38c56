use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/rename_column.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct RenameColumn {
    /// The name of the table.
    pub table: String,
    /// The name that the column has.
    pub column: String,
    /// The name that it gets.
    pub to: String,
}

impl RenameColumn {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.rename_column(&self.table, &self.column, &self.to)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            RenameColumn {
                table: self.table.clone(),
                column: self.to.clone(),
                to: self.column.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for RenameColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rename column {}.{} to {}",
            self.table, self.column, self.to
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn rename(table: Table, column: &str, to: &str) -> Result<crate::Catalog, OperationError> {
        let name = table.name.clone();
        let rename = RenameColumn {
            table: name,
            column: column.into(),
            to: to.into(),
        };
        fold([CreateTable { table }.into(), rename.into()])
    }

    fn jobs() -> Table {
        table("jobs").columns([uuid("id").primary_key(), text("status"), text("note")])
    }

    #[test]
    fn the_key_and_the_indexes_follow() {
        let jobs = jobs().index(index("state").columns(["status", "id"]));
        let catalog = rename(jobs.clone(), "status", "state").unwrap();
        let table = catalog.table("jobs").unwrap();
        assert_eq!(table.columns[1].name, "state");
        assert_eq!(table.indexes[0].columns[0].column(), Some("state"));
        let catalog = rename(jobs, "id", "job_id").unwrap();
        assert_eq!(catalog.table("jobs").unwrap().primary_key, ["job_id"]);
    }

    #[test]
    fn a_name_that_is_taken_or_unusable_is_refused() {
        for (column, to) in [
            ("status", "note"),
            ("status", "NOTE"),
            ("status", "a`b"),
            ("nope", "x"),
        ] {
            assert!(rename(jobs(), column, to).is_err(), "{column} to {to}");
        }
    }

    #[test]
    fn a_column_of_a_partial_index_keeps_its_name() {
        let partial = jobs().index(
            index("open")
                .columns(["id"])
                .only_where(col("status").eq("x")),
        );
        let error = rename(partial, "status", "state");
        assert!(
            matches!(error, Err(OperationError::ColumnInUse { .. })),
            "{error:?}"
        );
    }
}
