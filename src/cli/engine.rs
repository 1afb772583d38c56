//! From a URL to the engine that it names. The only place of the command line that knows which engines this
//! build has.

#![cfg_attr(
    not(any(feature = "postgres", feature = "mysql", feature = "sqlite")),
    expect(
        dead_code,
        unused_variables,
        reason = "a build without an engine previews, and connects to nothing"
    )
)]

use std::future::Future;
use std::time::Duration;

use super::error::Error;
use super::url::DatabaseUrl;
use crate::dialect::Dialect;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
use crate::run::driver;
use crate::run::{Driver, DriverError, DriverErrorKind, RunError, Source};

/// A database, and how to open it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: DatabaseUrl,
    /// How long to wait for the server to let us in.
    pub(super) timeout: Duration,
    /// Whether a database file that is missing is made, unless the URL says otherwise.
    pub(super) creates: bool,
}

/// What is done with a database, whichever engine it is of.
pub(super) trait Task {
    type Output;

    async fn on<S: Source>(self, source: S) -> Result<Self::Output, RunError>;
}

/// Opens the database, and does it.
pub(super) fn perform<T: Task>(task: T, target: &Target) -> Result<T::Output, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let result = runtime.block_on(perform_on_engine(task, target));
    // A look-up of a host name that nobody waits for any more must not keep the program.
    runtime.shutdown_background();
    result
}

async fn perform_on_engine<T: Task>(task: T, target: &Target) -> Result<T::Output, Error> {
    let url = &target.url;
    match url.dialect() {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            let connection = driver::connect_postgres(url.for_driver());
            target.on(connection, task).await
        }
        #[cfg(not(feature = "postgres"))]
        Dialect::Postgres => Err(Error::lacking(url.dialect(), "postgres")),
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => {
            let connection = driver::connect_mysql(url.for_driver());
            target.on(connection, task).await
        }
        #[cfg(not(feature = "mysql"))]
        Dialect::MySql | Dialect::MariaDb => Err(Error::lacking(url.dialect(), "mysql")),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => {
            let connection = driver::connect_sqlite(url.for_driver(), target.may_create_file()?);
            target.on(connection, task).await
        }
        #[cfg(not(feature = "sqlite"))]
        Dialect::Sqlite => Err(Error::lacking(url.dialect(), "sqlite")),
    }
}

impl Target {
    async fn on<T, D, F>(&self, connection: F, task: T) -> Result<T::Output, Error>
    where
        T: Task,
        D: Driver,
        F: Future<Output = Result<D, DriverError>> + Send,
    {
        let source = InTime {
            connection,
            timeout: self.timeout,
        };
        let result = task.on(source).await;
        result.map_err(|error| Error::of_run(error, &self.url))
    }

    /// Whether a missing database file is made; the error where it is missing and must not be. A URL that
    /// sets the `mode` itself has its way, except that nothing is made where nothing may change.
    fn may_create_file(&self) -> Result<bool, Error> {
        let Some(file) = self.url.file() else {
            return Ok(false);
        };
        let may_create = self.creates && file.mode.is_none();
        let creates = may_create || (self.creates && file.mode.as_deref() == Some("rwc"));
        if creates || file.path.exists() {
            return Ok(may_create);
        }
        Err(Error::MissingFile {
            path: file.path.clone(),
            mode: file.mode.clone(),
        })
    }
}

/// A connection that is given up where it takes too long.
struct InTime<F> {
    connection: F,
    timeout: Duration,
}

impl<D, F> Source for InTime<F>
where
    D: Driver,
    F: Future<Output = Result<D, DriverError>> + Send,
{
    type Driver = D;

    async fn driver(self) -> Result<D, DriverError> {
        tokio::time::timeout(self.timeout, self.connection)
            .await
            .unwrap_or_else(|_| {
                Err(DriverError {
                    kind: DriverErrorKind::Connection,
                    message: format!("no answer within {} s", self.timeout.as_secs()),
                    code: None,
                })
            })
    }
}
