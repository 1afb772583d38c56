//! Generated columns: what they may name, and what names them.

use super::OperationError;
use super::check::invalid_column;
use crate::dsl::{Column, Table, expression};

/// Why `column` could not be generated at all, whatever its table has.
pub(super) fn clause_fault(column: &Column) -> Option<String> {
    let generated = column.generated.as_ref()?;
    if column.default.is_some() {
        return Some("a generated column can't have a default".to_owned());
    }
    if column.auto_increment {
        return Some("a generated column can't number the rows".to_owned());
    }
    expression::fault(&generated.expression)
        .or_else(|| expression::changing(&generated.expression))
        .map(str::to_owned)
}

/// The columns that the generated column `column` of `table` names must be there, and not be computed themselves.
pub(super) fn check_sources(table: &Table, column: &Column) -> Result<(), OperationError> {
    let generated = column.generated.iter();
    for name in generated.flat_map(|it| expression::columns(&it.expression)) {
        let fault = match table.column_named(&name) {
            None => return Err(OperationError::unknown_column(table, &name)),
            // MySQL would compute it before the number is known.
            Some(source) if source.auto_increment => "which numbers the rows",
            Some(source) if source.generated.is_some() => "which is generated itself",
            Some(_) => continue,
        };
        let reason = format!("its expression names the column {name}, {fault}");
        return Err(invalid_column(table, column, reason));
    }
    Ok(())
}

/// The generated column whose expression names `column`, as a noun phrase.
pub(super) fn user_of(table: &Table, column: &str) -> Option<String> {
    let names_it = |it: &&Column| {
        let generated = it.generated.iter();
        generated
            .flat_map(|it| expression::columns(&it.expression))
            .any(|name| name == column)
    };
    let user = table.columns.iter().find(names_it)?;
    Some(format!("the generated column {}", user.name))
}

/// A column that gets another name must not be named by an expression, which is not rewritten.
pub(super) fn check_unused(table: &Table, column: &str) -> Result<(), OperationError> {
    match user_of(table, column) {
        Some(user) => Err(OperationError::ColumnInUse {
            table: table.name.clone(),
            column: column.to_owned(),
            user,
        }),
        None => Ok(()),
    }
}
