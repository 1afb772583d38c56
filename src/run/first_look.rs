//! Where nothing is recorded yet: whether the database is new, and what the role may do in it. It is asked together with
//! the lock, because each question of its own would be a round trip, and those cost as much as a small history.

use super::applied::Pending;
use super::driver::Row;
use super::error::RunError;
use super::live::{Live, Wanted};
use super::lock::is_yes;
use super::migrator::Migrator;
use super::plan::Plan;
use super::rights::Records;
use super::session::Session;

/// The question. Under the lock nobody else changes what it answers.
#[derive(Debug)]
pub(super) struct FirstLook<'l> {
    records: Records<'l>,
    wanted: &'l Wanted,
    /// The plan for a new one.
    plan: Plan,
}

/// That a database is new.
#[derive(Debug)]
pub(super) struct IsNew {
    pub(super) plan: Plan,
    /// What the role is not allowed, each as a noun phrase.
    pub(super) missing_rights: Vec<String>,
}

impl<'l> FirstLook<'l> {
    /// Plans it all, so that what is wrong with the history is told before anybody waits for the lock.
    pub(super) fn of(
        migrator: &'l Migrator,
        pending: &Pending,
        wanted: &'l Wanted,
        session: &'l Session,
    ) -> Result<Self, RunError> {
        let mut plan = migrator.resolved(pending, Live::default(), session.dialect)?;
        plan.needs.add_creation();
        Ok(FirstLook {
            records: Records {
                session,
                tracking: &migrator.tracking,
                are_there: false,
            },
            wanted,
            plan,
        })
    }

    /// Several queries: the first answers with one value.
    pub(super) fn question(&self) -> String {
        let Records {
            session, tracking, ..
        } = self.records;
        let schema = session.schema.as_deref().unwrap_or_default();
        let schema = session.dialect.quote_text(schema);
        let anything = self
            .wanted
            .is_anything_there(session.dialect, &schema, tracking);
        let rights = self.plan.needs.question(self.records);
        let rights = rights.map_or_else(String::new, |it| format!("; {it}"));
        format!("SELECT {anything}{rights}")
    }

    /// Reads the answer; none where something is there already, of which more has to be asked.
    pub(super) fn read(self, mut rows: Vec<Row>) -> Option<IsNew> {
        let first = (!rows.is_empty()).then(|| rows.remove(0))?;
        if is_yes(&first) {
            return None;
        }
        let missing_rights = self.plan.needs.read_missing(self.records, rows);
        Some(IsNew {
            plan: self.plan,
            missing_rights,
        })
    }
}
