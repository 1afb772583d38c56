//! PostgreSQL's pipe.

use std::fmt;
use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgDatabaseError};
use sqlx::{ConnectOptions as _, PgConnection, PgPool, Postgres};

use super::held::{self, Held};
use super::{BoxFuture, BoxedDriver, Driver, DriverError, DriverErrorKind, MARK, Row, Source};
use crate::dialect::Dialect;

/// A connection to PostgreSQL.
pub struct PostgresDriver<'c> {
    held: Option<Held<'c, Postgres>>,
    path: Path,
}

/// Names that begin with `pg_` are the server's own.
const SCHEMAS: &str = "SELECT nspname::pg_catalog.text FROM pg_catalog.pg_namespace \
    WHERE nspname LIKE $1 AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";

/// What is known of the way to the server.
enum Path {
    /// The server itself answers.
    Direct,
    /// A connection pooler stands between, or may do.
    Pooled,
    /// The connection brought the mark with it; the session has not been asked for it yet.
    Marked,
    /// From a pool; another connection with its options goes the same way.
    Unmarked(Arc<PgConnectOptions>),
}

/// Opens a connection of its own.
///
/// # Errors
///
/// A [`DriverError`] where the URL does not parse, the server does not let us in, or TLS is required and
/// [not built in](DriverErrorKind::NoTls).
pub async fn connect(url: &str) -> Result<PostgresDriver<'static>, DriverError> {
    let options: PgConnectOptions = url.parse()?;
    let options = options
        .application_name("hammerwork-migrations")
        .disable_statement_logging();
    open(&options).await
}

/// Opens one with these options. It is on the heap because sqlx's code for it, which is a lot, would be compiled for each that
/// awaits it.
#[inline(never)]
fn establish(options: PgConnectOptions) -> BoxFuture<'static, sqlx::Result<PgConnection>> {
    Box::pin(async move { options.connect().await })
}

/// Opens a connection that brings the mark with it. PgBouncer refuses settings that it does not know, and
/// then gets a connection without any.
async fn open(options: &PgConnectOptions) -> Result<PostgresDriver<'static>, DriverError> {
    let marked = options.clone().options([(MARK, "on")]);
    match establish(marked).await {
        Ok(connection) => Ok(PostgresDriver {
            held: Some(Held::Owned(connection)),
            path: Path::Marked,
        }),
        Err(error) => {
            let error = DriverError::from(error);
            if !error.message.contains("unsupported startup parameter") {
                return Err(error);
            }
            let connection = establish(options.clone().extra_float_digits(None)).await?;
            Ok(PostgresDriver {
                held: Some(Held::Owned(connection)),
                path: Path::Pooled,
            })
        }
    }
}

impl<'c> PostgresDriver<'c> {
    /// Whether the session has what the connection brought with it.
    async fn is_marked(&mut self) -> Result<bool, DriverError> {
        let sql = format!("SELECT pg_catalog.current_setting('{MARK}', true)");
        let rows = self.rows(&sql).await?;
        Ok(rows.first().and_then(|row| row.first()) == Some(&Some("on".to_owned())))
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DriverError> {
        super::held::connection(&mut self.held)
    }
}

impl Driver for PostgresDriver<'_> {
    type Scratch = PostgresDriver<'static>;

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn identify(&mut self, told: &str) {
        if let Path::Marked = self.path {
            self.path = if told == "on" {
                Path::Direct
            } else {
                Path::Pooled
            };
        }
    }

    fn dedicate(&mut self) {
        self.held = self.held.take().map(Held::dedicate);
    }

    fn is_borrowed(&self) -> bool {
        self.held.as_ref().is_some_and(Held::is_borrowed)
    }

    /// Nothing outlives a transaction on a connection that is lent.
    fn at_parting(&mut self, _sql: Option<String>) {}

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        let direct = match &self.path {
            Path::Direct => true,
            Path::Pooled => false,
            Path::Marked => self.is_marked().await?,
            // Where there is no room for a connection more, the safe answer is that nothing is known.
            Path::Unmarked(options) => match open(options).await {
                Ok(mut probe) => {
                    let marked = matches!(probe.path, Path::Marked) && probe.is_marked().await?;
                    probe.close().await;
                    marked
                }
                Err(_) => false,
            },
        };
        self.path = if direct { Path::Direct } else { Path::Pooled };
        Ok(direct)
    }

    async fn scratch(&mut self) -> Result<Option<PostgresDriver<'static>>, DriverError> {
        Ok(None)
    }

    async fn schemas_like(&mut self, pattern: &str) -> Result<Option<Vec<String>>, DriverError> {
        held::names::<Postgres>(self.connection()?, SCHEMAS, pattern)
            .await
            .map(Some)
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

    #[inline(never)]
    fn boxed<'d>(self) -> BoxedDriver<'d>
    where
        Self: 'd,
    {
        BoxedDriver::new(self)
    }
}

/// What was not closed was dropped in the middle of something: a pool's connection with an answer outstanding is
/// closed, and not handed on.
impl Drop for PostgresDriver<'_> {
    fn drop(&mut self) {
        drop(self.held.take().map(Held::dedicate));
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
        Ok(PostgresDriver {
            held: Some(Held::Pooled(self.acquire().await?)),
            path: Path::Unmarked(self.connect_options()),
        })
    }
}

impl<'c> Source for &'c mut PgConnection {
    type Driver = PostgresDriver<'c>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        // Its owner keeps it: nothing may outlive a transaction, whatever stands between.
        Ok(PostgresDriver {
            held: Some(Held::borrow(self)?),
            path: Path::Pooled,
        })
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
