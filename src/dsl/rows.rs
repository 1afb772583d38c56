//! Rows: those that are inserted, and those that are changed, with what they are given.

use std::fmt;
use std::time::Duration;

use sea_query::{Expr, Keyword, Value};

use super::Literal;
use super::expression::Shown;

/// One new row: a value for each column that it names. What [`insert`](super::Migration::insert) takes.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// Columns and their values.
    pub values: Vec<(String, Expr)>,
}

/// A new row without values yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let mail = row().set("name", "mail").set("weight", 3).set("note", null());
/// assert_eq!(mail.to_string(), r#""name" = 'mail', "weight" = 3, "note" = NULL"#);
/// ```
#[must_use]
pub fn row() -> Row {
    Row::default()
}

/// No value, where one is asked for: `NULL`.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let forget = rows().set("note", null());
/// # assert_eq!(forget.changes.len(), 1);
/// ```
#[must_use]
pub fn null() -> Expr {
    Expr::Keyword(Keyword::Null)
}

impl Row {
    /// Gives a column its value: a constant of Rust, [`now`](super::now), or an expression that names no column.
    ///
    /// | engine | `.insert("queues", [row().set("name", "mail").set("made_at", now())])` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `INSERT INTO "queues" ("name", "made_at") VALUES ('mail', CURRENT_TIMESTAMP)` |
    /// | MySQL, MariaDB | `` INSERT INTO `queues` (`name`, `made_at`) VALUES ('mail', CURRENT_TIMESTAMP(6)) `` |
    #[must_use]
    pub fn set(mut self, column: impl Into<String>, value: impl Into<Expr>) -> Self {
        self.values.push((column.into(), value.into()));
        self
    }

    pub(crate) fn value(&self, column: &str) -> Option<&Expr> {
        let found = self.values.iter().find(|(name, _)| name == column);
        found.map(|(_, value)| value)
    }
}

/// Rows of a table, all of them unless [`only_where`](Self::only_where) says which, and what they are given. What
/// [`update`](super::Migration::update), [`delete`](super::Migration::delete) and
/// [`backfill`](super::Migration::backfill) take.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Rows {
    /// Columns and what they become, in the order in which it is said.
    pub changes: Vec<(String, Expr)>,
    /// Which rows; all where there is none.
    pub predicate: Option<Expr>,
    /// How many keys of a backfill are one transaction; 1000 where nothing is said.
    pub batch: Option<u32>,
    /// How long a backfill rests after each batch.
    pub pause: Option<Duration>,
}

/// All rows of a table.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let urgent = rows().set("priority", 3).only_where(col("status").eq("Late"));
/// # assert_eq!(urgent.changes.len(), 1);
/// ```
#[must_use]
pub fn rows() -> Rows {
    Rows::default()
}

impl Rows {
    /// Gives a column of each row a new value: a constant of Rust, or an expression, which sees the row as it was
    /// before.
    ///
    /// | engine | `.update("jobs", rows().set("priority", col("priority").add(1)))` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `UPDATE "jobs" SET "priority" = "priority" + 1` |
    /// | MySQL, MariaDB | `` UPDATE `jobs` SET `priority` = `priority` + 1 `` |
    #[must_use]
    pub fn set(mut self, column: impl Into<String>, value: impl Into<Expr>) -> Self {
        self.changes.push((column.into(), value.into()));
        self
    }

    /// Leaves out the rows for which this is not true. Said twice, both must be.
    ///
    /// | engine | `.delete("jobs", rows().only_where(col("status").eq("Dead")))` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DELETE FROM "jobs" WHERE "status" = 'Dead'` |
    /// | MySQL, MariaDB | `` DELETE FROM `jobs` WHERE `status` = 'Dead' `` |
    #[must_use]
    pub fn only_where(mut self, predicate: impl Into<Expr>) -> Self {
        use sea_query::ExprTrait as _;

        let predicate = predicate.into();
        self.predicate = Some(match self.predicate {
            Some(other) => other.and(predicate),
            None => predicate,
        });
        self
    }
}

impl Rows {
    /// Makes so many keys of a backfill one transaction.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let some = rows().set("search", Func::lower(col("title"))).in_batches(500);
    /// assert_eq!(some.batch, Some(500));
    /// ```
    #[must_use]
    pub fn in_batches(mut self, keys: u32) -> Self {
        self.batch = Some(keys);
        self
    }

    /// Lets a backfill rest after each batch, so that others get their turn.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let gently = rows().set("priority", 2).pausing(Duration::from_millis(50));
    /// # assert!(gently.pause.is_some());
    /// ```
    #[must_use]
    pub fn pausing(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }
}

/// What a value is, so far as it is known before an engine sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constant {
    Null,
    Literal(Literal),
    Bytes(Vec<u8>),
}

/// The constant that `value` is; none where it is computed.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enums may grow: what is not known is left to it"
)]
pub(crate) fn constant(value: &Expr) -> Option<Constant> {
    let literal = |literal: Literal| Some(Constant::Literal(literal));
    let value = match value {
        Expr::Keyword(Keyword::Null) => return Some(Constant::Null),
        Expr::Value(value) | Expr::Constant(value) => value,
        _ => return None,
    };
    match value {
        Value::Bool(Some(it)) => literal((*it).into()),
        Value::TinyInt(Some(it)) => literal(i64::from(*it).into()),
        Value::SmallInt(Some(it)) => literal((*it).into()),
        Value::Int(Some(it)) => literal((*it).into()),
        Value::BigInt(Some(it)) => literal((*it).into()),
        Value::TinyUnsigned(Some(it)) => literal(i64::from(*it).into()),
        Value::SmallUnsigned(Some(it)) => literal(i64::from(*it).into()),
        Value::Unsigned(Some(it)) => literal(i64::from(*it).into()),
        Value::BigUnsigned(Some(it)) => i64::try_from(*it).ok().and_then(|it| literal(it.into())),
        Value::Float(Some(it)) => literal((*it).into()),
        Value::Double(Some(it)) => literal((*it).into()),
        Value::String(Some(it)) => literal(it.as_str().into()),
        Value::Char(Some(it)) => literal(it.to_string().into()),
        Value::Bytes(Some(it)) => Some(Constant::Bytes(it.clone())),
        Value::Bool(None)
        | Value::TinyInt(None)
        | Value::SmallInt(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::TinyUnsigned(None)
        | Value::SmallUnsigned(None)
        | Value::Unsigned(None)
        | Value::BigUnsigned(None)
        | Value::Float(None)
        | Value::Double(None)
        | Value::String(None)
        | Value::Char(None)
        | Value::Bytes(None) => Some(Constant::Null),
        _ => None,
    }
}

/// A column and its value, in which no text passes for another column or line.
struct Given<'a>(&'a str, &'a Expr);

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Shown(self.1).to_string().replace('\n', "\n    ");
        write!(f, "{} = {value}", Shown(&Expr::col(self.0.to_owned())))
    }
}

/// Its values, in their order.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (column, value)) in self.values.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{}", Given(column, value))?;
        }
        Ok(())
    }
}

/// A line for each part.
impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (column, value) in &self.changes {
            write!(f, "\n  set {}", Given(column, value))?;
        }
        if let Some(predicate) = &self.predicate {
            let text = Shown(predicate).to_string().replace('\n', "\n    ");
            write!(f, "\n  only where {text}")?;
        }
        if let Some(batch) = self.batch {
            write!(f, "\n  in batches of {batch}")?;
        }
        if let Some(pause) = self.pause {
            write!(f, "\n  pausing {pause:?}")?;
        }
        Ok(())
    }
}
