use std::fmt;

use super::{AddColumn, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a column, with its values: [`Migration::drop_column`](crate::dsl::Migration::drop_column).
///
#[doc = include_str!("../../../docs/operations/drop_column.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropColumn {
    /// The name of the table.
    pub table: String,
    /// The name of the column.
    pub column: String,
}

impl DropColumn {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_column(&self.table, &self.column)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before
            .table(&self.table)
            .and_then(|table| table.column_named(&self.column))
        {
            Some(column) if !column.fits_existing_rows() => Inverse::None {
                reason: format!(
                    "{}.{} is NOT NULL and has no default, so existing rows could not get it back",
                    self.table, self.column
                ),
            },
            Some(column) => {
                let add = AddColumn {
                    table: self.table.clone(),
                    column: column.clone(),
                };
                // What is computed can be computed again.
                if column.generated.is_some() {
                    return Inverse::Exact(vec![add.into()]);
                }
                Inverse::Lossy {
                    operations: vec![add.into()],
                    loss: format!("the values that {}.{} had", self.table, self.column),
                }
            }
            None => Inverse::None {
                reason: format!(
                    "the schema before it has no column {}.{}",
                    self.table, self.column
                ),
            },
        }
    }
}

impl fmt::Display for DropColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop column {}.{}", self.table, self.column)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn drop_from(table: Table, column: &str) -> Result<crate::Catalog, OperationError> {
        let name = table.name.clone();
        fold([
            CreateTable { table }.into(),
            DropColumn {
                table: name,
                column: column.into(),
            }
            .into(),
        ])
    }

    fn jobs() -> Table {
        table("jobs").columns([uuid("id").primary_key(), text("status"), text("note")])
    }

    #[test]
    fn a_column_leaves_the_catalog() {
        let catalog = drop_from(jobs(), "note").unwrap();
        assert!(
            catalog
                .table("jobs")
                .unwrap()
                .column_named("note")
                .is_none()
        );
    }

    #[test]
    fn a_column_that_an_index_or_the_key_names_stays() {
        let by_column = jobs().index(index("status").columns(["status"]));
        let by_predicate = jobs().index(
            index("id")
                .columns(["id"])
                .only_where(col("status").eq("x")),
        );
        for (table, column) in [
            (by_column, "status"),
            (by_predicate, "status"),
            (jobs(), "id"),
        ] {
            let error = drop_from(table, column);
            assert!(
                matches!(error, Err(OperationError::ColumnInUse { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_way_back_needs_a_value_for_existing_rows() {
        let before = fold([CreateTable {
            table: jobs().columns([text("about").nullable()]),
        }
        .into()])
        .unwrap();
        let inverse = |column: &str| {
            Operation::from(DropColumn {
                table: "jobs".into(),
                column: column.into(),
            })
            .inverse(&before)
        };
        assert!(matches!(inverse("about"), Inverse::Lossy { .. }));
        assert!(matches!(inverse("note"), Inverse::None { .. }));
    }

    #[test]
    fn the_last_column_stays() {
        let error = drop_from(table("t").columns([text("only")]), "only");
        assert!(matches!(error, Err(OperationError::NoColumns { .. })));
    }
}
