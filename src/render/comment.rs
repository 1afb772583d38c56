//! Comments: statements of their own on PostgreSQL, nothing on SQLite. `mysql/comment.rs` has the rest.

use crate::dialect::Dialect;
use crate::dsl::{Column, Operation, Table};

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

/// What of the operation an engine without comments leaves out, as a sentence.
pub(super) fn left_out(dialect: Dialect, operation: &Operation) -> Option<String> {
    if dialect.features().comments {
        return None;
    }
    let of_column = |table: &str, column: &str| format!("the comment of {table}.{column}");
    let what = match operation {
        Operation::CommentTable(it) => format!("the comment of {}", it.table),
        Operation::CommentColumn(it) => of_column(&it.table, &it.column),
        Operation::AddColumn(it) => {
            it.column.comment.as_ref()?;
            of_column(&it.table, &it.column.name)
        }
        Operation::CreateTable(it) => {
            let table = &it.table;
            let said = table.columns.iter().any(|it| it.comment.is_some());
            if !said && table.comment.is_none() {
                return None;
            }
            format!("what is said of {} and its columns", table.name)
        }
        Operation::DropTable(_)
        | Operation::DropColumn(_)
        | Operation::CreateIndex(_)
        | Operation::DropIndex(_)
        | Operation::RenameColumn(_)
        | Operation::RenameIndex(_)
        | Operation::RenameTable(_)
        | Operation::CreateView(_)
        | Operation::ReplaceView(_)
        | Operation::DropView(_)
        | Operation::CreateTrigger(_)
        | Operation::ReplaceTrigger(_)
        | Operation::DropTrigger(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddPrimaryKey(_)
        | Operation::DropPrimaryKey(_)
        | Operation::AlterColumn(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)
        | Operation::Insert(_)
        | Operation::Update(_)
        | Operation::Delete(_)
        | Operation::Backfill(_)
        | Operation::RunSql(_) => return None,
    };
    Some(format!(
        "{what} is left out: {} has no comments",
        dialect.product()
    ))
}
