//! What may be said of tables and columns, for people who look at the database.

use super::{Catalog, OperationError};
use crate::dsl::{Column, Table};

/// Characters that MySQL and MariaDB keep, which are the fewest.
const LONGEST_OF_TABLE: usize = 2048;
const LONGEST_OF_COLUMN: usize = 1024;

impl Catalog {
    pub(crate) fn comment_table(
        &mut self,
        table: &str,
        comment: Option<&str>,
    ) -> Result<(), OperationError> {
        let object = format!("table {table}");
        let table = self.table_mut(table)?;
        change(&object, &mut table.comment, comment, LONGEST_OF_TABLE)
    }

    pub(crate) fn comment_column(
        &mut self,
        table: &str,
        column: &str,
        comment: Option<&str>,
    ) -> Result<(), OperationError> {
        let object = column_name(table, column);
        let table = self.table_mut(table)?;
        let unknown = OperationError::unknown_column(table, column);
        let known = table.columns.iter_mut().find(|it| it.name == column);
        let known = known.ok_or(unknown)?;
        change(&object, &mut known.comment, comment, LONGEST_OF_COLUMN)
    }
}

pub(super) fn check_table(table: &Table) -> Result<(), OperationError> {
    let comment = table.comment.as_deref();
    match comment.and_then(|it| fault(it, LONGEST_OF_TABLE)) {
        Some(reason) => Err(invalid(&format!("table {}", table.name), reason)),
        None => Ok(()),
    }
}

pub(super) fn check_column(table: &Table, column: &Column) -> Result<(), OperationError> {
    let comment = column.comment.as_deref();
    match comment.and_then(|it| fault(it, LONGEST_OF_COLUMN)) {
        Some(reason) => Err(invalid(&column_name(&table.name, &column.name), reason)),
        None => Ok(()),
    }
}

fn column_name(table: &str, column: &str) -> String {
    format!("column {table}.{column}")
}

fn change(
    object: &str,
    comment: &mut Option<String>,
    to: Option<&str>,
    longest: usize,
) -> Result<(), OperationError> {
    if let Some(reason) = to.and_then(|it| fault(it, longest)) {
        return Err(invalid(object, reason));
    }
    if comment.as_deref() == to {
        let reason = match to {
            Some(_) => "it says that already",
            None => "there is none to take away",
        };
        return Err(invalid(object, reason.to_owned()));
    }
    *comment = to.map(str::to_owned);
    Ok(())
}

/// Why some engine would not keep the comment as it is.
fn fault(comment: &str, longest: usize) -> Option<String> {
    if comment.is_empty() {
        return Some("the comment is empty, which is none".to_owned());
    }
    let characters = comment.chars().count();
    if characters > longest {
        return Some(format!(
            "the comment has {characters} characters, and {longest} fit every engine"
        ));
    }
    comment.chars().find_map(|character| match character {
        '\0' => Some("the comment has a NUL character in it".to_owned()),
        // MySQL and MariaDB keep comments, as names, in three-byte UTF-8, and would write a question mark.
        _ if character as u32 > 0xFFFF => Some(format!(
            "MySQL can't keep the character {character} in a comment"
        )),
        _ => None,
    })
}

fn invalid(object: &str, reason: String) -> OperationError {
    OperationError::InvalidComment {
        object: object.to_owned(),
        reason,
    }
}
