//! The types of columns, each one word for four engines.

use std::fmt;

/// What a column holds. [`Dialect::type_name`](crate::Dialect::type_name) spells it for each engine.
///
/// | noun | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | [`Uuid`](Self::Uuid) | `UUID` | `CHAR(36)` | `TEXT` |
/// | [`Json`](Self::Json) | `JSONB` | `JSON` | `TEXT` |
/// | [`Timestamp`](Self::Timestamp) | `TIMESTAMPTZ` | `TIMESTAMP(6)` | `TEXT` |
/// | [`DateTime`](Self::DateTime) | `TIMESTAMP` | `DATETIME(6)` | `TEXT` |
/// | [`Date`](Self::Date) | `DATE` | `DATE` | `TEXT` |
/// | [`Time`](Self::Time) | `TIME` | `TIME(6)` | `TEXT` |
/// | [`Varchar`](Self::Varchar), no length | `VARCHAR` | `VARCHAR(255)` | `TEXT` |
/// | [`Varchar`](Self::Varchar), length n | `VARCHAR(n)` | `VARCHAR(n)` | `TEXT` |
/// | [`Char`](Self::Char) | `CHAR(n)` | `CHAR(n)` | `TEXT` |
/// | [`Text`](Self::Text) | `TEXT` | `TEXT` | `TEXT` |
/// | [`SmallInteger`](Self::SmallInteger) | `SMALLINT` | `SMALLINT` | `INTEGER` |
/// | [`Integer`](Self::Integer) | `INTEGER` | `INTEGER` | `INTEGER` |
/// | [`BigInteger`](Self::BigInteger) | `BIGINT` | `BIGINT` | `INTEGER` |
/// | [`Real`](Self::Real) | `REAL` | `FLOAT` | `REAL` |
/// | [`Double`](Self::Double) | `DOUBLE PRECISION` | `DOUBLE` | `REAL` |
/// | [`Decimal`](Self::Decimal) | `NUMERIC(p, s)` | `DECIMAL(p, s)` | `NUMERIC(p, s)` |
/// | [`Boolean`](Self::Boolean) | `BOOLEAN` | `BOOLEAN` | `BOOLEAN` |
/// | [`Bytes`](Self::Bytes) | `BYTEA` | `LONGBLOB` | `BLOB` |
/// | [`Varbinary`](Self::Varbinary) | `BYTEA` | `VARBINARY(n)` | `BLOB` |
/// | [`Inet`](Self::Inet) | `INET` | `VARCHAR(43)` | `TEXT` |
/// | [`Interval`](Self::Interval) | `INTERVAL` | refused | refused |
/// | [`Enum`](Self::Enum) | the type itself | `ENUM('a', 'b')` | `TEXT`, with a CHECK |
/// | [`Array`](Self::Array) | `TEXT[]`, for example | `JSON` | `TEXT` |
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// A UUID. On MySQL and MariaDB its 36 characters, which the queue's clients decode.
    Uuid,
    /// A JSON document.
    Json,
    /// A moment, in microseconds, independent of any time zone. MySQL and MariaDB end at 2038-01-19.
    Timestamp,
    /// A date and a time of day, in microseconds, without a time zone.
    DateTime,
    /// A calendar date.
    Date,
    /// A time of day, in microseconds, without a time zone.
    Time,
    /// Text, of at most so many characters. Without a length: unbounded on PostgreSQL, 255 on MySQL and MariaDB.
    Varchar {
        /// The most characters that fit.
        length: Option<u32>,
    },
    /// Text of a fixed number of characters, padded with blanks.
    Char {
        /// The number of characters.
        length: u32,
    },
    /// Text without a bound. On MySQL and MariaDB at most 65,535 bytes.
    Text,
    /// A signed integer of 16 bits.
    SmallInteger,
    /// A signed integer of 32 bits.
    Integer,
    /// A signed integer of 64 bits.
    BigInteger,
    /// A floating-point number of 32 bits.
    Real,
    /// A floating-point number of 64 bits.
    Double,
    /// An exact number. SQLite computes with it in floating point.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// True or false.
    Boolean,
    /// Bytes without a bound.
    Bytes,
    /// At most so many bytes. PostgreSQL and SQLite have no such bound, and hold to none.
    Varbinary {
        /// The most bytes that fit.
        length: u32,
    },
    /// An IP address, with or without a prefix length. Text where the engine has no such type.
    Inet,
    /// A length of time: months, days and microseconds apart. Refused where the engine has no such type.
    Interval,
    /// One of the values of an enum that [`create_enum`](super::Migration::create_enum) made.
    Enum {
        /// The name of the enum.
        name: String,
        /// Its values, which the catalog fills in.
        values: Vec<String>,
    },
    /// A list, its elements of this type. A JSON array where the engine has no such type.
    Array(Box<ColumnType>),
    /// A type in one engine's own words, for [`Column::on`](super::Column::on).
    Native(String),
}

/// The type `VARCHAR(length)`, for [`Column::on`](super::Column::on).
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let status = string("status").on(MySql, varchar(50));
/// assert_eq!(status.to_string(), "status string, on mysql varchar(50)");
/// ```
#[must_use]
pub fn varchar(length: u32) -> ColumnType {
    ColumnType::Varchar {
        length: Some(length),
    }
}

/// A type in one engine's own words, for [`Column::on`](super::Column::on). It is written as it stands.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let body = text("body").on(MySql, native_type("MEDIUMTEXT"));
/// assert_eq!(body.to_string(), "body text, on mysql native_type(MEDIUMTEXT)");
/// ```
#[must_use]
pub fn native_type(sql: impl Into<String>) -> ColumnType {
    ColumnType::Native(sql.into())
}

/// The noun, as the DSL has it: this is what error messages and checksums show.
impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnType::Uuid => f.write_str("uuid"),
            ColumnType::Json => f.write_str("json"),
            ColumnType::Timestamp => f.write_str("timestamp"),
            ColumnType::DateTime => f.write_str("datetime"),
            ColumnType::Date => f.write_str("date"),
            ColumnType::Time => f.write_str("time"),
            ColumnType::Varchar { length: None } => f.write_str("string"),
            ColumnType::Varchar {
                length: Some(length),
            } => write!(f, "varchar({length})"),
            ColumnType::Char { length } => write!(f, "char({length})"),
            ColumnType::Text => f.write_str("text"),
            ColumnType::SmallInteger => f.write_str("small_integer"),
            ColumnType::Integer => f.write_str("integer"),
            ColumnType::BigInteger => f.write_str("big_integer"),
            ColumnType::Real => f.write_str("real"),
            ColumnType::Double => f.write_str("double"),
            ColumnType::Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            ColumnType::Boolean => f.write_str("boolean"),
            ColumnType::Bytes => f.write_str("bytes"),
            ColumnType::Varbinary { length } => write!(f, "bytes({length})"),
            ColumnType::Inet => f.write_str("inet"),
            ColumnType::Interval => f.write_str("interval"),
            // Its values are the enum's own, and change with it.
            ColumnType::Enum { name, .. } => write!(f, "enum({name})"),
            ColumnType::Array(element) => write!(f, "array({element})"),
            ColumnType::Native(sql) => write!(f, "native_type({sql})"),
        }
    }
}
