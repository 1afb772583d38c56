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

use std::borrow::Cow;
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
    let dialect = target.url.dialect();
    let (feature, built_in) = feature_of(dialect);
    let lacking = Error::Lacking { dialect, feature };
    if !built_in {
        return Err(lacking);
    }
    target.check_file()?;
    let url = target.url_for_driver();
    match dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => target.on(driver::connect_postgres(&url), task).await,
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => target.on(driver::connect_mysql(&url), task).await,
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => target.on(driver::connect_sqlite(&url, false), task).await,
        #[cfg(not(feature = "postgres"))]
        Dialect::Postgres => Err(lacking),
        #[cfg(not(feature = "mysql"))]
        Dialect::MySql | Dialect::MariaDb => Err(lacking),
        #[cfg(not(feature = "sqlite"))]
        Dialect::Sqlite => Err(lacking),
    }
}

/// Whether this build can connect to that engine.
pub(super) fn is_built_in(dialect: Dialect) -> bool {
    feature_of(dialect).1
}

/// The feature that an engine is built in with, and whether it is.
fn feature_of(dialect: Dialect) -> (&'static str, bool) {
    match dialect {
        Dialect::Postgres => ("postgres", cfg!(feature = "postgres")),
        Dialect::MySql | Dialect::MariaDb => ("mysql", cfg!(feature = "mysql")),
        Dialect::Sqlite => ("sqlite", cfg!(feature = "sqlite")),
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

    /// A database file that is missing is an error, unless it is to be made. Where nothing may change, it is
    /// not made even if the URL says so.
    fn check_file(&self) -> Result<(), Error> {
        let Some(file) = self.url.file() else {
            return Ok(());
        };
        let made = self.creates && matches!(file.mode.as_deref(), None | Some("rwc"));
        if made || file.path.exists() {
            return Ok(());
        }
        Err(Error::MissingFile {
            path: file.path.clone(),
            mode: file.mode.clone(),
        })
    }

    /// A URL that sets the `mode` of its file has its way.
    fn url_for_driver(&self) -> Cow<'_, str> {
        let url = self.url.for_driver();
        let free = self.url.file().is_some_and(|file| file.mode.is_none());
        if !self.creates || !free {
            return Cow::Borrowed(url);
        }
        let joint = if url.contains('?') { '&' } else { '?' };
        Cow::Owned(format!("{url}{joint}mode=rwc"))
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
