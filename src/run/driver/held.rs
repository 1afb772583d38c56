//! How a driver holds its connection: from a pool, as its own, or borrowed from the caller.

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, ColumnIndex, Connection, Database, Executor, Row as _};

use super::{DriverError, Row};

pub(super) enum Held<'c, DB: Database> {
    Pooled(PoolConnection<DB>),
    Owned(DB::Connection),
    Borrowed(&'c mut DB::Connection),
}

impl<'c, DB: Database> Held<'c, DB> {
    /// A connection that its owner lends. In the middle of a transaction it is of no use: what is run would
    /// end the transaction, or be undone with it.
    pub(super) fn borrow(connection: &'c mut DB::Connection) -> Result<Self, DriverError> {
        if connection.is_in_transaction() {
            return Err(DriverError::in_transaction());
        }
        Ok(Held::Borrowed(connection))
    }

    pub(super) fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Held::Pooled(connection) => connection,
            Held::Owned(connection) => connection,
            Held::Borrowed(connection) => connection,
        }
    }

    pub(super) fn is_borrowed(&self) -> bool {
        match self {
            Held::Borrowed(_) => true,
            Held::Pooled(_) | Held::Owned(_) => false,
        }
    }

    /// A pooled connection leaves its pool.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(super) fn dedicate(self) -> Self {
        match self {
            Held::Pooled(connection) => Held::Owned(connection.detach()),
            Held::Owned(_) | Held::Borrowed(_) => self,
        }
    }

    pub(super) async fn close(self) {
        match self {
            // What is lost with a connection that ends is its session, which is what closing is for.
            Held::Owned(connection) => drop(connection.close().await),
            Held::Pooled(connection) => drop(connection),
            Held::Borrowed(_) => {}
        }
    }
}

/// Runs `sql`, unprepared. It is built by the renderers from checked names and quoted literals alone.
pub(super) async fn execute<DB>(
    connection: &mut DB::Connection,
    sql: &str,
) -> Result<(), DriverError>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    tracing::debug!(target: "hammerwork_migrations::sql", sql);
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .map(drop)
        .map_err(DriverError::from)
}

/// Runs `sql`, unprepared, and reads every value as the text that the server sent.
pub(super) async fn rows<DB>(
    connection: &mut DB::Connection,
    sql: &str,
) -> Result<Vec<Row>, DriverError>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> Option<String>: sqlx::Decode<'r, DB>,
    usize: ColumnIndex<DB::Row>,
{
    tracing::debug!(target: "hammerwork_migrations::sql", sql);
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|column| {
                    row.try_get_unchecked::<Option<String>, _>(column)
                        .map_err(DriverError::from)
                })
                .collect()
        })
        .collect()
}

/// Asks a question with one parameter, and reads the first column of its answer as text. The statement is not kept, and
/// the transaction keeps a connection pooler from handing its parts to two sessions.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(super) async fn names<DB>(
    connection: &mut DB::Connection,
    sql: &'static str,
    parameter: &str,
) -> Result<Vec<String>, DriverError>
where
    DB: Database + sqlx::database::HasStatementCache,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'r> String: sqlx::Decode<'r, DB>,
    DB::Arguments: sqlx::IntoArguments<DB>,
    usize: ColumnIndex<DB::Row>,
{
    tracing::debug!(target: "hammerwork_migrations::sql", sql, parameter);
    let mut transaction = connection.begin().await?;
    let question = sqlx::query::<DB>(sql).bind(parameter).persistent(false);
    let rows = question.fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    rows.iter()
        .map(|row| row.try_get_unchecked(0).map_err(DriverError::from))
        .collect()
}

/// The connection of a driver that has not been closed.
pub(super) fn connection<'h, DB: Database>(
    held: &'h mut Option<Held<'_, DB>>,
) -> Result<&'h mut DB::Connection, DriverError> {
    held.as_mut()
        .map(Held::connection)
        .ok_or_else(|| DriverError {
            kind: super::DriverErrorKind::Connection,
            message: "the connection is closed".to_owned(),
            code: None,
        })
}
