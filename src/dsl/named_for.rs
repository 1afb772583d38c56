//! What is named after a table keeps its physical name when the table gets another one.

use std::fmt;

/// The name that a table had when something of it was made: physical names such as `idx_<table>_<label>` and
/// `fk_<table>_<label>` have it in them, and no engine changes them with the table's name.
///
/// It says nothing while the table still has that name. What derives a way back sets it, so that what comes back has
/// the name that it had; [`Index::named_for`](super::Index::named_for), and the same of constraints, is for a way back
/// that is written.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let history = Migrations::new([
///     Migration::new("001_jobs", "Jobs").create_table(
///         table("jobs").columns([integer("id")]).index(index("polling").columns(["id"])),
///     ),
///     Migration::new("002_tasks", "Jobs are tasks").rename_table("jobs", "tasks"),
/// ]);
/// let catalog = history.validate()?;
/// let polling = catalog.table("tasks").and_then(|tasks| tasks.index_labelled("polling")).unwrap();
/// assert_eq!(polling.named_for.table("tasks"), "jobs");
/// assert_eq!(polling.physical_name("tasks", Postgres), "idx_jobs_polling");
/// # Ok::<(), hammerwork_migrations::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFor(Option<String>);

impl NamedFor {
    /// Named for a table of that name.
    pub(crate) fn of(table: String) -> Self {
        NamedFor(Some(table))
    }

    /// The table's name that is in physical names, where the table itself is called `table`.
    #[must_use]
    pub fn table<'a>(&'a self, table: &'a str) -> &'a str {
        self.0.as_deref().unwrap_or(table)
    }

    /// The same, for a table that was called `from` and gets the name `to`.
    pub(crate) fn after_rename(&self, from: &str, to: &str) -> Self {
        NamedFor(Some(self.table(from).to_owned())).within(to)
    }

    /// The same for what may have an exact name, which says it already.
    pub(crate) fn settled(self, exact: Option<&String>, table: &str) -> Self {
        match exact {
            Some(_) => NamedFor::default(),
            None => self.within(table),
        }
    }

    /// The same, said only where a table of the name `table` does not say it.
    pub(crate) fn within(self, table: &str) -> Self {
        NamedFor(self.0.filter(|it| it != table))
    }
}

/// `, named for jobs`, or nothing.
impl fmt::Display for NamedFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(table) => write!(f, ", named for {table}"),
            None => Ok(()),
        }
    }
}
