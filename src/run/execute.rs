//! Carrying a plan out, each engine in the way that never leaves a migration half recorded.

use std::time::{Duration, Instant};

use super::driver::{Driver, DriverError, DriverErrorKind};
use super::error::RunError;
use super::event::{Event, Observer};
use super::journal::{Journal, Standing, journalled};
use super::lock::{LOCKED, Lock};
use super::patience::{Backoff, Patience};
use super::plan::{Plan, PlannedMigration, Way};
use super::report::{AppliedNow, Report};
use super::session::Session;
use super::tracking::POSTGRES_ELAPSED;
use crate::dialect::Dialect;
use crate::render::Statement;

/// The pauses before a statement is tried again: long enough for those who waited behind it to be served.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// How a plan was carried out.
pub(crate) enum Outcome {
    Done(Report),
    /// Another runner recorded a migration of the plan meanwhile, so that the rest must be planned anew. It
    /// happens only where the lock is held for single transactions.
    Superseded(Report),
}

/// What a run carries out its plan with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Execution<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) session: &'r Session,
    pub(crate) lock: &'r Lock,
    pub(crate) journal: &'r Journal,
    pub(crate) patience: Patience,
    pub(crate) observer: &'r Observer,
}

impl Execution<'_> {
    /// Runs the plan's migrations and records each.
    pub(crate) async fn run<D: Driver>(&self, driver: &mut D) -> Result<Outcome, RunError> {
        let mut report = Report::default();
        for (index, migration) in self.plan.migrations.iter().enumerate() {
            let first = index == 0;
            let start = Instant::now();
            self.observer.tell(Event::Started {
                migration: migration.id.clone(),
                statements: migration.statements.len(),
            });
            match self.plan.dialect {
                Dialect::Postgres => {
                    if !self.in_one_transaction(driver, migration, first).await? {
                        return Ok(Outcome::Superseded(report));
                    }
                }
                Dialect::MySql | Dialect::MariaDb => {
                    self.statement_by_statement(driver, migration, first, start)
                        .await?;
                }
                Dialect::Sqlite => {
                    self.in_a_savepoint(driver, migration, first, start).await?;
                }
            }
            let applied = AppliedNow {
                id: migration.id.clone(),
                summary: migration.summary.clone(),
                statements: migration.statements.len(),
                duration: start.elapsed(),
            };
            report.warn(migration.warnings.clone());
            match migration.way {
                Way::Up => {
                    self.observer.tell(Event::Applied(applied.clone()));
                    report.applied.push(applied);
                }
                Way::Down => {
                    self.observer.tell(Event::RolledBack(applied.clone()));
                    report.rolled_back.push(applied);
                }
            }
        }
        Ok(Outcome::Done(report))
    }

    /// PostgreSQL: the migration and its row are one transaction, and one round trip. False says that another
    /// runner has recorded it meanwhile.
    async fn in_one_transaction<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        first: bool,
    ) -> Result<bool, RunError> {
        let batch = Batch::of(self, migration, first);
        let text = batch.text();
        let mut retries = self.retries();
        let mut waits = Backoff::new(
            self.patience.lock,
            Duration::from_millis(10),
            Duration::from_millis(200),
        );
        loop {
            let Err(error) = driver.execute(&text).await else {
                return Ok(true);
            };
            if error.kind == DriverErrorKind::Connection {
                return Err(batch.failed(error));
            }
            // The server keeps the failed transaction open until it is told.
            driver
                .execute("ROLLBACK")
                .await
                .map_err(|source| batch.failed(source))?;
            match error.code.as_deref() {
                Some(LOCKED) => match waits.next() {
                    Some(pause) => Backoff::wait(pause).await,
                    None => {
                        return Err(RunError::Locked {
                            waited: waits.elapsed(),
                            holder: None,
                        });
                    }
                },
                Some(RECORDED) => return Ok(false),
                _ if error.kind == DriverErrorKind::Busy => match retries.next() {
                    Some(pause) => self.pause(migration, pause, &error).await,
                    None => return Err(batch.failed(error)),
                },
                _ => return Err(batch.located(driver, error).await),
            }
        }
    }

    /// MySQL, MariaDB: every statement commits by itself, and the row comes last. A run that ends between
    /// them leaves what the next one finds in the catalog, and goes on from there.
    async fn statement_by_statement<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<(), RunError> {
        self.make_tracking(driver, first).await?;
        for statement in &migration.statements {
            let Some(opaque) = &statement.opaque else {
                self.patiently(driver, migration, statement, &statement.sql)
                    .await?;
                continue;
            };
            let step = journal_step(migration.way, statement);
            let standing = self.journal.standing(migration, step, opaque)?;
            if standing == Standing::Done || !asked(driver, migration, statement).await? {
                continue;
            }
            let dialect = self.plan.dialect;
            let tracking = &self.plan.tracking;
            for sql in journalled(tracking, dialect, &migration.id, step, statement, opaque) {
                let result = self.patiently(driver, migration, statement, &sql).await;
                if let (Err(_), true) = (&result, opaque.data_only) {
                    // What failed is told; the transaction is undone here, or with the session.
                    drop(driver.execute("ROLLBACK").await);
                }
                result?;
            }
        }
        // Both rows in one transaction, and one round trip.
        let [track, note] = self.record(migration, start);
        let sql = format!("START TRANSACTION; {track}; {note}; COMMIT");
        if let Err(error) = driver.execute(&sql).await {
            // What failed is told; that it could not be undone changes nothing, since the session ends.
            drop(driver.execute("ROLLBACK").await);
            return Err(failed(migration, &[], &track, error));
        }
        Ok(())
    }

    /// Runs one statement, and again where another session held a lock for too long.
    async fn patiently<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        statement: &Statement,
        sql: &str,
    ) -> Result<(), RunError> {
        let mut retries = self.retries();
        while let Err(error) = driver.execute(sql).await {
            let pause = match error.kind {
                DriverErrorKind::Busy => retries.next(),
                DriverErrorKind::MissingTable
                | DriverErrorKind::NotAllowed
                | DriverErrorKind::Refused
                | DriverErrorKind::InTransaction
                | DriverErrorKind::Connection
                | DriverErrorKind::Other => None,
            };
            let Some(pause) = pause else {
                return Err(failed(migration, &statement.steps, sql, error));
            };
            if sql.starts_with("START TRANSACTION") {
                // Of a lock that was not to be had in time, only the one statement is undone.
                drop(driver.execute("ROLLBACK").await);
            }
            self.pause(migration, pause, &error).await;
        }
        Ok(())
    }

    /// SQLite: all migrations are one transaction, which is the lock too and is synced to disk once; each is
    /// undone alone where it fails, and those before it are kept.
    async fn in_a_savepoint<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<(), RunError> {
        let savepoint = |source| RunError::Database {
            doing: "set a savepoint",
            source,
        };
        self.make_tracking(driver, first).await?;
        driver
            .execute("SAVEPOINT migration")
            .await
            .map_err(savepoint)?;
        let result = self.run_and_record(driver, migration, start).await;
        if result.is_err() {
            driver
                .execute("ROLLBACK TO migration")
                .await
                .map_err(savepoint)?;
        }
        driver
            .execute("RELEASE migration")
            .await
            .map_err(savepoint)?;
        result
    }

    async fn run_and_record<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        start: Instant,
    ) -> Result<(), RunError> {
        for statement in &migration.statements {
            if !asked(driver, migration, statement).await? {
                continue;
            }
            driver
                .execute(&statement.sql)
                .await
                .map_err(|source| failed(migration, &statement.steps, &statement.sql, source))?;
        }
        for sql in self.record(migration, start) {
            driver
                .execute(&sql)
                .await
                .map_err(|source| failed(migration, &[], &sql, source))?;
        }
        Ok(())
    }

    /// Makes the tracking table and the journal, before the first migration that is recorded in them.
    async fn make_tracking<D: Driver>(&self, driver: &mut D, first: bool) -> Result<(), RunError> {
        for sql in self.plan.create_tracking.iter().filter(|_| first) {
            driver.execute(sql).await.map_err(creating_tracking)?;
        }
        Ok(())
    }

    fn record(&self, migration: &PlannedMigration, start: Instant) -> [String; 2] {
        let milliseconds = start.elapsed().as_millis().to_string();
        self.plan.record(migration, &milliseconds)
    }

    fn retries(&self) -> Backoff {
        Backoff::new(self.patience.retries, SHORTEST, LONGEST)
    }

    async fn pause(&self, migration: &PlannedMigration, pause: Duration, error: &DriverError) {
        self.observer.tell(Event::Retrying {
            migration: migration.id.clone(),
            pause,
            reason: error.to_string(),
        });
        Backoff::wait(pause).await;
    }
}

