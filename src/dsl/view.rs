//! Views: a name for a query, in the author's own words.

use std::fmt;

use super::texts;
use crate::dialect::Dialect;

/// A view, known by its name. What [`create_view`](super::Migration::create_view) makes, and what the
/// [`Catalog`](crate::Catalog) holds, so that it can be dropped, replaced and brought back.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let open_jobs = view("open_jobs")
///     .everywhere("SELECT id, queue_name FROM jobs WHERE status = 'open'")
///     .on(Postgres, "SELECT id, queue_name FROM jobs WHERE status IN ('open', 'Open')")
///     .depends_on(["jobs"]);
/// assert!(open_jobs.query_on(MariaDb).is_some_and(|query| query.ends_with("'open'")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct View {
    /// The name: 1 to 63 bytes. Tables and views share their names.
    pub name: String,
    /// The query of each dialect; on MariaDB that of MySQL, unless it has its own.
    pub queries: Vec<(Dialect, String)>,
    /// The tables and views that it reads.
    pub depends_on: Vec<String>,
}

/// A view without a query yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let one = view("one").everywhere("SELECT 1 AS one");
/// # assert_eq!(one.name, "one");
/// ```
#[must_use]
pub fn view(name: impl Into<String>) -> View {
    View {
        name: name.into(),
        queries: Vec::new(),
        depends_on: Vec::new(),
    }
}

impl View {
    /// One query for all dialects that have none of their own.
    ///
    /// | engine | `view("one").everywhere("SELECT 1 AS one")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE VIEW "one" AS SELECT 1 AS one` |
    /// | MySQL | `` CREATE VIEW `one` AS SELECT 1 AS one `` |
    /// | MariaDB | `` CREATE VIEW IF NOT EXISTS `one` AS SELECT 1 AS one `` |
    /// | SQLite | `CREATE VIEW IF NOT EXISTS "one" AS SELECT 1 AS one` |
    #[must_use]
    pub fn everywhere(mut self, query: impl Into<String>) -> Self {
        texts::set_everywhere(&mut self.queries, &query.into());
        self
    }

    /// The query of one dialect.
    ///
    /// | engine | `view("one").everywhere("SELECT 1 AS one").on(Sqlite, "SELECT 2 AS one")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE VIEW "one" AS SELECT 1 AS one` |
    /// | MySQL | `` CREATE VIEW `one` AS SELECT 1 AS one `` |
    /// | MariaDB | `` CREATE VIEW IF NOT EXISTS `one` AS SELECT 1 AS one `` |
    /// | SQLite | `CREATE VIEW IF NOT EXISTS "one" AS SELECT 2 AS one` |
    #[must_use]
    pub fn on(mut self, dialect: Dialect, query: impl Into<String>) -> Self {
        texts::set(&mut self.queries, dialect, query.into());
        self
    }

    /// On this dialect there is no such view, on purpose.
    ///
    /// | engine | `view("one").everywhere("SELECT 1 AS one").nothing_on(Sqlite)` |
    /// |---|---|
    /// | PostgreSQL | `CREATE VIEW "one" AS SELECT 1 AS one` |
    /// | MySQL | `` CREATE VIEW `one` AS SELECT 1 AS one `` |
    /// | MariaDB | `` CREATE VIEW IF NOT EXISTS `one` AS SELECT 1 AS one `` |
    /// | SQLite | nothing |
    #[must_use]
    pub fn nothing_on(self, dialect: Dialect) -> Self {
        self.on(dialect, "")
    }

    /// The tables and views that it reads: as long as it is there, they can't be dropped or get other names. A query
    /// is not looked into, so what is not said here is found by the engines alone.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([Migration::new("001", "x")
    ///     .create_table(table("jobs").columns([integer("id")]))
    ///     .create_view(view("ids").everywhere("SELECT id FROM jobs").depends_on(["jobs"]))
    ///     .drop_table("jobs")]);
    /// assert!(history.validate().is_err());
    /// ```
    #[must_use]
    pub fn depends_on<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.depends_on.extend(names.into_iter().map(Into::into));
        self
    }

    /// The query for `dialect`; none where its author has given none, empty where there is to be no such view.
    #[must_use]
    pub fn query_on(&self, dialect: Dialect) -> Option<&str> {
        texts::on(&self.queries, dialect)
    }

    /// Whether there is such a view on `dialect`.
    pub(crate) fn is_on(&self, dialect: Dialect) -> bool {
        texts::does(&self.queries, dialect)
    }
}

/// In the words of the DSL, a line for each query.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.depends_on.is_empty() {
            write!(f, ", depends on {}", self.depends_on.join(", "))?;
        }
        texts::show(f, "on", &self.queries)
    }
}
