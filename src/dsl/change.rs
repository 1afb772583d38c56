//! What changes of a column that is there.

use std::fmt;

use sea_query::Expr;

use super::expression::Shown;
use super::{Column, ColumnType, DefaultValue, Literal};
use crate::dialect::Dialect;

/// What changes of one column: what [`alter_column`](super::Migration::alter_column) takes. What it does not name stays
/// as it is.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let change = alter("priority").set_type(ColumnType::BigInteger).set_nullable().drop_default();
/// assert_eq!(change.to_string(), "priority: type big_integer, nullable, no default");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ColumnChange {
    /// The name of the column.
    pub column: String,
    /// Its new type on all engines that `overrides` does not name; none where it stays.
    pub column_type: Option<ColumnType>,
    /// Other types for single dialects; the last for a dialect counts.
    pub overrides: Vec<(Dialect, ColumnType)>,
    /// What its values become, computed from the row as it was.
    pub using: Option<Box<Expr>>,
    /// Whether it may be NULL from now on; none where that stays.
    pub nullable: Option<bool>,
    /// What happens to its default; none where it stays.
    pub default: Option<DefaultChange>,
}

/// What happens to a column's default.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultChange {
    /// It becomes this one.
    Set(DefaultValue),
    /// It goes.
    Drop,
}

/// A change of the column of that name, which changes nothing yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let migration = Migration::new("012_big", "Many priorities")
///     .alter_column("jobs", alter("priority").set_type(ColumnType::BigInteger));
/// # assert_eq!(migration.operations.len(), 1);
/// ```
#[must_use]
pub fn alter(column: impl Into<String>) -> ColumnChange {
    ColumnChange {
        column: column.into(),
        column_type: None,
        overrides: Vec::new(),
        using: None,
        nullable: None,
        default: None,
    }
}

impl ColumnChange {
    /// Gives the column this type on all engines; types that it had for single dialects go, unless
    /// [`on`](Self::on) says them again.
    ///
    /// | engine | `alter("n").set_type(ColumnType::BigInteger)` on `jobs`, where `n` is `integer("n")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" TYPE BIGINT` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `n` BIGINT NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `n` BIGINT NOT NULL `` |
    /// | SQLite | nothing: all its integers have 64 bits |
    #[must_use]
    pub fn set_type(mut self, column_type: ColumnType) -> Self {
        self.column_type = Some(column_type);
        self
    }

    /// Gives the column another type on one dialect. What is said of MySQL holds for MariaDB too, unless
    /// MariaDB has its own.
    ///
    /// | engine | `alter("body").on(MySql, native_type("MEDIUMTEXT"))` on `jobs`, where `body` is `text("body")` |
    /// |---|---|
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `body` MEDIUMTEXT NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `body` MEDIUMTEXT NOT NULL `` |
    /// | PostgreSQL, SQLite | nothing |
    #[must_use]
    pub fn on(mut self, dialect: Dialect, column_type: ColumnType) -> Self {
        self.overrides.push((dialect, column_type));
        self
    }

    /// Says what the values become in the new type: an expression over the row as it was. MySQL and MariaDB have
    /// nothing like it.
    ///
    /// | engine | `alter("n").set_type(ColumnType::Integer).using(Func::char_length(col("n")))` on `jobs`, where `n` is `text("n")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" TYPE INTEGER USING CHAR_LENGTH("n")` |
    /// | MySQL, MariaDB | unsupported |
    /// | SQLite | `INSERT INTO .. SELECT LENGTH("n") ..` into the rebuilt table |
    #[must_use]
    pub fn using(mut self, expression: impl Into<Expr>) -> Self {
        self.using = Some(Box::new(expression.into()));
        self
    }

    /// Lets the column be NULL.
    ///
    /// | engine | `alter("n").set_nullable()` on `jobs`, where `n` is `integer("n")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" DROP NOT NULL` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `n` INTEGER `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `n` INTEGER `` |
    /// | SQLite | the table is rebuilt with `"n" INTEGER` |
    #[must_use]
    pub fn set_nullable(mut self) -> Self {
        self.nullable = Some(true);
        self
    }

    /// Lets the column be NULL no more. Where it is in some row, all engines refuse, and change nothing.
    ///
    /// | engine | `alter("n").set_not_null()` on `jobs`, where `n` is `integer("n").nullable()` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" SET NOT NULL` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `n` INTEGER NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `n` INTEGER NOT NULL `` |
    /// | SQLite | the table is rebuilt with `"n" INTEGER NOT NULL` |
    #[must_use]
    pub fn set_not_null(mut self) -> Self {
        self.nullable = Some(false);
        self
    }

