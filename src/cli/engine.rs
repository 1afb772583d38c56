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
use std::time::{Duration, Instant};

use super::console::Console;
use super::error::Error;
use super::signals::{self, Signal};
use super::url::DatabaseUrl;
use crate::dialect::Dialect;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
use crate::run::driver;
use crate::run::{Driver, DriverError, DriverErrorKind, RunError, Source, Stop};

/// A database, and how to open it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: DatabaseUrl,
    /// How long to wait for the server to let us in.
    pub(super) timeout: Duration,
    /// How long to wait for a server that is not up yet.
    pub(super) wait: Duration,
    /// Ends that wait.
    pub(super) stop: Stop,
    /// Whether a database file that is missing is made, unless the URL says otherwise.
    pub(super) creates: bool,
}

/// What is done with a database, whichever engine it is of.
pub(super) trait Task: Send {
    type Output;

    fn on<S: Source + Clone + Sync>(
        self,
        source: S,
    ) -> impl Future<Output = Result<Self::Output, RunError>> + Send;
}

/// Opens the database, and does it.
pub(super) fn perform<T: Task>(task: T, target: &Target) -> Result<T::Output, Error> {
    block_on(perform_on_engine(task, target))
}

/// The same for what is to end between two steps when the program is told to.
pub(super) fn perform_in_steps<T: Task>(
    task: T,
    target: &Target,
    console: &Console,
) -> Result<T::Output, Error> {
    let task = perform_on_engine(task, target);
    block_on(signals::until_done(task, &target.stop, console))
}

/// The same with many databases: which signal it was sent is told, because each of them has an end of its own.
pub(super) fn perform_on_many<T>(
    task: impl Future<Output = Result<T, Error>>,
    stop: &Stop,
    console: &Console,
) -> Result<(T, Option<Signal>), Error> {
    block_on(async {
        let (result, signal) = signals::heard_until_done(task, stop, console).await?;
        result.map(|it| (it, signal))
    })
}

fn block_on<T>(task: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let result = runtime.block_on(task);
    // A look-up of a host name that nobody waits for any more must not keep the program.
    runtime.shutdown_background();
    result
}

pub(super) async fn perform_on_engine<T: Task>(
    task: T,
    target: &Target,
) -> Result<T::Output, Error> {
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
        Dialect::Postgres => target.on(|| driver::connect_postgres(&url), task).await,
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => target.on(|| driver::connect_mysql(&url), task).await,
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => {
            target
                .on(|| driver::connect_sqlite(&url, false), task)
                .await
        }
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

/// Whether this build can keep others from listening on the way to a server.
pub(super) fn has_tls() -> bool {
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
    let has_tls = driver::has_tls();
    #[cfg(not(any(feature = "postgres", feature = "mysql", feature = "sqlite")))]
    let has_tls = false;
    has_tls
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
    async fn on<T, D, C, F>(&self, connect: C, task: T) -> Result<T::Output, Error>
    where
        T: Task,
        D: Driver,
        C: Fn() -> F + Clone + Send + Sync,
        F: Future<Output = Result<D, DriverError>> + Send,
    {
        let source = InTime {
            connect,
            timeout: self.timeout,
            wait: self.wait,
            stop: &self.stop,
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

/// A connection that is given up where it takes too long, and tried again while the server is not up yet.
#[derive(Clone)]
struct InTime<'t, C> {
    connect: C,
    timeout: Duration,
    wait: Duration,
    stop: &'t Stop,
}

/// The pause between two tries of a server that is not up yet.
const PAUSE: Duration = Duration::from_millis(250);

impl<D, C, F> Source for InTime<'_, C>
where
    D: Driver,
    C: Fn() -> F + Send,
    F: Future<Output = Result<D, DriverError>> + Send,
{
    type Driver = D;

    async fn driver(self) -> Result<D, DriverError> {
        let start = Instant::now();
        loop {
            let tried = tokio::time::timeout(self.timeout, (self.connect)()).await;
            let result = tried.unwrap_or_else(|_| {
                let seconds = self.timeout.as_secs();
                Err(DriverError::lost(format!("no answer within {seconds} s")))
            });
            let not_up = matches!(&result, Err(it) if it.kind == DriverErrorKind::Connection);
            if !not_up || start.elapsed() >= self.wait || self.stop.is_requested() {
                return result;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
