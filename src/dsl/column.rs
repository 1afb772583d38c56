//! Columns: a noun for each type, and their adjectives.

use std::fmt;

use sea_query::Expr;

use super::expression::Shown;
use super::{ColumnType, Literal};
use crate::dialect::Dialect;

/// A column of a table. NOT NULL unless [`nullable`](Self::nullable), as in Rust.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let column = string("cron_schedule").length(100).nullable();
/// assert_eq!(column.to_string(), "cron_schedule varchar(100), nullable");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// The name: 1 to 63 bytes.
    pub name: String,
    /// What it holds, where `overrides` says nothing else.
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What a row gets that does not name the column.
    pub default: Option<DefaultValue>,
    /// Whether it is, or is part of, the primary key that [`Table::columns`](super::Table::columns) makes.
    pub primary_key: bool,
    /// Other types for single dialects; the last for a dialect counts.
    pub overrides: Vec<(Dialect, ColumnType)>,
    /// What the builder was asked for and could not do. Builders never fail: the fold reports it.
    pub(crate) mistakes: Vec<String>,
}

/// What a row gets in a column that it does not name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// A constant.
    Literal(Literal),
    /// What the engine computes for each row.
    Expression(Expr),
}

impl Column {
    /// A column of any type; the nouns ([`uuid`], [`string`], ...) call this.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// assert_eq!(Column::new("id", ColumnType::Uuid), uuid("id"));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, column_type: ColumnType) -> Self {
        Column {
            name: name.into(),
            column_type,
            nullable: false,
            default: None,
            primary_key: false,
            overrides: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Lets the column be NULL.
    ///
    /// | engine | `timestamp("started_at").nullable()` |
    /// |---|---|
    /// | PostgreSQL | `"started_at" TIMESTAMPTZ` |
    /// | MySQL, MariaDB | `` `started_at` TIMESTAMP(6) NULL `` |
    /// | SQLite | `"started_at" TEXT` |
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Gives rows that do not name the column a constant.
    ///
    /// | engine | `boolean("recurring").default(false)` |
    /// |---|---|
    /// | PostgreSQL | `"recurring" BOOLEAN NOT NULL DEFAULT FALSE` |
    /// | MySQL, MariaDB | `` `recurring` BOOLEAN NOT NULL DEFAULT FALSE `` |
    /// | SQLite | `"recurring" BOOLEAN NOT NULL DEFAULT FALSE` |
    #[must_use]
    pub fn default(mut self, value: impl Into<Literal>) -> Self {
        self.default = Some(DefaultValue::Literal(value.into()));
        self
    }

    /// Gives rows that do not name the column what the engine computes.
    ///
    /// | engine | `timestamp("created_at").default_expression(now())` |
    /// |---|---|
    /// | PostgreSQL | `"created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP` |
    /// | MySQL, MariaDB | `` `created_at` TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) `` |
    /// | SQLite | `"created_at" TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP` |
    #[must_use]
    pub fn default_expression(mut self, expression: impl Into<Expr>) -> Self {
        self.default = Some(DefaultValue::Expression(expression.into()));
        self
    }

    /// Makes the column the primary key, or the next part of it where several columns of a table say so.
    ///
    /// | engine | `table("jobs").columns([uuid("id").primary_key()])` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TABLE "jobs" ("id" UUID NOT NULL, PRIMARY KEY ("id"))` |
    /// | MySQL, MariaDB | `` CREATE TABLE `jobs` (`id` CHAR(36) NOT NULL, PRIMARY KEY (`id`)) `` |
    /// | SQLite | `CREATE TABLE "jobs" ("id" TEXT NOT NULL, PRIMARY KEY ("id"))` |
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Bounds the number of characters of a [`string`], or sets that of a [`char()`]. On any other type it is
    /// a mistake, which the fold reports.
    ///
    /// | engine | `string("timezone").length(50)` |
    /// |---|---|
    /// | PostgreSQL | `"timezone" VARCHAR(50) NOT NULL` |
    /// | MySQL, MariaDB | `` `timezone` VARCHAR(50) NOT NULL `` |
    /// | SQLite | `"timezone" TEXT NOT NULL` |
    #[must_use]
    pub fn length(mut self, characters: u32) -> Self {
        match &mut self.column_type {
            ColumnType::Varchar { length } => *length = Some(characters),
            ColumnType::Char { length } => *length = characters,
            ColumnType::Uuid
            | ColumnType::Json
            | ColumnType::Timestamp
            | ColumnType::DateTime
            | ColumnType::Date
            | ColumnType::Time
            | ColumnType::Text
            | ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Decimal { .. }
            | ColumnType::Boolean
            | ColumnType::Bytes
            | ColumnType::Native(_) => self.mistakes.push(format!(
                "length({characters}) on the type {}: only string and char have a length",
                self.column_type
            )),
        }
        self
    }

    /// Gives the column another type on one dialect. What is said of MySQL holds for MariaDB too, unless
    /// MariaDB has its own.
    ///
    /// | engine | `string("status").on(MySql, varchar(50))` |
    /// |---|---|
    /// | PostgreSQL | `"status" VARCHAR NOT NULL` |
    /// | MySQL, MariaDB | `` `status` VARCHAR(50) NOT NULL `` |
    /// | SQLite | `"status" TEXT NOT NULL` |
    #[must_use]
    pub fn on(mut self, dialect: Dialect, column_type: ColumnType) -> Self {
        self.overrides.push((dialect, column_type));
        self
    }

    /// Whether rows that are there already have a value for it: NULL, or the default.
    pub(crate) fn fits_existing_rows(&self) -> bool {
        self.nullable || self.default.is_some()
    }

    /// The type on `dialect`, overrides applied.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let status = string("status").on(MySql, varchar(50));
    /// assert_eq!(status.type_on(MariaDb), &varchar(50));
    /// assert_eq!(status.type_on(Sqlite), &ColumnType::Varchar { length: None });
    /// ```
    #[must_use]
    pub fn type_on(&self, dialect: Dialect) -> &ColumnType {
        let on = |wanted| {
            self.overrides
                .iter()
                .rev()
                .find(|(dialect, _)| *dialect == wanted)
                .map(|(_, column_type)| column_type)
        };
        let inherited = match dialect {
            Dialect::MariaDb => on(Dialect::MySql),
            Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => None,
        };
        on(dialect).or(inherited).unwrap_or(&self.column_type)
    }
}

/// In the words of the DSL: `status string, on mysql varchar(50)`.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.column_type)?;
        for (dialect, column_type) in &self.overrides {
            write!(f, ", on {dialect} {column_type}")?;
        }
        if self.nullable {
            f.write_str(", nullable")?;
        }
        if self.primary_key {
            f.write_str(", primary key")?;
        }
        match &self.default {
            None => Ok(()),
            Some(DefaultValue::Literal(literal)) => write!(f, ", default {literal}"),
            Some(DefaultValue::Expression(expression)) => {
                write!(f, ", default expression {}", Shown(expression))
            }
        }
    }
}

