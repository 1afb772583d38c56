//! Changes of rows: INSERT, UPDATE and DELETE, which all engines write alike but for names and values.

use super::expression::expression;
use super::postgres::literal;
use super::{Opaque, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::rows::{Constant, constant};
use crate::dsl::{
    Column, ColumnType, Delete, Expr, Insert, Literal, Operation, Rows, Table, Update, now,
};

pub(super) fn insert(
    dialect: Dialect,
    step: usize,
    insert: &Insert,
    before: &Catalog,
) -> Result<Statement, RenderError> {
    let table = find(&insert.table, before)?;
    let first = insert.rows.first().map(|it| it.values.as_slice());
    let names: Vec<&String> = first
        .unwrap_or_default()
        .iter()
        .map(|(name, _)| name)
        .collect();
    let mut rows = Vec::new();
    for row in &insert.rows {
        let mut values = Vec::new();
        for name in &names {
            let given = row.value(name).ok_or_else(|| no_column(table, name))?;
            values.push(value(dialect, column(table, name)?, given)?);
        }
        rows.push(format!("({})", values.join(", ")));
    }
    let sql = format!(
        "INSERT INTO {} ({}) VALUES\n    {}",
        dialect.quote(&table.name),
        dialect.quote_list(names),
        rows.join(",\n    ")
    );
    Ok(changing_rows(step, sql, &insert.clone().into()))
}

pub(super) fn update(
    dialect: Dialect,
    step: usize,
    update: &Update,
    before: &Catalog,
) -> Result<Statement, RenderError> {
    let table = find(&update.table, before)?;
    let predicate = match &update.rows.predicate {
        Some(predicate) => format!("\nWHERE {}", expression(dialect, predicate)?),
        None => String::new(),
    };
    let sql = format!("{}{predicate}", setting(dialect, table, &update.rows)?);
    Ok(changing_rows(step, sql, &update.clone().into()))
}

pub(super) fn delete(
    dialect: Dialect,
    step: usize,
    delete: &Delete,
) -> Result<Statement, RenderError> {
    let predicate = match &delete.rows.predicate {
        Some(predicate) => format!(" WHERE {}", expression(dialect, predicate)?),
        None => String::new(),
    };
    let sql = format!("DELETE FROM {}{predicate}", dialect.quote(&delete.table));
    Ok(changing_rows(step, sql, &delete.clone().into()))
}

/// UPDATE as far as its values.
pub(super) fn setting(dialect: Dialect, table: &Table, rows: &Rows) -> Result<String, RenderError> {
    let mut changes = Vec::new();
    for (name, given) in &rows.changes {
        let given = value(dialect, column(table, name)?, given)?;
        changes.push(format!("{} = {given}", dialect.quote(name)));
    }
    Ok(format!(
        "UPDATE {} SET {}",
        dialect.quote(&table.name),
        changes.join(", ")
    ))
}

/// A statement about which the catalog can say nothing. It is one transaction with its record, on every engine.
pub(super) fn changing_rows(step: usize, sql: String, operation: &Operation) -> Statement {
    Statement {
        opaque: Some(Opaque {
            only_if: None,
            data_only: true,
            checksum: operation.checksum(),
            in_utc: true,
        }),
        ..Statement::of(step, sql, true)
    }
}

/// A value as its column takes it.
fn value(dialect: Dialect, column: &Column, value: &Expr) -> Result<String, RenderError> {
    let column_type = column.type_on(dialect);
    Ok(match constant(value) {
        Some(Constant::Null) => "NULL".to_owned(),
        // Text would be a text to SQLite, and read for backslashes by PostgreSQL.
        Some(Constant::Literal(Literal::Text(text)))
            if matches!(
                column_type,
                ColumnType::Bytes | ColumnType::Varbinary { .. }
            ) =>
        {
            bytes(dialect, text.as_bytes())
        }
        Some(Constant::Literal(it)) => literal(dialect, &it),
        Some(Constant::Bytes(it)) => bytes(dialect, &it),
        None => match (dialect, column_type) {
            // Without its precision, it is cut to whole seconds.
            (Dialect::MySql | Dialect::MariaDb, ColumnType::Timestamp | ColumnType::DateTime)
                if *value == now() =>
            {
                "CURRENT_TIMESTAMP(6)".to_owned()
            }
            (Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite, _) => {
                expression(dialect, value)?
            }
        },
    })
}

fn bytes(dialect: Dialect, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match dialect {
        Dialect::Postgres => dialect.quote_text(&format!("\\x{hex}")),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => format!("x'{hex}'"),
    }
}

pub(super) fn find<'c>(table: &str, before: &'c Catalog) -> Result<&'c Table, RenderError> {
    before
        .table(table)
        .ok_or_else(|| RenderError::Schema(format!("there is no table {table}")))
}

fn column<'t>(table: &'t Table, name: &str) -> Result<&'t Column, RenderError> {
    table
        .column_named(name)
        .ok_or_else(|| no_column(table, name))
}

fn no_column(table: &Table, name: &str) -> RenderError {
    RenderError::Schema(format!("table {} has no column {name}", table.name))
}
