//! What a run sees to when a table is rebuilt on SQLite: nothing that no migration made is lost with the old one.

mod ahead;

pub(super) use ahead::foresee;

use super::difference::Difference;
use super::driver::{DriverError, DynDriver};
use super::error::RunError;
use super::live::unread;
use super::plan::PlannedMigration;
use super::resolve::rebuild_conflict;
use crate::dialect::Dialect;
use crate::render::{RebuiltTable, Statement, unknown_clause};

/// SQL that makes the triggers and indexes again that go with a table, and that no migration made.
#[derive(Debug)]
pub(super) struct Kept(Vec<String>);

impl Kept {
    /// Reads what must be kept, before the first statement of a rebuild. What can't be kept is a conflict.
    pub(super) async fn of(
        driver: &mut dyn DynDriver,
        table: &RebuiltTable,
        migration: &PlannedMigration,
        statement: &Statement,
    ) -> Result<Kept, RunError> {
        let found = Found::read(driver, &table.name).await.map_err(unread)?;
        if let Some(description) = found.unknown(table) {
            let difference = Difference::new(format!("table {}", table.name), description);
            let step = statement.steps.first().copied().unwrap_or_default();
            return Err(rebuild_conflict(migration, step, &table.name, difference));
        }
        let known = table.indexes.iter().chain(&table.triggers);
        let is_known = |name: &str| known.clone().any(|it| is_same(it, name));
        let unknown = found.objects.into_iter().filter(|it| !is_known(&it.0));
        Ok(Kept(unknown.map(|(_, sql)| sql).collect()))
    }

    /// What makes them again, as it was written first.
    pub(super) fn statements(self) -> Vec<String> {
        self.0
    }
}

/// A table as SQLite's catalog has it.
#[derive(Debug, Default)]
struct Found {
    columns: Vec<String>,
    definition: String,
    /// Its triggers and indexes by name, each with its SQL, in the order in which they were made.
    objects: Vec<(String, String)>,
}

impl Found {
    async fn read(driver: &mut dyn DynDriver, table: &str) -> Result<Found, DriverError> {
        let name = Dialect::Sqlite.quote_text(table);
        let rows = driver
            .rows(&format!(
                "SELECT 'column', name, NULL FROM pragma_table_xinfo({name}, 'main') \
                 UNION ALL SELECT * FROM (SELECT type, name, sql FROM main.sqlite_schema \
                 WHERE tbl_name = {name} COLLATE NOCASE AND sql IS NOT NULL ORDER BY rowid)"
            ))
            .await?;
        let mut found = Found::default();
        for row in rows {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            match (next().as_str(), next(), next()) {
                ("column", name, _) => found.columns.push(name),
                ("table", _, sql) => found.definition = sql,
                (_, name, sql) => found.objects.push((name, sql)),
            }
        }
        Ok(found)
    }

    /// What of the table the migrations do not know, and a rebuild would lose.
    fn unknown(&self, table: &RebuiltTable) -> Option<String> {
        let extra = |these: &[String], those: &[String]| {
            let mut these = these.iter();
            these
                .find(|name| !those.iter().any(|it| is_same(it, name)))
                .cloned()
        };
        if let Some(column) = extra(&self.columns, &table.columns) {
            return Some(format!(
                "it has a column {column} that no migration makes, and that would be lost when the table is rebuilt"
            ));
        }
        if let Some(column) = extra(&table.columns, &self.columns) {
            return Some(format!("it is there without the column {column}"));
        }
        unknown_clause(&self.definition, &table.definition).map(|clause| {
            format!(
                "it was made with a {clause} that no migration gives it, and that would be lost when the table is \
                 rebuilt"
            )
        })
    }
}

/// SQLite knows no case in names, of the letters of ASCII.
fn is_same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
