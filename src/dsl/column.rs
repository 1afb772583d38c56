//! Columns, and their adjectives.

use std::fmt;

use sea_query::Expr;

use super::expression::Shown;
use super::lean;
use super::{ColumnType, Generated, Literal};
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
    /// Whether the engine numbers rows that do not name it.
    pub auto_increment: bool,
    /// What computes its value in every row; such a column is never written to.
    pub generated: Option<Generated>,
    /// Other types for single dialects; the last for a dialect counts.
    pub overrides: Vec<(Dialect, ColumnType)>,
    /// The collations that single dialects compare and sort its texts by; the last for a dialect counts.
    pub collations: Vec<(Dialect, String)>,
    /// What it is, for people who look at the database.
    pub comment: Option<String>,
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
    Expression(Box<Expr>),
}

impl Column {
    /// A column of any type; the nouns ([`uuid`](super::uuid), [`string`](super::string), ...) call this.
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
            auto_increment: false,
            generated: None,
            overrides: Vec::new(),
            collations: Vec::new(),
            comment: None,
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
        self.default = Some(DefaultValue::Expression(Box::new(expression.into())));
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

    /// Lets the engine number the rows: each that does not name the column gets the next number, and no number
    /// is given twice. The column must be the whole primary key of its table, and an integer.
    ///
    /// Rows may also bring their own numbers, for example where they are copied; PostgreSQL then has to be told
    /// where to go on, with `setval`.
    ///
    /// | engine | `table("jobs").columns([big_integer("id").primary_key().auto_increment()])` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TABLE "jobs" ("id" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY, PRIMARY KEY ("id"))` |
    /// | MySQL, MariaDB | `` CREATE TABLE `jobs` (`id` BIGINT NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) `` |
    /// | SQLite | `CREATE TABLE "jobs" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT)` |
    #[must_use]
    pub fn auto_increment(mut self) -> Self {
        self.auto_increment = true;
        self
    }

    /// Computes the value from the row's other columns whenever the row is written, and stores it.
    ///
    /// The expression may name columns of the same table that are not generated themselves, and nothing that
    /// changes from call to call.
    ///
    /// | engine | `integer("area").stored_as(col("width").mul(col("height")))` |
    /// |---|---|
    /// | PostgreSQL | `"area" INTEGER NOT NULL GENERATED ALWAYS AS ("width" * "height") STORED` |
    /// | MySQL | `` `area` INTEGER AS (`width` * `height`) STORED NOT NULL `` |
    /// | MariaDB | `` `area` INTEGER AS (`width` * `height`) STORED CHECK (`area` IS NOT NULL) `` |
    /// | SQLite | `"area" INTEGER NOT NULL GENERATED ALWAYS AS ("width" * "height") STORED` |
    #[must_use]
    pub fn stored_as(mut self, expression: impl Into<Expr>) -> Self {
        self.generated = Some(Generated::stored(expression));
        self
    }

    /// Computes the value from the row's other columns whenever it is read; otherwise as
    /// [`stored_as`](Self::stored_as). PostgreSQL before 18 can only store it, and is always told to.
    ///
    /// | engine | `integer("area").virtual_as(col("width").mul(col("height")))` |
    /// |---|---|
    /// | PostgreSQL | `"area" INTEGER NOT NULL GENERATED ALWAYS AS ("width" * "height") STORED` |
    /// | MySQL | `` `area` INTEGER AS (`width` * `height`) VIRTUAL NOT NULL `` |
    /// | MariaDB | `` `area` INTEGER AS (`width` * `height`) VIRTUAL CHECK (`area` IS NOT NULL) `` |
    /// | SQLite | `"area" INTEGER NOT NULL GENERATED ALWAYS AS ("width" * "height") VIRTUAL` |
    #[must_use]
    pub fn virtual_as(mut self, expression: impl Into<Expr>) -> Self {
        self.generated = Some(Generated::computed_when_read(expression));
        self
    }

