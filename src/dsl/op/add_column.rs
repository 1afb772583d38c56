use std::fmt;

use super::{DropColumn, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Column;

/// Adds a column at the end of a table: [`Migration::add_column`](crate::dsl::Migration::add_column).
///
#[doc = include_str!("../../../docs/operations/add_column.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AddColumn {
    /// The name of the table.
    pub table: String,
    /// The column.
    pub column: Column,
}

impl AddColumn {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_column(&self.table, &self.column)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        let drop = DropColumn {
            table: self.table.clone(),
            column: self.column.name.clone(),
        };
        // What is computed can be computed again.
        if self.column.generated.is_some() {
            return Inverse::Exact(vec![drop.into()]);
        }
        Inverse::Lossy {
            operations: vec![drop.into()],
            loss: format!("the values of {}.{}", self.table, self.column.name),
        }
    }
}

impl fmt::Display for AddColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("add column ")?;
        f.write_str(&self.table)?;
        f.write_str(".")?;
        self.column.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn add(column: Column) -> Result<crate::Catalog, OperationError> {
        fold([
            CreateTable {
                table: table("t").columns([uuid("id").primary_key()]),
            }
            .into(),
            AddColumn {
                table: "t".into(),
                column,
            }
            .into(),
        ])
    }

    #[test]
    fn a_column_comes_last() {
        let catalog = add(integer("priority").default(2)).unwrap();
        assert_eq!(
            catalog.table("t").unwrap().columns[1],
            integer("priority").default(2)
        );
    }

    #[test]
    fn an_unknown_table_and_a_second_column_of_that_name_are_refused() {
        let orphan = fold([AddColumn {
            table: "t".into(),
            column: text("a"),
        }
        .into()]);
        assert!(matches!(orphan, Err(OperationError::UnknownTable { .. })));
        let twice = add(text("id").nullable());
        assert!(matches!(twice, Err(OperationError::DuplicateColumn { .. })));
    }

    #[test]
    fn existing_rows_need_a_value() {
        let error = add(integer("priority")).unwrap_err();
        assert!(error.to_string().contains("NOT NULL"), "{error}");
        assert!(add(integer("priority").nullable()).is_ok());
    }

    #[test]
    fn a_primary_key_is_the_tables_from_its_start() {
        let error = add(uuid("other").default("x").primary_key());
        assert!(
            matches!(error, Err(OperationError::InvalidColumn { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn what_the_builder_could_not_do_is_reported() {
        let error = add(integer("n").length(3).nullable()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("only string, char and bytes have a length"),
            "{error}"
        );
    }

    #[test]
    fn a_default_must_be_of_the_columns_type() {
        for bad in [
            integer("n").default("three"),
            boolean("n").default(1),
            small_integer("n").default(70_000),
            double("n").default(f64::NAN),
            text("n").default("a\0b"),
            integer("n").default_expression(Expr::cust_with_exprs("$2", [col("id")])),
        ] {
            assert!(add(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_default_must_fit_its_column_on_every_engine() {
        for bad in [
            string("n").length(2).default("abc"),
            string("n").default("x".repeat(256)),
            text("n").on(MySql, varchar(2)).default("abc"),
            char("n", 2).default("größe"),
            decimal("n", 4, 2).default(100),
            decimal("n", 4, 2).default(-100.5),
            real("n").default(1e300),
        ] {
            let error = add(bad.clone()).unwrap_err();
            assert!(error.to_string().contains("does not fit"), "{error}");
        }
        for good in [
            string("n").length(5).default("größe"),
            string("n").on(MySql, varchar(300)).default("x".repeat(256)),
            decimal("n", 4, 2).default(99.99),
            decimal("n", 65, 0).default(i64::MIN),
        ] {
            assert!(add(good.clone()).is_ok(), "{good}");
        }
    }
}
