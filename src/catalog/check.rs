//! What must hold before something enters a catalog.

use super::{OperationError, comment, constraint_check, generated, index, names, values};
use crate::dialect::Dialect;
use crate::dsl::conversion::{Conversion, conversion};
use crate::dsl::{Check, Column, ColumnChange, ColumnType, ForeignKey, Table, Unique, expression};

/// A column that `table` is to get beside those `others`, whether in its creation or later.
pub(super) fn column(
    table: &Table,
    others: &[Column],
    column: &Column,
) -> Result<(), OperationError> {
    names::check_column(&column.name)?;
    if others
        .iter()
        .any(|other| names::fold_case(&other.name) == names::fold_case(&column.name))
    {
        return Err(OperationError::DuplicateColumn {
            table: table.name.clone(),
            column: column.name.clone(),
        });
    }
    if let Some(reason) = constraint_check::column_named_as_check(table, &column.name) {
        return Err(invalid_column(table, column, reason));
    }
    shape(table, column)
}

/// Types and default of a column.
fn shape(table: &Table, column: &Column) -> Result<(), OperationError> {
    let types = std::iter::once(&column.column_type)
        .chain(column.overrides.iter().map(|(_, column_type)| column_type));
    let fault = column
        .mistakes
        .first()
        .cloned()
        .or_else(|| types.into_iter().find_map(type_fault))
        .or_else(|| values::default_fault(column))
        .or_else(|| values::auto_increment_fault(column))
        .or_else(|| values::collation_fault(column))
        .or_else(|| generated::clause_fault(column));
    match fault {
        Some(reason) => Err(invalid_column(table, column, reason)),
        None => comment::check_column(table, column),
    }
}

/// A column that changes, as it is afterwards.
pub(super) fn altered_column(
    table: &Table,
    change: &ColumnChange,
) -> Result<Column, OperationError> {
    let Some(column) = table.column_named(&change.column) else {
        return Err(OperationError::unknown_column(table, &change.column));
    };
    let altered = change.applied_to(column);
    shape(table, &altered)?;
    for name in change
        .using
        .as_deref()
        .into_iter()
        .flat_map(expression::columns)
    {
        if table.column_named(&name).is_none() {
            return Err(OperationError::unknown_column(table, &name));
        }
    }
    if let Some(reason) = change_fault(table, change, column, &altered) {
        return Err(invalid_column(table, column, reason));
    }
    let retyped = Dialect::ALL
        .into_iter()
        .any(|dialect| column.type_on(dialect) != altered.type_on(dialect));
    if retyped {
        // PostgreSQL keeps the type of what an expression names.
        generated::check_unused(table, &column.name)?;
        check_unheld(table, &column.name)?;
    }
    let mut after = table.clone();
    for column in after
        .columns
        .iter_mut()
        .filter(|it| it.name == altered.name)
    {
        column.clone_from(&altered);
    }
    for index in &after.indexes {
        index::check_parts(&after, index)?;
    }
    Ok(altered)
}

fn change_fault(
    table: &Table,
    change: &ColumnChange,
    column: &Column,
    altered: &Column,
) -> Option<String> {
    if let Some(fault) = change.using.as_deref().and_then(expression::fault) {
        return Some(fault.to_owned());
    }
    if change.using.is_some() && change.column_type.is_none() && change.overrides.is_empty() {
        return Some("using says how values get a new type, and there is none".to_owned());
    }
    if column.generated.is_some() {
        return Some("a generated column does not change: drop it, and add another".to_owned());
    }
    if column == altered {
        return Some("nothing of it changes".to_owned());
    }
    if altered.nullable && table.primary_key.contains(&column.name) {
        return Some("a column of the primary key can't be nullable".to_owned());
    }
    let unclear = Dialect::ALL.into_iter().find(|dialect| {
        conversion(column.type_on(*dialect), altered.type_on(*dialect)) == Conversion::Unclear
    })?;
    change.using.is_none().then(|| {
        format!(
            "what becomes of {} as {} is not the same on all engines: say it with .using(..)",
            column.type_on(unclear),
            altered.type_on(unclear)
        )
    })
}

/// What more must hold for a column that comes after its table's creation.
pub(super) fn added_column(table: &Table, column: &Column) -> Result<(), OperationError> {
    if column.primary_key {
        return Err(invalid_column(
            table,
            column,
            "a primary key is made with its table".to_owned(),
        ));
    }
    if column.auto_increment {
        return Err(invalid_column(
            table,
            column,
            "a column that numbers the rows is the primary key, which is made with its table"
                .to_owned(),
        ));
    }
    if !column.fits_existing_rows() {
        return Err(invalid_column(
            table,
            column,
            "it is NOT NULL and has no default, so existing rows would have no value: \
             add .default(..) or .nullable()"
                .to_owned(),
        ));
    }
    Ok(())
}

