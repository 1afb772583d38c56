//! A change of rows in batches, by the primary key of their table: the SQL of each batch.
//!
//! A key is never compared here. The server says which the last key of a batch is, and gets it back as a constant of the
//! key's own type and collation.

use std::fmt;
use std::time::Duration;

use super::rows::{changing_rows, find, setting};
use super::{RenderError, Statement, expression::expression};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Backfill, ColumnType, Table};

/// The keys of one batch, where nothing is said.
const KEYS: u32 = 1000;

/// What is run batch by batch, each in a transaction of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batches {
    /// The name of the table.
    pub table: String,
    /// How many keys a batch has.
    pub keys: u32,
    /// How long a run rests after each batch.
    pub pause: Duration,
    dialect: Dialect,
    /// The columns of the primary key, quoted, and what they hold.
    key: Vec<(String, Kind)>,
    /// UPDATE as far as its values.
    setting: String,
    predicate: Option<String>,
}

/// What a column of a key holds, so far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What is written without quotes: MySQL and MariaDB compare a number with a text as floating-point numbers, which
    /// large ones do not survive.
    Number,
    /// What has no character set, and is the same text in all.
    Moment,
    /// All else.
    Text,
}

/// Where a batch ends: the values of the primary key's columns, in a form that every engine's catalog can keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The number, as it is written.
    Number(String),
    /// The text's UTF-8 in hexadecimal.
    Text(String),
    /// The bytes in hexadecimal.
    Bytes(String),
}

/// The statement that stands for all batches, with what the runner needs to make them.
pub(super) fn backfill(
    dialect: Dialect,
    step: usize,
    backfill: &Backfill,
    before: &Catalog,
) -> Result<Statement, RenderError> {
    let table = find(&backfill.table, before)?;
    let rows = &backfill.rows;
    let predicate = rows
        .predicate
        .as_ref()
        .map(|it| expression(dialect, it))
        .transpose()?;
    let batches = Batches {
        table: table.name.clone(),
        keys: rows.batch.unwrap_or(KEYS),
        pause: rows.pause.unwrap_or_default(),
        dialect,
        key: key_of(dialect, table),
        setting: setting(dialect, table, rows)?,
        predicate,
    };
    let whole = match &batches.predicate {
        Some(predicate) => format!("{}\nWHERE {predicate}", batches.setting),
        None => batches.setting.clone(),
    };
    let columns: Vec<&str> = batches.key.iter().map(|(name, _)| name.as_str()).collect();
    let note = format!(
        "run as batches of {} keys, each a transaction of its own, which add: ({}) is above the last key before, and \
         not above the last key of the batch",
        batches.keys,
        columns.join(", ")
    );
    Ok(Statement {
        notes: vec![note],
        transactional: false,
        batches: Some(Box::new(batches)),
        ..changing_rows(step, whole, &backfill.clone().into())
    })
}

fn key_of(dialect: Dialect, table: &Table) -> Vec<(String, Kind)> {
    let columns = table.primary_key.iter();
    columns
        .map(|name| {
            let column_type = table.column_named(name).map(|it| &it.column_type);
            (dialect.quote(name), column_type.map_or(Kind::Text, kind_of))
        })
        .collect()
}

fn kind_of(column_type: &ColumnType) -> Kind {
    match column_type {
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Decimal { .. }
        | ColumnType::Boolean => Kind::Number,
        ColumnType::Timestamp | ColumnType::DateTime | ColumnType::Date | ColumnType::Time => {
            Kind::Moment
        }
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Array(_)
        | ColumnType::Enum { .. }
        | ColumnType::Native(_) => Kind::Text,
    }
}

