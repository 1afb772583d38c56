//! A schema as one script of SQL.

use super::plan::{Plan, PlanError};
use super::tracking::Tracking;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::Migration;

impl Catalog {
    /// The SQL that makes this schema on a new database, for the engine's own client: what its session needs, then
    /// each object after those that it needs. Nothing is recorded. What an author's own SQL makes is in it so far
    /// as it says what it [stands for](crate::dsl::RunSql::stands_for).
    ///
    /// # Errors
    ///
    /// [`PlanError`] where something in it has no SQL on this engine.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([
    ///     Migration::new("001_tags", "Tags").create_table(table("tags").columns([string("name").primary_key()])),
    ///     Migration::new("002_about", "About").add_column("tags", text("about").nullable()),
    /// ]);
    /// assert_eq!(
    ///     history.validate()?.script(Sqlite)?,
    ///     r#"CREATE TABLE IF NOT EXISTS "tags" (
    ///     "name" TEXT NOT NULL,
    ///     "about" TEXT,
    ///     PRIMARY KEY ("name")
    /// );
    /// "#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn script(&self, dialect: Dialect) -> Result<String, PlanError> {
        let mut migration = Migration::new("schema", "The schema");
        migration.operations = self.operations();
        let planned = migration.plan(dialect, &Catalog::default())?;
        let mut plan = Plan::empty(dialect, Tracking::default())?;
        plan.create_tracking.clear();
        plan.look_at_timestamps(&migration.operations);
        plan.push(planned);
        Ok(plan.unrecorded())
    }
}
