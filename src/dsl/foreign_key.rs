//! Foreign keys: rows that refer to rows, and what becomes of them when those go or change.

use std::fmt;

use super::NamedFor;
use super::listed::listed;
use super::unique::physical_name;

/// A foreign key of a table, known by its label: its columns hold what a row of another table, or of the same
/// one, has in its key, or NULL.
///
/// The physical name is `fk_<table>_<label>` on every engine. On MySQL and MariaDB it is also the name of the
/// index over its columns that is made with it: they require one, and would choose or make one themselves.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let queue = foreign_key("queue")
///     .columns(["queue_id"])
///     .references("queues", ["id"])
///     .on_delete(Cascade);
/// assert_eq!(queue.to_string(), "queue (queue_id) references queues (id), on delete cascade");
/// assert_eq!(queue.physical_name("jobs"), "fk_jobs_queue");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKey {
    /// The name by which migrations speak of the foreign key; unique among those of its kind in its table.
    pub label: String,
    /// The exact physical name, where it is not made from the label.
    pub name: Option<String>,
    /// The table's name that the physical name has in it, where the table has been renamed since.
    pub named_for: NamedFor,
    /// The columns that refer, in their order.
    pub columns: Vec<String>,
    /// The table that is referred to.
    pub table: String,
    /// The columns that are referred to, in the same order: a primary key, a unique constraint, or a unique index
    /// over all rows.
    pub referenced: Vec<String>,
    /// What becomes of a row when the one that it refers to is deleted.
    pub on_delete: Action,
    /// What becomes of a row when the key that it refers to changes.
    pub on_update: Action,
    /// When it is looked at.
    pub timing: Timing,
}

/// What becomes of a row when the one that it refers to goes, or gets another key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// The change is refused, when the foreign key is looked at. MySQL and MariaDB look at once, as if it were
    /// [`Restrict`](Self::Restrict).
    #[default]
    NoAction,
    /// The change is refused, at once.
    Restrict,
    /// The row goes, or gets the new key.
    Cascade,
    /// Its columns become NULL.
    SetNull,
    /// Its columns get their defaults. PostgreSQL and SQLite only.
    SetDefault,
}

/// When a foreign key is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// With every statement.
    #[default]
    Immediate,
    /// With every statement, unless a transaction puts it off to its end. PostgreSQL and SQLite only.
    Deferrable,
    /// At the end of every transaction, unless one asks for it earlier. PostgreSQL and SQLite only.
    InitiallyDeferred,
}

/// A foreign key, by its label; the rest is chained.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let jobs = table("jobs")
///     .columns([uuid("id").primary_key(), uuid("queue_id")])
///     .foreign_key(foreign_key("queue").columns(["queue_id"]).references("queues", ["id"]));
/// # assert_eq!(jobs.foreign_keys.len(), 1);
/// ```
#[must_use]
pub fn foreign_key(label: impl Into<String>) -> ForeignKey {
    ForeignKey {
        label: label.into(),
        name: None,
        named_for: NamedFor::default(),
        columns: Vec::new(),
        table: String::new(),
        referenced: Vec::new(),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        timing: Timing::Immediate,
    }
}

