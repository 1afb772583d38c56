//! The runner: binds a history to a database.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use super::applied::{AppliedIds, Pending, none_yet};
use super::difference::Difference;
use super::driver::{BoxFuture, Driver as _, DriverErrorKind, DynDriver, Source};
use super::error::RunError;
use super::event::{Event, Observer};
use super::first_look::{FirstLook, IsNew};
use super::foreign_keys::ForeignKeys;
use super::known::Known;
use super::lock::{Along, Holder, Lock};
use super::patience::Patience;
use super::plan::{Plan, PlanError, way_back};
use super::record::Record;
use super::repair::{Repair, Resolution, is_seen};
use super::report::{Execution as Executed, MigrationStatus, Report, State, Status};
use super::rollback::Rollback;
use super::session::Session;
use super::stop::Stop;
use super::tracking::{Applied, Tracking};
use super::verify::verify;
use super::work::Work;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Migrations, Operation};

/// Brings databases up to date, shows where they stand, and previews what it would run.
///
/// It may run as often and in as many places at once as you like: one runner at a time changes a database,
/// the others wait, and who finds nothing to do asks one query and changes nothing.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::{Migrator, register_builtin_migrations};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let migrator = Migrator::new(register_builtin_migrations());
///
/// let report = migrator.run(&pool).await?;
/// assert_eq!(report.applied.len(), 6);
/// assert!(migrator.run(&pool).await?.is_up_to_date());
/// assert_eq!(migrator.status(&pool).await?.pending(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Migrator {
    pub(super) migrations: Arc<Migrations>,
    pub(super) checksums: Arc<OnceLock<Vec<String>>>,
    pub(super) digest: Arc<OnceLock<String>>,
    /// What else is found out once, where many databases get the same history.
    pub(super) known: Option<Arc<Known>>,
    pub(super) tracking: Tracking,
    pub(super) patience: Patience,
    allow_unknown: bool,
    strict_order: bool,
    allow_cluster: bool,
    pub(super) accept_data_loss: bool,
    target: Option<String>,
    pub(super) observer: Observer,
    pub(super) stop: Stop,
}

impl Migrator {
    /// A runner of these migrations, tracked in `hammerwork_migrations`.
    #[must_use]
    pub fn new(migrations: Migrations) -> Self {
        Migrator {
            migrations: Arc::new(migrations),
            checksums: Arc::default(),
            digest: Arc::default(),
            known: None,
            tracking: Tracking::default(),
            patience: Patience::default(),
            allow_unknown: false,
            strict_order: false,
            allow_cluster: false,
            accept_data_loss: false,
            target: None,
            observer: Observer::default(),
            stop: Stop::default(),
        }
    }

    /// Tracks the migrations in a table of this name.
    #[must_use]
    pub fn tracking_table(mut self, name: impl Into<String>) -> Self {
        self.tracking.table = name.into();
        self
    }