/// Declares the noun of one column type, its documentation with the type on every engine.
macro_rules! noun {
    ($noun:ident, $column_type:expr, $what:literal, $postgres:literal, $mysql:literal, $sqlite:literal) => {
        #[doc = concat!($what, "\n\n| PostgreSQL | MySQL, MariaDB | SQLite |\n|---|---|---|\n| `", $postgres, "` | `", $mysql, "` | `", $sqlite, "` |")]
        #[must_use]
        pub fn $noun(name: impl Into<String>) -> Column {
            Column::new(name, $column_type)
        }
    };
}

noun!(
    uuid,
    ColumnType::Uuid,
    "A column of UUIDs.",
    "UUID",
    "CHAR(36)",
    "TEXT"
);
noun!(
    json,
    ColumnType::Json,
    "A column of JSON documents.",
    "JSONB",
    "JSON",
    "TEXT"
);
noun!(
    timestamp,
    ColumnType::Timestamp,
    "A column of moments, in microseconds. It ends at 2038-01-19 on MySQL and MariaDB.",
    "TIMESTAMPTZ",
    "TIMESTAMP(6)",
    "TEXT"
);
noun!(
    datetime,
    ColumnType::DateTime,
    "A column of dates with a time of day, without a time zone.",
    "TIMESTAMP",
    "DATETIME(6)",
    "TEXT"
);
noun!(
    date,
    ColumnType::Date,
    "A column of calendar dates.",
    "DATE",
    "DATE",
    "TEXT"
);
noun!(
    time,
    ColumnType::Time,
    "A column of times of day.",
    "TIME",
    "TIME(6)",
    "TEXT"
);
noun!(
    string,
    ColumnType::Varchar { length: None },
    "A column of short texts; [`Column::length`] bounds them.",
    "VARCHAR",
    "VARCHAR(255)",
    "TEXT"
);
noun!(
    text,
    ColumnType::Text,
    "A column of texts without a bound (65,535 bytes on MySQL and MariaDB).",
    "TEXT",
    "TEXT",
    "TEXT"
);
noun!(
    small_integer,
    ColumnType::SmallInteger,
    "A column of signed integers of 16 bits.",
    "SMALLINT",
    "SMALLINT",
    "INTEGER"
);
noun!(
    integer,
    ColumnType::Integer,
    "A column of signed integers of 32 bits.",
    "INTEGER",
    "INTEGER",
    "INTEGER"
);
noun!(
    big_integer,
    ColumnType::BigInteger,
    "A column of signed integers of 64 bits.",
    "BIGINT",
    "BIGINT",
    "INTEGER"
);
noun!(
    real,
    ColumnType::Real,
    "A column of floating-point numbers of 32 bits.",
    "REAL",
    "FLOAT",
    "REAL"
);
noun!(
    double,
    ColumnType::Double,
    "A column of floating-point numbers of 64 bits.",
    "DOUBLE PRECISION",
    "DOUBLE",
    "REAL"
);
noun!(
    boolean,
    ColumnType::Boolean,
    "A column of truth values.",
    "BOOLEAN",
    "BOOLEAN",
    "BOOLEAN"
);
noun!(
    bytes,
    ColumnType::Bytes,
    "A column of byte strings.",
    "BYTEA",
    "LONGBLOB",
    "BLOB"
);

/// A column of exact numbers, `precision` digits in all, `scale` of them after the point.
///
/// | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|
/// | `NUMERIC(10, 2)` | `DECIMAL(10, 2)` | `NUMERIC(10, 2)` |
#[must_use]
pub fn decimal(name: impl Into<String>, precision: u32, scale: u32) -> Column {
    Column::new(name, ColumnType::Decimal { precision, scale })
}

/// A column of texts of a fixed number of characters, padded with blanks.
///
/// | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|
/// | `CHAR(2)` | `CHAR(2)` | `TEXT` |
#[must_use]
pub fn char(name: impl Into<String>, length: u32) -> Column {
    Column::new(name, ColumnType::Char { length })
}
