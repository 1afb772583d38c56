//! Indexes: columns and expressions with directions, unique or not, over all rows or some.

use std::fmt;

use sea_query::Expr;

use super::NamedFor;
use super::expression::{self, Shown};
use super::lean;
use super::listed::listed;
use super::{ColumnType, Direction, IndexColumn, IndexKey, IndexMethod};
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
    /// Whether two rows may not agree in all columns. NULL never equals NULL, unless `nulls_not_distinct` says so.
    pub unique: bool,
    /// The rows that it holds; all where there is none.
    pub predicate: Option<Box<Expr>>,
    /// Columns whose values it carries along, so that a query need not look into the table.
    pub include: Vec<String>,
    /// How it is built.
    pub method: IndexMethod,
    /// Whether NULL equals NULL in it, where it is unique.
    pub nulls_not_distinct: bool,
    /// What its builder could not do, for the fold to report.
    pub(crate) mistakes: Vec<String>,
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
        include: Vec::new(),
        method: IndexMethod::BTree,
        nulls_not_distinct: false,
        mistakes: Vec::new(),
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
        let names = names.into_iter();
        self.columns.reserve_exact(names.size_hint().0);
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

    /// Adds what is computed from columns. Its type, where an engine must be told, is chained:
    /// [`of_type`](Self::of_type).
    ///
    /// MariaDB has no indexes over expressions: there it is a hidden column, which is virtual and invisible.
    ///
    /// | engine | `index("email").expression(Func::lower(col("email"))).unique()` on `users` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE UNIQUE INDEX IF NOT EXISTS "idx_users_email" ON "users" ((LOWER("email")))` |
    /// | MySQL | `` ALTER TABLE `users` ADD UNIQUE INDEX `idx_email` ((LOWER(`email`))) `` |
    /// | MariaDB | `` ALTER TABLE `users` ADD COLUMN IF NOT EXISTS `idx_email_1` VARCHAR(255) AS (LOWER(`email`)) VIRTUAL INVISIBLE, ADD UNIQUE INDEX IF NOT EXISTS `idx_email` (`idx_email_1`) `` |
    #[must_use]
    pub fn expression(mut self, expression: impl Into<Expr>) -> Self {
        let key = IndexKey::Expression {
            expression: Box::new(expression.into()),
            column_type: None,
        };
        lean::push(
            &mut self.columns,
            IndexColumn::new(key, Direction::Ascending),
        );
        self
    }

    /// Says of which type the expression just added is. MariaDB must know it, unless it is LOWER or UPPER of a
    /// column; MySQL, where a column without a bound is in it. There a value that does not fit the type is refused.
    ///
    /// | engine | `index("body").expression(Func::lower(col("body"))).of_type(varchar(40))` on `posts` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE INDEX IF NOT EXISTS "idx_posts_body" ON "posts" ((LOWER("body")))` |
    /// | MySQL | `` ALTER TABLE `posts` ADD INDEX `idx_body` ((CAST(LOWER(`body`) AS CHAR(40)))) `` |
    /// | MariaDB | `` ALTER TABLE `posts` ADD COLUMN IF NOT EXISTS `idx_body_1` VARCHAR(40) AS (LOWER(`body`)) VIRTUAL INVISIBLE, ADD INDEX IF NOT EXISTS `idx_body` (`idx_body_1`) `` |
    #[must_use]
    pub fn of_type(mut self, of: ColumnType) -> Self {
        match self.columns.last_mut().map(|it| &mut it.key) {
            Some(IndexKey::Expression { column_type, .. }) => *column_type = Some(Box::new(of)),
            Some(IndexKey::Column(_) | IndexKey::Prefix { .. }) | None => self
                .mistakes
                .push("of_type follows an expression, whose type it gives".to_owned()),
        }
        self
    }

    /// Sorts what was just added the other way: an expression, or the beginning of a column.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let email = index("email").expression(Func::lower(col("email"))).descending();
    /// assert_eq!(email.to_string(), r#"email ([LOWER("email")] desc)"#);
    /// ```
    #[must_use]
    pub fn descending(mut self) -> Self {
        match self.columns.last_mut() {
            Some(last) => last.direction = Direction::Descending,
            None => self
                .mistakes
                .push("descending follows what is sorted that way".to_owned()),
        }
        self
    }

    /// Adds the beginning of a column: so many characters, or bytes of a column of bytes. With it, columns without
    /// a bound have indexes on MySQL and MariaDB too. A unique index then compares the beginnings alone.
    ///
    /// | engine | `index("body").prefix("body", 40)` on `posts` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `CREATE INDEX IF NOT EXISTS "idx_posts_body" ON "posts" (substr("body", 1, 40))` |
    /// | MySQL | `` ALTER TABLE `posts` ADD INDEX `idx_body` (`body`(40)) `` |
    /// | MariaDB | `` ALTER TABLE `posts` ADD INDEX IF NOT EXISTS `idx_body` (`body`(40)) `` |
    #[must_use]
    pub fn prefix(mut self, column: impl Into<String>, length: u32) -> Self {
        let key = IndexKey::Prefix {
            column: column.into(),
            length,
        };
        lean::push(
            &mut self.columns,
            IndexColumn::new(key, Direction::Ascending),
        );
        self
    }

    /// Gives what was just added an operator class of PostgreSQL; a dot in the name stands behind its schema.
    /// Other engines have none, which a note says.
    ///
    /// | engine | `index("path").columns(["path"]).opclass("text_pattern_ops")` on `files` |
    /// |---|---|
    /// | PostgreSQL | `CREATE INDEX IF NOT EXISTS "idx_files_path" ON "files" ("path" "text_pattern_ops")` |
    /// | MySQL | `` ALTER TABLE `files` ADD INDEX `idx_path` (`path`) `` |
    /// | MariaDB | `` ALTER TABLE `files` ADD INDEX IF NOT EXISTS `idx_path` (`path`) `` |
    /// | SQLite | `CREATE INDEX IF NOT EXISTS "idx_files_path" ON "files" ("path")` |
    #[must_use]
    pub fn opclass(mut self, name: impl Into<String>) -> Self {
        match self.columns.last_mut() {
            Some(last) => last.opclass = Some(name.into()),
            None => self
                .mistakes
                .push("opclass follows what is compared in that way".to_owned()),
        }
        self
    }

    /// Lets the index carry the values of these columns along, so that a query need not look into the table.
    ///
    /// Only PostgreSQL can do just that. Elsewhere they are further columns of the key, or left out where that
    /// would change which rows are equal (a unique index) or would not fit; a note says so.
    ///
    /// | engine | `index("by_email").columns(["email"]).include(["name"])` on `users` |
    /// |---|---|
    /// | PostgreSQL | `CREATE INDEX IF NOT EXISTS "idx_users_by_email" ON "users" ("email") INCLUDE ("name")` |
    /// | MySQL | `` ALTER TABLE `users` ADD INDEX `idx_by_email` (`email`, `name`) `` |
    /// | MariaDB | `` ALTER TABLE `users` ADD INDEX IF NOT EXISTS `idx_by_email` (`email`, `name`) `` |
    /// | SQLite | `CREATE INDEX IF NOT EXISTS "idx_users_by_email" ON "users" ("email", "name")` |
    #[must_use]
    pub fn include<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.include.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Builds the index in this way. [`IndexMethod`] lists what becomes of each on every engine.
    ///
    /// | engine | `index("payload").columns(["payload"]).using(IndexMethod::Gin)` on `jobs` |
    /// |---|---|
    /// | PostgreSQL | `CREATE INDEX IF NOT EXISTS "idx_jobs_payload" ON "jobs" USING gin ("payload")` |
    /// | MySQL, MariaDB, SQLite | nothing: the index is left out, which a note says |
    ///
    /// | engine | `index("words").columns(["body"]).using(IndexMethod::Fulltext)` on `posts` |
    /// |---|---|
    /// | PostgreSQL | `CREATE INDEX IF NOT EXISTS "idx_posts_words" ON "posts" USING gin (to_tsvector('simple', coalesce("body", '')))` |
    /// | MySQL | `` ALTER TABLE `posts` ADD FULLTEXT INDEX `idx_words` (`body`) `` |
    /// | MariaDB | `` ALTER TABLE `posts` ADD FULLTEXT INDEX IF NOT EXISTS `idx_words` (`body`) `` |
    /// | SQLite | nothing: the index is left out, which a note says |
    #[must_use]
    pub fn using(mut self, method: IndexMethod) -> Self {
        self.method = method;
        self
    }

    /// Lets NULL equal NULL in a unique index, so that one row at most has it.
    ///
    /// Only PostgreSQL, from version 15, can say so. Elsewhere the index has two expressions in place of each
    /// column: whether it is NULL, and its value or a constant.
    ///
    /// | engine | `index("slot").columns(["slot"]).unique().nulls_not_distinct()` on `desks` |
    /// |---|---|
    /// | PostgreSQL | `CREATE UNIQUE INDEX IF NOT EXISTS "idx_desks_slot" ON "desks" ("slot") NULLS NOT DISTINCT` |
    /// | MySQL | `` ALTER TABLE `desks` ADD UNIQUE INDEX `idx_slot` ((COALESCE(`slot`, 0)), (`slot` IS NULL)) `` |
    /// | MariaDB | `` ALTER TABLE `desks` ADD COLUMN IF NOT EXISTS `idx_slot_slot` INTEGER AS (COALESCE(`slot`, 0)) VIRTUAL INVISIBLE, ADD COLUMN IF NOT EXISTS `idx_slot_slot_null` BOOLEAN AS (`slot` IS NULL) VIRTUAL INVISIBLE, ADD UNIQUE INDEX IF NOT EXISTS `idx_slot` (`idx_slot_slot`, `idx_slot_slot_null`) `` |
    /// | SQLite | `CREATE UNIQUE INDEX IF NOT EXISTS "idx_desks_slot" ON "desks" (COALESCE("slot", ''), ("slot" IS NULL))` |
    #[must_use]
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
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
        self.predicate = Some(Box::new(predicate.into()));
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
        self.named_for = self.named_for.settled(self.name.as_ref(), table);
        self
    }

    /// Whether an engine has an index of that kind at all. Where it has none, the index is left out: a query is
    /// answered all the same, only slower.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let payload = index("payload").columns(["payload"]).using(IndexMethod::Gin);
    /// assert!(payload.is_made_on(Postgres));
    /// assert!(!payload.is_made_on(MySql));
    /// ```
    #[must_use]
    pub fn is_made_on(&self, dialect: Dialect) -> bool {
        let features = dialect.features();
        match self.method {
            IndexMethod::BTree | IndexMethod::Hash | IndexMethod::Brin => true,
            IndexMethod::Gin | IndexMethod::Gist | IndexMethod::SpGist => features.index_methods,
            IndexMethod::Fulltext => features.fulltext_indexes,
        }
    }

    /// Every column that the index cannot be without: those it is over, those it carries, and those its predicate
    /// names.
    pub(crate) fn named_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .columns
            .iter()
            .flat_map(IndexColumn::named_columns)
            .collect();
        names.extend(self.include.iter().cloned());
        names.extend(
            self.predicate
                .as_deref()
                .into_iter()
                .flat_map(expression::columns),
        );
        names
    }

    /// The columns of the key that it is: that of all rows, each with other values in them.
    pub(crate) fn key(&self) -> Option<Vec<String>> {
        let is_key = self.unique
            && self.predicate.is_none()
            && self.include.is_empty()
            && !self.nulls_not_distinct;
        let column = |part: &IndexColumn| match (&part.key, part.direction, &part.opclass) {
            (IndexKey::Column(name), Direction::Ascending, None) => Some(name.clone()),
            (IndexKey::Column(_), Direction::Ascending | Direction::Descending, _)
            | (IndexKey::Prefix { .. } | IndexKey::Expression { .. }, _, _) => None,
        };
        let columns: Option<Vec<String>> = self.columns.iter().map(column).collect();
        columns.filter(|_| is_key)
    }

    /// Why a column that it names can't get another name, where that is so: expressions are not rewritten, and on
    /// MySQL and MariaDB these are expressions over all their columns.
    pub(crate) fn holds_names(&self, column: &str) -> Option<&'static str> {
        let all = self.named_columns();
        if self.predicate.is_some() && all.iter().any(|name| name == column) {
            return Some("the partial index");
        }
        let computed = self.columns.iter().any(|part| {
            let names = part.expression().map(expression::columns);
            names.is_some_and(|names| names.iter().any(|name| name == column))
        });
        if computed {
            return Some("an expression of the index");
        }
        let key = || self.columns.iter().any(|it| it.column() == Some(column));
        (self.nulls_not_distinct && key()).then_some("the index without distinct NULLs")
    }

    /// Gives a column another name, wherever it stands as itself.
    pub(crate) fn rename_column(&mut self, from: &str, to: &str) {
        for part in &mut self.columns {
            part.rename(from, to);
        }
        for name in self.include.iter_mut().filter(|name| *name == from) {
            to.clone_into(name);
        }
    }

    fn column(mut self, name: impl Into<String>, direction: Direction) -> Self {
        let key = IndexKey::Column(name.into());
        lean::push(&mut self.columns, IndexColumn::new(key, direction));
        self
    }
}

/// In the words of the DSL: `email (email), unique`.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        f.write_str(" (")?;
        listed(f, &self.columns)?;
        f.write_str(")")?;
        if let Some(name) = &self.name {
            write!(f, ", named {name}")?;
        }
        self.named_for.fmt(f)?;
        if self.unique {
            f.write_str(", unique")?;
        }
        if self.nulls_not_distinct {
            f.write_str(", nulls not distinct")?;
        }
        if !self.include.is_empty() {
            f.write_str(", including [")?;
            listed(f, &self.include)?;
            f.write_str("]")?;
        }
        if self.method != IndexMethod::BTree {
            write!(f, ", using {}", self.method)?;
        }
        match &self.predicate {
            None => Ok(()),
            Some(predicate) => {
                f.write_str(", only where ")?;
                Shown(predicate).fmt(f)
            }
        }
    }
}
