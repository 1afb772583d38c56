//! The pipes to the engines: SQL in, rows of text out. The only place that names sqlx.

mod dynamic;
mod error;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
mod held;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::future::Future;

#[doc(hidden)]
pub use dynamic::BoxedDriver;
pub(crate) use dynamic::{BoxFuture, DynDriver};
pub use error::{DriverError, DriverErrorKind};
#[cfg(feature = "mysql")]
pub use mysql::{MySqlDriver, connect as connect_mysql};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresDriver, connect as connect_postgres};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteDriver, connect as connect_sqlite};

use crate::dialect::Dialect;

/// A setting that our connections to PostgreSQL bring with them, and connection poolers do not pass on: who
/// finds it in the session talks to the server itself.
pub const MARK: &str = "hammerwork_migrations.direct";

/// Whether connections may be by TLS: by this crate's feature, or by one of sqlx's that the program turned on itself.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
pub(crate) fn has_tls() -> bool {
    sqlx_core::net::tls::available()
}

/// One row of an answer: each value as text, in the order of the query's columns.
pub type Row = Vec<Option<String>>;

/// A connection to one engine.
///
/// No statement is prepared, but for the one question that has a parameter: DDL through prepared statements overflows
/// sqlx's statement cache, and a connection pooler between would lose them.
pub trait Driver: Send {
    /// The driver of a [`scratch`](Self::scratch) database.
    type Scratch: Driver + 'static;

    /// The engine at the other end; on MySQL's protocol known for certain after [`identify`](Self::identify).
    fn dialect(&self) -> Dialect;

    /// Tells the driver what the server said of itself: its version, by which MariaDB is told from MySQL; on
    /// PostgreSQL the value of the setting [`MARK`] in the session.
    fn identify(&mut self, told: &str);

    /// Takes the connection out of its pool, where it came from one, so that it is closed after use and not
    /// handed on. Connections to SQLite stay: closing the last one would destroy a database in memory.
    fn dedicate(&mut self);

    /// Whether the caller keeps the connection, so that settings and locks must be given back by hand.
    fn is_borrowed(&self) -> bool;

    /// What is sent, without waiting for the answer, if the driver is dropped while it has a connection that its
    /// owner keeps: a run that is dropped must leave no lock and no setting behind. With a statement under way
    /// nothing can be sent; then the lock goes with the connection. On SQLite everything is sent, to connections
    /// of a pool too, each statement by itself: no `; ` may stand within one.
    fn at_parting(&mut self, sql: Option<String>);

    /// Whether the session is surely this driver's alone from one statement to the next. A connection pooler
    /// in transaction mode gives each transaction another session, and says nothing of it; where that can't be
    /// ruled out, no lock and no setting may outlive a transaction.
    fn is_exclusive(&mut self) -> impl Future<Output = Result<bool, DriverError>> + Send;

    /// A new database in memory, where the engine has such a thing.
    fn scratch(
        &mut self,
    ) -> impl Future<Output = Result<Option<Self::Scratch>, DriverError>> + Send;

    /// The schemas whose names are like this pattern of SQL's LIKE: of PostgreSQL the schemas of the database, of MySQL
    /// and MariaDB the databases that the user can see, and of neither those of the system; none where the engine has
    /// nothing of the kind. The pattern is a parameter, and no part of the SQL.
    fn schemas_like(
        &mut self,
        pattern: &str,
    ) -> impl Future<Output = Result<Option<Vec<String>>, DriverError>> + Send;

    /// Runs SQL, where the engine allows it several statements, and forgets the answer.
    fn execute(&mut self, sql: &str) -> impl Future<Output = Result<(), DriverError>> + Send;

    /// Runs SQL and gives the rows of all its answers.
    fn rows(&mut self, sql: &str) -> impl Future<Output = Result<Vec<Row>, DriverError>> + Send;

    /// Begins a transaction that takes SQLite's write lock at once. It is rolled back if the driver is
    /// dropped.
    fn begin(&mut self) -> impl Future<Output = Result<(), DriverError>> + Send;

    /// Commits the transaction that [`begin`](Self::begin) began.
    fn commit(&mut self) -> impl Future<Output = Result<(), DriverError>> + Send;

    /// Undoes the transaction that [`begin`](Self::begin) began.
    fn rollback(&mut self) -> impl Future<Output = Result<(), DriverError>> + Send;

    /// Ends a dedicated connection politely; gives every other one back.
    fn close(self) -> impl Future<Output = ()> + Send;

    /// The same driver for the runner. Those of this crate say it anew, for what they call is compiled where this is.
    #[doc(hidden)]
    fn boxed<'d>(self) -> BoxedDriver<'d>
    where
        Self: Sized + 'd,
    {
        BoxedDriver::new(self)
    }
}

/// Where a [`Driver`] comes from: a pool, or a single connection.
///
/// Implemented for `&PgPool`, `&mut PgConnection` and their likes of the other engines whose features
/// are on.
pub trait Source: Send {
    /// The driver that it gives.
    type Driver: Driver;

    /// Takes or opens a connection.
    fn driver(self) -> impl Future<Output = Result<Self::Driver, DriverError>> + Send;
}
