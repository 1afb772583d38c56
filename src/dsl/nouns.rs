//! The nouns: a function for each type of column.

use super::{Column, ColumnType};

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
    "A column of byte strings; [`Column::length`] bounds them.",
    "BYTEA",
    "LONGBLOB",
    "BLOB"
);

noun!(
    inet,
    ColumnType::Inet,
    "A column of IP addresses, of version 4 or 6, with or without a prefix length. Only PostgreSQL knows what \
     they are; the others keep their text.",
    "INET",
    "VARCHAR(43)",
    "TEXT"
);

/// A column of lengths of time: months, days and microseconds apart, as PostgreSQL has them.
///
/// The others have no such type, and nothing that means the same: there it is refused, unless
/// [`Column::on`] says what stands for it, for example microseconds.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let grace = interval("grace")
///     .on(MySql, ColumnType::BigInteger)
///     .on(Sqlite, ColumnType::BigInteger);
/// # assert_eq!(grace.type_on(MariaDb), &ColumnType::BigInteger);
/// ```
///
/// | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|
/// | `INTERVAL` | refused | refused |
#[must_use]
pub fn interval(name: impl Into<String>) -> Column {
    Column::new(name, ColumnType::Interval)
}

/// A column that holds one of the values of an enum, which
/// [`create_enum`](super::Migration::create_enum) has made before.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let status = enumerated("status", "job_status").default("Pending");
/// assert_eq!(status.to_string(), r#"status enum(job_status), default "Pending""#);
/// ```
///
/// | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|
/// | `"job_status"` | `ENUM('Pending', 'Done')` | `TEXT`, with `CHECK ("status" IN ('Pending', 'Done'))` |
#[must_use]
pub fn enumerated(name: impl Into<String>, enum_name: impl Into<String>) -> Column {
    let column_type = ColumnType::Enum {
        name: enum_name.into(),
        values: Vec::new(),
    };
    Column::new(name, column_type)
}

/// A column of lists, each element of this type. Only PostgreSQL has arrays; the others keep a JSON array, as
/// [`json`] does, and check nothing of what is in it.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let tags = array("tags", ColumnType::Text);
/// assert_eq!(tags.to_string(), "tags array(text)");
/// ```
///
/// | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|
/// | `TEXT[]` | `JSON` | `TEXT` |
#[must_use]
pub fn array(name: impl Into<String>, element: ColumnType) -> Column {
    Column::new(name, ColumnType::Array(Box::new(element)))
}

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