/// What a batch fails with whose migration has been recorded meanwhile.
const RECORDED: &str = "HM002";

/// The statements of one migration on PostgreSQL, in the order in which they are sent.
struct Batch<'r> {
    migration: &'r PlannedMigration,
    /// Settings, the lock where it is the transaction's own, and the tracking tables.
    before: Vec<String>,
    record: [String; 2],
}

impl<'r> Batch<'r> {
    fn of(execution: &'r Execution<'_>, migration: &'r PlannedMigration, first: bool) -> Self {
        let plan = execution.plan;
        let mut before = vec![execution.session.transaction_settings()];
        if !execution.session.exclusive {
            before.push(format!("{};\n", execution.lock.transaction_guard()));
        }
        let create = plan.create_tracking.iter().filter(|_| first);
        before.extend(create.map(|sql| format!("{sql};\n")));
        if !execution.session.exclusive {
            let done = match migration.way {
                Way::Up => "EXISTS",
                Way::Down => "NOT EXISTS",
            };
            before.push(format!(
                "DO $hammerwork$ BEGIN \
                 IF {done} (SELECT FROM {} WHERE migration_id = {}) THEN \
                 RAISE EXCEPTION 'another runner was faster' USING ERRCODE = '{RECORDED}'; \
                 END IF; END $hammerwork$;\n",
                plan.dialect.quote(&plan.tracking.table),
                plan.dialect.quote_text(&migration.id),
            ));
        }
        Batch {
            migration,
            before,
            record: plan.record(migration, POSTGRES_ELAPSED),
        }
    }

