//! PostgreSQL's pipe.

use std::fmt;

use sqlx::postgres::{PgConnectOptions, PgDatabaseError};
use sqlx::{ConnectOptions as _, PgConnection, PgPool, Postgres};

use super::held::{self, Held};
use super::{Driver, DriverError, DriverErrorKind, Row, Source};
use crate::dialect::Dialect;

/// A connection to PostgreSQL.
pub struct PostgresDriver<'c> {
    held: Option<Held<'c, Postgres>>,
}

/// Opens a connection of its own.
///
/// # Errors
///
/// A [`DriverError`] where the URL does not parse or the server does not let us in.
pub async fn connect(url: &str) -> Result<PostgresDriver<'static>, DriverError> {
    let options: PgConnectOptions = url.parse()?;
    let connection = options
        .application_name("hammerwork-migrations")
        .disable_statement_logging()
        .connect()
        .await?;
    Ok(PostgresDriver::holding(Held::Owned(connection)))
}

impl<'c> PostgresDriver<'c> {
    fn holding(held: Held<'c, Postgres>) -> Self {
        PostgresDriver { held: Some(held) }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DriverError> {
        super::held::connection(&mut self.held)
    }
}

impl Driver for PostgresDriver<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn identify(&mut self, _version: &str) {}

    fn dedicate(&mut self) {
        self.held = self.held.take().map(Held::dedicate);
    }

    fn is_borrowed(&self) -> bool {
        self.held.as_ref().is_some_and(Held::is_borrowed)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        held::execute::<Postgres>(self.connection()?, sql).await
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        held::rows::<Postgres>(self.connection()?, sql).await
    }

    async fn begin(&mut self) -> Result<(), DriverError> {
        self.execute("BEGIN").await
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
}

impl fmt::Debug for PostgresDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresDriver").finish_non_exhaustive()
    }
}

impl Source for &PgPool {
    type Driver = PostgresDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(PostgresDriver::holding(Held::Pooled(self.acquire().await?)))
    }
}

impl<'c> Source for &'c mut PgConnection {
    type Driver = PostgresDriver<'c>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        Ok(PostgresDriver::holding(Held::Borrowed(self)))
    }
}

impl Source for PostgresDriver<'_> {
    type Driver = Self;

    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

/// The server's own words. sqlx's `line` is a line of PostgreSQL's source, and is left out.
pub(super) fn error(error: &PgDatabaseError) -> DriverError {
    let mut message = error.message().to_owned();
    for (name, text) in [("detail", error.detail()), ("hint", error.hint())] {
        if let Some(text) = text {
            message += &format!("; {name}: {text}");
        }
    }
    DriverError {
        kind: match error.code() {
            "42P01" => DriverErrorKind::MissingTable,
            "42501" | "25006" => DriverErrorKind::NotAllowed,
            "28000" | "28P01" | "3D000" => DriverErrorKind::Refused,
            "55P03" | "40P01" => DriverErrorKind::Busy,
            // The server shuts down, was told to end the session, or lost it.
            "57P01" | "57P02" | "57P03" | "08006" | "08003" => DriverErrorKind::Connection,
            _ => DriverErrorKind::Other,
        },
        message,
        code: Some(error.code().to_owned()),
    }
}