    /// Puts everything, the tracking table too, into this schema of PostgreSQL, which must be there. Without
    /// it, the first schema of the connection's `search_path` is used. Other engines have no schemas.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.tracking.schema = Some(name.into());
        self
    }

    /// How long to wait for another runner's migration lock; 60 seconds if this is not called.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.patience.lock = timeout;
        self
    }

    /// How long one try may wait for the lock of a table; 3 seconds if this is not called. Everybody who comes
    /// after a waiting `ALTER TABLE` waits behind it, so this is the longest that the application stands
    /// still because of it. On MySQL and MariaDB it is rounded down to whole seconds, one at least.
    #[must_use]
    pub fn table_lock_timeout(mut self, timeout: Duration) -> Self {
        self.patience.table_lock = timeout;
        self
    }

    /// How long one statement may take on PostgreSQL; for ever if this is not called.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.patience.statement = Some(timeout);
        self
    }

    /// How long to try again what failed because another session held a lock; 60 seconds if this is not
    /// called. On PostgreSQL the whole migration is tried again, on MySQL and MariaDB the one statement.
    /// What is done concurrently waits so long for the transactions of others.
    #[must_use]
    pub fn retry_timeout(mut self, timeout: Duration) -> Self {
        self.patience.retries = timeout;
        self
    }

    /// Whether to run on a node of a Galera cluster or of Group Replication. The migration lock is one node's
    /// own there, so the caller makes sure that only one runner runs.
    #[must_use]
    pub fn allow_cluster(mut self, allow: bool) -> Self {
        self.allow_cluster = allow;
        self
    }

    /// Runs no further than this migration, itself included.
    #[must_use]
    pub fn up_to(mut self, id: impl Into<String>) -> Self {
        self.target = Some(id.into());
        self
    }

    /// Whether [`rollback`](Self::rollback) may lose rows and values.
    #[must_use]
    pub fn accept_data_loss(mut self, accept: bool) -> Self {
        self.accept_data_loss = accept;
        self
    }

    /// Tells `observer` what happens while it happens.
    ///
    /// ```
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Event};
    ///
    /// let migrator = Migrator::new(register_builtin_migrations()).observe(|event| {
    ///     if let Event::Applied(applied) = event {
    ///         println!("{} took {:?}", applied.id, applied.duration);
    ///     }
    /// });
    /// # drop(migrator);
    /// ```
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(Arc::new(observer));
        self
    }

    /// Ends a run between two steps when `stop` is [requested](Stop::request), with
    /// [`RunError::Stopped`]; the lock is given back, and a further run goes on from there.
    #[must_use]
    pub fn stop_on(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }

    /// Whether to run although the tracking table names migrations that are not in this history.
    #[must_use]
    pub fn allow_unknown(mut self, allow: bool) -> Self {
        self.allow_unknown = allow;
        self
    }

    /// Whether to refuse a pending migration that comes before one that is applied. Else it runs, and the
    /// report has a warning.
    #[must_use]
    pub fn strict_order(mut self, strict: bool) -> Self {
        self.strict_order = strict;
        self
    }

    /// The migrations that it runs.
    #[must_use]
    pub fn migrations(&self) -> &Migrations {
        &self.migrations
    }

    /// All migrations as SQL for a new database. Needs no database.
    ///
    /// # Errors
    ///
    /// [`PlanError`] where the history does not fold, or has no SQL on this engine.
    pub fn preview(&self, dialect: Dialect) -> Result<Plan, PlanError> {
        Plan::full(&self.migrations, dialect, self.tracking.clone())
    }

    /// Brings the database up to date.
    ///
    /// `source` is `&PgPool`, `&mut PgConnection`, or their likes of the other engines. A connection from a
    /// pool is closed after use, and not handed on; one that is lent comes back as it was.
    ///
    /// # Errors
    ///
    /// [`RunError`]; what was recorded before it stays, and a further run goes on from there.
    pub async fn run<S: Source>(&self, source: S) -> Result<Report, RunError> {
        self.tracking.check()?;
        match connect(source).await {
            Ok(driver) => self.run_on(driver).await,
            // What can be said without a database is said first.
            Err(error) => self.check().and(Err(error)),
        }
    }

    fn run_on<'r>(
        &'r self,
        driver: Box<dyn DynDriver + 'r>,
    ) -> BoxFuture<'r, Result<Report, RunError>> {
        Box::pin(self.bring_up_to_date(driver))
    }

    async fn bring_up_to_date(
        &self,
        mut driver: Box<dyn DynDriver + '_>,
    ) -> Result<Report, RunError> {
        let record = Record::glance(&mut *driver, &self.tracking, &self.migrations);
        let (record, digest) = meanwhile(record, || self.find_out()).await;
        // A history that was applied as it is has been checked then.
        if let Ok(record) = &record
            && self.target.is_none()
            && record.is_of(&self.migrations, digest, || self.checksums())
        {
            driver.close().await;
            return Ok(Report::default());
        }
        let record = match record {
            Ok(record) => record.whole(&mut *driver, &self.tracking).await,
            Err(error) => Err(error),
        };
        let pending = record.and_then(|it| self.pending(it.into()));
        // Of a new database all is planned at once, which is the same check.
        if !matches!(&pending, Ok(pending) if self.may_be_new(pending)) {
            self.check()?;
        }
        let pending = pending?;
        if pending.count == 0 {
            driver.close().await;
            return Ok(Report::default());
        }
        if !self.may_be_new(&pending) {
            return self.with_lock(driver, Task::Run { is_new: None }).await;
        }
        self.check_names()?;
        if let Some(report) = self.at_once(&mut *driver, &pending).await? {
            driver.close().await;
            return Ok(report);
        }
        let is_new = Some(&pending);
        self.with_lock(driver, Task::Run { is_new }).await
    }

    /// Whether nothing says that the database is not new. To run a part of the history is not worth a way of its own.
    fn may_be_new(&self, pending: &Pending) -> bool {
        !pending.is_recorded() && self.target.is_none()
    }

    /// Where the database stands. Reads the tracking table, and where something is pending that may be
    /// [half done](State::HalfDone), the database's own catalog. It changes nothing.
    ///
    /// # Errors
    ///
    /// [`RunError`] where there is no connection, or the tracking table can't be read.
    pub async fn status<S: Source>(&self, source: S) -> Result<Status, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        let status = self.read_status(&mut *driver).await;
        driver.close().await;
        status
    }

    fn read_status<'r>(
        &'r self,
        driver: &'r mut dyn DynDriver,
    ) -> BoxFuture<'r, Result<Status, RunError>> {
        Box::pin(async {
            let sql = self.tracking.list(driver.dialect());
            let rows = driver
                .rows(&sql)
                .await
                .or_else(|error| none_yet(&self.tracking, error))?;
            let applied: Vec<Applied> = rows.into_iter().filter_map(Applied::read).collect();
            let status = self.status_of(&applied);
            Ok(self.with_half_done(status, driver).await)
        })
    }

    /// Compares the live schema with what the applied migrations make, and lists every difference; none where
    /// there are none.
    ///
    /// The history is replayed where nothing of it stays: in a transaction that is undone (PostgreSQL), in a
    /// database of its own (MySQL, MariaDB), in memory (SQLite). Tables that no migration speaks of are not
    /// looked at, and neither is the order of columns.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the history can't be replayed or the catalog can't be read.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// migrator.run(&pool).await?;
    /// sqlx::raw_sql("DROP INDEX idx_hammerwork_jobs_status_failed_at").execute(&pool).await?;
    /// let differences = migrator.verify(&pool).await?;
    /// assert_eq!(differences.len(), 1);
    /// assert_eq!(differences[0].description, "it is missing");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn verify<S: Source>(&self, source: S) -> Result<Vec<Difference>, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        driver.dedicate();
        let result = self.compare(&mut *driver).await;
        driver.close().await;
        result
    }

    fn compare<'r>(
        &'r self,
        driver: &'r mut dyn DynDriver,
    ) -> BoxFuture<'r, Result<Vec<Difference>, RunError>> {
        Box::pin(async {
            let session = self.open_session(driver).await?;
            let result = match self.applied(driver).await {
                Ok(applied) => verify(driver, &session, self, &applied).await,
                Err(error) => Err(error),
            };
            session.restore(driver).await;
            result
        })
    }

    /// Undoes the newest applied migrations, newest first, with the same lock, journal and transactions as the
    /// way up. Where that would lose rows or values, nothing is done unless it is
    /// [accepted](Self::accept_data_loss).
    ///
    /// # Errors
    ///
    /// [`RunError`]: [`DataLoss`](RunError::DataLoss) says what would be lost, and a migration without a way
    /// back is an error of the plan.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Rollback};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations()).accept_data_loss(true);
    /// migrator.run(&pool).await?;
    ///
    /// let report = migrator.rollback(&pool, Rollback::Steps(2)).await?;
    /// assert_eq!(report.rolled_back[0].id, "006_add_result_storage");
    /// assert_eq!(migrator.status(&pool).await?.pending(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn rollback<S: Source>(
        &self,
        source: S,
        rollback: Rollback,
    ) -> Result<Report, RunError> {
        self.check()?;
        let driver = connect(source).await?;
        self.with_lock(driver, Task::Rollback(&rollback)).await
    }

    /// The way back as SQL, newest migration first, for a database that has them all. Needs no database.
    ///
    /// # Errors
    ///
    /// [`PlanError`] where the history does not fold, a migration has no way back, or it has no SQL on this
    /// engine.
    pub fn preview_down(&self, dialect: Dialect) -> Result<Plan, PlanError> {
        Plan::down(&self.migrations, dialect, self.tracking.clone())
    }

    /// Accepts the migrations as they are now: where they were edited after the database applied them, the
    /// journal gets their new checksums. Nothing else is changed. The report lists what was accepted.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the lock can't be had, or the journal can't be written.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// migrator.run(&pool).await?;
    /// // Nothing was edited since, so there is nothing to accept.
    /// assert!(migrator.repair(&pool).await?.applied.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn repair<S: Source>(&self, source: S) -> Result<Report, RunError> {
        self.check()?;
        let driver = connect(source).await?;
        self.with_lock(driver, Task::Repair(Repair::Changes)).await
    }

    /// Says of a step that a cut-off run left behind whether its effect is there, so that the next run leaves
    /// it out or runs it. [`RunError::Unfinished`] names the step.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the migration or the step is not known or the step needs no repair, the lock can't be had, or
    /// the journal can't be written.
    pub async fn repair_step<S: Source>(
        &self,
        source: S,
        migration: &str,
        step: i64,
        resolution: Resolution,
    ) -> Result<(), RunError> {
        self.check()?;
        let Some(operation) = self.step(migration, step)? else {
            return Err(RunError::UnknownStep {
                migration: migration.to_owned(),
                step,
            });
        };
        if is_seen(&operation) {
            return Err(RunError::SeenStep {
                migration: migration.to_owned(),
                step,
            });
        }
        let driver = connect(source).await?;
        let repair = Repair::Step {
            migration,
            step,
            checksum: operation.checksum(),
            in_batches: matches!(operation, Operation::Backfill(_)),
            resolution,
        };
        self.with_lock(driver, Task::Repair(repair)).await.map(drop)
    }

    /// Who has the migration lock; none where nobody has.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the server can't be asked.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// migrator.run(&pool).await?;
    /// assert_eq!(migrator.lock_holder(&pool).await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn lock_holder<S: Source>(&self, source: S) -> Result<Option<Holder>, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        driver.dedicate();
        let result = self.ask_for_holder(&mut *driver).await;
        driver.close().await;
        result
    }

    fn ask_for_holder<'r>(
        &'r self,
        driver: &'r mut dyn DynDriver,
    ) -> BoxFuture<'r, Result<Option<Holder>, RunError>> {
        Box::pin(async {
            let session = self.open_session(driver).await?;
            let holder = Lock::of(&session, &self.tracking).holder(driver).await;
            session.restore(driver).await;
            holder.map_err(|source| RunError::Database {
                doing: "ask who has the migration lock",
                source,
            })
        })
    }

    /// What can be said without a database.
    pub(super) fn check(&self) -> Result<(), RunError> {
        self.tracking.check()?;
        self.validated().map_err(PlanError::from)?;
        self.check_names()
    }

    /// Whether the tables in which migrations are recorded have names of their own.
    fn check_names(&self) -> Result<(), RunError> {
        let [table, journal, batches, digest] = self.tracking.names();
        let names = [
            ("name of the tracking table", table),
            ("name of the journal", journal),
            ("name of the table of batches", batches),
            ("name of the table of the digest", digest),
        ];
        let operations = self.migrations.iter().flat_map(|it| &it.operations);
        for operation in operations.flat_map(Operation::schema_operations) {
            let made = if let Operation::RenameTable(it) = operation {
                Some(it.to.as_str())
            } else {
                operation.table()
            };
            for (what, name) in &names {
                if made == Some(name) {
                    return Err(RunError::Plan(PlanError::Name {
                        what,
                        name: name.clone(),
                        reason: "the history has a table of that name".to_owned(),
                    }));
                }
            }
        }
        Ok(())
    }

    /// Reads the record.
    pub(super) async fn applied(&self, driver: &mut dyn DynDriver) -> Result<AppliedIds, RunError> {
        AppliedIds::read(driver, &self.tracking).await
    }

    pub(super) fn pending(&self, applied: AppliedIds) -> Result<Pending, RunError> {
        applied.pending(
            &self.migrations,
            self.checksums(),
            self.target.as_deref(),
            self.allow_unknown,
            self.strict_order,
        )
    }

    pub(super) async fn open_session(
        &self,
        driver: &mut dyn DynDriver,
    ) -> Result<Session, RunError> {
        let session = self.look_at_session(driver).await?;
        session.prepare(driver).await?;
        Ok(session)
    }

    async fn look_at_session(&self, driver: &mut dyn DynDriver) -> Result<Session, RunError> {
        Session::open(driver, &self.tracking, self.patience, self.allow_cluster).await
    }

    /// Does the task with the lock held, on a connection that is closed after it or comes back as it was.
    pub(super) fn with_lock<'r>(
        &'r self,
        mut driver: Box<dyn DynDriver + 'r>,
        task: Task<'r>,
    ) -> BoxFuture<'r, Result<Report, RunError>> {
        Box::pin(async {
            driver.dedicate();
            let result = self.locked(&mut *driver, task).await;
            driver.close().await;
            result
        })
    }

    async fn locked(&self, driver: &mut dyn DynDriver, task: Task<'_>) -> Result<Report, RunError> {
        let session = self.look_at_session(driver).await?;
        let lock = Lock::of(&session, &self.tracking);
        let result = if session.exclusive {
            self.with_session_lock(driver, &session, &lock, task).await
        } else {
            // Every transaction takes the lock for itself.
            self.perform(driver, &session, &lock, task, None).await
        };
        session.restore(driver).await;
        driver.at_parting(None);
        result
    }

    async fn with_session_lock(
        &self,
        driver: &mut dyn DynDriver,
        session: &Session,
        lock: &Lock,
        task: Task<'_>,
    ) -> Result<Report, RunError> {
        let release = lock.release().filter(|_| driver.is_borrowed());
        let parting: Vec<&str> = release
            .as_deref()
            .into_iter()
            .chain(session.parting())
            .collect();
        driver.at_parting((!parting.is_empty()).then(|| parting.join("; ")));
        let wanted = self.wanted(session.dialect);
        let look = match &task {
            Task::Run {
                is_new: Some(pending),
            } => Some(FirstLook::of(self, pending, &wanted, session)?),
            Task::Run { is_new: None } | Task::Baseline | Task::Rollback(_) | Task::Repair(_) => {
                None
            }
        };
        let question = look.as_ref().map(FirstLook::question);
        let along = Along {
            settings: session.settings(),
            question: question.as_deref(),
        };
        let answer = lock
            .acquire_and_ask(
                driver,
                along,
                self.patience.lock,
                &self.observer,
                &self.stop,
            )
            .await?;
        let is_new = look.and_then(|it| it.read(answer));
        let result = self.perform(driver, session, lock, task, is_new).await;
        if let Some(release) = release
            && let Err(error) = driver.execute(&release).await
        {
            tracing::warn!(%error, "the migration lock could not be released; it ends with the connection");
        }
        result
    }

    async fn perform(
        &self,
        driver: &mut dyn DynDriver,
        session: &Session,
        lock: &Lock,
        task: Task<'_>,
        is_new: Option<IsNew>,
    ) -> Result<Report, RunError> {
        let observer = match session.dialect {
            Dialect::Sqlite => self.observer.holding(),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => self.observer.clone(),
        };
        let work = Work {
            migrator: self,
            session,
            lock,
            observer: &observer,
        };
        let mut keys = ForeignKeys::default();
        let result = match task {
            Task::Run { .. } => work.up(driver, &mut keys, is_new).await,
            Task::Baseline => work.baseline(driver, &mut keys).await,
            Task::Rollback(rollback) => work.down(driver, &mut keys, rollback).await,
            Task::Repair(repair) => {
                repair
                    .perform(driver, session, lock, &self.tracking, &self.migrations)
                    .await
            }
        };
        // What was rolled back is pending.
        if result.as_ref().is_ok_and(|it| it.rolled_back.is_empty()) {
            work.keep_digest(driver).await;
        }
        match session.dialect {
            // The lock is a transaction, which keeps what was done before a migration that failed.
            Dialect::Sqlite => {
                let committed = lock.commit(driver, self.patience.retries).await;
                if committed.is_ok() {
                    observer.release();
                } else {
                    // What failed is told; a connection that its owner keeps must not be left in a transaction.
                    drop(driver.rollback().await);
                }
                keys.restore(driver).await;
                // What failed first is told.
                result.and_then(|report| committed.map(|()| report))
            }
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => result,
        }
    }

    /// The operation of that number; those of the way back count downwards from -1.
    fn step(&self, id: &str, step: i64) -> Result<Option<Operation>, PlanError> {
        let mut before = Catalog::default();
        for migration in self.migrations.iter() {
            if migration.id == id {
                let operations = if step > 0 {
                    migration.operations.clone()
                } else {
                    way_back(migration, &mut before)?.operations().to_vec()
                };
                let position = step
                    .unsigned_abs()
                    .checked_sub(1)
                    .and_then(|it| usize::try_from(it).ok());
                return Ok(position.and_then(|it| operations.into_iter().nth(it)));
            }
            migration.fold_into(&mut before)?;
        }
        Ok(None)
    }

    fn status_of(&self, applied: &[Applied]) -> Status {
        let execution = |it: &Applied| Executed {
            at: it.executed_at,
            duration: it
                .execution_time_ms
                .and_then(|it| u64::try_from(it).ok())
                .map(Duration::from_millis),
        };
        let rows: BTreeMap<&str, &Applied> =
            applied.iter().map(|it| (it.id.as_str(), it)).collect();
        let ids: BTreeSet<&str> = self.migrations.iter().map(|it| it.id.as_str()).collect();
        let known = self.migrations.iter().map(|migration| {
            let row = rows.get(migration.id.as_str());
            MigrationStatus {
                id: migration.id.clone(),
                summary: Some(migration.summary.clone()),
                state: row.map_or(State::Pending, |it| State::Applied(execution(it))),
            }
        });
        let unknown = applied
            .iter()
            .filter(|it| !ids.contains(it.id.as_str()))
            .map(|it| MigrationStatus {
                id: it.id.clone(),
                summary: None,
                state: State::Unknown(execution(it)),
            });
        Status {
            migrations: known.chain(unknown).collect(),
        }
    }
}

