//! What must hold of rows that are inserted, changed or deleted.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Catalog, OperationError, values};
use crate::dialect::Dialect;
use crate::dsl::rows::{Constant, constant};
use crate::dsl::{Column, ColumnType, Expr, Literal, Row, Rows, Table, expression};

/// More in one transaction is no batch any more.
const MOST_KEYS: u32 = 100_000;

impl Catalog {
    pub(crate) fn check_insert(&self, table: &str, rows: &[Row]) -> Result<(), OperationError> {
        let table = self.known_table(table)?;
        let Some(first) = rows.first() else {
            return Err(invalid(table, "no row is given"));
        };
        for row in rows {
            check_names(table, &row.values)?;
            let same = row.values.len() == first.values.len()
                && first
                    .values
                    .iter()
                    .all(|(name, _)| row.value(name).is_some());
            if !same {
                return Err(invalid(
                    table,
                    "a row names other columns than the first: insert it with a verb of its own",
                ));
            }
            for (column, value) in known(table, &row.values) {
                // PostgreSQL's counter would not know of it, and give the number again.
                if column.auto_increment {
                    let reason = format!("the engine numbers {}: leave it out", column.name);
                    return Err(invalid(table, reason));
                }
                if !expression::columns(value).is_empty() {
                    let reason = format!(
                        "the value of {} names a column: a new row has none yet",
                        column.name
                    );
                    return Err(invalid(table, reason));
                }
            }
            let without = table.columns.iter().find(|it| {
                !it.fits_existing_rows() && !it.auto_increment && row.value(&it.name).is_none()
            });
            if let Some(column) = without {
                let reason = format!(
                    "a new row needs a value for {}, which is NOT NULL and has no default",
                    column.name
                );
                return Err(invalid(table, reason));
            }
        }
        Ok(())
    }

    pub(crate) fn check_update(&self, table: &str, rows: &Rows) -> Result<(), OperationError> {
        let table = self.known_table(table)?;
        check_unbatched(table, rows)?;
        check_changes(table, rows)
    }

    pub(crate) fn check_backfill(&self, table: &str, rows: &Rows) -> Result<(), OperationError> {
        let table = self.known_table(table)?;
        if table.primary_key.is_empty() {
            return Err(invalid(
                table,
                "it has no primary key, by which a backfill would walk: use update",
            ));
        }
        for name in &table.primary_key {
            let column = table.column_named(name);
            let floats = column
                .is_some_and(|it| matches!(it.column_type, ColumnType::Real | ColumnType::Double));
            if floats {
                let reason = format!(
                    "{name} of its key is a floating-point number, of which no engine keeps all digits: use update"
                );
                return Err(invalid(table, reason));
            }
            // MySQL sorts them by their place, and compares them as texts.
            let is_enum = |column: &Column| {
                let mut types = Dialect::ALL.into_iter().map(|it| column.type_on(it));
                types.any(|it| matches!(it, ColumnType::Enum { .. }))
            };
            if column.is_some_and(is_enum) {
                let reason = format!(
                    "{name} of its key is an enum, which engines sort in different ways: use update"
                );
                return Err(invalid(table, reason));
            }
            if rows.changes.iter().any(|(changed, _)| changed == name) {
                let reason = format!("it walks by {name}, and can't change it: use update");
                return Err(invalid(table, reason));
            }
        }
        if rows.batch.is_some_and(|it| !(1..=MOST_KEYS).contains(&it)) {
            let reason = format!("a batch has 1 to {MOST_KEYS} keys");
            return Err(invalid(table, reason));
        }
        check_changes(table, rows)
    }

    pub(crate) fn check_delete(&self, table: &str, rows: &Rows) -> Result<(), OperationError> {
        let table = self.known_table(table)?;
        check_unbatched(table, rows)?;
        if let Some((column, _)) = rows.changes.first() {
            let reason = format!("rows that are deleted can't be given a value for {column}");
            return Err(invalid(table, reason));
        }
        check_predicate(table, rows.predicate.as_ref())
    }
}

fn invalid(table: &Table, reason: impl Into<String>) -> OperationError {
    OperationError::InvalidRows {
        table: table.name.clone(),
        reason: reason.into(),
    }
}

fn check_unbatched(table: &Table, rows: &Rows) -> Result<(), OperationError> {
    if rows.batch.is_some() || rows.pause.is_some() {
        return Err(invalid(
            table,
            "in_batches and pausing are of backfill: this is one statement",
        ));
    }
    Ok(())
}

