//! Triggers: what happens with each row that changes, in the author's own words.

use std::fmt;

use super::texts;
use crate::dialect::Dialect;

/// A trigger, known by its name. What [`create_trigger`](super::Migration::create_trigger) makes, and what the
/// [`Catalog`](crate::Catalog) holds, so that it can be dropped, replaced and brought back.
///
/// Name, moment and table are the library's; what is to be done with each row is the author's, for each dialect: that
/// is where their grammars part.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let count = trigger("count_jobs", AfterInsert, "jobs")
///     .everywhere("BEGIN UPDATE totals SET jobs = jobs + 1; END")
///     .on(Postgres, "EXECUTE FUNCTION count_jobs()");
/// assert!(count.body_on(MariaDb).is_some_and(|body| body.starts_with("BEGIN")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trigger {
    /// The name: 1 to 63 bytes. No two triggers of a schema share one.
    pub name: String,
    /// When it fires.
    pub moment: TriggerMoment,
    /// The table whose rows it watches.
    pub table: String,
    /// What stands behind `FOR EACH ROW` on each dialect; on MariaDB what stands there on MySQL, unless it has its own.
    pub bodies: Vec<(Dialect, String)>,
}

/// When a trigger fires: before or after what is done to a row. These six every engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerMoment {
    /// Before a row is inserted.
    BeforeInsert,
    /// After a row was inserted.
    AfterInsert,
    /// Before a row is updated.
    BeforeUpdate,
    /// After a row was updated.
    AfterUpdate,
    /// Before a row is deleted.
    BeforeDelete,
    /// After a row was deleted.
    AfterDelete,
}

impl TriggerMoment {
    /// In SQL, the same on every engine.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            TriggerMoment::BeforeInsert => "BEFORE INSERT",
            TriggerMoment::AfterInsert => "AFTER INSERT",
            TriggerMoment::BeforeUpdate => "BEFORE UPDATE",
            TriggerMoment::AfterUpdate => "AFTER UPDATE",
            TriggerMoment::BeforeDelete => "BEFORE DELETE",
            TriggerMoment::AfterDelete => "AFTER DELETE",
        }
    }
}

/// A trigger without a body yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let purge = trigger("purge", AfterDelete, "jobs").on(MySql, "DELETE FROM notes WHERE job = OLD.id");
/// # assert_eq!(purge.table, "jobs");
/// ```
#[must_use]
pub fn trigger(
    name: impl Into<String>,
    moment: TriggerMoment,
    table: impl Into<String>,
) -> Trigger {
    Trigger {
        name: name.into(),
        moment,
        table: table.into(),
        bodies: Vec::new(),
    }
}

impl Trigger {
    /// One body for all dialects that have none of their own: what stands behind `FOR EACH ROW`. MySQL, MariaDB and
    /// SQLite share `BEGIN .. END`; PostgreSQL has no body but a function.
    ///
    /// | engine | `trigger("t", BeforeDelete, "jobs").everywhere("BEGIN DELETE FROM log; END")` |
    /// |---|---|
    /// | PostgreSQL | what is given with `.on(Postgres, ..)` |
    /// | MySQL | `` CREATE TRIGGER `t` BEFORE DELETE ON `jobs` FOR EACH ROW BEGIN DELETE FROM log; END `` |
    /// | MariaDB | `` CREATE TRIGGER IF NOT EXISTS `t` BEFORE DELETE ON `jobs` FOR EACH ROW BEGIN DELETE FROM log; END `` |
    /// | SQLite | `CREATE TRIGGER IF NOT EXISTS "t" BEFORE DELETE ON "jobs" FOR EACH ROW BEGIN DELETE FROM log; END` |
    #[must_use]
    pub fn everywhere(mut self, body: impl Into<String>) -> Self {
        texts::set_everywhere(&mut self.bodies, &body.into());
        self
    }

    /// The body on one dialect.
    ///
    /// | engine | `trigger("t", BeforeDelete, "jobs").on(Postgres, "EXECUTE FUNCTION f()")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TRIGGER "t" BEFORE DELETE ON "jobs" FOR EACH ROW EXECUTE FUNCTION f()` |
    /// | MySQL | what is given with `.on(MySql, ..)`, or with `.everywhere(..)` |
    /// | MariaDB | as on MySQL |
    /// | SQLite | what is given with `.on(Sqlite, ..)`, or with `.everywhere(..)` |
    #[must_use]
    pub fn on(mut self, dialect: Dialect, body: impl Into<String>) -> Self {
        texts::set(&mut self.bodies, dialect, body.into());
        self
    }

    /// On this dialect there is no such trigger, on purpose.
    ///
    /// | engine | `trigger("t", BeforeDelete, "jobs").everywhere("BEGIN DELETE FROM log; END").nothing_on(Postgres)` |
    /// |---|---|
    /// | PostgreSQL | nothing |
    /// | MySQL | `` CREATE TRIGGER `t` BEFORE DELETE ON `jobs` FOR EACH ROW BEGIN DELETE FROM log; END `` |
    /// | MariaDB | `` CREATE TRIGGER IF NOT EXISTS `t` BEFORE DELETE ON `jobs` FOR EACH ROW BEGIN DELETE FROM log; END `` |
    /// | SQLite | `CREATE TRIGGER IF NOT EXISTS "t" BEFORE DELETE ON "jobs" FOR EACH ROW BEGIN DELETE FROM log; END` |
    #[must_use]
    pub fn nothing_on(self, dialect: Dialect) -> Self {
        self.on(dialect, "")
    }

    /// The body on `dialect`; none where its author has given none, empty where there is to be no such trigger.
    #[must_use]
    pub fn body_on(&self, dialect: Dialect) -> Option<&str> {
        texts::on(&self.bodies, dialect)
    }

    /// Whether there is such a trigger on `dialect`.
    pub(crate) fn is_on(&self, dialect: Dialect) -> bool {
        texts::does(&self.bodies, dialect)
    }
}

/// In the words of the DSL, a line for each body.
impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.moment.sql().to_ascii_lowercase();
        write!(f, "{}, {moment} on {}", self.name, self.table)?;
        texts::show(f, "on", &self.bodies)
    }
}