/// What is done with the lock held.
#[derive(Clone, Debug)]
pub(super) enum Task<'t> {
    /// Run what is pending. `is_new`: all of it, where it is so and the database may be new.
    Run { is_new: Option<&'t Pending> },
    /// Record what is pending, where the schema has it all.
    Baseline,
    /// Undo what is applied.
    Rollback(&'t Rollback),
    /// Mend the journal.
    Repair(Repair<'t>),
}

/// Asks a server, and does something else while it answers.
async fn meanwhile<T, R>(question: impl Future<Output = T>, other: impl FnOnce() -> R) -> (T, R) {
    let mut question = pin!(question);
    // The first poll sends the question.
    let early = poll_fn(|context| Poll::Ready(question.as_mut().poll(context))).await;
    let done = other();
    match early {
        Poll::Ready(answer) => (answer, done),
        Poll::Pending => (question.await, done),
    }
}

pub(super) async fn connect<'s, S>(source: S) -> Result<Box<dyn DynDriver + 's>, RunError>
where
    S: Source,
    S::Driver: 's,
{
    Ok(open(source).await?.boxed().0)
}

pub(super) async fn open<S: Source>(source: S) -> Result<S::Driver, RunError> {
    source.driver().await.map_err(|source| {
        if source.kind == DriverErrorKind::InTransaction {
            RunError::InTransaction
        } else {
            RunError::Connect { source }
        }
    })
}