impl Batches {
    /// Asks for the last key of the batch after `after`, and how many keys it has: one row, or none where there is
    /// no key any more.
    pub(crate) fn next(&self, after: Option<&Cursor>) -> String {
        let table = self.dialect.quote(&self.table);
        let names: Vec<&str> = self.key.iter().map(|(name, _)| name.as_str()).collect();
        let columns = names.join(", ");
        let condition = match after {
            Some(after) => format!(" WHERE {}", self.compared(after, '>')),
            None => String::new(),
        };
        let values: Vec<String> = self
            .key
            .iter()
            .map(|(name, kind)| read(self.dialect, name, *kind))
            .collect();
        format!(
            "WITH hammerwork_batch AS (SELECT {columns} FROM {table}{condition} ORDER BY {columns} LIMIT {}) \
             SELECT (SELECT count(*) FROM hammerwork_batch), {} FROM hammerwork_batch ORDER BY {} DESC LIMIT 1",
            self.keys,
            values.join(", "),
            names.join(" DESC, ")
        )
    }

    /// Changes the rows of one batch.
    pub(crate) fn statement(&self, after: Option<&Cursor>, to: &Cursor) -> String {
        let after = after.map(|it| self.compared(it, '>'));
        let predicate = self.predicate.as_ref().map(|it| format!("({it})"));
        let conditions: Vec<String> = after
            .into_iter()
            .chain([self.compared(to, '<')])
            .chain(predicate)
            .collect();
        format!("{}\nWHERE {}", self.setting, conditions.join(" AND "))
    }

    /// Above the cursor, or not above it. Every engine finds its way in the key's index by the first part.
    fn compared(&self, cursor: &Cursor, sign: char) -> String {
        let last = if sign == '>' { ">" } else { "<=" };
        let parts = self.key.iter().zip(&cursor.0).rev();
        parts.fold(String::new(), |rest, ((name, _), part)| {
            let value = part.literal(self.dialect);
            if rest.is_empty() {
                format!("{name} {last} {value}")
            } else {
                format!("{name} {sign}= {value} AND ({name} {sign} {value} OR ({rest}))")
            }
        })
    }
}

/// SQL that gives a key's value as the text of a [`Part`].
fn read(dialect: Dialect, name: &str, kind: Kind) -> String {
    match (dialect, kind) {
        (Dialect::Postgres, _) => {
            format!("'t' || pg_catalog.encode(pg_catalog.convert_to({name}::text, 'UTF8'), 'hex')")
        }
        (Dialect::MySql | Dialect::MariaDb, Kind::Number) => {
            format!("CONCAT('n', CAST({name} AS CHAR))")
        }
        (Dialect::MySql | Dialect::MariaDb, Kind::Moment) => {
            format!("CONCAT('t', HEX(CAST({name} AS CHAR)))")
        }
        // A native type may hold bytes where others hold text.
        (Dialect::MySql | Dialect::MariaDb, Kind::Text) => format!(
            "IF(CHARSET({name}) = 'binary', CONCAT('b', HEX({name})), \
             CONCAT('t', HEX(CONVERT({name} USING utf8mb4))))"
        ),
        // A column may hold what is not of its type.
        (Dialect::Sqlite, _) => format!(
            "CASE typeof({name}) WHEN 'text' THEN 't' || hex({name}) WHEN 'blob' THEN 'b' || hex({name}) \
             ELSE 'n' || quote({name}) END"
        ),
    }
}

impl Cursor {
    /// Reads the values that [`Batches::next`] has asked for, or a cursor's own text; none where they are nothing that
    /// can be written into SQL.
    pub(crate) fn read<'v>(values: impl IntoIterator<Item = &'v str>) -> Option<Self> {
        let parts: Vec<Part> = values.into_iter().map(Part::read).collect::<Option<_>>()?;
        (!parts.is_empty()).then_some(Cursor(parts))
    }
}

/// The parts with commas between them.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            match part {
                Part::Number(number) => write!(f, "{comma}n{number}")?,
                Part::Text(hex) => write!(f, "{comma}t{hex}")?,
                Part::Bytes(hex) => write!(f, "{comma}b{hex}")?,
            }
        }
        Ok(())
    }
}

