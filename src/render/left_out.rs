//! What an engine has no form of, and does without.

use super::{comment, index};
use crate::dialect::Dialect;
use crate::dsl::Operation;

/// What is said of that in an operation.
pub(super) fn left_out(dialect: Dialect, operation: &Operation) -> Vec<String> {
    match operation {
        Operation::CreateTable(it) => {
            let mut all = index::left_out(dialect, &it.table.name, &it.table.indexes);
            all.extend(comment::left_out_of_table(dialect, &it.table));
            all
        }
        Operation::CommentTable(it) => {
            let what = format!("the comment of {}", it.table);
            comment::left_out(dialect, &what).into_iter().collect()
        }
        Operation::CommentColumn(it) => comment_of(dialect, &it.table, &it.column),
        Operation::AddColumn(it) if it.column.comment.is_some() => {
            comment_of(dialect, &it.table, &it.column.name)
        }
        Operation::CreateIndex(it) => {
            index::left_out(dialect, &it.table, std::slice::from_ref(&it.index))
        }
        Operation::CreateExtension(it) if !dialect.features().extensions => vec![format!(
            "extension {} is left out: {} has no extensions of this kind",
            it.extension.name,
            dialect.product()
        )],
        Operation::CreateExtension(_)
        | Operation::DropTable(_)
        | Operation::AddColumn(_)
        | Operation::DropColumn(_)
        | Operation::DropIndex(_)
        | Operation::RenameColumn(_)
        | Operation::Insert(_)
        | Operation::Update(_)
        | Operation::Delete(_)
        | Operation::Backfill(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddPrimaryKey(_)
        | Operation::CreateSchema(_)
        | Operation::DropSchema(_)
        | Operation::DropExtension(_)
        | Operation::DropPrimaryKey(_)
        | Operation::AlterColumn(_)
        | Operation::RenameIndex(_)
        | Operation::RenameTable(_)
        | Operation::CreateView(_)
        | Operation::ReplaceView(_)
        | Operation::DropView(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)
        | Operation::CreateTrigger(_)
        | Operation::ReplaceTrigger(_)
        | Operation::DropTrigger(_)
        | Operation::CreateFunction(_)
        | Operation::ReplaceFunction(_)
        | Operation::DropFunction(_)
        | Operation::RunSql(_) => Vec::new(),
    }
}

fn comment_of(dialect: Dialect, table: &str, column: &str) -> Vec<String> {
    let what = format!("the comment of {table}.{column}");
    comment::left_out(dialect, &what).into_iter().collect()
}