    /// Gives rows that do not name the column a constant. Rows that are there stay as they are.
    ///
    /// | engine | `alter("n").set_default(3)` on `jobs`, where `n` is `integer("n")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" SET DEFAULT 3` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `n` INTEGER NOT NULL DEFAULT 3 `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `n` INTEGER NOT NULL DEFAULT 3 `` |
    /// | SQLite | the table is rebuilt with `"n" INTEGER NOT NULL DEFAULT 3` |
    #[must_use]
    pub fn set_default(mut self, value: impl Into<Literal>) -> Self {
        let value = DefaultValue::Literal(value.into());
        self.default = Some(DefaultChange::Set(value));
        self
    }

    /// Gives rows that do not name the column what the engine computes.
    ///
    /// | engine | `alter("at").set_default_expression(now())` on `jobs`, where `at` is `timestamp("at")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "at" SET DEFAULT CURRENT_TIMESTAMP` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `at` TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `at` TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) `` |
    /// | SQLite | the table is rebuilt with `"at" TEXT NOT NULL DEFAULT (CURRENT_TIMESTAMP)` |
    #[must_use]
    pub fn set_default_expression(mut self, expression: impl Into<Expr>) -> Self {
        let value = DefaultValue::Expression(Box::new(expression.into()));
        self.default = Some(DefaultChange::Set(value));
        self
    }

    /// Takes the default away. Rows that are there stay as they are.
    ///
    /// | engine | `alter("n").drop_default()` on `jobs`, where `n` is `integer("n").default(3)` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "n" DROP DEFAULT` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `n` INTEGER NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `n` INTEGER NOT NULL `` |
    /// | SQLite | the table is rebuilt with `"n" INTEGER NOT NULL` |
    #[must_use]
    pub fn drop_default(mut self) -> Self {
        self.default = Some(DefaultChange::Drop);
        self
    }

    /// The column as it is after the change.
    pub(crate) fn applied_to(&self, before: &Column) -> Column {
        let mut column = before.clone();
        if let Some(column_type) = &self.column_type {
            column.column_type.clone_from(column_type);
            column.overrides.clear();
        }
        for (dialect, _) in &self.overrides {
            column.overrides.retain(|(other, _)| other != dialect);
        }
        column.overrides.extend(self.overrides.iter().cloned());
        if let Some(nullable) = self.nullable {
            column.nullable = nullable;
        }
        match &self.default {
            None => {}
            Some(DefaultChange::Set(value)) => column.default = Some(value.clone()),
            Some(DefaultChange::Drop) => column.default = None,
        }
        column
    }

    /// The change that makes `after` of `before`, with nothing in it that is the same in both.
    pub(crate) fn between(before: &Column, after: &Column) -> ColumnChange {
        let mut change = alter(&before.name);
        if before.column_type != after.column_type || before.overrides != after.overrides {
            change.column_type = Some(after.column_type.clone());
            change.overrides.clone_from(&after.overrides);
        }
        if before.nullable != after.nullable {
            change.nullable = Some(after.nullable);
        }
        if before.default != after.default {
            change.default = Some(match &after.default {
                Some(value) => DefaultChange::Set(value.clone()),
                None => DefaultChange::Drop,
            });
        }
        change
    }
}

/// In the words of the DSL: `priority: type big_integer, nullable, no default`.
impl fmt::Display for ColumnChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.column_type.iter().map(|it| format!("type {it}")));
        parts.extend(
            self.overrides
                .iter()
                .map(|(dialect, it)| format!("on {dialect} {it}")),
        );
        parts.extend(self.using.iter().map(|it| format!("using {}", Shown(it))));
        parts.extend(self.nullable.map(|nullable| {
            let word = if nullable { "nullable" } else { "not null" };
            word.to_owned()
        }));
        parts.extend(self.default.iter().map(|it| match it {
            DefaultChange::Drop => "no default".to_owned(),
            DefaultChange::Set(DefaultValue::Literal(value)) => format!("default {value}"),
            DefaultChange::Set(DefaultValue::Expression(value)) => {
                format!("default expression {}", Shown(value))
            }
        }));
        write!(f, "{}: {}", self.column, parts.join(", "))
    }
}
