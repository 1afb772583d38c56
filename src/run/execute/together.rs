//! New databases: many migrations in one message.
//!
//! Where nothing is there of what the history names, nobody waits for a lock on it, and there is no need to let others in
//! between two migrations. What fails is undone, where the engine can, and what is left is planned anew and
//! run one by one: so those before the migration that fails are kept, and the error names its step. On MySQL and
//! MariaDB the migrations' records follow them in the message, so what was done before is recorded.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tracing::{Instrument as _, Span};

use super::Execution;
use super::transactions::{Delivery, Message, ids};
use crate::dialect::Dialect;
use crate::render::Statement;
use crate::run::driver::{DriverErrorKind, DynDriver, Row};
use crate::run::error::RunError;
use crate::run::event::Event;
use crate::run::plan::{PlannedMigration, Way};
use crate::run::report::Report;
use crate::run::spans;
use crate::run::tracking::milliseconds_since;

/// So many statements at most, and so many bytes of them. PostgreSQL keeps a lock for each table, key and index until the
/// transaction ends, and has room for 6,400 as it is delivered, which all sessions share. MySQL and MariaDB take messages
/// of 16 MiB at least.
const STATEMENTS: usize = 200;
const BYTES: usize = 1 << 20;

impl Execution<'_> {
    /// The migrations at the start of `rest` that may be one message: those of which the catalog knows all.
    pub(super) fn together<'m>(&self, rest: &'m [PlannedMigration]) -> &'m [PlannedMigration] {
        if !self.plan.is_for_new {
            return &[];
        }
        let (mut statements, mut bytes) = (0, 0);
        let count = rest.iter().take_while(|migration| {
            statements += migration.statements.len();
            bytes += migration
                .statements
                .iter()
                .map(|it| it.sql.len())
                .sum::<usize>();
            migration.way == Way::Up
                && migration
                    .statements
                    .iter()
                    .all(|it| is_plain(it, self.plan.dialect))
                && statements <= STATEMENTS
                && bytes <= BYTES
        });
        rest.get(..count.count()).unwrap_or_default()
    }

    /// Runs and records those migrations, so far as nobody asks to stop, and says how many they were. None says that
    /// what is left must be planned anew, and not be run together.
    pub(super) async fn run_together(
        &self,
        driver: &mut dyn DynDriver,
        migrations: &[PlannedMigration],
        first: bool,
        report: &mut Report,
    ) -> Result<Option<usize>, RunError> {
        let mut begun: Vec<Span> = Vec::new();
        for migration in migrations {
            self.observer.tell(Event::Started {
                migration: migration.id.clone(),
                statements: migration.statements.len(),
            });
            if self.stop.is_requested() {
                break;
            }
            begun.push(spans::of_migration(migration));
        }
        let migrations = migrations.get(..begun.len()).unwrap_or_default();
        let Some(head) = migrations.first() else {
            return Ok(Some(0));
        };
        let statements: Vec<&Statement> = migrations.iter().flat_map(|it| &it.statements).collect();
        let text = self.text(migrations, &self.opening(migrations, first));
        let message = Message {
            migration: head,
            statements: &statements,
            text: &text,
            asks: true,
        };
        let span = spans::of_batch(&statements);
        let start = Instant::now();
        let sent = async {
            match self.plan.dialect {
                Dialect::Postgres => self.deliver(driver, &message).await,
                Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
                    self.try_once(driver, &message).await
                }
            }
        };
        let (rows, is_through) = match sent.instrument(span.clone()).await? {
            Delivery::Through(rows) => (rows, true),
            Delivery::Overtaken => return Ok(None),
            Delivery::Refused(error) => {
                tracing::debug!(%error, "what was run together is run one by one");
                (self.left(driver, migrations).await, false)
            }
        };
        spans::finish(&span, start);
        self.tell_all_done(migrations.iter().zip(begun), rows, report);
        Ok(is_through.then_some(migrations.len()))
    }

    /// Runs the whole plan with its tracking tables after `opening`, in one transaction. None where it is not for one message,
    /// or was refused and undone, for whatever reason.
    pub(in crate::run) async fn run_at_once(
        &self,
        driver: &mut dyn DynDriver,
        opening: &str,
    ) -> Result<Option<Report>, RunError> {
        let migrations = self.together(&self.plan.migrations);
        let Some(head) = migrations.first() else {
            return Ok(None);
        };
        if migrations.len() < self.plan.migrations.len() {
            return Ok(None);
        }
        let statements: Vec<&Statement> = migrations.iter().flat_map(|it| &it.statements).collect();
        let create: Vec<String> = self.plan.preparations().cloned().collect();
        let opening = opening.to_owned() + &terminated(&create);
        let message = Message {
            migration: head,
            statements: &statements,
            text: &self.text(migrations, &opening),
            asks: true,
        };
        let span = spans::of_batch(&statements);
        let start = Instant::now();
        let sent = self.send_at_once(driver, &message);
        let Some(rows) = sent.instrument(span.clone()).await? else {
            return Ok(None);
        };
        spans::finish(&span, start);
        let mut report = Report::default();
        let begun = migrations.iter().map(|it| (it, spans::of_migration(it)));
        self.tell_all_done(begun, rows, &mut report);
        Ok(Some(report))
    }

    /// Sends it as a transaction. None where it was refused and undone.
    async fn send_at_once(
        &self,
        driver: &mut dyn DynDriver,
        message: &Message<'_>,
    ) -> Result<Option<Vec<Row>>, RunError> {
        let is_sqlite = self.plan.dialect == Dialect::Sqlite;
        // There, the transaction is the lock.
        if is_sqlite {
            let patience = self.patience.lock;
            let taken = self
                .lock
                .acquire(driver, patience, self.observer, self.stop);
            taken.await?;
        }
        let error = match message.send(driver).await {
            Ok(rows) => {
                if is_sqlite {
                    self.lock.commit(driver, self.patience.retries).await?;
                }
                return Ok(Some(rows));
            }
            Err(error) => error,
        };
        if error.kind == DriverErrorKind::Connection {
            return Err(message.failed(error));
        }
        tracing::debug!(%error, "what was tried at once is run in steps");
        // A failed transaction stays open until its end is told.
        if !is_sqlite {
            let undone = driver.execute("ROLLBACK").await;
            return undone.map(|()| None).map_err(|it| message.failed(it));
        }
        match driver.rollback().await {
            Ok(()) => Ok(None),
            // SQLite itself has undone all, for what it failed for.
            Err(_) => Err(message.failed(error)),
        }
    }

    /// Tells of those that are recorded.
    fn tell_all_done<'m>(
        &self,
        begun: impl Iterator<Item = (&'m PlannedMigration, Span)>,
        rows: Vec<Row>,
        report: &mut Report,
    ) {
        let recorded = durations(rows);
        for (migration, span) in begun {
            if let Some(duration) = recorded.get(&migration.id) {
                spans::finish_after(&span, *duration);
                self.tell_done(migration, *duration, report);
            }
        }
    }

    /// What comes before the migrations.
    fn opening(&self, migrations: &[PlannedMigration], first: bool) -> String {
        let create: Vec<String> = self
            .plan
            .preparations()
            .filter(|_| first)
            .cloned()
            .collect();
        match self.plan.dialect {
            Dialect::Postgres => format!("BEGIN;\n{}", self.before(migrations, first).concat()),
            Dialect::MySql | Dialect::MariaDb => terminated(&create),
            Dialect::Sqlite => format!("SAVEPOINT migration;\n{}", terminated(&create)),
        }
    }

    /// All of it, which answers how long each took.
    fn text(&self, migrations: &[PlannedMigration], opening: &str) -> String {
        let dialect = self.plan.dialect;
        let end = match dialect {
            Dialect::Postgres => "COMMIT",
            Dialect::MySql | Dialect::MariaDb => "SET @hammerwork_clock = NULL",
            Dialect::Sqlite => "RELEASE migration",
        };
        let groups: Vec<&[PlannedMigration]> = match dialect {
            // They are all one transaction.
            Dialect::Postgres | Dialect::Sqlite => vec![migrations],
            // Every statement commits by itself. Those that only add need no record at once: what is there tells how far
            // a run has come that was cut off.
            Dialect::MySql | Dialect::MariaDb => {
                let alike = |a: &PlannedMigration, b: &PlannedMigration| a.only_adds && b.only_adds;
                migrations.chunk_by(alike).collect()
            }
        };
        let mut text = opening.to_owned();
        for group in groups {
            let (before, [begin, commit]) = match dialect {
                Dialect::Postgres | Dialect::Sqlite => ("", ["", ""]),
                Dialect::MySql | Dialect::MariaDb => {
                    (SET_CLOCK, ["START TRANSACTION;\n", "COMMIT;\n"])
                }
            };
            text += before;
            for statement in group.iter().flat_map(|it| &it.statements) {
                text += &statement.sql;
                text += ";\n";
            }
            text += begin;
            text += &terminated(&self.records(group));
            text += commit;
        }
        text + end
    }

    /// What records them all at once: a statement for each of them would take as long as a tenth of what it records. So
    /// they share the time that they took, in equal parts. It answers with the records.
    fn records(&self, migrations: &[PlannedMigration]) -> Vec<String> {
        let (dialect, tracking) = (self.plan.dialect, &self.plan.tracking);
        let share = share(dialect, migrations.len());
        let mut track = tracking.track(dialect, ids(migrations), &share);
        let finished = migrations.iter().map(|it| (&*it.id, &*it.checksum));
        let note = tracking.note_finished(dialect, finished);
        match dialect {
            Dialect::Postgres | Dialect::MariaDb | Dialect::Sqlite => {
                track += " RETURNING migration_id, execution_time_ms";
                vec![track, note]
            }
            Dialect::MySql => vec![track, note, tracking.those(dialect, &ids(migrations))],
        }
    }

    /// Sends it where nothing is gained by sending it again: it is run one by one then, and that is patient.
    async fn try_once(
        &self,
        driver: &mut dyn DynDriver,
        message: &Message<'_>,
    ) -> Result<Delivery, RunError> {
        let error = match message.send(driver).await {
            Ok(rows) => return Ok(Delivery::Through(rows)),
            Err(error) => error,
        };
        if error.kind == DriverErrorKind::Connection {
            return Err(message.failed(error));
        }
        if self.plan.dialect == Dialect::Sqlite {
            let undo = "ROLLBACK TO migration; RELEASE migration";
            if driver.execute(undo).await.is_err() {
                // SQLite itself may have undone all; else nothing of it must be committed.
                drop(driver.rollback().await);
                return Err(message.failed(error));
            }
        }
        Ok(Delivery::Refused(error))
    }

    /// What is recorded of what was refused. Where DDL takes part in transactions, that is nothing.
    async fn left(&self, driver: &mut dyn DynDriver, migrations: &[PlannedMigration]) -> Vec<Row> {
        if self.plan.dialect.features().transactional_ddl {
            return Vec::new();
        }
        // What can't be undone or asked here is found when all is planned anew.
        drop(driver.execute(UNDO).await);
        let question = self
            .plan
            .tracking
            .those(self.plan.dialect, &ids(migrations));
        driver.rows(&question).await.unwrap_or_default()
    }
}

