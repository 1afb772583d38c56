//! A new database of PostgreSQL or SQLite: all migrations in one transaction that fails where the database is not new.
//!
//! To ask first takes a new session of PostgreSQL as long as to make the tables of a small history, and on a pool's connection
//! takes a second one, to find out whether there is a pooler between. A transaction that fails where the database is not new, or
//! another runner has the lock, asks nothing, and needs no session of its own. Whatever it fails for, it has done nothing then,
//! and the ordinary way finds out why.

use super::applied::Pending;
use super::driver::DynDriver;
use super::error::RunError;
use super::execute::Execution;
use super::journal::Journal;
use super::lock::Lock;
use super::migrator::Migrator;
use super::report::Report;
use super::session::Session;
use crate::dialect::Dialect;

// An expression has no shorter way to fail.
/// PostgreSQL: no setting can have this name.
const NO_SETTING: &str = "not at once";
/// SQLite: there is no such number.
const TOO_LARGE: &str = "abs(-9223372036854775807 - 1)";

impl Migrator {
    /// Runs all that is pending. None where nothing was done, and the ordinary way is to be gone.
    pub(super) async fn at_once(
        &self,
        driver: &mut dyn DynDriver,
        pending: &Pending,
    ) -> Result<Option<Report>, RunError> {
        // Who looks on may stop it before any migration, or is to be told that another runner has the lock. And a connection
        // that is lent may be in a transaction of its owner's, begun behind sqlx's back, which a failure would end.
        if self.observer.listener.is_some() || self.stop.is_requested() || driver.is_borrowed() {
            return Ok(None);
        }
        // Of a long history a digest is kept afterwards, with the lock.
        if self.digest().is_some() {
            return Ok(None);
        }
        let dialect = driver.dialect();
        let (session, opening) = match dialect {
            Dialect::Postgres => {
                let session = Session::unknown(self.patience);
                let opening = self.opening_on_postgres(&session);
                (session, opening)
            }
            Dialect::Sqlite => (Session::of_sqlite(self.patience), self.opening_on_sqlite()),
            // There, nothing is undone where a statement fails.
            Dialect::MySql | Dialect::MariaDb => return Ok(None),
        };
        let Ok(plan) = self.resolved(pending, Default::default(), dialect) else {
            return Ok(None);
        };
        let execution = Execution {
            plan: &plan,
            session: &session,
            lock: &Lock::of(&session, &self.tracking),
            journal: &Journal::default(),
            patience: self.patience,
            observer: &self.observer,
            stop: &self.stop,
        };
        let Some(done) = execution.run_at_once(driver, &opening).await? else {
            return Ok(None);
        };
        let mut report = Report::default();
        report.warn(&pending.warnings);
        for migration in &plan.migrations {
            report.warn(&migration.warnings);
        }
        report.append(done);
        Ok(Some(report))
    }

    /// What fails unless everything may be done. Each is a statement of its own: what others have committed before the lock was
    /// had is seen by those after it.
    fn opening_on_postgres(&self, session: &Session) -> String {
        // Where the schema is not there, everything would go into the session's temporary one.
        let schema = self.tracking.postgres_schema();
        let anything = self.anything(Dialect::Postgres, &schema);
        let lock = Lock::try_within(&schema, &self.tracking);
        // What goes into a session's own temporary schema is gone with the session.
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED;\n\
             SELECT pg_catalog.set_config(\
             CASE WHEN pg_catalog.starts_with({schema}, 'pg_temp') THEN '{NO_SETTING}' \
             WHEN {lock} THEN 'search_path' ELSE '{NO_SETTING}' END, \
             pg_catalog.format('%I, pg_temp', {schema}), true);\n\
             {}\
             SELECT CASE WHEN {anything} THEN pg_catalog.set_config('{NO_SETTING}', '', true) END;\n",
            session.transaction_timeouts()
        )
    }

    /// The same, in the transaction that is the lock.
    fn opening_on_sqlite(&self) -> String {
        let anything = self.anything(Dialect::Sqlite, "");
        format!("SAVEPOINT migration;\nSELECT CASE WHEN {anything} THEN {TOO_LARGE} END;\n")
    }

    fn anything(&self, dialect: Dialect, schema: &str) -> String {
        let wanted = self.wanted(dialect);
        wanted.is_anything_there(dialect, schema, &self.tracking)
    }
}
