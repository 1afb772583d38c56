//! What MySQL and MariaDB say of a table is one of its options; what they say of a column is a part of it.

use super::{TableChange, find_column};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, CommentColumn, CommentTable};
use crate::render::RenderError;
use crate::render::constraint::find_table;

pub(super) fn comment_table(dialect: Dialect, step: usize, it: &CommentTable) -> TableChange {
    let mut change = TableChange::alter(&it.table, step);
    // An empty one is none.
    change.comment = Some(clause(dialect, it.comment.as_deref().unwrap_or_default()));
    change
}

/// All of the column is said anew.
pub(super) fn comment_column(
    dialect: Dialect,
    step: usize,
    it: &CommentColumn,
    before: &Catalog,
) -> Result<TableChange, RenderError> {
    let table = find_table(before, &it.table)?;
    let column = Column {
        comment: it.comment.clone(),
        ..find_column(table, &it.column)?.clone()
    };
    let mut change = TableChange::alter(&it.table, step);
    change.modify_column(dialect, table, &column)?;
    Ok(change)
}

pub(super) fn clause(dialect: Dialect, comment: &str) -> String {
    format!("COMMENT {}", dialect.quote_text(comment))
}

/// What follows the rest of a column.
pub(in crate::render) fn of_column(dialect: Dialect, column: &Column) -> String {
    let comment = column.comment.as_deref();
    comment.map_or_else(String::new, |it| format!(" {}", clause(dialect, it)))
}
