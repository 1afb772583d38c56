//! A backfill: batch after batch, each one transaction with the record of where it has come to.

use super::super::driver::{DriverError, DriverErrorKind, DynDriver, Row};
use super::super::error::RunError;
use super::super::event::Event;
use super::super::journal::{Reached, Standing};
use super::super::plan::{PlannedMigration, Way};
use super::super::tracking::StepState;
use super::{Execution, failed, first_step, journal_step, sent};
use crate::dialect::Dialect;
use crate::render::{Batches, Cursor, Opaque, Statement};

/// A backfill that is under way.
struct Walk<'r> {
    migration: &'r PlannedMigration,
    statement: &'r Statement,
    batches: &'r Batches,
    step: i64,
    /// Where it has come to; none before the first batch.
    reached: Option<Reached>,
    /// How many steps of the migration the journal knows.
    noted: usize,
}

impl Execution<'_> {
    /// Runs what is left of a backfill, and counts in `noted` that the journal knows of it then. False says that
    /// another runner has been faster.
    pub(super) async fn backfill(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        (statement, batches, opaque): (&Statement, &Batches, &Opaque),
        noted: &mut usize,
    ) -> Result<bool, RunError> {
        let step = journal_step(migration.way, statement);
        if self.journal.standing(migration, step, opaque)? == Standing::Done {
            return Ok(true);
        }
        let mut walk = Walk {
            migration,
            statement,
            batches,
            step,
            reached: self.journal.reached(migration, step, opaque)?,
            noted: *noted,
        };
        let (plan, id) = (self.plan, &migration.id);
        let of = self.estimate(driver, batches).await;
        loop {
            self.stop.check(Some((id, first_step(statement))))?;
            let after = walk.cursor()?;
            let Some((to, keys)) = self.next(driver, &walk, after.as_ref()).await? else {
                break;
            };
            let keys = keys + walk.reached.as_ref().map_or(0, |it| it.keys);
            let last_key = to.to_string();
            let (dialect, checksum) = (plan.dialect, &opaque.checksum);
            let kept = (last_key.as_str(), keys);
            let sql = [
                batches.statement(after.as_ref(), &to),
                plan.tracking.keep_key(dialect, id, step, checksum, kept),
            ];
            if !self.commit_batch(driver, &walk, sql).await? {
                return Ok(false);
            }
            walk.reached = Some(Reached {
                checksum: checksum.clone(),
                last_key,
                keys,
            });
            self.observer.tell(Event::Backfilling {
                migration: id.clone(),
                table: batches.table.clone(),
                keys,
                of: of.map(|it| it.max(keys)),
            });
            self.rest(batches.pause).await;
        }
        let (dialect, state) = (plan.dialect, StepState::Finished);
        let sql = [
            plan.tracking.forget_key(dialect, id, step),
            plan.tracking
                .note(dialect, id, step, &opaque.checksum, state),
        ];
        *noted += 1;
        self.commit_batch(driver, &walk, sql).await
    }

    /// The last key of the next batch, and how many keys it has. Nothing is locked by asking.
    async fn next(
        &self,
        driver: &mut dyn DynDriver,
        walk: &Walk<'_>,
        after: Option<&Cursor>,
    ) -> Result<Option<(Cursor, u64)>, RunError> {
        let question = walk.batches.next(after);
        let sql = match self.plan.dialect {
            Dialect::Postgres => format!(
                "BEGIN READ ONLY;\n{}SET LOCAL TIME ZONE 'UTC';\n{question};\nCOMMIT",
                self.session.transaction_settings()
            ),
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => question.clone(),
        };
        let mut retries = self.retries();
        loop {
            let error = match driver.rows(&sql).await {
                Ok(rows) => return walk.read(rows, &question),
                Err(error) => error,
            };
            if self.plan.dialect == Dialect::Postgres && error.kind != DriverErrorKind::Connection {
                // What failed is told.
                drop(driver.execute("ROLLBACK").await);
            }
            let pause = retries
                .next()
                .filter(|_| error.kind == DriverErrorKind::Busy);
            match pause {
                Some(pause) => {
                    let steps = &walk.statement.steps;
                    self.pause(walk.migration, steps, pause, &error).await?;
                }
                None => return Err(walk.failed(&question, error)),
            }
        }
    }

    /// Runs both statements in one transaction. False says that another runner has been faster.
    async fn commit_batch(
        &self,
        driver: &mut dyn DynDriver,
        walk: &Walk<'_>,
        sql: [String; 2],
    ) -> Result<bool, RunError> {
        let [first, second] = sql;
        match self.plan.dialect {
            Dialect::Postgres => {
                let known = self.known_key(walk);
                let statement = Statement {
                    sql: first,
                    ..walk.statement.clone()
                };
                self.commit_one(
                    driver,
                    walk.migration,
                    &statement,
                    second,
                    (walk.noted, &known),
                )
                .await
            }
            Dialect::MySql | Dialect::MariaDb => {
                let text = format!("START TRANSACTION; {first}; {second}; COMMIT");
                let result = self
                    .patiently(driver, walk.migration, walk.statement, &text)
                    .await;
                if result.is_err() {
                    // What failed is told; what can't be undone here is undone with the session.
                    drop(driver.execute("ROLLBACK").await);
                }
                result.map(|()| true)
            }
            Dialect::Sqlite => {
                self.lock_again(driver).await?;
                let result = self.run_batch(driver, walk, [&first, &second]).await;
                match result {
                    Ok(true) => self
                        .lock
                        .commit(driver, self.patience.retries)
                        .await
                        .map(|()| true),
                    Ok(false) | Err(_) => {
                        // What failed is told.
                        drop(driver.rollback().await);
                        result
                    }
                }
            }
        }
    }

    /// SQLite: both statements within the transaction that is open.
    async fn run_batch(
        &self,
        driver: &mut dyn DynDriver,
        walk: &Walk<'_>,
        sql: [&str; 2],
    ) -> Result<bool, RunError> {
        let superseded = self
            .is_superseded(driver, walk.migration, walk.noted)
            .await?
            || !self.is_at(driver, walk).await?;
        if superseded {
            return Ok(false);
        }
        for sql in sql {
            let result = sent(driver, &walk.statement.steps, sql).await;
            result.map_err(|source| walk.failed(sql, source))?;
        }
        Ok(true)
    }

    /// SQLite: whether another process has recorded the migration meanwhile, or noted a step of it.
    pub(super) async fn is_superseded(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        noted: usize,
    ) -> Result<bool, RunError> {
        let (dialect, tracking) = (self.plan.dialect, &self.plan.tracking);
        let recorded = format!(
            "SELECT count(*) FROM {} WHERE migration_id = {}",
            dialect.quote(&tracking.table),
            dialect.quote_text(&migration.id)
        );
        let expected = match migration.way {
            Way::Up => "0",
            Way::Down => "1",
        };
        let count = tracking.count_steps(dialect, &migration.id);
        let found = [
            self.ask(driver, &recorded).await?,
            self.ask(driver, &count).await?,
        ];
        Ok(found != [Some(expected.to_owned()), Some(noted.to_string())])
    }

    /// SQLite: whether the backfill stands where this run has left it.
    async fn is_at(&self, driver: &mut dyn DynDriver, walk: &Walk<'_>) -> Result<bool, RunError> {
        let (dialect, tracking) = (self.plan.dialect, &self.plan.tracking);
        let question = tracking.last_key(dialect, &walk.migration.id, walk.step);
        let found = self.ask(driver, &question).await?;
        Ok(found.as_deref() == walk.reached.as_ref().map(|it| it.last_key.as_str()))
    }

    async fn ask(
        &self,
        driver: &mut dyn DynDriver,
        question: &str,
    ) -> Result<Option<String>, RunError> {
        let rows = driver.rows(question).await;
        let rows = rows.map_err(|source| RunError::Database {
            doing: "read the journal",
            source,
        })?;
        Ok(rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .flatten())
    }

    /// PostgreSQL: SQL that is true where the backfill is no longer where this run has left it.
    fn known_key(&self, walk: &Walk<'_>) -> String {
        let (dialect, tracking) = (self.plan.dialect, &self.plan.tracking);
        let question = tracking.last_key(dialect, &walk.migration.id, walk.step);
        let known = match &walk.reached {
            Some(reached) => dialect.quote_text(&reached.last_key),
            None => "NULL".to_owned(),
        };
        format!("({question}) IS DISTINCT FROM {known}")
    }

    /// About how many rows the table has, where that costs nothing; to tell is not worth an error.
    async fn estimate(&self, driver: &mut dyn DynDriver, batches: &Batches) -> Option<u64> {
        let dialect = self.plan.dialect;
        let table = dialect.quote_text(&batches.table);
        let sql = match dialect {
            Dialect::Postgres => format!(
                "SELECT c.reltuples::bigint FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = {} AND c.relname = {table}",
                dialect.quote_text(self.session.schema.as_deref().unwrap_or_default())
            ),
            Dialect::MySql | Dialect::MariaDb => format!(
                "SELECT TABLE_ROWS FROM information_schema.TABLES \
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {table}"
            ),
            // To count is to read all of it.
            Dialect::Sqlite => return None,
        };
        let text = self.ask(driver, &sql).await.ok()??;
        text.parse().ok().filter(|rows| *rows > 0)
    }
}

impl Walk<'_> {
    fn cursor(&self) -> Result<Option<Cursor>, RunError> {
        let Some(reached) = &self.reached else {
            return Ok(None);
        };
        let cursor = Cursor::read(reached.last_key.split(','));
        cursor.map(Some).ok_or_else(|| RunError::Unfinished {
            migration: self.migration.id.clone(),
            step: self.step,
            reason: "the key to which it has come can't be read",
        })
    }

    /// What the server says of the next batch.
    fn read(&self, rows: Vec<Row>, question: &str) -> Result<Option<(Cursor, u64)>, RunError> {
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let values: Vec<String> = row.into_iter().flatten().collect();
        let found = values.split_first().and_then(|(count, key)| {
            let cursor = Cursor::read(key.iter().map(String::as_str))?;
            Some((cursor, count.parse().ok()?))
        });
        match found {
            Some(found) => Ok(Some(found)),
            None => {
                let error = DriverError {
                    kind: DriverErrorKind::Other,
                    message: format!("the key {values:?} can't be read"),
                    code: None,
                };
                Err(self.failed(question, error))
            }
        }
    }

    fn failed(&self, sql: &str, source: DriverError) -> RunError {
        failed(self.migration, &self.statement.steps, sql, source)
    }
}