/// A column that gets the name `to`.
pub(super) fn renamed_column(table: &Table, column: &str, to: &str) -> Result<(), OperationError> {
    if table.column_named(column).is_none() {
        return Err(OperationError::unknown_column(table, column));
    }
    names::check_column(to)?;
    let taken = |other: &Column| names::fold_case(&other.name) == names::fold_case(to);
    if table.columns.iter().any(taken) {
        return Err(OperationError::DuplicateColumn {
            table: table.name.clone(),
            column: to.to_owned(),
        });
    }
    if let Some(reason) = constraint_check::column_named_as_check(table, to) {
        return Err(OperationError::InvalidColumn {
            table: table.name.clone(),
            column: to.to_owned(),
            reason,
        });
    }
    generated::check_unused(table, column)?;
    check_unheld(table, column)
}

/// No index may hold the column by an expression: it is not written anew, and on MySQL and MariaDB the engines' forms of
/// such an index have its name and its type in them.
fn check_unheld(table: &Table, column: &str) -> Result<(), OperationError> {
    let holder = table
        .indexes
        .iter()
        .find_map(|index| Some((index, index.holds_names(column)?)));
    let user = holder
        .map(|(index, what)| format!("{what} {}", index.label))
        .or_else(|| checked(table, column));
    match user {
        Some(user) => Err(OperationError::ColumnInUse {
            table: table.name.clone(),
            column: column.to_owned(),
            user,
        }),
        None => Ok(()),
    }
}

/// The check that names a column.
fn checked(table: &Table, column: &str) -> Option<String> {
    let names = |check: &&Check| check.named_columns().iter().any(|name| name == column);
    let check = table.checks.iter().find(names)?;
    Some(format!("check {}", check.label))
}

pub(super) fn primary_key(table: &Table, key: &[String]) -> Result<(), OperationError> {
    for (position, name) in key.iter().enumerate() {
        let Some(column) = table.column_named(name) else {
            return Err(OperationError::unknown_column(table, name));
        };
        if column.nullable {
            return Err(invalid_column(
                table,
                column,
                "a column of the primary key can't be nullable".to_owned(),
            ));
        }
        if column.generated.is_some() {
            return Err(invalid_column(
                table,
                column,
                "a generated column can't be in the primary key".to_owned(),
            ));
        }
        if key[..position].contains(name) {
            return Err(invalid_column(
                table,
                column,
                "the primary key names it twice".to_owned(),
            ));
        }
    }
    let unkeyed = |it: &&Column| it.auto_increment && *key != [it.name.clone()];
    match table.columns.iter().find(unkeyed) {
        Some(column) => Err(invalid_column(
            table,
            column,
            "a column that numbers the rows must be the whole primary key".to_owned(),
        )),
        None => Ok(()),
    }
}

/// What of `table` names `column`, and so would break without it.
pub(super) fn user_of(table: &Table, column: &str) -> Option<String> {
    if table.primary_key.iter().any(|name| name == column) {
        return Some("the primary key".to_owned());
    }
    table
        .indexes
        .iter()
        .find(|index| index.named_columns().iter().any(|name| name == column))
        .map(|index| format!("index {}", index.label))
        .or_else(|| {
            let has = |unique: &&Unique| unique.columns.iter().any(|name| name == column);
            let unique = table.uniques.iter().find(has)?;
            Some(format!("unique constraint {}", unique.label))
        })
        .or_else(|| {
            let has = |key: &&ForeignKey| key.columns.iter().any(|name| name == column);
            let key = table.foreign_keys.iter().find(has)?;
            Some(format!("foreign key {}", key.label))
        })
        .or_else(|| checked(table, column))
        .or_else(|| generated::user_of(table, column))
}

pub(super) fn invalid_column(table: &Table, column: &Column, reason: String) -> OperationError {
    OperationError::InvalidColumn {
        table: table.name.clone(),
        column: column.name.clone(),
        reason,
    }
}

pub(super) fn type_fault(column_type: &ColumnType) -> Option<String> {
    let fault = match column_type {
        ColumnType::Varchar { length: Some(0) } | ColumnType::Char { length: 0 } => {
            "a length of 0 holds nothing"
        }
        // The bounds of MySQL, which are the narrowest.
        ColumnType::Char { length } if *length > 255 => "char holds at most 255 characters",
        ColumnType::Decimal { precision, scale }
            if *precision == 0 || *precision > 65 || *scale > 30 || scale > precision =>
        {
            "decimal takes 1 to 65 digits in all, 0 to 30 of them after the point"
        }
        // The widest that MySQL's rows hold.
        ColumnType::Varbinary { length } if *length == 0 || *length > 65_532 => {
            "bytes hold 1 to 65,532, or as many as there are without a length"
        }
        ColumnType::Array(element)
            if matches!(
                **element,
                ColumnType::Array(_) | ColumnType::Native(_) | ColumnType::Enum { .. }
            ) =>
        {
            "an array's elements are of one of the plain types of the DSL"
        }
        ColumnType::Array(element) => return type_fault(element),
        ColumnType::Native(sql) if sql.trim().is_empty() => "native_type is empty",
        ColumnType::Native(sql) if sql.contains(|c: char| c.is_control() || c == ';') => {
            "native_type has a control character or a semicolon in it"
        }
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Decimal { .. }
        | ColumnType::Boolean
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Enum { .. }
        | ColumnType::Native(_) => return None,
    };
    Some(format!("{column_type}: {fault}"))
}
