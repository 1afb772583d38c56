//! Tables: columns, keys, checks and indexes, as one value.

use std::fmt;

use super::lean;
use super::listed::listed;
use super::{Check, Column, ForeignKey, Index, Shared, Unique};

/// A table. What [`create_table`](super::Migration::create_table) makes, and what the
/// [`Catalog`](crate::Catalog) holds.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let batches = table("batches")
///     .columns([uuid("id").primary_key(), string("batch_name")])
///     .index(index("batch_name").columns(["batch_name"]));
/// assert_eq!(batches.primary_key, ["id"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// The name: 1 to 63 bytes.
    pub name: String,
    /// The columns, in their order.
    pub columns: Shared<Column>,
    /// The names of the primary key's columns, in the key's order; empty where there is no key.
    pub primary_key: Vec<String>,
    /// The indexes, the primary key's own left out.
    pub indexes: Shared<Index>,
    /// The unique constraints.
    pub uniques: Vec<Unique>,
    /// The foreign keys: what the table refers to.
    pub foreign_keys: Vec<ForeignKey>,
    /// What must be true of every row.
    pub checks: Vec<Check>,
    /// What it is, for people who look at the database.
    pub comment: Option<String>,
}

/// A table without columns yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let tags = table("tags").columns([string("name").primary_key()]);
/// # assert_eq!(tags.columns.len(), 1);
/// ```
#[must_use]
pub fn table(name: impl Into<String>) -> Table {
    Table {
        name: name.into(),
        columns: Shared::default(),
        primary_key: Vec::new(),
        indexes: Shared::default(),
        uniques: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        comment: None,
    }
}

impl Table {
    /// Adds columns, in this order. Those that are [`Column::primary_key`] become the next parts of the key.
    ///
    /// | engine | `table("tags").columns([string("name").primary_key(), text("about").nullable()])` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TABLE "tags" ("name" VARCHAR NOT NULL, "about" TEXT, PRIMARY KEY ("name"))` |
    /// | MySQL, MariaDB | `` CREATE TABLE `tags` (`name` VARCHAR(255) NOT NULL, `about` TEXT, PRIMARY KEY (`name`)) `` |
    /// | SQLite | `CREATE TABLE "tags" ("name" TEXT NOT NULL, "about" TEXT, PRIMARY KEY ("name"))` |
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        let columns = columns.into_iter();
        let list = self.columns.to_mut();
        list.reserve_exact(columns.size_hint().0);
        for mut column in columns {
            // The table says what its key is; a flag that stayed on the column would say it a second time.
            if std::mem::take(&mut column.primary_key) {
                lean::push(&mut self.primary_key, column.name.clone());
            }
            list.push(column);
        }
        self
    }

    /// Makes these columns, in this order, the primary key: for a key whose order is not the columns'.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let members = table("members")
    ///     .columns([uuid("team_id"), uuid("user_id")])
    ///     .primary_key(["user_id", "team_id"]);
    /// assert_eq!(members.primary_key, ["user_id", "team_id"]);
    /// ```
    #[must_use]
    pub fn primary_key<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.primary_key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Adds an index, made together with the table.
    #[must_use]
    pub fn index(mut self, index: Index) -> Self {
        lean::push(self.indexes.to_mut(), index);
        self
    }

    /// Adds a unique constraint, made together with the table. [`Unique`] shows the SQL.
    #[must_use]
    pub fn unique(mut self, unique: Unique) -> Self {
        lean::push(&mut self.uniques, unique);
        self
    }

    /// Adds a foreign key, made together with the table. [`ForeignKey`] shows the SQL of each adjective.
    #[must_use]
    pub fn foreign_key(mut self, foreign_key: ForeignKey) -> Self {
        lean::push(&mut self.foreign_keys, foreign_key);
        self
    }

    /// Adds a check, made together with the table. [`check`](super::check()) shows the SQL.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        lean::push(&mut self.checks, check);
        self
    }

    /// Says what the table is, for people who look at the database. Up to 2,048 characters.
    ///
    /// | engine | `table("tags").columns([string("name").primary_key()]).comment("what jobs are about")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TABLE "tags" ("name" VARCHAR NOT NULL, PRIMARY KEY ("name")); COMMENT ON TABLE "tags" IS 'what jobs are about'` |
    /// | MySQL, MariaDB | `` CREATE TABLE `tags` (`name` VARCHAR(255) NOT NULL, PRIMARY KEY (`name`)) COMMENT 'what jobs are about' `` |
    /// | SQLite | `CREATE TABLE "tags" ("name" TEXT NOT NULL, PRIMARY KEY ("name"))`: it has no comments |
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// The column of that name.
    #[must_use]
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The index of that label.
    #[must_use]
    pub fn index_labelled(&self, label: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.label == label)
    }

    /// The unique constraint of that label.
    #[must_use]
    pub fn unique_labelled(&self, label: &str) -> Option<&Unique> {
        self.uniques.iter().find(|unique| unique.label == label)
    }

    /// The foreign key of that label.
    #[must_use]
    pub fn foreign_key_labelled(&self, label: &str) -> Option<&ForeignKey> {
        self.foreign_keys.iter().find(|key| key.label == label)
    }

    /// The check of that label.
    #[must_use]
    pub fn check_labelled(&self, label: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.label == label)
    }
}

/// In the words of the DSL, a line for each part.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for column in &self.columns {
            f.write_str("\n  column ")?;
            column.fmt(f)?;
        }
        if !self.primary_key.is_empty() {
            f.write_str("\n  primary key (")?;
            listed(f, &self.primary_key)?;
            f.write_str(")")?;
        }
        for index in &self.indexes {
            f.write_str("\n  index ")?;
            index.fmt(f)?;
        }
        for unique in &self.uniques {
            f.write_str("\n  unique ")?;
            unique.fmt(f)?;
        }
        for foreign_key in &self.foreign_keys {
            f.write_str("\n  foreign key ")?;
            foreign_key.fmt(f)?;
        }
        for check in &self.checks {
            f.write_str("\n  check ")?;
            check.fmt(f)?;
        }
        match &self.comment {
            None => Ok(()),
            Some(comment) => write!(f, "\n  comment {comment:?}"),
        }
    }
}
