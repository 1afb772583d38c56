//! Recording migrations that a database has already, after a look whether it really does.

use super::Source;
use super::driver::DynDriver;
use super::error::RunError;
use super::foreign_keys::ForeignKeys;
use super::migrator::{Migrator, Task, connect};
use super::plan::{Plan, Steps};
use super::report::Report;
use super::verify::differences;
use super::work::Work;
use crate::dsl::{Migration, Migrations};

impl Migrator {
    /// Records what is pending as applied and runs none of it, so far as [`up_to`](Self::up_to) says. Before, the
    /// schema is compared with what those migrations make, as [`verify`](Self::verify) does; where it differs,
    /// nothing is recorded.
    ///
    /// A [`run`](Self::run) takes over what a database has by itself, except where migrations change rows or run
    /// SQL of their own: whether that has happened no catalog tells, and this is how a person says so.
    ///
    /// # Errors
    ///
    /// [`RunError::Baseline`] lists all that differs; else as for a run.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, RunError, dsl::*};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let migrator = Migrator::new(Migrations::new([Migration::new("001_tags", "Tags")
    ///     .create_table(table("tags").columns([integer("id").primary_key()]))
    ///     .run_sql(sql("the first tag").everywhere("INSERT INTO tags VALUES (1)").data_only())]));
    ///
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let refusal = migrator.baseline(&pool).await;
    /// assert!(matches!(refusal, Err(RunError::Baseline { .. })));
    ///
    /// sqlx::raw_sql("CREATE TABLE tags (id INTEGER NOT NULL, PRIMARY KEY (id))").execute(&pool).await?;
    /// assert_eq!(migrator.baseline(&pool).await?.applied.len(), 1);
    /// assert!(migrator.run(&pool).await?.is_up_to_date());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn baseline<S: Source>(&self, source: S) -> Result<Report, RunError> {
        self.check()?;
        let driver = connect(source).await?;
        self.with_lock(driver, Task::Baseline).await
    }
}

impl Work<'_> {
    /// Records what is pending, where the schema has it all.
    pub(super) async fn baseline(
        &self,
        driver: &mut dyn DynDriver,
        keys: &mut ForeignKeys,
    ) -> Result<Report, RunError> {
        let migrator = self.migrator;
        let mut report = Report::default();
        loop {
            let applied = migrator.applied(driver).await?;
            let pending = migrator.pending(applied)?;
            if pending.count == 0 {
                return Ok(report);
            }
            let is_new = |it: &Migration| !pending.applied.contains(&it.id);
            let wanted = migrator.migrations.iter().enumerate();
            let made: Vec<&Migration> = wanted
                .filter(|(index, it)| *index < pending.until || !is_new(it))
                .map(|(_, it)| it)
                .collect();
            // Tables of later migrations are theirs to find.
            let history = Migrations::new(made.iter().copied().cloned());
            let differences = differences(driver, self.session, &history, &made).await?;
            let recorded = made.iter().copied().filter(|it| is_new(it));
            if let Some(last) = recorded.clone().next_back()
                && !differences.is_empty()
            {
                return Err(RunError::Baseline {
                    until: last.id.clone(),
                    differences,
                });
            }
            let mut plan = Plan::empty(self.session.dialect, migrator.tracking.clone())?;
            for migration in recorded {
                plan.push(Steps::new(migration, self.session.dialect).finish(Vec::new()));
            }
            let planned = Ok(plan);
            if self
                .carry_out(driver, keys, planned, (&pending, None), &mut report)
                .await?
            {
                return Ok(report);
            }
        }
    }
}
