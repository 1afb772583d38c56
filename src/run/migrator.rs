//! The runner: binds a history to a database.

use std::collections::BTreeSet;
use std::time::Duration;

use super::driver::{Driver, DriverError, DriverErrorKind, Source};
use super::error::RunError;
use super::execute::execute;
use super::live::{Live, Wanted};
use super::lock;
use super::plan::{Plan, PlanError};
use super::report::{Execution, MigrationStatus, Report, State, Status};
use super::resolve::resolve;
use super::session::Session;
use super::tracking::{Applied, Tracking};
use crate::catalog::OperationError;
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::dsl::migrations::compare_ids;

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
    migrations: Migrations,
    tracking: Tracking,
    lock_timeout: Duration,
    allow_unknown: bool,
    strict_order: bool,
}

impl Migrator {
    /// A runner of these migrations, tracked in `hammerwork_migrations`.
    #[must_use]
    pub fn new(migrations: Migrations) -> Self {
        Migrator {
            migrations,
            tracking: Tracking::default(),
            lock_timeout: Duration::from_secs(60),
            allow_unknown: false,
            strict_order: false,
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

    /// How long to wait for another runner; 60 seconds if this is not called.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
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
    /// pool is closed after use, and not handed on.
    ///
    /// # Errors
    ///
    /// [`RunError`]; what was recorded before it stays, and a further run goes on from there.
    pub async fn run<S: Source>(&self, source: S) -> Result<Report, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        let pending = self.pending(&mut driver).await?;
        if pending.is_empty() {
            driver.close().await;
            return Ok(Report::default());
        }
        driver.dedicate();
        let result = self.run_dedicated(&mut driver).await;
        driver.close().await;
        result
    }

    /// Where the database stands. Reads the tracking table, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`RunError`] where there is no connection, or the tracking table can't be read.
    pub async fn status<S: Source>(&self, source: S) -> Result<Status, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        let sql = self.tracking.list(driver.dialect());
        let rows = driver
            .rows(&sql)
            .await
            .or_else(|error| self.none_yet(error));
        driver.close().await;
        let applied: Vec<Applied> = rows?.into_iter().filter_map(Applied::read).collect();
        Ok(self.status_of(&applied))
    }

    /// What can be said without a database.
    fn check(&self) -> Result<(), RunError> {
        self.tracking.check()?;
        let catalog = self.migrations.validate().map_err(PlanError::from)?;
        if catalog.table(&self.tracking.table).is_some() {
            let error = OperationError::NameCollision {
                name: self.tracking.table.clone(),
                what: "the tracking table".to_owned(),
                other: "a table of the history".to_owned(),
            };
            return Err(RunError::Plan(PlanError::Name {
                what: "name of the tracking table",
                name: self.tracking.table.clone(),
                reason: error.to_string(),
            }));
        }
        Ok(())
    }

    async fn run_dedicated<D: Driver>(&self, driver: &mut D) -> Result<Report, RunError> {
        let mut session = Session::open(driver, &self.tracking).await?;
        let result = match lock::acquire(driver, &self.tracking, self.lock_timeout).await {
            Ok(()) => self.run_locked(driver, &mut session).await,
            Err(error) => Err(error),
        };
        // Every other connection is closed, and its lock and settings go with it.
        if driver.is_borrowed() {
            lock::release(driver, &self.tracking).await;
            session.restore(driver).await;
        }
        result
    }

    /// With the lock held: what was read before it may be out of date.
    async fn run_locked<D: Driver>(
        &self,
        driver: &mut D,
        session: &mut Session,
    ) -> Result<Report, RunError> {
        let result = self.run_pending(driver, session).await;
        match driver.dialect() {
            // The lock is a transaction, which keeps what was done before a migration that failed.
            Dialect::Sqlite => driver.commit().await.map_err(|source| RunError::Database {
                doing: "commit",
                source,
            })?,
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {}
        }
        result
    }

