//! What is done with the lock held: look, plan, carry out.

use super::applied::{AppliedIds, Pending};
use super::driver::DynDriver;
use super::error::RunError;
use super::event::{Event, Observer};
use super::execute::{Execution, Outcome};
use super::first_look::IsNew;
use super::foreign_keys::ForeignKeys;
use super::journal::Journal;
use super::live::{Live, unread};
use super::lock::Lock;
use super::migrator::Migrator;
use super::plan::Plan;
use super::report::Report;
use super::rights::Records;
use super::rollback::{Rollback, resolve_rollback};
use super::session::Session;
use super::stop::Stop;

#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'w> {
    pub(super) migrator: &'w Migrator,
    pub(super) session: &'w Session,
    pub(super) lock: &'w Lock,
    pub(super) observer: &'w Observer,
}

impl Work<'_> {
    /// Runs what is pending. What was read before the lock was had may be out of date, so all is read again.
    pub(super) async fn up(
        &self,
        driver: &mut dyn DynDriver,
        keys: &mut ForeignKeys,
        mut is_new: Option<IsNew>,
    ) -> Result<Report, RunError> {
        let migrator = self.migrator;
        let mut report = Report::default();
        let mut is_first = true;
        loop {
            let is_new = is_new.take();
            let applied = match &is_new {
                Some(_) => AppliedIds::default(),
                None => migrator.applied(driver).await?,
            };
            let pending = migrator.pending(applied)?;
            self.warn(&mut report, &pending.warnings);
            if pending.count == 0 {
                return Ok(report);
            }
            let (mut plan, rights) = match is_new {
                Some(it) => (Ok(it.plan), Some(it.missing_rights)),
                None => {
                    let live = self.live(driver).await?;
                    let plan = migrator.resolved(&pending, live, self.session.dialect);
                    (plan, None)
                }
            };
            // What failed together is run one by one, so that those before what fails are kept.
            if !std::mem::replace(&mut is_first, false)
                && let Ok(plan) = &mut plan
            {
                plan.is_for_new = false;
            }
            if self
                .carry_out(driver, keys, plan, (&pending, rights), &mut report)
                .await?
            {
                return Ok(report);
            }
        }
    }

    /// Undoes what is applied, so far as `rollback` says.
    pub(super) async fn down(
        &self,
        driver: &mut dyn DynDriver,
        keys: &mut ForeignKeys,
        rollback: &Rollback,
    ) -> Result<Report, RunError> {
        let migrator = self.migrator;
        let mut report = Report::default();
        let mut pinned = None;
        loop {
            let applied = migrator.applied(driver).await?;
            let pending = migrator.pending(applied)?;
            // Where another runner is faster, so many steps must not become more.
            let rollback = pinned
                .get_or_insert_with(|| rollback.pinned(&migrator.migrations, &pending.applied));
            let live = self.live(driver).await?;
            let mut plan = resolve_rollback(
                &migrator.migrations,
                &pending.applied,
                rollback,
                migrator.accept_data_loss,
                live,
                self.session.dialect,
                migrator.tracking.clone(),
            );
            if let Ok(plan) = &mut plan {
                let tracking = &migrator.tracking;
                plan.forgets_digest = tracking.has_digest(driver, &migrator.migrations).await;
            }
            if self
                .carry_out(driver, keys, plan, (&pending, None), &mut report)
                .await?
            {
                return Ok(report);
            }
        }
    }

    /// Tells at once what a person should know: a run that fails has no report.
    fn warn(&self, report: &mut Report, warnings: &[String]) {
        for text in report.warn(warnings) {
            self.observer.tell(Event::Warning { text });
        }
    }

    async fn live(&self, driver: &mut dyn DynDriver) -> Result<Live, RunError> {
        let wanted = self.migrator.wanted(self.session.dialect);
        Live::read(driver, self.session, &wanted)
            .await
            .map_err(unread)
    }

    /// Carries out a plan that was made for what is `pending`. False says that all must be read and planned
    /// anew: another runner was faster, or what is left needs a transaction of another kind.
    pub(super) async fn carry_out(
        &self,
        driver: &mut dyn DynDriver,
        keys: &mut ForeignKeys,
        plan: Result<Plan, RunError>,
        (pending, missing_rights): (&Pending, Option<Vec<String>>),
        report: &mut Report,
    ) -> Result<bool, RunError> {
        let migrator = self.migrator;
        let mut plan = match plan {
            Ok(plan) => plan,
            // Without a lock of the session's own, the schema may be a later one than the tracking table that
            // was read before it.
            Err(error) => {
                let applied = migrator.applied(driver).await?;
                if self.session.exclusive || migrator.pending(applied)?.applied == pending.applied {
                    return Err(error);
                }
                return Ok(false);
            }
        };
        for migration in &plan.migrations {
            self.warn(report, &migration.warnings);
        }
        if plan.rebuilds_first() != keys.are_off && keys.look(driver).await? {
            self.switch(driver, keys, plan.rebuilds_first()).await?;
            return Ok(false);
        }
        // Even IF NOT EXISTS needs the right to create.
        if pending.tracked {
            plan.create_tracking.clear();
        } else {
            plan.needs.add_creation();
        }
        self.check_session(&plan)?;
        self.check_rights(driver, &plan, (pending, missing_rights))
            .await?;
        if plan.needs_explicit_timestamps() {
            self.session.make_timestamps_explicit(driver).await?;
        }
        let journal = Journal::read_for(driver, &mut plan, pending.tracked).await?;
        let execution = Execution {
            plan: &plan,
            session: self.session,
            lock: self.lock,
            journal: &journal,
            patience: migrator.patience,
            observer: self.observer,
            stop: &migrator.stop,
        };
        match execution.run(driver).await? {
            Outcome::Done(done) => {
                report.append(done);
                Ok(true)
            }
            Outcome::Superseded(done) => {
                report.append(done);
                Ok(false)
            }
        }
    }

    /// What can't be in a transaction needs a lock and settings that last from one to the next.
    fn check_session(&self, plan: &Plan) -> Result<(), RunError> {
        match plan.migrations.iter().find(|it| !it.is_transactional()) {
            Some(migration) if !self.session.exclusive => Err(RunError::SharedSession {
                migration: migration.id.clone(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// SQLite: ends the transaction, which is the lock, switches foreign keys, and begins another.
    async fn switch(
        &self,
        driver: &mut dyn DynDriver,
        keys: &mut ForeignKeys,
        off: bool,
    ) -> Result<(), RunError> {
        let retries = self.migrator.patience.retries;
        self.lock.commit(driver, retries).await?;
        self.observer.release();
        keys.switch(driver, off).await?;
        let patience = self.migrator.patience.lock;
        // Whoever asked to stop is heard before the next step.
        let stop = Stop::default();
        self.lock
            .acquire(driver, patience, self.observer, &stop)
            .await
    }

    async fn check_rights(
        &self,
        driver: &mut dyn DynDriver,
        plan: &Plan,
        (pending, missing): (&Pending, Option<Vec<String>>),
    ) -> Result<(), RunError> {
        let records = Records {
            session: self.session,
            tracking: &self.migrator.tracking,
            are_there: pending.is_recorded(),
        };
        let missing = match missing {
            Some(missing) => missing,
            None => plan.needs.missing(driver, records).await?,
        };
        if missing.is_empty() {
            Ok(())
        } else {
            Err(RunError::Rights { missing })
        }
    }
}