    fn text(&self) -> String {
        let mut text = String::from("BEGIN;\n");
        text.extend(self.before.iter().map(String::as_str));
        let statements = self.migration.statements.iter().map(|it| &it.sql);
        for sql in statements.chain(&self.record) {
            text += sql;
            text += ";\n";
        }
        text + "COMMIT"
    }

    /// The error where nothing says which statement it was.
    fn failed(&self, source: DriverError) -> RunError {
        let statements = &self.migration.statements;
        let steps: Vec<usize> = statements.iter().flat_map(|it| it.steps.clone()).collect();
        failed(self.migration, &steps, "", source)
    }

    /// Says which statement of a failed batch it was, by trying them one by one in a transaction that is
    /// undone.
    async fn located<D: Driver>(&self, driver: &mut D, error: DriverError) -> RunError {
        let found = self.replay(driver).await;
        // The transaction is over in either case: the server undoes it with the connection.
        drop(driver.execute("ROLLBACK").await);
        found.unwrap_or_else(|| self.failed(error))
    }

    async fn replay<D: Driver>(&self, driver: &mut D) -> Option<RunError> {
        driver.execute("BEGIN").await.ok()?;
        for sql in &self.before {
            if let Err(source) = driver.execute(sql).await {
                return Some(creating_tracking(source));
            }
        }
        for statement in &self.migration.statements {
            if let Err(source) = driver.execute(&statement.sql).await {
                return Some(failed(
                    self.migration,
                    &statement.steps,
                    &statement.sql,
                    source,
                ));
            }
        }
        for sql in &self.record {
            if let Err(source) = driver.execute(sql).await {
                return Some(failed(self.migration, &[], sql, source));
            }
        }
        None
    }
}

/// The number by which the journal knows a step: those of the way back count downwards.
fn journal_step(way: Way, statement: &Statement) -> i64 {
    let step = statement.steps.first().copied().unwrap_or_default();
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    match way {
        Way::Up => step,
        Way::Down => -step,
    }
}

/// Whether the statement is to be run: its own condition is asked, where it has one.
async fn asked<D: Driver>(
    driver: &mut D,
    migration: &PlannedMigration,
    statement: &Statement,
) -> Result<bool, RunError> {
    let Some(condition) = statement.opaque.as_ref().and_then(|it| it.only_if.as_ref()) else {
        return Ok(true);
    };
    let sql = format!("SELECT ({condition})");
    let rows = driver
        .rows(&sql)
        .await
        .map_err(|source| failed(migration, &statement.steps, &sql, source))?;
    let answer = rows.first().and_then(|row| row.first()).cloned().flatten();
    Ok(answer.is_some_and(|answer| answer != "0"))
}

fn failed(
    migration: &PlannedMigration,
    steps: &[usize],
    sql: &str,
    source: DriverError,
) -> RunError {
    RunError::Statement {
        migration: migration.id.clone(),
        steps: steps.to_vec(),
        sql: sql.to_owned(),
        source,
    }
}

fn creating_tracking(source: DriverError) -> RunError {
    RunError::Database {
        doing: "make the tracking table",
        source,
    }
}
