use std::fmt;

use super::{Delete, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::rows::{Constant, constant};
use crate::dsl::{Expr, ExprTrait, Row, Table, col, rows};

/// Inserts rows: [`Migration::insert`](crate::dsl::Migration::insert).
///
#[doc = include_str!("../../../docs/operations/insert.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The name of the table.
    pub table: String,
    /// The rows; all of them name the same columns.
    pub rows: Vec<Row>,
}

impl Insert {
    pub(super) fn apply(&self, catalog: &Catalog) -> Result<(), OperationError> {
        catalog.check_insert(&self.table, &self.rows)
    }

    /// Rows that name their primary key can be found again; what was changed in them since is lost with them.
    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let table = before.table(&self.table);
        let Some(predicate) = table.and_then(|table| self.keys(table)) else {
            return Inverse::None {
                reason: format!(
                    "the rows that were inserted into {} do not name its primary key, so they can't be told from others",
                    self.table
                ),
            };
        };
        let delete = Delete {
            table: self.table.clone(),
            rows: rows().only_where(predicate),
        };
        Inverse::Lossy {
            operations: vec![delete.into()],
            loss: format!(
                "what was changed since in the rows that were inserted into {}",
                self.table
            ),
        }
    }

    /// What is true of these rows alone: their keys.
    fn keys(&self, table: &Table) -> Option<Expr> {
        let known = |value: &&Expr| match constant(value) {
            Some(Constant::Literal(_) | Constant::Bytes(_)) => true,
            Some(Constant::Null) | None => false,
        };
        let key_of = |row: &Row| -> Option<Vec<Expr>> {
            let values = table.primary_key.iter();
            values
                .map(|column| row.value(column).filter(known).cloned())
                .collect()
        };
        let keys: Vec<Vec<Expr>> = self.rows.iter().map(key_of).collect::<Option<_>>()?;
        if let [column] = table.primary_key.as_slice() {
            return Some(col(column.clone()).is_in(keys.into_iter().flatten()));
        }
        let one = |key: Vec<Expr>| {
            let parts = table.primary_key.iter().zip(key);
            parts
                .map(|(column, value)| col(column.clone()).eq(value))
                .reduce(ExprTrait::and)
        };
        keys.into_iter()
            .map(one)
            .collect::<Option<Vec<Expr>>>()?
            .into_iter()
            .reduce(ExprTrait::or)
    }
}

impl fmt::Display for Insert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "insert into {}", self.table)?;
        for row in &self.rows {
            write!(f, "\n  row {row}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn seats() -> Operation {
        CreateTable {
            table: table("seats").columns([
                string("room").length(20).primary_key(),
                integer("seat").primary_key(),
                boolean("vip").default(false),
                timestamp("held_at").nullable(),
            ]),
        }
        .into()
    }

    fn insert(rows: impl IntoIterator<Item = Row>) -> Result<(), String> {
        let insert = Insert {
            table: "seats".into(),
            rows: rows.into_iter().collect(),
        };
        fold([seats(), insert.into()])
            .map(drop)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_row_gives_every_column_what_it_needs() {
        let one = || row().set("room", "a").set("seat", 1);
        assert_eq!(insert([one()]), Ok(()));
        assert_eq!(insert([one().set("held_at", null())]), Ok(()));
        for (rows, reason) in [
            (vec![], "no row"),
            (vec![row().set("room", "a")], "needs a value"),
            (vec![one().set("seat", 2)], "twice"),
            (vec![one().set("vip", null())], "NOT NULL"),
            (vec![one().set("vip", 1)], "no value of the type boolean"),
            (vec![one().set("vip", col("vip"))], "names a column"),
            (vec![one().set("nope", 1)], "no column nope"),
            (vec![one(), one().set("vip", true)], "other columns"),
            (vec![one().set("held_at", "noon")], "2024-02-29 12:34:56"),
        ] {
            let error = insert(rows.clone()).unwrap_err();
            assert!(error.contains(reason), "{rows:?}: {error}");
        }
    }

    #[test]
    fn rows_that_name_their_key_can_be_taken_out_again() {
        let before = fold([seats()]).unwrap();
        let back = |row: Row| {
            let rows = vec![row];
            Operation::from(Insert {
                table: "seats".into(),
                rows,
            })
            .inverse(&before)
        };
        let Inverse::Lossy { operations, .. } = back(row().set("room", "it's").set("seat", 1))
        else {
            panic!("there is a way back");
        };
        assert_eq!(
            operations[0].to_string(),
            "delete from seats\n  only where \"room\" = E'it\\'s' AND \"seat\" = 1"
        );
        let none = back(row().set("room", "a").set("seat", Expr::val(1).add(1)));
        assert!(matches!(none, Inverse::None { .. }), "{none:?}");
    }

    #[test]
    fn a_table_must_be_there() {
        let rows = vec![row().set("a", 1)];
        let error = fold([Insert {
            table: "t".into(),
            rows,
        }
        .into()]);
        assert!(matches!(error, Err(OperationError::UnknownTable { .. })));
    }
}
