//! SQLite's foreign keys while a table is rebuilt.
//!
//! To drop the old table is to delete its rows, and rows that refer to them would go too: so SQLite must not enforce
//! its foreign keys then, which can be said outside a transaction alone. What enforcement would have refused is
//! found before the commit.

use std::collections::BTreeMap;

use super::driver::{DriverError, DynDriver};
use super::error::RunError;
use super::plan::PlannedMigration;

/// What the session's owner had set, and whether it is set otherwise.
#[derive(Debug, Default)]
pub(crate) struct ForeignKeys {
    restore: Option<[String; 2]>,
    /// Whether their owner has them enforced.
    are_enforced: bool,
    /// Whether this run has switched them off.
    pub(crate) are_off: bool,
}

impl ForeignKeys {
    /// Finds out what the owner has set, so that it is set again even if the run is dropped. Says whether there is
    /// anything to switch.
    pub(crate) async fn look(&mut self, driver: &mut dyn DynDriver) -> Result<bool, RunError> {
        if self.restore.is_none() {
            let enforced = setting(driver, "foreign_keys").await?;
            let legacy = setting(driver, "legacy_alter_table").await?;
            let restore = [
                format!("PRAGMA foreign_keys = {enforced}"),
                format!("PRAGMA legacy_alter_table = {legacy}"),
            ];
            driver.at_parting(Some(restore.join("; ")));
            self.are_enforced = enforced == "1";
            self.restore = Some(restore);
        }
        Ok(self.are_enforced)
    }

    /// Switches them off or on. There must be no transaction: within one, nothing would happen.
    pub(crate) async fn switch(
        &mut self,
        driver: &mut dyn DynDriver,
        off: bool,
    ) -> Result<(), RunError> {
        let word = if off { "OFF" } else { "ON" };
        driver
            .execute(&format!("PRAGMA foreign_keys = {word}"))
            .await
            .map_err(setting_failed)?;
        self.are_off = off;
        Ok(())
    }

    /// Gives the session back what its owner had set. There must be no transaction.
    pub(crate) async fn restore(self, driver: &mut dyn DynDriver) {
        for sql in self.restore.iter().flatten() {
            if let Err(error) = driver.execute(sql).await {
                tracing::warn!(%error, "the connection's settings could not be restored");
            }
        }
    }
}

async fn setting(driver: &mut dyn DynDriver, name: &str) -> Result<String, RunError> {
    let rows = driver.rows(&format!("PRAGMA {name}")).await;
    let row = rows.map_err(setting_failed)?.into_iter().next();
    let value = row.and_then(|row| row.into_iter().next()).flatten();
    // Both are on or off, and off where SQLite was built without them.
    Ok(value
        .filter(|it| it == "1")
        .unwrap_or_else(|| "0".to_owned()))
}

fn setting_failed(source: DriverError) -> RunError {
    RunError::Database {
        doing: "switch foreign keys",
        source,
    }
}

/// How many rows refer to a row that is not there, by their table and the other.
#[derive(Debug)]
pub(crate) struct Violations(BTreeMap<(String, String), u64>);

impl Violations {
    /// Counts them before a migration that rebuilds a table; none of any other, in which they are enforced. Where
    /// SQLite can't check its foreign keys before, it is not asked to afterwards.
    pub(crate) async fn before(
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
    ) -> Option<Violations> {
        if !migration.rebuilds() {
            return None;
        }
        let counted = Violations::count(driver).await;
        counted
            .inspect_err(
                |error| tracing::warn!(%error, "foreign keys can't be checked in this database"),
            )
            .ok()
    }

    /// Whether the migration has left more of them than there were.
    pub(crate) async fn check(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
    ) -> Result<(), RunError> {
        let after = Violations::count(driver)
            .await
            .map_err(|source| RunError::Database {
                doing: "check foreign keys after a table was rebuilt",
                source,
            })?;
        match after.since(self) {
            None => Ok(()),
            Some((table, parent)) => Err(RunError::Orphans {
                migration: migration.id.clone(),
                table,
                parent,
            }),
        }
    }

    async fn count(driver: &mut dyn DynDriver) -> Result<Self, DriverError> {
        let rows = driver
            .rows("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")
            .await?;
        let counts = rows.into_iter().map(|row| {
            let mut values = row.into_iter();
            let mut next = || values.next().flatten().unwrap_or_default();
            let between = (next(), next());
            (between, next().parse().unwrap_or(u64::MAX))
        });
        Ok(Violations(counts.collect()))
    }

    /// The first pair of tables with more of them than `before`: a database may have had some, and is not kept
    /// from its migrations by them.
    fn since(self, before: &Violations) -> Option<(String, String)> {
        let grown = |between: &(String, String), count: u64| {
            count > before.0.get(between).copied().unwrap_or_default()
        };
        let mut pairs = self.0.into_iter();
        pairs
            .find(|(between, count)| grown(between, *count))
            .map(|(between, _)| between)
    }
}