impl ForeignKey {
    /// Adds columns that refer.
    #[must_use]
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns.extend(names.into_iter().map(Into::into));
        self
    }

    /// Says what they refer to: a table, and the columns of one of its keys, in the same order.
    ///
    /// | engine | `foreign_key("queue").columns(["queue_id"]).references("queues", ["id"])` on `jobs` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ADD CONSTRAINT "fk_jobs_queue" FOREIGN KEY ("queue_id") REFERENCES "queues" ("id")` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD INDEX `fk_jobs_queue` (`queue_id`), ADD CONSTRAINT `fk_jobs_queue` FOREIGN KEY (`queue_id`) REFERENCES `queues` (`id`) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD INDEX IF NOT EXISTS `fk_jobs_queue` (`queue_id`), ADD CONSTRAINT `fk_jobs_queue` FOREIGN KEY IF NOT EXISTS (`queue_id`) REFERENCES `queues` (`id`) `` |
    /// | SQLite | `CONSTRAINT "fk_jobs_queue" FOREIGN KEY ("queue_id") REFERENCES "queues" ("id")` in the table, which is made anew |
    #[must_use]
    pub fn references<N: Into<String>>(
        mut self,
        table: impl Into<String>,
        columns: impl IntoIterator<Item = N>,
    ) -> Self {
        self.table = table.into();
        self.referenced = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Says what becomes of a row when the one that it refers to is deleted.
    ///
    /// | engine | `.on_delete(Cascade)` | `.on_delete(SetDefault)` |
    /// |---|---|---|
    /// | PostgreSQL, SQLite | `ON DELETE CASCADE` | `ON DELETE SET DEFAULT` |
    /// | MySQL, MariaDB | `ON DELETE CASCADE` | unsupported |
    #[must_use]
    pub fn on_delete(mut self, action: Action) -> Self {
        self.on_delete = action;
        self
    }

    /// Says what becomes of a row when the key that it refers to changes.
    ///
    /// | engine | `.on_update(SetNull)` | `.on_update(SetDefault)` |
    /// |---|---|---|
    /// | PostgreSQL, SQLite | `ON UPDATE SET NULL` | `ON UPDATE SET DEFAULT` |
    /// | MySQL, MariaDB | `ON UPDATE SET NULL` | unsupported |
    #[must_use]
    pub fn on_update(mut self, action: Action) -> Self {
        self.on_update = action;
        self
    }

    /// Lets a transaction put the look at it off to its end.
    ///
    /// | engine | `.deferrable()` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DEFERRABLE` |
    /// | MySQL, MariaDB | unsupported |
    #[must_use]
    pub fn deferrable(mut self) -> Self {
        self.timing = Timing::Deferrable;
        self
    }

    /// Puts the look at it off to the end of every transaction.
    ///
    /// | engine | `.initially_deferred()` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DEFERRABLE INITIALLY DEFERRED` |
    /// | MySQL, MariaDB | unsupported |
    #[must_use]
    pub fn initially_deferred(mut self) -> Self {
        self.timing = Timing::InitiallyDeferred;
        self
    }

    /// Gives the foreign key this physical name, whatever its label.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let queue = foreign_key("queue")
    ///     .columns(["queue_id"])
    ///     .references("queues", ["id"])
    ///     .named("jobs_queue_id_fkey");
    /// assert_eq!(queue.physical_name("jobs"), "jobs_queue_id_fkey");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the foreign key the physical name that it would have if its table were still called `table`: for a way
    /// back that is written, after a [`rename_table`](super::Migration::rename_table).
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let queue = foreign_key("queue").columns(["queue_id"]).named_for("jobs");
    /// assert_eq!(queue.physical_name("tasks"), "fk_jobs_queue");
    /// ```
    #[must_use]
    pub fn named_for(mut self, table: impl Into<String>) -> Self {
        self.named_for = NamedFor::of(table.into());
        self
    }

    /// The name that the foreign key has in a database.
    #[must_use]
    pub fn physical_name(&self, table: &str) -> String {
        let table = self.named_for.table(table);
        physical_name(self.name.as_ref(), "fk", table, &self.label)
    }

    /// The same foreign key of a table called `table`, said in one way.
    pub(crate) fn settled(mut self, table: &str) -> Self {
        self.named_for = self.named_for.settled(self.name.as_ref(), table);
        self
    }

    /// Whether it may write into its own columns.
    pub(crate) fn writes_its_columns(&self) -> bool {
        match (self.on_delete, self.on_update) {
            (Action::SetNull | Action::SetDefault, _)
            | (_, Action::Cascade | Action::SetNull | Action::SetDefault) => true,
            (
                Action::NoAction | Action::Restrict | Action::Cascade,
                Action::NoAction | Action::Restrict,
            ) => false,
        }
    }

    /// Whether it does anything to rows but to keep others as they are.
    pub(crate) fn changes_rows(&self) -> bool {
        self.on_delete == Action::Cascade || self.writes_its_columns()
    }

    /// Whether one of its actions is this.
    pub(crate) fn has_action(&self, action: Action) -> bool {
        self.on_delete == action || self.on_update == action
    }
}

impl Action {
    /// The SQL of every engine.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Action::NoAction => "NO ACTION",
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        }
    }
}

/// In the words of the DSL: `set null`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql().to_ascii_lowercase())
    }
}

/// In the words of the DSL: `queue (queue_id) references queues (id), on delete cascade`.
impl fmt::Display for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        f.write_str(" (")?;
        listed(f, &self.columns)?;
        f.write_str(") references ")?;
        f.write_str(&self.table)?;
        f.write_str(" (")?;
        listed(f, &self.referenced)?;
        f.write_str(")")?;
        if let Some(name) = &self.name {
            write!(f, ", named {name}")?;
        }
        self.named_for.fmt(f)?;
        for (event, action) in [("delete", self.on_delete), ("update", self.on_update)] {
            if action != Action::NoAction {
                write!(f, ", on {event} {action}")?;
            }
        }
        match self.timing {
            Timing::Immediate => Ok(()),
            Timing::Deferrable => f.write_str(", deferrable"),
            Timing::InitiallyDeferred => f.write_str(", initially deferred"),
        }
    }
}
