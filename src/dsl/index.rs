//! Indexes: columns with directions, unique or not, over all rows or some.

use std::fmt;

use sea_query::Expr;

use super::NamedFor;
use super::expression::{self, Shown};
use crate::dialect::{Dialect, IndexNamespace};

/// An index of a table, known by its label.
///
/// The physical name follows each engine's namespace: `idx_<table>_<label>` where index names are
/// schema-wide (PostgreSQL, SQLite), `idx_<label>` where they are the table's own (MySQL, MariaDB).
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let polling = index("polling")
///     .columns(["queue_name"])
///     .desc("priority")
///     .only_where(col("status").eq("Pending"));
/// assert_eq!(
///     polling.to_string(),
///     r#"polling (queue_name, priority desc), only where "status" = 'Pending'"#
/// );
/// assert_eq!(polling.physical_name("jobs", Postgres), "idx_jobs_polling");
/// assert_eq!(polling.physical_name("jobs", MySql), "idx_polling");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Index {
    /// The name by which migrations speak of the index; unique in its table.
    pub label: String,
    /// The exact physical name, where it is not made from the label.
    pub name: Option<String>,
    /// The table's name that the physical name has in it, where the table has been renamed since.
    pub named_for: NamedFor,
    /// What it is sorted by, first things first.
    pub columns: Vec<IndexColumn>,
    /// Whether two rows may not agree in all columns. NULL never equals NULL.
    pub unique: bool,
    /// The rows that it holds; all where there is none.
    pub predicate: Option<Expr>,
}

/// One column of an [`Index`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexColumn {
    /// The name of the column.
    pub name: String,
    /// The way in which it is sorted.
    pub direction: Direction,
}

/// The way in which a column of an index is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// An index, by its label; columns and the rest are chained.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let by_name = index("batch_name").columns(["batch_name"]);
/// assert_eq!(by_name.physical_name("batches", Sqlite), "idx_batches_batch_name");
/// ```
#[must_use]
pub fn index(label: impl Into<String>) -> Index {
    Index {
        label: label.into(),
        name: None,
        named_for: NamedFor::default(),
        columns: Vec::new(),
        unique: false,
        predicate: None,
    }
}

impl Index {
    /// Adds columns, ascending.
    ///
    /// | engine | `index("queue_status").columns(["queue_name", "status"])` on `jobs` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE INDEX IF NOT EXISTS "idx_jobs_queue_status" ON "jobs" ("queue_name", "status")` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD INDEX `idx_queue_status` (`queue_name`, `status`) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD INDEX IF NOT EXISTS `idx_queue_status` (`queue_name`, `status`) `` |
    #[must_use]
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        for name in names {
            self = self.asc(name);
        }
        self
    }

    /// Adds a column, ascending: the default direction, in so many words.
    #[must_use]
    pub fn asc(self, name: impl Into<String>) -> Self {
        self.column(name, Direction::Ascending)
    }

    /// Adds a column, descending.
    ///
    /// | engine | `index("urgent").desc("priority")` on `jobs` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE INDEX IF NOT EXISTS "idx_jobs_urgent" ON "jobs" ("priority" DESC)` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD INDEX `idx_urgent` (`priority` DESC) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD INDEX IF NOT EXISTS `idx_urgent` (`priority` DESC) `` |
    #[must_use]
    pub fn desc(self, name: impl Into<String>) -> Self {
        self.column(name, Direction::Descending)
    }

    /// Lets no two rows agree in all columns of the index.
    ///
    /// | engine | `index("email").columns(["email"]).unique()` on `users` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE UNIQUE INDEX IF NOT EXISTS "idx_users_email" ON "users" ("email")` |
    /// | MySQL | `` ALTER TABLE `users` ADD UNIQUE INDEX `idx_email` (`email`) `` |
    /// | MariaDB | `` ALTER TABLE `users` ADD UNIQUE INDEX IF NOT EXISTS `idx_email` (`email`) `` |
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Lets the index hold only the rows for which the predicate is true.
    ///
    /// MySQL and MariaDB have no partial indexes. A plain one is widened there to all rows, with a note; a
    /// unique one keeps its meaning, by a functional index on MySQL and a hidden column on MariaDB.
    ///
    /// | engine | `index("scheduled").columns(["scheduled_at"]).only_where(col("status").eq("Pending"))` on `jobs` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE INDEX IF NOT EXISTS "idx_jobs_scheduled" ON "jobs" ("scheduled_at") WHERE "status" = 'Pending'` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD INDEX `idx_scheduled` (`scheduled_at`) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD INDEX IF NOT EXISTS `idx_scheduled` (`scheduled_at`) `` |
    #[must_use]
    pub fn only_where(mut self, predicate: impl Into<Expr>) -> Self {
        self.predicate = Some(predicate.into());
        self
    }

    /// Gives the index this physical name on every engine, whatever its label.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let email = index("email").columns(["email"]).named("users_email_key");
    /// assert_eq!(email.physical_name("users", MySql), "users_email_key");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the index the physical name that it would have if its table were still called `table`: for a way back
    /// that is written, after a [`rename_table`](super::Migration::rename_table).
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let polling = index("polling").columns(["id"]).named_for("jobs");
    /// assert_eq!(polling.physical_name("tasks", Postgres), "idx_jobs_polling");
    /// assert_eq!(polling.physical_name("tasks", MySql), "idx_polling");
    /// ```
    #[must_use]
    pub fn named_for(mut self, table: impl Into<String>) -> Self {
        self.named_for = NamedFor::of(table.into());
        self
    }

    /// The name that the index has in a database of that dialect.
    #[must_use]
    pub fn physical_name(&self, table: &str, dialect: Dialect) -> String {
        self.name_in(table, dialect.features().index_namespace)
    }

    pub(crate) fn name_in(&self, table: &str, namespace: IndexNamespace) -> String {
        match (&self.name, namespace) {
            (Some(name), IndexNamespace::Schema | IndexNamespace::Table) => name.clone(),
            (None, IndexNamespace::Schema) => {
                format!("idx_{}_{}", self.named_for.table(table), self.label)
            }
            (None, IndexNamespace::Table) => format!("idx_{}", self.label),
        }
    }

    /// The same index of a table called `table`, said in one way.
    pub(crate) fn settled(mut self, table: &str) -> Self {
        self.named_for = match self.name {
            Some(_) => NamedFor::default(),
            None => self.named_for.within(table),
        };
        self
    }

    /// Every column that the index cannot be without: those it sorts by, and those its predicate names.
    pub(crate) fn named_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        names.extend(self.predicate.iter().flat_map(expression::columns));
        names
    }

    fn column(mut self, name: impl Into<String>, direction: Direction) -> Self {
        self.columns.push(IndexColumn {
            name: name.into(),
            direction,
        });
        self
    }
}

/// `name`, or `name desc`.
impl fmt::Display for IndexColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.direction {
            Direction::Ascending => Ok(()),
            Direction::Descending => f.write_str(" desc"),
        }
    }
}

/// In the words of the DSL: `email (email), unique`.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        write!(f, "{} ({})", self.label, columns.join(", "))?;
        if let Some(name) = &self.name {
            write!(f, ", named {name}")?;
        }
        write!(f, "{}", self.named_for)?;
        if self.unique {
            f.write_str(", unique")?;
        }
        match &self.predicate {
            None => Ok(()),
            Some(predicate) => write!(f, ", only where {}", Shown(predicate)),
        }
    }
}
