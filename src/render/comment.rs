//! Comments: statements of their own on PostgreSQL, nothing on SQLite. `mysql/comment.rs` has the rest.

use crate::dialect::Dialect;
use crate::dsl::{Column, Table};

const SELF: Dialect = Dialect::Postgres;

pub(super) fn on_table(table: &str, comment: Option<&str>) -> String {
    format!(
        "COMMENT ON TABLE {} IS {}",
        SELF.quote(table),
        value(comment)
    )
}

pub(super) fn on_column(table: &str, column: &str, comment: Option<&str>) -> String {
    format!(
        "COMMENT ON COLUMN {}.{} IS {}",
        SELF.quote(table),
        SELF.quote(column),
        value(comment)
    )
}

/// What a new table and its columns say.
pub(super) fn of_new_table(table: &Table) -> Vec<String> {
    let own = table.comment.as_deref();
    let own = own.map(|comment| on_table(&table.name, Some(comment)));
    let columns = table.columns.iter();
    let columns = columns.filter_map(|column| of_new_column(&table.name, column));
    own.into_iter().chain(columns).collect()
}

pub(super) fn of_new_column(table: &str, column: &Column) -> Option<String> {
    let comment = column.comment.as_deref()?;
    Some(on_column(table, &column.name, Some(comment)))
}

fn value(comment: Option<&str>) -> String {
    comment.map_or_else(|| "NULL".to_owned(), |it| SELF.quote_text(it))
}

/// The sentence that `what` is left out, where the engine has no comments.
pub(super) fn left_out(dialect: Dialect, what: &str) -> Option<String> {
    let product = dialect.product();
    (!dialect.features().comments).then(|| format!("{what} is left out: {product} has no comments"))
}

/// The same for what is said in a table's definition.
pub(super) fn left_out_of_table(dialect: Dialect, table: &Table) -> Option<String> {
    let said = table.columns.iter().any(|it| it.comment.is_some()) || table.comment.is_some();
    let what = said.then(|| format!("what is said of {} and its columns", table.name))?;
    left_out(dialect, &what)
}
