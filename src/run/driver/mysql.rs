//! The pipe of MySQL and MariaDB.

use std::fmt;
use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};

use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError};
use sqlx::{ConnectOptions as _, MySql, MySqlConnection, MySqlPool};

use super::held::{self, Held};
use super::{BoxFuture, BoxedDriver, Driver, DriverError, DriverErrorKind, Row, Source};
use crate::dialect::Dialect;

/// A connection to MySQL or MariaDB.
pub struct MySqlDriver<'c> {
    held: Option<Held<'c, MySql>>,
    dialect: Dialect,
    /// What is sent if the driver is dropped.
    parting: Option<String>,
}

const DATABASES: &str = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ? \
    AND LOWER(SCHEMA_NAME) NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')";

/// Opens a connection of its own.
///
/// # Errors
///
/// A [`DriverError`] where the URL does not parse, the server does not let us in, or TLS is required and
/// [not built in](DriverErrorKind::NoTls).
pub async fn connect(url: &str) -> Result<MySqlDriver<'static>, DriverError> {
    let options: MySqlConnectOptions = url.parse()?;
    let connection = establish(options.disable_statement_logging()).await?;
    Ok(MySqlDriver::holding(Held::Owned(connection)))
}

/// Opens one with these options, by code that is compiled with this crate.
#[inline(never)]
fn establish(options: MySqlConnectOptions) -> BoxFuture<'static, sqlx::Result<MySqlConnection>> {
    Box::pin(async move { options.connect().await })
}

impl<'c> MySqlDriver<'c> {
    fn holding(held: Held<'c, MySql>) -> Self {
        MySqlDriver {
            held: Some(held),
            dialect: Dialect::MySql,
            parting: None,
        }
    }

    fn connection(&mut self) -> Result<&mut MySqlConnection, DriverError> {
        super::held::connection(&mut self.held)
    }
}

impl Driver for MySqlDriver<'_> {
    type Scratch = MySqlDriver<'static>;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn identify(&mut self, version: &str) {
        self.dialect = if version.to_ascii_lowercase().contains("mariadb") {
            Dialect::MariaDb
        } else {
            Dialect::MySql
        };
    }

    fn dedicate(&mut self) {
        self.held = self.held.take().map(Held::dedicate);
    }

    fn is_borrowed(&self) -> bool {
        self.held.as_ref().is_some_and(Held::is_borrowed)
    }

    fn at_parting(&mut self, sql: Option<String>) {
        self.parting = sql;
    }

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        Ok(true)
    }

    async fn scratch(&mut self) -> Result<Option<MySqlDriver<'static>>, DriverError> {
        Ok(None)
    }

    async fn schemas_like(&mut self, pattern: &str) -> Result<Option<Vec<String>>, DriverError> {
        held::names::<MySql>(self.connection()?, DATABASES, pattern)
            .await
            .map(Some)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        held::execute::<MySql>(self.connection()?, sql).await
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        held::rows::<MySql>(self.connection()?, sql).await
    }

    async fn begin(&mut self) -> Result<(), DriverError> {
        self.execute("START TRANSACTION").await
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        self.execute("COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), DriverError> {
        self.execute("ROLLBACK").await
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

/// What was not closed was dropped in the middle of something. A connection with an answer outstanding is not
/// for others, so one from a pool is closed; sqlx would hand it on, or wait for ever for the end of its TLS. One
/// that its owner keeps gives the lock back: the first poll sends the words, and sqlx reads the answer when
/// the connection is used next.
impl Drop for MySqlDriver<'_> {
    fn drop(&mut self) {
        match (self.held.take(), self.parting.take()) {
            (Some(Held::Borrowed(connection)), Some(sql)) => {
                let parting = pin!(held::execute::<MySql>(connection, &sql));
                let mut context = Context::from_waker(Waker::noop());
                if parting.poll(&mut context).is_pending() {
                    tracing::debug!(
                        "the migration lock is given back with the connection's next use"
                    );
                }
            }
            (held, _) => drop(held.map(Held::dedicate)),
        }
    }
}

impl fmt::Debug for MySqlDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlDriver")
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

impl Source for &MySqlPool {
    type Driver = MySqlDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(MySqlDriver::holding(Held::Pooled(self.acquire().await?)))
    }
}

impl<'c> Source for &'c mut MySqlConnection {
    type Driver = MySqlDriver<'c>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(MySqlDriver::holding(Held::borrow(self)?))
    }
}

impl Source for MySqlDriver<'_> {
    type Driver = Self;

    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

pub(super) fn error(error: &MySqlDatabaseError) -> DriverError {
    DriverError {
        kind: match error.number() {
            1146 => DriverErrorKind::MissingTable,
            // Rights: on a database, a command, a column, a special privilege; read-only servers.
            1044 | 1142 | 1143 | 1227 | 1290 | 1792 | 1836 => DriverErrorKind::NotAllowed,
            1045 | 1049 | 1698 | 3118 => DriverErrorKind::Refused,
            1205 | 1213 => DriverErrorKind::Busy,
            // The server shuts down, or ended the session.
            1053 | 1927 | 3169 => DriverErrorKind::Connection,
            _ => DriverErrorKind::Other,
        },
        message: error.message().to_owned(),
        code: Some(error.number().to_string()),
    }
}
