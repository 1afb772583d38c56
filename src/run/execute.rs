//! Carrying a plan out, each engine in the way that never leaves a migration half recorded.

mod backfill;
mod concurrently;
mod together;
mod transactions;

use std::time::{Duration, Instant};

use tracing::Instrument as _;

use super::driver::{DriverError, DriverErrorKind, DynDriver};
use super::error::RunError;
use super::event::{Event, Observer};
use super::foreign_keys::Violations;
use super::journal::{Journal, Standing, is_true, journalled};
use super::lock::Lock;
use super::patience::{Backoff, Patience};
use super::plan::{Plan, PlannedMigration, Way};
use super::rebuild::Kept;
use super::report::{AppliedNow, Report};
use super::segments::{Segment, segments};
use super::session::Session;
use super::spans;
use super::stop::Stop;
use crate::dialect::Dialect;
use crate::render::{Opaque, RebuildPart, Statement};

/// The pauses before a statement is tried again: long enough for those who waited behind it to be served.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// How a plan was carried out.
pub(crate) enum Outcome {
    Done(Report),
    /// The rest must be planned anew: another runner recorded a migration of the plan meanwhile, which happens
    /// only where the lock is held for single transactions; or it needs another transaction, because on SQLite
    /// some of it rebuilds tables and some does not.
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
    pub(crate) stop: &'r Stop,
}