    async fn run_pending<D: Driver>(
        &self,
        driver: &mut D,
        session: &mut Session,
    ) -> Result<Report, RunError> {
        let pending = self.pending(driver).await?;
        if pending.is_empty() {
            return Ok(Report::default());
        }
        let dialect = driver.dialect();
        let wanted = Wanted::of(&self.migrations, dialect);
        let live = Live::read(driver, &wanted)
            .await
            .map_err(|source| RunError::Database {
                doing: "read the database's own catalog",
                source,
            })?;
        let plan = resolve(
            &self.migrations,
            &pending.applied,
            live,
            dialect,
            self.tracking.clone(),
        )?;
        if plan.expects_explicit_timestamps {
            session.make_timestamps_explicit(driver).await?;
        }
        let mut report = execute(driver, &plan).await?;
        report.warnings.splice(0..0, pending.warnings);
        Ok(report)
    }

    /// One query: which migrations are applied, and so which are not.
    async fn pending<D: Driver>(&self, driver: &mut D) -> Result<Pending, RunError> {
        let sql = self.tracking.ids(driver.dialect());
        let rows = driver
            .rows(&sql)
            .await
            .or_else(|error| self.none_yet(error))?;
        let applied: BTreeSet<String> = rows
            .into_iter()
            .filter_map(|row| row.into_iter().next().flatten())
            .collect();
        self.compare(applied)
    }

    fn compare(&self, applied: BTreeSet<String>) -> Result<Pending, RunError> {
        let known: BTreeSet<&str> = self.migrations.iter().map(|it| it.id.as_str()).collect();
        let unknown: Vec<String> = applied
            .iter()
            .filter(|id| !known.contains(id.as_str()))
            .cloned()
            .collect();
        if !unknown.is_empty() && !self.allow_unknown {
            return Err(RunError::UnknownApplied { ids: unknown });
        }
        let newest = applied
            .iter()
            .filter(|id| known.contains(id.as_str()))
            .max_by(|a, b| compare_ids(a, b));
        let pending: Vec<&str> = known
            .iter()
            .filter(|id| !applied.contains(**id))
            .copied()
            .collect();
        let mut warnings = Vec::new();
        for id in &pending {
            let Some(newest) = newest.filter(|newest| compare_ids(id, newest).is_lt()) else {
                continue;
            };
            if self.strict_order {
                return Err(RunError::OutOfOrder {
                    id: (*id).to_owned(),
                    newest: newest.clone(),
                });
            }
            warnings.push(format!(
                "{id} is run after {newest}, which comes after it and was applied already"
            ));
        }
        let count = pending.len();
        Ok(Pending {
            count,
            applied,
            warnings,
        })
    }

    /// A tracking table that is not there yet has no rows.
    fn none_yet<T>(&self, error: DriverError) -> Result<Vec<T>, RunError> {
        match (error.kind, error.code.as_deref()) {
            (DriverErrorKind::MissingTable, _) => Ok(Vec::new()),
            // MySQL: no database selected.
            (_, Some("1046")) => Err(RunError::MissingDatabase),
            (_, _) => Err(RunError::Tracking {
                table: self.tracking.table.clone(),
                source: error,
            }),
        }
    }

    fn status_of(&self, applied: &[Applied]) -> Status {
        let execution = |it: &Applied| Execution {
            at: it.executed_at,
            duration: it
                .execution_time_ms
                .and_then(|it| u64::try_from(it).ok())
                .map(Duration::from_millis),
        };
        let known = self.migrations.iter().map(|migration| {
            let row = applied.iter().find(|it| it.id == migration.id);
            MigrationStatus {
                id: migration.id.clone(),
                summary: Some(migration.summary.clone()),
                state: row.map_or(State::Pending, |it| State::Applied(execution(it))),
            }
        });
        let unknown = applied
            .iter()
            .filter(|it| self.migrations.get(&it.id).is_none())
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

/// What a look at the tracking table says.
struct Pending {
    count: usize,
    applied: BTreeSet<String>,
    warnings: Vec<String>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.count == 0
    }
}

async fn connect<S: Source>(source: S) -> Result<S::Driver, RunError> {
    source
        .driver()
        .await
        .map_err(|source| RunError::Connect { source })
}
