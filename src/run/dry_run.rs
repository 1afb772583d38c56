//! What a run would do, found out without doing it.

use super::applied::Pending;
use super::driver::{BoxFuture, DynDriver};
use super::error::RunError;
use super::execute::journal_step;
use super::found::Found;
use super::journal::{Journal, Standing};
use super::live::{Live, Wanted, unread};
use super::migrator::{Migrator, connect};
use super::plan::{Plan, PlannedMigration};
use super::rebuild::foresee;
use super::resolve::resolve_with;
use super::rights::Records;
use super::session::Session;
use super::{PlannedStep, Source};

impl Migrator {
    /// What [`run`](Self::run) would do with this database, with what was found of each operation. It asks the
    /// server the same questions and changes nothing; it takes no lock, so a run at the same time may be faster.
    ///
    /// What would be refused is told by [`Plan::refusal`], so that all else can be read, too.
    ///
    /// # Errors
    ///
    /// [`RunError`] where a run would fail before it knew its plan.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Found};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    ///
    /// let plan = migrator.dry_run(&pool).await?;
    /// assert_eq!(plan.refusal(), None);
    /// assert_eq!(plan.migrations[0].steps[0].found, Found::Needed);
    /// assert!(plan.to_string().contains(r#"CREATE TABLE IF NOT EXISTS "hammerwork_jobs""#));
    /// assert_eq!(migrator.status(&pool).await?.pending(), 6);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn dry_run<S: Source>(&self, source: S) -> Result<Plan, RunError> {
        self.check()?;
        let mut driver = connect(source).await?;
        driver.dedicate();
        let result = self.look_ahead(&mut *driver).await;
        driver.close().await;
        result
    }

    /// The plan of a run, on a connection that is ours for now.
    pub(super) fn look_ahead<'r>(
        &'r self,
        driver: &'r mut dyn DynDriver,
    ) -> BoxFuture<'r, Result<Plan, RunError>> {
        Box::pin(async {
            let session = self.open_session(driver).await?;
            let result = self.plan_ahead(driver, &session).await;
            session.restore(driver).await;
            driver.at_parting(None);
            result
        })
    }

    async fn plan_ahead(
        &self,
        driver: &mut dyn DynDriver,
        session: &Session,
    ) -> Result<Plan, RunError> {
        let applied = self.applied(driver).await?;
        let pending = self.pending(applied)?;
        let mut plan = if pending.count == 0 {
            Plan::empty(session.dialect, self.tracking.clone())?
        } else {
            self.plan_pending(driver, session, &pending).await?
        };
        plan.warnings.clone_from(&pending.warnings);
        if pending.tracked || pending.count == 0 {
            plan.create_tracking.clear();
        } else {
            plan.needs.add_creation();
        }
        let records = Records {
            session,
            tracking: &self.tracking,
            are_there: pending.is_recorded(),
        };
        plan.missing_rights = plan.needs.missing(driver, records).await?;
        let journal = Journal::read_for(driver, &mut plan, pending.tracked).await?;
        for migration in &mut plan.migrations {
            show_standing(migration, &journal)?;
        }
        foresee(driver, &mut plan).await?;
        Ok(plan)
    }

    async fn plan_pending(
        &self,
        driver: &mut dyn DynDriver,
        session: &Session,
        pending: &Pending,
    ) -> Result<Plan, RunError> {
        let wanted = Wanted::of(&self.migrations, session.dialect);
        let live = Live::read(driver, session, &wanted).await.map_err(unread)?;
        resolve_with(
            &self.migrations,
            pending,
            live,
            session.dialect,
            self.tracking.clone(),
            // The plan keeps it: all conflicts are shown, not the first alone.
            |_| Ok(()),
        )
    }
}

/// Takes away what the journal says has run, and shows which backfill has come a part of its way.
fn show_standing(migration: &mut PlannedMigration, journal: &Journal) -> Result<(), RunError> {
    let mut finished = Vec::new();
    for (index, statement) in migration.statements.iter().enumerate() {
        let Some(opaque) = &statement.opaque else {
            continue;
        };
        let step = journal_step(migration.way, statement);
        let found = if journal.standing(migration, step, opaque)? == Standing::Done {
            Found::Satisfied
        } else if statement.batches.is_some() && journal.reached(migration, step, opaque)?.is_some()
        {
            Found::Partly
        } else {
            continue;
        };
        finished.push((index, found));
    }
    for (index, found) in finished.into_iter().rev() {
        let steps = match found {
            Found::Satisfied => migration.statements.remove(index).steps,
            Found::Needed | Found::Partly | Found::Conflict(_) => {
                let statement = migration.statements.get(index);
                statement.map(|it| it.steps.clone()).unwrap_or_default()
            }
        };
        let is_of_it = |it: &&mut PlannedStep| steps.contains(&it.step);
        for step in migration.steps.iter_mut().filter(is_of_it) {
            step.found = found.clone();
        }
    }
    Ok(())
}