impl Part {
    /// Who can write the journal must not thereby write SQL: only digits get through.
    fn read(text: &str) -> Option<Part> {
        let mut characters = text.chars();
        let tag = characters.next()?;
        let rest = characters.as_str();
        let is_hex = rest.len().is_multiple_of(2) && rest.bytes().all(|it| it.is_ascii_hexdigit());
        let is_number = rest.bytes().any(|it| it.is_ascii_digit())
            && rest.bytes().enumerate().all(|(position, it)| {
                it.is_ascii_digit() || it == b'.' || (it == b'-' && position == 0)
            });
        let rest = rest.to_owned();
        if tag == 'n' && is_number {
            Some(Part::Number(rest))
        } else if tag == 't' && is_hex {
            Some(Part::Text(rest))
        } else if tag == 'b' && is_hex {
            Some(Part::Bytes(rest))
        } else {
            None
        }
    }

    fn literal(&self, dialect: Dialect) -> String {
        match (self, dialect) {
            (Part::Number(number), _) => number.clone(),
            (Part::Text(hex), Dialect::Postgres) => dialect.quote_text(&text_of(hex)),
            (Part::Text(hex), Dialect::MySql | Dialect::MariaDb) => format!("_utf8mb4 x'{hex}'"),
            // Texts with NUL in them have no other form.
            (Part::Text(hex), Dialect::Sqlite) => format!("CAST(x'{hex}' AS TEXT)"),
            (Part::Bytes(hex), Dialect::Postgres) => dialect.quote_text(&format!("\\x{hex}")),
            (Part::Bytes(hex), Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
                format!("x'{hex}'")
            }
        }
    }
}

fn text_of(hex: &str) -> String {
    let pairs = hex.as_bytes().chunks(2);
    let bytes: Vec<u8> = pairs
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::*;

    fn batches(dialect: Dialect) -> Batches {
        let seats = table("seats").columns([
            string("room").length(20).primary_key(),
            integer("seat").primary_key(),
            boolean("vip").nullable(),
        ]);
        let mut before = Catalog::default();
        Operation::from(CreateTable { table: seats })
            .apply(&mut before)
            .unwrap();
        let fill = Backfill {
            table: "seats".into(),
            rows: rows()
                .set("vip", true)
                .only_where(col("vip").is_null().or(col("seat").lt(9))),
        };
        *backfill(dialect, 1, &fill, &before)
            .unwrap()
            .batches
            .unwrap()
    }

    #[test]
    fn a_batch_is_between_two_keys() {
        let at = |text: &str| Cursor::read(text.split(',')).unwrap();
        let (one, two) = (at("t69742773,n7"), at("t7a,n-1"));
        assert_eq!(
            batches(Postgres).statement(Some(&one), &two),
            "UPDATE \"seats\" SET \"vip\" = TRUE\n\
             WHERE \"room\" >= 'it''s' AND (\"room\" > 'it''s' OR (\"seat\" > 7)) \
             AND \"room\" <= 'z' AND (\"room\" < 'z' OR (\"seat\" <= -1)) \
             AND (\"vip\" IS NULL OR \"seat\" < 9)"
        );
        assert_eq!(
            batches(MySql).statement(None, &two),
            "UPDATE `seats` SET `vip` = TRUE\n\
             WHERE `room` <= _utf8mb4 x'7a' AND (`room` < _utf8mb4 x'7a' OR (`seat` <= -1)) \
             AND (`vip` IS NULL OR `seat` < 9)"
        );
        assert_eq!(two.to_string(), "t7a,n-1");
    }

    #[test]
    fn nothing_but_digits_comes_out_of_a_cursor() {
        for bad in [
            "", "n", "n1;", "n1-1", "t0", "tzz", "x00", "n1 OR 1", "-1", "n'1'",
        ] {
            assert_eq!(Cursor::read([bad]), None, "{bad}");
        }
        assert_eq!(Cursor::read([]), None);
    }
}
