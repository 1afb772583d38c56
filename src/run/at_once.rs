//! A new database of PostgreSQL: what makes sure that it is new, the lock, and all migrations, in one message.
//!
//! To ask first takes a new session as long as to make the tables of a small history, and on a pool's connection takes a second one,
//! to find out whether there is a pooler between. A transaction that fails where the database is not new, or another runner has
//! the lock, asks nothing, and needs no session of its own. Whatever it fails for, it has done nothing then, and the ordinary
//! way finds out why.

use super::applied::Pending;
use super::driver::Driver;
use super::error::RunError;
use super::execute::Execution;
use super::journal::Journal;
use super::lock::Lock;
use super::migrator::Migrator;
use super::report::Report;
use super::session::Session;
use crate::dialect::Dialect;

/// No setting can have this name.
const FAILURE: &str = "not at once";

/// What fails unless everything may be done. Each is a statement of its own: what others have committed before the lock was
/// had is seen by those after it.
pub(super) struct Opening {
    /// Begins the transaction, and takes the lock.
    pub(super) begin: String,
    /// Looks whether anything is there, where the migrations themselves would not fail then.
    pub(super) look: String,
}

impl Migrator {
    /// Runs all that is pending. None where nothing was done, and the ordinary way is to be gone.
    pub(super) async fn at_once<D: Driver>(
        &self,
        driver: &mut D,
        pending: &Pending,
    ) -> Result<Option<Report>, RunError> {
        let dialect = driver.dialect();
        // Who looks on may stop it before any migration, or is to be told that another runner has the lock. And a connection
        // that is lent may be in a transaction of its owner's, begun behind sqlx's back, which a failure would end.
        if dialect != Dialect::Postgres
            || self.observer.listener.is_some()
            || self.stop.is_requested()
            || driver.is_borrowed()
        {
            return Ok(None);
        }
        let Ok(plan) = self.resolved(pending, Default::default(), dialect) else {
            return Ok(None);
        };
        let session = Session::unknown(self.patience);
        let execution = Execution {
            plan: &plan,
            session: &session,
            lock: &Lock::of(&session, &self.tracking),
            journal: &Journal::default(),
            patience: self.patience,
            observer: &self.observer,
            stop: &self.stop,
        };
        let Some(done) = execution
            .run_at_once(driver, &self.opening(&session))
            .await?
        else {
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

    fn opening(&self, session: &Session) -> Opening {
        let dialect = session.dialect;
        let schema = match &self.tracking.schema {
            Some(name) => dialect.quote_text(name),
            None => "pg_catalog.current_schema()".to_owned(),
        };
        let lock = Lock::try_within(&schema, &self.tracking);
        let anything = self
            .wanted(dialect)
            .is_anything_there(dialect, &schema, &self.tracking);
        // What goes into a session's own temporary schema is gone with the session. A setting of such a name can't be set: an
        // expression has no shorter way to fail.
        Opening {
            begin: format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED;\n\
                 SELECT pg_catalog.set_config(\
                 CASE WHEN pg_catalog.starts_with({schema}, 'pg_temp') THEN '{FAILURE}' \
                 WHEN {lock} THEN 'search_path' ELSE '{FAILURE}' END, \
                 pg_catalog.format('%I, pg_temp', {schema}), true);\n{}",
                session.transaction_timeouts()
            ),
            look: format!(
                "SELECT CASE WHEN {anything} THEN pg_catalog.set_config('{FAILURE}', '', true) END;\n"
            ),
        }
    }
}