fn check_changes(table: &Table, rows: &Rows) -> Result<(), OperationError> {
    if rows.changes.is_empty() {
        return Err(invalid(table, "it sets nothing: add .set(column, value)"));
    }
    check_names(table, &rows.changes)?;
    for (_, value) in &rows.changes {
        check_columns(table, value)?;
    }
    for (position, (column, value)) in rows.changes.iter().enumerate() {
        // MySQL and MariaDB would see the new value, the others the old one.
        let set_before = rows.changes[..position].iter();
        if let Some((earlier, _)) = set_before
            .into_iter()
            .find(|(earlier, _)| expression::may_name(value, earlier))
        {
            return Err(invalid(
                table,
                format!(
                    "the value of {column} reads {earlier}, which is set before it, and engines differ in which value \
                     that gives: set {earlier} after it"
                ),
            ));
        }
    }
    check_predicate(table, rows.predicate.as_ref())
}

fn check_predicate(table: &Table, predicate: Option<&Expr>) -> Result<(), OperationError> {
    let Some(predicate) = predicate else {
        return Ok(());
    };
    check_columns(table, predicate)?;
    match expression::fault(predicate) {
        Some(fault) => Err(invalid(table, fault)),
        None => Ok(()),
    }
}

fn check_columns(table: &Table, expression: &Expr) -> Result<(), OperationError> {
    let named = expression::columns(expression);
    match named.iter().find(|it| table.column_named(it).is_none()) {
        Some(unknown) => Err(OperationError::unknown_column(table, unknown)),
        None => Ok(()),
    }
}

/// Every column is known and named once, and every constant fits its column.
fn check_names(table: &Table, values: &[(String, Expr)]) -> Result<(), OperationError> {
    for (position, (name, value)) in values.iter().enumerate() {
        let Some(column) = table.column_named(name) else {
            return Err(OperationError::unknown_column(table, name));
        };
        if values[..position].iter().any(|(other, _)| other == name) {
            return Err(invalid(table, format!("{name} is set twice")));
        }
        if column.generated.is_some() {
            let reason = format!("{name} is computed by the engine, and can't be set");
            return Err(invalid(table, reason));
        }
        if let Some(reason) = value_fault(column, value) {
            return Err(invalid(table, reason));
        }
    }
    Ok(())
}

/// The columns that are given values; [`check_names`] has found that they are there.
fn known<'v>(
    table: &'v Table,
    values: &'v [(String, Expr)],
) -> impl Iterator<Item = (&'v Column, &'v Expr)> {
    values
        .iter()
        .filter_map(|(name, value)| Some((table.column_named(name)?, value)))
}

fn value_fault(column: &Column, value: &Expr) -> Option<String> {
    let name = &column.name;
    match constant(value) {
        None => expression::fault(value).map(str::to_owned),
        Some(Constant::Null) => {
            (!column.nullable).then(|| format!("{name} is NOT NULL, and is given NULL"))
        }
        Some(Constant::Bytes(_)) => {
            let holds = matches!(
                column.column_type,
                ColumnType::Bytes | ColumnType::Varbinary { .. } | ColumnType::Native(_)
            );
            (!holds).then(|| format!("{name} is given bytes, and holds {}", column.column_type))
        }
        Some(Constant::Literal(literal)) => values::literal_fault(&column.column_type, &literal)
            .or_else(|| values::width_fault(column, &literal))
            .or_else(|| form_fault(&column.column_type, &literal))
            .map(|fault| format!("the value of {name}: {fault}")),
    }
}

/// Texts of which engines take different forms must have the one that all take, and that means the same on all.
fn form_fault(column_type: &ColumnType, literal: &Literal) -> Option<String> {
    let Literal::Text(text) = literal else {
        return None;
    };
    let (right, form) = match column_type {
        ColumnType::Timestamp | ColumnType::DateTime => (
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok(),
            "2024-02-29 12:34:56 or 2024-02-29 12:34:56.789, in UTC",
        ),
        ColumnType::Date => (
            NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            "2024-02-29",
        ),
        ColumnType::Time => (
            NaiveTime::parse_from_str(text, "%H:%M:%S%.f").is_ok(),
            "12:34:56 or 12:34:56.789",
        ),
        ColumnType::Uuid => (
            is_uuid(text),
            "6f9619ff-8b86-4d01-b42d-00cf4fc964ff, in lower case",
        ),
        ColumnType::Json
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
        | ColumnType::Array(_)
        | ColumnType::Enum { .. }
        | ColumnType::Native(_) => return None,
    };
    (!right)
        .then(|| format!("{literal} is no {column_type} that all engines read: write it as {form}"))
}

/// Only PostgreSQL knows two spellings of one UUID for the same.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(position, byte)| match position {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            })
}
