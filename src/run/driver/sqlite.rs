//! SQLite's pipe.

use std::fmt;
use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};

use sqlx::sqlite::{SqliteConnectOptions, SqliteError};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Database, SqlSafeStr as _, Sqlite, SqliteConnection,
    SqlitePool,
};
use sqlx_core::transaction::TransactionManager as _;

use super::held::{self, Held};
use super::{BoxFuture, BoxedDriver, Driver, DriverError, DriverErrorKind, Row, Source};
use crate::dialect::Dialect;

type Transactions = <Sqlite as Database>::TransactionManager;

/// A connection to an SQLite database.
pub struct SqliteDriver<'c> {
    held: Option<Held<'c, Sqlite>>,
    in_transaction: bool,
    parting: Option<String>,
}

/// Opens a connection of its own; `create` makes a database file that is missing.
///
/// # Errors
///
/// A [`DriverError`] where the URL does not parse or the file can't be opened.
pub async fn connect(url: &str, create: bool) -> Result<SqliteDriver<'static>, DriverError> {
    let mut options: SqliteConnectOptions = url.parse()?;
    if create {
        options = options.create_if_missing(true);
    }
    let connection = establish(options.disable_statement_logging()).await?;
    Ok(SqliteDriver::holding(Held::Owned(connection)))
}

/// Opens one with these options, by code that is compiled with this crate.
#[inline(never)]
fn establish(options: SqliteConnectOptions) -> BoxFuture<'static, sqlx::Result<SqliteConnection>> {
    Box::pin(async move { options.connect().await })
}

impl<'c> SqliteDriver<'c> {
    fn holding(held: Held<'c, Sqlite>) -> Self {
        SqliteDriver {
            held: Some(held),
            in_transaction: false,
            parting: None,
        }
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection, DriverError> {
        super::held::connection(&mut self.held)
    }
}

impl Driver for SqliteDriver<'_> {
    type Scratch = SqliteDriver<'static>;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn identify(&mut self, _version: &str) {}

    fn dedicate(&mut self) {}

    fn is_borrowed(&self) -> bool {
        self.held.as_ref().is_some_and(Held::is_borrowed)
    }

    fn at_parting(&mut self, sql: Option<String>) {
        self.parting = sql;
    }

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        Ok(true)
    }

    async fn scratch(&mut self) -> Result<Option<SqliteDriver<'static>>, DriverError> {
        connect("sqlite::memory:", true).await.map(Some)
    }

    async fn schemas_like(&mut self, _pattern: &str) -> Result<Option<Vec<String>>, DriverError> {
        Ok(None)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        held::execute::<Sqlite>(self.connection()?, sql).await
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        held::rows::<Sqlite>(self.connection()?, sql).await
    }

    /// On a connection of our own, whether the write lock is free is asked at once: who waits for it, waits
    /// outside, where it can be told. Every other keeps the patience that its owner gave it, which a run that
    /// is dropped could not give back.
    async fn begin(&mut self) -> Result<(), DriverError> {
        // As sqlx opens connections: readers may keep a commit waiting.
        const PATIENT: &str = "PRAGMA busy_timeout = 5000";
        let is_owned = matches!(self.held, Some(Held::Owned(_)));
        let begin = if is_owned {
            format!("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; {PATIENT}")
        } else {
            "BEGIN IMMEDIATE".to_owned()
        };
        let begin = AssertSqlSafe(begin).into_sql_str();
        let begun = Transactions::begin(self.connection()?, Some(begin)).await;
        self.in_transaction = begun.is_ok();
        if is_owned && begun.is_err() {
            self.execute(PATIENT).await?;
        }
        Ok(begun?)
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        Transactions::commit(self.connection()?).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), DriverError> {
        Transactions::rollback(self.connection()?).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn close(mut self) {
        if let Some(held) = self.held.take() {
            held.close().await;
        }
    }

    #[inline(never)]
    fn boxed<'d>(self) -> BoxedDriver<'d>
    where
        Self: 'd,
    {
        BoxedDriver::new(self)
    }
}

/// The connection goes back to its pool or its owner: a transaction that was left open must not go with it, and
/// neither must settings. Each is sent by itself, because sqlx's thread leaves out what comes after the first where
/// nobody waits for the answer; and the first poll sends it.
impl Drop for SqliteDriver<'_> {
    fn drop(&mut self) {
        let Some(held) = &mut self.held else {
            return;
        };
        if self.in_transaction {
            Transactions::start_rollback(held.connection());
        }
        let parting = self.parting.take().unwrap_or_default();
        for sql in parting.split("; ").filter(|sql| !sql.is_empty()) {
            let setting = pin!(held::execute::<Sqlite>(held.connection(), sql));
            let mut context = Context::from_waker(Waker::noop());
            if setting.poll(&mut context).is_pending() {
                tracing::debug!(sql, "a setting is given back");
            }
        }
    }
}

impl fmt::Debug for SqliteDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteDriver").finish_non_exhaustive()
    }
}

impl Source for &SqlitePool {
    type Driver = SqliteDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(SqliteDriver::holding(Held::Pooled(self.acquire().await?)))
    }
}

impl<'c> Source for &'c mut SqliteConnection {
    type Driver = SqliteDriver<'c>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(SqliteDriver::holding(Held::borrow(self)?))
    }
}

impl Source for SqliteDriver<'_> {
    type Driver = Self;

    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

pub(super) fn error(error: &SqliteError) -> DriverError {
    use sqlx::error::DatabaseError as _;

    let message = error.message().to_owned();
    let code = error.code().map(|code| code.into_owned());
    // The low byte of an extended code is the code: https://www.sqlite.org/rescode.html
    let primary = code
        .as_deref()
        .and_then(|code| code.parse::<u32>().ok())
        .map(|code| code & 0xFF);
    DriverError {
        kind: match primary {
            Some(1) if message.starts_with("no such table") => DriverErrorKind::MissingTable,
            // BUSY, LOCKED.
            Some(5 | 6) => DriverErrorKind::Busy,
            // PERM, READONLY.
            Some(3 | 8) => DriverErrorKind::NotAllowed,
            // CANTOPEN, NOTADB.
            Some(14 | 26) => DriverErrorKind::Refused,
            _ => DriverErrorKind::Other,
        },
        message,
        code,
    }
}
