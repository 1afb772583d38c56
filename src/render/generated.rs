//! Generated columns, as each grammar has them.

use super::RenderError;
use super::expression::expression;
use super::mysql;
use crate::dialect::Dialect;
use crate::dsl::{Column, Expr, Generated, Storage};

/// What follows the type and NOT NULL on PostgreSQL and SQLite; `storage` is what the engine can do here.
pub(super) fn standard(
    dialect: Dialect,
    generated: &Generated,
    storage: Storage,
) -> Result<String, RenderError> {
    Ok(format!(
        " GENERATED ALWAYS AS ({}) {}",
        expression(dialect, &generated.expression)?,
        keyword(storage)
    ))
}

/// What follows the type on MySQL and MariaDB, NOT NULL and the comment included. `computed` is the expression, made fit for the
/// engine.
pub(super) fn on_mysql(
    dialect: Dialect,
    column: &Column,
    computed: &Expr,
    storage: Storage,
) -> Result<String, RenderError> {
    let clause = format!(
        " AS ({}) {}",
        expression(dialect, computed)?,
        keyword(storage)
    );
    let comment = mysql::comment_of(dialect, column);
    Ok(match (column.nullable, dialect) {
        (true, _) => clause + &comment,
        // MariaDB has no NOT NULL for what is computed.
        (false, Dialect::MariaDb) => {
            format!(
                "{clause}{comment} CHECK ({} IS NOT NULL)",
                dialect.quote(&column.name)
            )
        }
        (false, Dialect::MySql | Dialect::Postgres | Dialect::Sqlite) => {
            format!("{clause} NOT NULL{comment}")
        }
    })
}

/// What is said where the engine stores what should be computed when it is read, or the other way round.
pub(super) fn note(column: &Column, storage: Storage, why: &str) -> Option<String> {
    let generated = column.generated.as_ref()?;
    let does = match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "computed when it is read",
    };
    (generated.storage != storage).then(|| format!("{} is {does}: {why}", column.name))
}

fn keyword(storage: Storage) -> &'static str {
    match storage {
        Storage::Stored => "STORED",
        Storage::Virtual => "VIRTUAL",
    }
}
