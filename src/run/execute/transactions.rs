//! PostgreSQL: a migration and its record are one transaction, unless something in it runs outside.

use std::time::{Duration, Instant};

use tracing::Instrument as _;

use super::super::driver::{DriverError, DriverErrorKind, DynDriver, Row};
use super::super::error::RunError;
use super::super::event::Event;
use super::super::journal::Standing;
use super::super::lock::LOCKED;
use super::super::patience::Backoff;
use super::super::plan::{PlannedMigration, Way};
use super::super::segments::{Segment, segments};
use super::super::spans;
use super::super::tracking::{POSTGRES_ELAPSED, StepState};
use super::{Execution, creating_tracking, failed, first_step, journal_step};
use crate::render::Statement;

/// What a transaction fails with whose work another runner has done meanwhile.
const RECORDED: &str = "HM002";

/// What texts of moments are read and written in.
const UTC: &str = "SET LOCAL TIME ZONE 'UTC';\n";

impl Execution<'_> {
    /// Runs a migration, each of its transactions in one round trip. False says that another runner has been
    /// faster meanwhile.
    pub(super) async fn in_transactions(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        first: bool,
        start: Instant,
    ) -> Result<bool, RunError> {
        let segments = segments(&migration.statements);
        let is_split = segments.len() > 1;
        let mut makes_tables = first && self.plan.preparations().next().is_some();
        let mut noted = self.journal.count(&migration.id);
        for segment in segments {
            let next = segment.statements().first();
            if let Some(statement) = next {
                self.stop
                    .check(Some((&migration.id, first_step(statement))))?;
            }
            let (statements, is_last) = match segment {
                Segment::Transaction {
                    statements,
                    is_last,
                } => (self.open(migration, statements)?, is_last),
                Segment::Outside(statement) => {
                    if let (Some(batches), Some(opaque)) =
                        (statement.batches.as_deref(), &statement.opaque)
                    {
                        let backfill = (statement, batches, opaque);
                        if !self
                            .backfill(driver, migration, backfill, &mut noted)
                            .await?
                        {
                            return Ok(false);
                        }
                    } else {
                        self.concurrently(driver, migration, statement).await?;
                    }
                    continue;
                }
            };
            if statements.is_empty() && !is_last && !makes_tables {
                continue;
            }
            let mut before = self.before(
                std::slice::from_ref(migration),
                std::mem::take(&mut makes_tables),
            );
            if is_split && !self.session.exclusive {
                before.push(self.unless_noted_since(migration, noted));
            }
            if statements.iter().any(|it| it.is_in_utc()) {
                before.push(UTC.to_owned());
            }
            let after = if is_last {
                let elapsed = if is_split {
                    start.elapsed().as_millis().to_string()
                } else {
                    POSTGRES_ELAPSED.to_owned()
                };
                self.plan.record(migration, &elapsed)
            } else {
                let notes = self.notes(migration, &statements);
                noted += notes.len();
                notes
            };
            let batch = Batch {
                migration,
                before,
                statements,
                after,
            };
            if !self.send(driver, &batch).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends one statement of several that a step is, with what is recorded of it. `known` is how many steps are noted,
    /// and SQL that is true where another runner has done something else of this step. False says that one has.
    pub(super) async fn commit_one(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        statement: &Statement,
        record: String,
        (noted, superseded): (usize, &str),
    ) -> Result<bool, RunError> {
        let mut before = self.before(std::slice::from_ref(migration), false);
        before.push(UTC.to_owned());
        if !self.session.exclusive {
            before.push(self.unless_noted_since(migration, noted));
            before.push(superseded_if(superseded));
        }
        let batch = Batch {
            migration,
            before,
            statements: vec![statement],
            after: vec![record],
        };
        self.send(driver, &batch).await
    }

    /// The statements that no earlier run has noted as finished. Only of a migration that is split is anything
    /// noted before the end.
    pub(super) fn open<'s>(
        &self,
        migration: &PlannedMigration,
        statements: &'s [Statement],
    ) -> Result<Vec<&'s Statement>, RunError> {
        let mut open = Vec::new();
        for statement in statements {
            let standing = match &statement.opaque {
                Some(opaque) => {
                    let step = journal_step(migration.way, statement);
                    self.journal.standing(migration, step, opaque)?
                }
                None => Standing::Open,
            };
            if standing == Standing::Open {
                open.push(statement);
            }
        }
        Ok(open)
    }

    /// What goes before the statements of those migrations, which all go one way: settings, the lock where it is the
    /// transaction's own, and the tracking tables.
    pub(super) fn before(
        &self,
        migrations: &[PlannedMigration],
        makes_tables: bool,
    ) -> Vec<String> {
        let plan = self.plan;
        let mut before = vec![self.session.transaction_settings()];
        if !self.session.exclusive {
            before.push(format!("{};\n", self.lock.transaction_guard()));
        }
        let create = plan.preparations().filter(|_| makes_tables);
        before.extend(create.map(|sql| format!("{sql};\n")));
        if !self.session.exclusive {
            let done = match migrations.first().map(|it| it.way) {
                Some(Way::Up) | None => "EXISTS",
                Some(Way::Down) => "NOT EXISTS",
            };
            before.push(superseded_if(&format!(
                "{done} ({})",
                plan.tracking.those(plan.dialect, &ids(migrations))
            )));
        }
        before
    }

    /// Between two transactions another runner may have come in, where the lock is each transaction's own. It
    /// leaves a note of its own in the journal.
    fn unless_noted_since(&self, migration: &PlannedMigration, noted: usize) -> String {
        let count = self
            .plan
            .tracking
            .count_steps(self.plan.dialect, &migration.id);
        superseded_if(&format!("({count}) <> {noted}"))
    }

    /// What a transaction that is not the last leaves in the journal: each step that no catalog can answer for,
    /// and its last one in any case.
    pub(super) fn notes(
        &self,
        migration: &PlannedMigration,
        statements: &[&Statement],
    ) -> Vec<String> {
        let (plan, last) = (self.plan, statements.len().saturating_sub(1));
        statements
            .iter()
            .enumerate()
            .filter(|(position, it)| it.opaque.is_some() || *position == last)
            .map(|(_, statement)| {
                let checksum = statement
                    .opaque
                    .as_ref()
                    .map_or(&migration.checksum, |it| &it.checksum);
                let step = journal_step(migration.way, statement);
                let state = StepState::Finished;
                plan.tracking
                    .note(plan.dialect, &migration.id, step, checksum, state)
            })
            .collect()
    }

    /// Sends a transaction until it is through. False says that another runner has been faster.
    async fn send(&self, driver: &mut dyn DynDriver, batch: &Batch<'_>) -> Result<bool, RunError> {
        let span = spans::of_batch(&batch.statements);
        let message = Message {
            migration: batch.migration,
            statements: &batch.statements,
            text: &batch.text(),
            asks: false,
        };
        let sent = Instant::now();
        match self
            .deliver(driver, &message)
            .instrument(span.clone())
            .await?
        {
            Delivery::Through(_) => {
                spans::finish(&span, sent);
                Ok(true)
            }
            Delivery::Overtaken => Ok(false),
            Delivery::Refused(error) => Err(batch.located(driver, error).await),
        }
    }

    /// Sends a transaction, and again where somebody else held a lock.
    pub(super) async fn deliver(
        &self,
        driver: &mut dyn DynDriver,
        message: &Message<'_>,
    ) -> Result<Delivery, RunError> {
        let mut retries = self.retries();
        let mut waits = Backoff::new(
            self.patience.lock,
            Duration::from_millis(10),
            Duration::from_millis(200),
        );
        let mut told = false;
        loop {
            let error = match message.send(driver).await {
                Ok(rows) => return Ok(Delivery::Through(rows)),
                Err(error) => error,
            };
            if error.kind == DriverErrorKind::Connection {
                return Err(message.failed(error));
            }
            // The server keeps the failed transaction open until it is told.
            driver
                .execute("ROLLBACK")
                .await
                .map_err(|source| message.failed(source))?;
            match error.code.as_deref() {
                Some(LOCKED) => {
                    let holder = self.lock.waited_for(driver).await;
                    let Some(pause) = waits.next() else {
                        return Err(RunError::Locked {
                            waited: waits.elapsed(),
                            holder,
                        });
                    };
                    if !std::mem::replace(&mut told, true) {
                        self.observer.tell(Event::Waiting { holder });
                    }
                    self.rest(pause).await;
                    let step = message.steps().first().copied().unwrap_or(1);
                    self.stop.check(Some((&message.migration.id, step)))?;
                }
                Some(RECORDED) => return Ok(Delivery::Overtaken),
                _ if error.kind == DriverErrorKind::Busy => match retries.next() {
                    Some(pause) => {
                        let steps = message.steps();
                        self.pause(message.migration, &steps, pause, &error).await?;
                    }
                    None => return Err(message.failed(error)),
                },
                _ => return Ok(Delivery::Refused(error)),
            }
        }
    }
}