const UNDO: &str = "ROLLBACK; SET @hammerwork_clock = NULL";
const SET_CLOCK: &str = "SET @hammerwork_clock = CURRENT_TIMESTAMP(6);\n";

/// SQL for an equal part of the milliseconds that so many migrations took.
fn share(dialect: Dialect, count: usize) -> String {
    match dialect {
        // Functions by their names: to find an operator takes a new session longer than to compute all this.
        Dialect::Postgres => {
            let factor = 1000.0 / count as f64;
            format!(
                "pg_catalog.float8mul(pg_catalog.date_part('epoch', pg_catalog.timestamptz_mi(\
                 pg_catalog.clock_timestamp(), pg_catalog.transaction_timestamp())), '{factor}')"
            )
        }
        // There, `/` gives fractions.
        Dialect::MySql | Dialect::MariaDb => {
            format!(
                "{} DIV {count}",
                milliseconds_since(dialect, "@hammerwork_clock")
            )
        }
        Dialect::Sqlite => {
            let now = chrono::Utc::now().format("'%Y-%m-%dT%H:%M:%S%.3fZ'");
            format!(
                "{} / {count}",
                milliseconds_since(dialect, &now.to_string())
            )
        }
    }
}

/// Whether nothing about a statement needs more than that it is run.
fn is_plain(statement: &Statement, dialect: Dialect) -> bool {
    (statement.transactional || !dialect.features().transactional_ddl)
        && statement.opaque.is_none()
        && statement.batches.is_none()
        && statement.rebuild.is_none()
}

fn terminated(statements: &[String]) -> String {
    statements.iter().map(|it| format!("{it};\n")).collect()
}

/// How long each of the migrations took that are recorded.
fn durations(rows: Vec<Row>) -> BTreeMap<String, Duration> {
    let read = |row: Row| {
        let mut values = row.into_iter().flatten();
        let id = values.next()?;
        let milliseconds = values.next()?.parse().ok()?;
        Some((id, Duration::from_millis(milliseconds)))
    };
    rows.into_iter().filter_map(read).collect()
}
