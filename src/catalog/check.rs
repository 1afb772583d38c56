//! What must hold before something enters a catalog.

use super::{OperationError, generated, names, values};
use crate::dsl::{Column, ColumnType, Table};

/// A column that `table` is to get, whether in its creation or later.
pub(super) fn column(table: &Table, column: &Column) -> Result<(), OperationError> {
    names::check_column(&column.name)?;
    if table
        .columns
        .iter()
        .any(|other| names::fold_case(&other.name) == names::fold_case(&column.name))
    {
        return Err(OperationError::DuplicateColumn {
            table: table.name.clone(),
            column: column.name.clone(),
        });
    }
    let types = std::iter::once(&column.column_type)
        .chain(column.overrides.iter().map(|(_, column_type)| column_type));
    let fault = column
        .mistakes
        .first()
        .cloned()
        .or_else(|| types.into_iter().find_map(type_fault))
        .or_else(|| values::default_fault(column))
        .or_else(|| values::auto_increment_fault(column))
        .or_else(|| generated::clause_fault(column));
    match fault {
        Some(reason) => Err(invalid_column(table, column, reason)),
        None => Ok(()),
    }
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
    generated::check_unused(table, column)?;
    let holder = table
        .indexes
        .iter()
        .find_map(|index| Some((index, index.holds_names(column)?)));
    match holder {
        Some((index, what)) => Err(OperationError::ColumnInUse {
            table: table.name.clone(),
            column: column.to_owned(),
            user: format!("{what} {}", index.label),
        }),
        None => Ok(()),
    }
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
            if matches!(**element, ColumnType::Array(_) | ColumnType::Native(_)) =>
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
        | ColumnType::Native(_) => return None,
    };
    Some(format!("{column_type}: {fault}"))
}