/// A transaction as it is sent.
pub(super) struct Message<'r> {
    /// Whose it is; of several the first.
    pub(super) migration: &'r PlannedMigration,
    pub(super) statements: &'r [&'r Statement],
    pub(super) text: &'r str,
    /// Whether it is to answer anything.
    pub(super) asks: bool,
}

impl Message<'_> {
    /// Sends it once.
    pub(super) async fn send(&self, driver: &mut dyn DynDriver) -> Result<Vec<Row>, DriverError> {
        if self.asks {
            return driver.rows(self.text).await;
        }
        driver.execute(self.text).await.map(|()| Vec::new())
    }

    /// The error where nothing says which statement it was.
    pub(super) fn failed(&self, source: DriverError) -> RunError {
        failed(self.migration, &self.steps(), "", source)
    }

    /// All that it carries out.
    fn steps(&self) -> Vec<usize> {
        let statements = self.statements.iter();
        statements.flat_map(|it| it.steps.clone()).collect()
    }
}

/// What became of a transaction.
pub(super) enum Delivery {
    /// It is committed; what it answered.
    Through(Vec<Row>),
    /// Another runner has been faster.
    Overtaken,
    /// The server has refused it, and undone it.
    Refused(DriverError),
}

/// Their ids.
pub(super) fn ids(migrations: &[PlannedMigration]) -> Vec<&str> {
    migrations.iter().map(|it| it.id.as_str()).collect()
}

