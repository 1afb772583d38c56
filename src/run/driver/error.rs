//! What a server or a connection says when it fails.

use std::fmt;

/// A failure at the other end, or on the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriverError {
    /// What it means for the caller.
    pub kind: DriverErrorKind,
    /// What the server or the connection said.
    pub message: String,
    /// The server's code: an SQLSTATE on PostgreSQL, an error number on MySQL, MariaDB and SQLite.
    pub code: Option<String>,
}

/// What a [`DriverError`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DriverErrorKind {
    /// A table that the SQL names is not there.
    MissingTable,
    /// The role lacks a right, or the server is read-only.
    NotAllowed,
    /// The database, the user or the password was refused.
    Refused,
    /// Someone else holds a lock for too long, or two waited for each other: worth another try.
    Busy,
    /// The connection was lent in the middle of a transaction.
    InTransaction,
    /// The connection could not be made or was lost.
    Connection,
    /// TLS is asked for, and the program was built without it: with neither the feature `tls`, nor one of sqlx's.
    NoTls,
    /// Anything else.
    Other,
}

impl DriverError {
    /// A connection that was lost, or could not be made.
    ///
    /// ```
    /// use hammerwork_migrations::run::DriverError;
    ///
    /// assert_eq!(DriverError::lost("the cable").to_string(), "the cable");
    /// ```
    #[must_use]
    pub fn lost(message: impl Into<String>) -> Self {
        DriverError {
            kind: DriverErrorKind::Connection,
            message: message.into(),
            code: None,
        }
    }
}

impl DriverError {
    /// A connection that was lent in the middle of a transaction.
    ///
    /// ```
    /// use hammerwork_migrations::run::{DriverError, DriverErrorKind};
    ///
    /// assert_eq!(DriverError::in_transaction().kind, DriverErrorKind::InTransaction);
    /// ```
    #[must_use]
    pub fn in_transaction() -> Self {
        DriverError {
            kind: DriverErrorKind::InTransaction,
            message: "the connection is in the middle of a transaction".to_owned(),
            code: None,
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.code {
            Some(code) => write!(f, " (code {code})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DriverError {}

#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
impl From<sqlx::Error> for DriverError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return DriverError {
                kind: kind_of(&error),
                message: plain(&error),
                code: None,
            };
        };
        #[cfg(feature = "postgres")]
        if let Some(error) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            return super::postgres::error(error);
        }
        #[cfg(feature = "mysql")]
        if let Some(error) = database.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
            return super::mysql::error(error);
        }
        #[cfg(feature = "sqlite")]
        if let Some(error) = database.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
            return super::sqlite::error(error);
        }
        DriverError {
            kind: DriverErrorKind::Other,
            message: database.message().to_owned(),
            code: database.code().map(|code| code.into_owned()),
        }
    }
}

#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sqlx's enum may grow: what is not about the connection means nothing more"
)]
fn kind_of(error: &sqlx::Error) -> DriverErrorKind {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => DriverErrorKind::Connection,
        sqlx::Error::Tls(_) if !super::has_tls() => DriverErrorKind::NoTls,
        _ => DriverErrorKind::Other,
    }
}

/// sqlx's message without its own prefix, where the cause says it all.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sqlx's enum may grow: all but these say it themselves"
)]
fn plain(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(source) => source.to_string(),
        sqlx::Error::Tls(_) if !super::has_tls() => {
            "the connection is to be by TLS, and this program was built without it".to_owned()
        }
        // One of these may be wrapped in another.
        sqlx::Error::Tls(source) | sqlx::Error::Configuration(source) => source
            .downcast_ref::<sqlx::Error>()
            .map_or_else(|| source.to_string(), plain),
        other => other.to_string(),
    }
}