impl Execution<'_> {
    /// Runs the plan's migrations and records each.
    pub(crate) async fn run(&self, driver: &mut dyn DynDriver) -> Result<Outcome, RunError> {
        let mut report = Report::default();
        self.observer.tell(Event::Planned {
            migrations: self.plan.migrations.len(),
            statements: self.plan.statement_count(),
        });
        let mut rest = self.plan.migrations.as_slice();
        let mut first = true;
        while let [migration, later @ ..] = rest {
            if migration.rebuilds() != self.plan.rebuilds_first() {
                return Ok(Outcome::Superseded(report));
            }
            self.stop.check(Some((&migration.id, 1)))?;
            let together = self.together(rest);
            if together.len() > 1 {
                let Some(done) = self
                    .run_together(driver, together, first, &mut report)
                    .await?
                else {
                    return Ok(Outcome::Superseded(report));
                };
                rest = rest.get(done..).unwrap_or_default();
                first = first && done == 0;
                continue;
            }
            let start = Instant::now();
            self.observer.tell(Event::Started {
                migration: migration.id.clone(),
                statements: migration.statements.len(),
            });
            let span = spans::of_migration(migration);
            let applied = self
                .apply(driver, migration, first, start)
                .instrument(span.clone());
            if !applied.await? {
                return Ok(Outcome::Superseded(report));
            }
            spans::finish(&span, start);
            self.tell_done(migration, start.elapsed(), &mut report);
            rest = later;
            first = false;
        }
        Ok(Outcome::Done(report))
    }

    fn tell_done(&self, migration: &PlannedMigration, duration: Duration, report: &mut Report) {
        let applied = AppliedNow {
            id: migration.id.clone(),
            summary: migration.summary.clone(),
            statements: migration.statements.len(),
            duration,
        };
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

    /// Runs and records one migration, as its engine needs it. False says that another runner has been faster
    /// meanwhile.
    async fn apply(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<bool, RunError> {
        match self.plan.dialect {
            Dialect::Postgres => self.in_transactions(driver, migration, first, start).await,
            Dialect::MySql | Dialect::MariaDb => self
                .statement_by_statement(driver, migration, first, start)
                .await
                .map(|()| true),
            Dialect::Sqlite => self.in_savepoints(driver, migration, first, start).await,
        }
    }

    /// MySQL, MariaDB: every statement commits by itself, and the row comes last. A run that ends between
    /// them leaves what the next one finds in the catalog, and goes on from there.
    async fn statement_by_statement(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<(), RunError> {
        self.make_tracking(driver, first).await?;
        for statement in &migration.statements {
            self.stop
                .check(Some((&migration.id, first_step(statement))))?;
            let Some(opaque) = &statement.opaque else {
                self.patiently(driver, migration, statement, &statement.sql)
                    .await?;
                continue;
            };
            let step = journal_step(migration.way, statement);
            let standing = self.journal.standing(migration, step, opaque)?;
            if let Some(batches) = statement.batches.as_deref() {
                let backfill = (statement, batches, opaque);
                // With the lock of its session nobody is faster, and nothing is counted.
                self.backfill(driver, migration, backfill, &mut 0).await?;
                continue;
            }
            if standing == Standing::Done || !asked(driver, migration, statement).await? {
                continue;
            }
            let dialect = self.plan.dialect;
            let tracking = &self.plan.tracking;
            for sql in journalled(tracking, dialect, &migration.id, step, statement, opaque) {
                let result = self.patiently(driver, migration, statement, &sql).await;
                // What failed is told; what can't be undone or noted here is found by the next run.
                match &result {
                    Err(_) if opaque.data_only => drop(driver.execute("ROLLBACK").await),
                    Err(error) if sql == statement.sql && has_done_nothing(error, &sql) => {
                        let forget = tracking.forget_step(dialect, &migration.id, step);
                        drop(driver.execute(&forget).await);
                    }
                    Ok(()) | Err(_) => {}
                }
                result?;
            }
        }
        // All rows in one transaction, and one round trip.
        let record = self.record(migration, start).join("; ");
        let sql = format!("START TRANSACTION; {record}; COMMIT");
        if let Err(error) = driver.execute(&sql).await {
            // What failed is told; that it could not be undone changes nothing, since the session ends.
            drop(driver.execute("ROLLBACK").await);
            return Err(failed(migration, &[], &record, error));
        }
        Ok(())
    }

    /// Runs one statement, and again where another session held a lock for too long.
    async fn patiently(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        statement: &Statement,
        sql: &str,
    ) -> Result<(), RunError> {
        let mut retries = self.retries();
        while let Err(error) = sent(driver, &statement.steps, sql).await {
            let pause = match error.kind {
                // Of several statements, those before the one that waited would run twice.
                DriverErrorKind::Busy if statement.opaque.is_none() || is_one(sql) => {
                    retries.next()
                }
                DriverErrorKind::Busy
                | DriverErrorKind::MissingTable
                | DriverErrorKind::NotAllowed
                | DriverErrorKind::Refused
                | DriverErrorKind::InTransaction
                | DriverErrorKind::Connection
                | DriverErrorKind::NoTls
                | DriverErrorKind::Other => None,
            };
            let Some(pause) = pause else {
                return Err(failed(migration, &statement.steps, sql, error));
            };
            if sql.starts_with("START TRANSACTION") {
                // Of a lock that was not to be had in time, only the one statement is undone.
                drop(driver.execute("ROLLBACK").await);
            }
            self.pause(migration, &statement.steps, pause, &error)
                .await?;
        }
        Ok(())
    }

    /// SQLite: all migrations are one transaction, which is the lock too and is synced to disk once; each is
    /// undone alone where it fails, and those before it are kept. Where something runs outside, what comes before it
    /// is committed first. False says that another process has been faster meanwhile.
    async fn in_savepoints(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<bool, RunError> {
        self.make_tracking(driver, first).await?;
        let violations = Violations::before(driver, migration).await;
        let mut noted = self.journal.count(&migration.id);
        for segment in segments(&migration.statements) {
            let statement = match segment {
                Segment::Transaction {
                    statements,
                    is_last,
                } => {
                    let open = self.open(migration, statements)?;
                    let notes = (!is_last).then(|| self.notes(migration, &open));
                    noted += notes.as_ref().map_or(0, Vec::len);
                    let end = End {
                        notes,
                        start,
                        violations: violations.as_ref(),
                    };
                    self.in_a_savepoint(driver, migration, &open, &end).await?;
                    continue;
                }
                Segment::Outside(statement) => statement,
            };
            self.lock.commit(driver, self.patience.retries).await?;
            self.observer.release();
            let mut is_ours = true;
            if let (Some(batches), Some(opaque)) = (statement.batches.as_deref(), &statement.opaque)
            {
                let backfill = (statement, batches, opaque);
                is_ours = self
                    .backfill(driver, migration, backfill, &mut noted)
                    .await?;
            } else {
                self.patiently(driver, migration, statement, &statement.sql)
                    .await?;
            }
            self.lock_again(driver).await?;
            if !is_ours || self.is_superseded(driver, migration, noted).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn in_a_savepoint(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        statements: &[&Statement],
        end: &End<'_>,
    ) -> Result<(), RunError> {
        let savepoint = |source| RunError::Database {
            doing: "set a savepoint",
            source,
        };
        driver
            .execute("SAVEPOINT migration")
            .await
            .map_err(savepoint)?;
        let Err(error) = self.run_each(driver, migration, statements, end).await else {
            return driver.execute("RELEASE migration").await.map_err(savepoint);
        };
        let undone = driver
            .execute("ROLLBACK TO migration; RELEASE migration")
            .await;
        // What failed is told. SQLite itself may have undone all; else nothing of it must be committed.
        if undone.is_err() {
            drop(driver.rollback().await);
        }
        Err(error)
    }

    /// Runs the statements, and then notes them; where there are no notes, the migration is recorded.
    async fn run_each(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        statements: &[&Statement],
        end: &End<'_>,
    ) -> Result<(), RunError> {
        let mut kept = None;
        for statement in statements {
            // What was done of these statements is undone.
            let step = statements.first().map_or(1, |it| first_step(it));
            self.stop.check(Some((&migration.id, step)))?;
            if !asked(driver, migration, statement).await? {
                continue;
            }
            if let Some(RebuildPart::First(table)) = &statement.rebuild {
                kept = Some(Kept::of(driver, table, migration, statement).await?);
            }
            let again = match &statement.rebuild {
                Some(RebuildPart::Last) => kept.take().map(Kept::statements),
                Some(RebuildPart::First(_) | RebuildPart::Middle) | None => None,
            };
            let again = again.unwrap_or_default();
            for sql in std::iter::once(&statement.sql).chain(&again) {
                sent(driver, &statement.steps, sql)
                    .await
                    .map_err(|source| failed(migration, &statement.steps, sql, source))?;
            }
        }
        if let Some(before) = end.violations {
            before.check(driver, migration).await?;
        }
        let record = || self.record(migration, end.start);
        let after = end.notes.clone().unwrap_or_else(record);
        for sql in &after {
            driver
                .execute(sql)
                .await
                .map_err(|source| failed(migration, &[], sql, source))?;
        }
        Ok(())
    }

    /// Makes the tracking table and the journal, before the first migration that is recorded in them.
    async fn make_tracking(&self, driver: &mut dyn DynDriver, first: bool) -> Result<(), RunError> {
        for sql in self.plan.preparations().filter(|_| first) {
            driver.execute(sql).await.map_err(creating_tracking)?;
        }
        Ok(())
    }

    /// SQLite: takes the lock for one more transaction. Who asked to stop is heard before the next step.
    async fn lock_again(&self, driver: &mut dyn DynDriver) -> Result<(), RunError> {
        let (patience, stop) = (self.patience.lock, Stop::default());
        self.lock
            .acquire(driver, patience, self.observer, &stop)
            .await
    }

    fn record(&self, migration: &PlannedMigration, start: Instant) -> Vec<String> {
        let milliseconds = start.elapsed().as_millis().to_string();
        self.plan.record(migration, &milliseconds)
    }

    fn retries(&self) -> Backoff {
        Backoff::new(self.patience.retries, SHORTEST, LONGEST)
    }

    /// Waits before those steps are tried again. Who asks to stop meanwhile need not wait for another try.
    async fn pause(
        &self,
        migration: &PlannedMigration,
        steps: &[usize],
        pause: Duration,
        error: &DriverError,
    ) -> Result<(), RunError> {
        self.observer.tell(Event::Retrying {
            migration: migration.id.clone(),
            pause,
            reason: error.to_string(),
        });
        self.rest(pause).await;
        let step = steps.first().copied().unwrap_or(1);
        self.stop.check(Some((&migration.id, step)))
    }

    /// Waits so long, or until somebody asks to stop.
    async fn rest(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && !self.stop.is_requested() {
            let part = left.min(SHORTEST);
            Backoff::wait(part).await;
            left -= part;
        }
    }
}

/// What follows the statements of one transaction on SQLite.
struct End<'r> {
    /// What is noted; where there is nothing, the migration is recorded.
    notes: Option<Vec<String>>,
    start: Instant,
    /// Rows that lacked what they refer to before the migration, where it rebuilds a table.
    violations: Option<&'r Violations>,
}

/// Whether an author's text is one statement, that happens as a whole or not at all; no is the safe answer.
/// What is sent as a transaction is one.
fn is_one(sql: &str) -> bool {
    let text = sql.to_ascii_uppercase();
    text.starts_with("START TRANSACTION")
        || !["CALL", "EXECUTE", ";"].iter().any(|it| text.contains(it))
}

/// Whether MySQL or MariaDB refused an author's text before it did anything.
fn has_done_nothing(error: &RunError, sql: &str) -> bool {
    // It was refused because somebody else had a lock, and was not tried again.
    if matches!(error, RunError::Stopped { .. }) {
        return true;
    }
    let RunError::Statement { source, .. } = error else {
        return false;
    };
    let early = match source.kind {
        DriverErrorKind::MissingTable | DriverErrorKind::NotAllowed | DriverErrorKind::Busy => true,
        // Syntax, unknown columns and routines, and objects that are there or not there already.
        DriverErrorKind::Other => matches!(
            source.code.as_deref(),
            Some(
                "1050"
                    | "1054"
                    | "1060"
                    | "1061"
                    | "1064"
                    | "1091"
                    | "1304"
                    | "1305"
                    | "1359"
                    | "1360"
            )
        ),
        DriverErrorKind::Refused
        | DriverErrorKind::InTransaction
        | DriverErrorKind::Connection
        | DriverErrorKind::NoTls => false,
    };
    early && is_one(sql)
}

/// The number by which the journal knows a step: those of the way back count downwards.
pub(crate) fn journal_step(way: Way, statement: &Statement) -> i64 {
    let step = statement.steps.first().copied().unwrap_or_default();
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    match way {
        Way::Up => step,
        Way::Down => -step,
    }
}

/// The first step of its migration that a statement carries out.
fn first_step(statement: &Statement) -> usize {
    statement.steps.first().copied().unwrap_or(1)
}

/// Sends one statement, in a span of its own.
async fn sent(driver: &mut dyn DynDriver, steps: &[usize], sql: &str) -> Result<(), DriverError> {
    let span = spans::of_statement(steps, sql);
    let start = Instant::now();
    let result = driver.execute(sql).instrument(span.clone()).await;
    spans::finish(&span, start);
    result
}

/// Whether the statement is to be run: its own condition is asked, where it has one.
async fn asked(
    driver: &mut dyn DynDriver,
    migration: &PlannedMigration,
    statement: &Statement,
) -> Result<bool, RunError> {
    let Some(question) = statement.opaque.as_ref().and_then(Opaque::question) else {
        return Ok(true);
    };
    is_true(driver, &question)
        .await
        .map_err(|source| failed(migration, &statement.steps, &question, source))
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::Migrator;
    use crate::dsl::*;
    use crate::run::driver::Row;
    use crate::run::{Driver, Source};

    /// A server of MySQL with nothing in it, which refuses one text some times.
    #[derive(Clone)]
    struct Fake {
        heard: Arc<Mutex<Vec<String>>>,
        refused: &'static str,
        times: usize,
        error: DriverError,
        /// Whether the server has `explicit_defaults_for_timestamp`, and whether both tables are there.
        explicit: bool,
        tracked: bool,
    }

    impl Fake {
        fn refusing(refused: &'static str, kind: DriverErrorKind, code: &str) -> Self {
            Fake {
                heard: Arc::default(),
                refused,
                times: 1,
                explicit: true,
                tracked: false,
                error: DriverError {
                    kind,
                    code: Some(code.to_owned()),
                    ..DriverError::lost("refused")
                },
            }
        }

        /// How often it heard a text with that in it.
        fn heard(&self, part: &str) -> usize {
            let heard = self.heard.lock().unwrap();
            heard.iter().filter(|it| it.contains(part)).count()
        }
    }

    impl Driver for Fake {
        type Scratch = Fake;

        fn dialect(&self) -> Dialect {
            Dialect::MySql
        }
        fn identify(&mut self, _: &str) {}
        fn dedicate(&mut self) {}
        fn is_borrowed(&self) -> bool {
            true
        }
        fn at_parting(&mut self, _sql: Option<String>) {}
        async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
            Ok(true)
        }
        async fn scratch(&mut self) -> Result<Option<Fake>, DriverError> {
            Ok(None)
        }
        async fn schemas_like(&mut self, _: &str) -> Result<Option<Vec<String>>, DriverError> {
            Ok(Some(Vec::new()))
        }
        async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
            self.heard.lock().unwrap().push(sql.to_owned());
            if sql.ends_with("explicit_defaults_for_timestamp = ON") {
                self.explicit = true;
            }
            if self.times > 0 && sql.contains(self.refused) {
                self.times -= 1;
                return Err(self.error.clone());
            }
            Ok(())
        }
        async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
            let row =
                |texts: &[&str]| vec![texts.iter().map(|it| Some((*it).to_owned())).collect()];
            let explicit = if self.explicit { "1" } else { "0" };
            match sql {
                _ if sql.contains("GET_LOCK") => Ok(row(&["1"])),
                _ if sql.contains("VERSION()") => {
                    Ok(row(&["9.7.0", "db", explicit, "1", "1", "1", "", ""]))
                }
                _ if sql.contains("SHOW GRANTS") => Ok(row(&["db", "0", "a role"])),
                _ if sql.starts_with("SELECT @@SESSION.explicit") => Ok(row(&[explicit])),
                _ if sql.contains("migration_id") && self.tracked => Ok(Vec::new()),
                _ if sql.contains("migration_id") => Err(DriverError {
                    kind: DriverErrorKind::MissingTable,
                    ..DriverError::lost("no such table")
                }),
                _ => Ok(Vec::new()),
            }
        }
        async fn begin(&mut self) -> Result<(), DriverError> {
            Ok(())
        }
        async fn commit(&mut self) -> Result<(), DriverError> {
            Ok(())
        }
        async fn rollback(&mut self) -> Result<(), DriverError> {
            Ok(())
        }
        async fn close(self) {}
    }

    impl Source for Fake {
        type Driver = Fake;

        async fn driver(self) -> Result<Fake, DriverError> {
            Ok(self)
        }
    }

    fn run(fake: &Fake, sql: RunSql) -> Result<Report, RunError> {
        let history = Migrations::new([Migration::new("001", "x").run_sql(sql)]);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(Migrator::new(history).run(fake.clone()))
    }

    #[test]
    fn of_several_statements_none_is_run_twice() {
        let busy = |sql| {
            let fake = Fake::refusing("UPDATE b", DriverErrorKind::Busy, "1205");
            let result = run(&fake, sql);
            (fake.heard("UPDATE b"), result.is_ok())
        };
        assert_eq!(
            busy(sql("x").everywhere("UPDATE b SET n = n + 1")),
            (2, true)
        );
        let both = "UPDATE a SET n = n + 1; UPDATE b SET n = n + 1";
        assert_eq!(busy(sql("x").everywhere(both)), (1, false));
        // All of them are one transaction here.
        assert_eq!(busy(sql("x").everywhere(both).data_only()), (2, true));
    }

    #[test]
    fn what_was_refused_before_it_did_anything_needs_no_repair() {
        let refused = |text: &str, kind, code| {
            let fake = Fake::refusing("UPDATE b", kind, code);
            run(&fake, sql("x").everywhere(text)).unwrap_err();
            fake.heard("DELETE FROM `hammerwork_migrations_journal`") == 1
        };
        let one = "UPDATE b SET n = n + 1";
        assert!(refused(one, DriverErrorKind::Other, "1064"));
        assert!(refused(one, DriverErrorKind::MissingTable, "1146"));
        // It may have changed some rows of a table without transactions.
        assert!(!refused(one, DriverErrorKind::Other, "1062"));
        assert!(!refused(one, DriverErrorKind::Connection, ""));
        assert!(!refused(
            "DELETE FROM a; UPDATE b SET n = 1",
            DriverErrorKind::Other,
            "1064"
        ));
    }

    #[test]
    fn the_setting_for_timestamps_is_changed_where_it_matters_and_set_back() {
        let settings = |tracked, sql: RunSql| {
            let fake = Fake {
                explicit: false,
                tracked,
                times: 0,
                ..Fake::refusing("", DriverErrorKind::Other, "")
            };
            run(&fake, sql).unwrap();
            let [on, off] =
                ["ON", "OFF"].map(|it| format!("explicit_defaults_for_timestamp = {it}"));
            (fake.heard(&on), fake.heard(&off))
        };
        let one = || sql("x").everywhere("UPDATE b SET n = 1");
        // The tracking table has such a column.
        assert_eq!(settings(false, one()), (1, 1));
        assert_eq!(settings(true, one()), (0, 0));
        let at = table("t").columns([timestamp("at")]);
        assert_eq!(
            settings(true, one().stands_for([CreateTable { table: at }])),
            (1, 1)
        );
    }
}