    /// Bounds the number of characters of a [`string`](super::string) or that of bytes of [`bytes`](super::bytes),
    /// or sets the number of characters of a [`char()`](super::char). On any other type it is a mistake, which the
    /// fold reports.
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
            ColumnType::Char { length } | ColumnType::Varbinary { length } => *length = characters,
            ColumnType::Bytes => self.column_type = ColumnType::Varbinary { length: characters },
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
            | ColumnType::Inet
            | ColumnType::Interval
            | ColumnType::Enum { .. }
            | ColumnType::Array(_)
            | ColumnType::Native(_) => self.mistakes.push(format!(
                "length({characters}) on the type {}: only string, char and bytes have a length",
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
        lean::push(&mut self.overrides, (dialect, column_type));
        self
    }

    /// Lets one dialect compare and sort the column's texts by this collation, instead of the database's or, on
    /// MySQL and MariaDB, that of utf8mb4. What is said of MySQL holds for MariaDB too, unless MariaDB has its own.
    ///
    /// Collations have other names on every engine, and no two of them are quite the same, so each is named by
    /// itself. On MySQL and MariaDB the binary ones make some clients take texts for bytes.
    ///
    /// | engine | `string("code").collate_on(Postgres, "C").collate_on(MySql, "utf8mb4_bin").collate_on(Sqlite, "NOCASE")` |
    /// |---|---|
    /// | PostgreSQL | `"code" VARCHAR COLLATE "C" NOT NULL` |
    /// | MySQL, MariaDB | `` `code` VARCHAR(255) COLLATE `utf8mb4_bin` NOT NULL `` |
    /// | SQLite | `"code" TEXT COLLATE "NOCASE" NOT NULL` |
    #[must_use]
    pub fn collate_on(mut self, dialect: Dialect, collation: impl Into<String>) -> Self {
        lean::push(&mut self.collations, (dialect, collation.into()));
        self
    }

    /// Says what the column is, for people who look at the database. Up to 1,024 characters.
    ///
    /// | engine | `integer("priority").comment("1 comes first")` |
    /// |---|---|
    /// | PostgreSQL | `"priority" INTEGER NOT NULL`, and then `COMMENT ON COLUMN "jobs"."priority" IS '1 comes first'` |
    /// | MySQL, MariaDB | `` `priority` INTEGER NOT NULL COMMENT '1 comes first' `` |
    /// | SQLite | `"priority" INTEGER NOT NULL`: it has no comments |
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Whether rows that are there already have a value for it: NULL, the default, or what is computed.
    pub(crate) fn fits_existing_rows(&self) -> bool {
        self.nullable || self.default.is_some() || self.generated.is_some()
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
        said_of(dialect, &self.overrides).unwrap_or(&self.column_type)
    }

    /// The collation on `dialect`, where it has one of its own.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let code = string("code").collate_on(MySql, "utf8mb4_bin");
    /// assert_eq!(code.collation_on(MariaDb), Some("utf8mb4_bin"));
    /// assert_eq!(code.collation_on(Postgres), None);
    /// ```
    #[must_use]
    pub fn collation_on(&self, dialect: Dialect) -> Option<&str> {
        said_of(dialect, &self.collations).map(String::as_str)
    }
}

/// The last that is said of `dialect`. MariaDB takes what is said of MySQL, unless it has its own.
fn said_of<T>(dialect: Dialect, said: &[(Dialect, T)]) -> Option<&T> {
    let on = |wanted| {
        let mut latest = said.iter().rev();
        latest
            .find(|(dialect, _)| *dialect == wanted)
            .map(|(_, it)| it)
    };
    let inherited = match dialect {
        Dialect::MariaDb => on(Dialect::MySql),
        Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => None,
    };
    on(dialect).or(inherited)
}

/// In the words of the DSL: `status string, on mysql varchar(50)`.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        f.write_str(" ")?;
        self.column_type.fmt(f)?;
        for (dialect, column_type) in &self.overrides {
            write!(f, ", on {dialect} {column_type}")?;
        }
        for (dialect, collation) in &self.collations {
            write!(f, ", collated on {dialect} by {collation:?}")?;
        }
        if self.nullable {
            f.write_str(", nullable")?;
        }
        if self.primary_key {
            f.write_str(", primary key")?;
        }
        match &self.default {
            None => {}
            Some(DefaultValue::Literal(literal)) => {
                f.write_str(", default ")?;
                literal.fmt(f)?;
            }
            Some(DefaultValue::Expression(expression)) => {
                f.write_str(", default expression ")?;
                Shown(expression).fmt(f)?;
            }
        }
        if self.auto_increment {
            f.write_str(", auto increment")?;
        }
        if let Some(generated) = &self.generated {
            write!(f, ", {generated}")?;
        }
        match &self.comment {
            None => Ok(()),
            Some(comment) => write!(f, ", comment {comment:?}"),
        }
    }
}