/// SQL that ends the transaction where `condition` says that another runner was faster.
fn superseded_if(condition: &str) -> String {
    format!(
        "DO $hammerwork$ BEGIN \
         IF {condition} THEN \
         RAISE EXCEPTION 'another runner was faster' USING ERRCODE = '{RECORDED}'; \
         END IF; END $hammerwork$;\n"
    )
}

/// One transaction of a migration, in the order in which it is sent.
struct Batch<'r> {
    migration: &'r PlannedMigration,
    before: Vec<String>,
    statements: Vec<&'r Statement>,
    /// The migration's record, or what is noted of a part of it.
    after: Vec<String>,
}

impl Batch<'_> {
    fn text(&self) -> String {
        let mut text = String::from("BEGIN;\n");
        text.extend(self.before.iter().map(String::as_str));
        let statements = self.statements.iter().map(|it| &it.sql);
        for sql in statements.chain(&self.after) {
            text += sql;
            text += ";\n";
        }
        text + "COMMIT"
    }

    /// Says which statement of a failed batch it was, by trying them one by one in a transaction that is
    /// undone.
    async fn located(&self, driver: &mut dyn DynDriver, error: DriverError) -> RunError {
        let found = self.replay(driver).await;
        // The transaction is over in either case: the server undoes it with the connection.
        drop(driver.execute("ROLLBACK").await);
        found.unwrap_or_else(|| {
            let message = Message {
                migration: self.migration,
                statements: &self.statements,
                text: "",
                asks: false,
            };
            message.failed(error)
        })
    }

    async fn replay(&self, driver: &mut dyn DynDriver) -> Option<RunError> {
        driver.execute("BEGIN").await.ok()?;
        for sql in &self.before {
            if let Err(source) = driver.execute(sql).await {
                return Some(creating_tracking(source));
            }
        }
        for statement in &self.statements {
            if let Err(source) = driver.execute(&statement.sql).await {
                return Some(failed(
                    self.migration,
                    &statement.steps,
                    &statement.sql,
                    source,
                ));
            }
        }
        for sql in &self.after {
            if let Err(source) = driver.execute(sql).await {
                return Some(failed(self.migration, &[], sql, source));
            }
        }
        None
    }
}
