//! Whether a column that is there is the one that a migration makes.
//!
//! Types are compared by family, never by text: `int(11)` is `int`, MariaDB's `longtext` is its JSON.

use super::{LiveColumn, Source};
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType, DefaultValue, Literal};
use crate::render::in_utc;

/// What differs, as a clause; none where the column that is there will do.
pub(crate) fn column_difference(
    dialect: Dialect,
    expected: &Column,
    live: &LiveColumn,
) -> Option<String> {
    let expected_type = expected.type_on(dialect);
    if !is_of_type(dialect, expected_type, &live.type_name) {
        return Some(format!(
            "it is {}, and should be {}",
            live.type_name,
            dialect.type_name(expected_type)
        ));
    }
    if let Some(difference) =
        source_difference(expected, live).or_else(|| collation_difference(dialect, expected, live))
    {
        return Some(difference);
    }
    if expected.nullable != live.nullable && !is_checked_instead(dialect, expected) {
        let word = |nullable| if nullable { "nullable" } else { "NOT NULL" };
        return Some(format!(
            "it is {}, and should be {}",
            word(live.nullable),
            word(expected.nullable)
        ));
    }
    if expected.generated.is_some() || expected.auto_increment {
        return None;
    }
    default_difference(dialect, expected, live)
}

/// Where values come from. When they are computed only concerns speed, and what is computed only the engine
/// could compare.
fn source_difference(expected: &Column, live: &LiveColumn) -> Option<String> {
    let wanted = match (&expected.generated, expected.auto_increment) {
        (Some(_), _) => Source::Expression,
        (None, true) => Source::Counter,
        (None, false) => Source::Rows,
    };
    // A default that asks a sequence, which is how PostgreSQL numbered rows before it had a word for it.
    let is_serial = || {
        live.default
            .as_ref()
            .is_some_and(|it| it.starts_with("nextval("))
    };
    let mut found = live.source;
    if (wanted, found) == (Source::Counter, Source::Rows) && is_serial() {
        found = Source::Counter;
    }
    let words = |source| match source {
        Source::Rows => "is written with its row",
        Source::Counter => "numbers the rows",
        Source::Expression => "is generated",
    };
    (wanted != found).then(|| {
        format!(
            "it {}, and should be one that {}",
            words(found),
            words(wanted)
        )
    })
}

/// Texts that are equal to one collation are not to another. The database's own may be any; no pragma of SQLite
/// tells.
fn collation_difference(dialect: Dialect, expected: &Column, live: &LiveColumn) -> Option<String> {
    let wanted = expected.collation_on(dialect)?;
    let found = live.collation.as_ref()?;
    (!found.eq_ignore_ascii_case(wanted))
        .then(|| format!("it is collated by {found}, and should be by {wanted}"))
}

/// MariaDB has no NOT NULL for what is computed: a check stands for it.
fn is_checked_instead(dialect: Dialect, expected: &Column) -> bool {
    match dialect {
        Dialect::MariaDb => expected.generated.is_some(),
        Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => false,
    }
}

fn default_difference(dialect: Dialect, expected: &Column, live: &LiveColumn) -> Option<String> {
    match (&expected.default, &live.default) {
        (None, None) => None,
        (None, Some(live)) => Some(format!("it has the default {live}, and should have none")),
        (Some(_), None) => Some("it has no default, and should have one".to_owned()),
        // Only the engine could compare what it computes: it counts that there is something.
        (Some(DefaultValue::Expression(_)), Some(_)) => None,
        (Some(DefaultValue::Literal(literal)), Some(live)) => {
            if literal_is(dialect, literal, live)
                || is_moment(expected.type_on(dialect)) && moment_is(dialect, literal, live)
            {
                return None;
            }
            Some(format!(
                "it has the default {live}, and should have {literal}"
            ))
        }
    }
}

/// Whether the catalog's text of a default means `literal`.
fn literal_is(dialect: Dialect, literal: &Literal, live: &str) -> bool {
    let text = unquoted(dialect, live);
    match literal {
        Literal::Boolean(value) => {
            let is_true = text.eq_ignore_ascii_case("true") || text == "1";
            let is_false = text.eq_ignore_ascii_case("false") || text == "0";
            if *value { is_true } else { is_false }
        }
        Literal::Integer(value) => text.parse() == Ok(*value) || is_number(&text, *value as f64),
        Literal::Double(value) => is_number(&text, *value),
        Literal::Text(value) => match dialect {
            // A text is shown as it is, but for that of an unbounded type, which is an expression.
            Dialect::MySql => {
                live == marked(value, 1)
                    || expression_text(live).is_some_and(|it| it == *value || it == in_bytes(value))
            }
            // One mark in a text of a bounded type, and four in one of an unbounded type.
            Dialect::MariaDb => text == marked(value, 1) || text == marked(value, 4),
            Dialect::Postgres | Dialect::Sqlite => text == *value,
        },
    }
}

/// A text as the catalogs of MySQL and MariaDB show it: with so many question marks for each character of four bytes, which the
/// column itself has right.
fn marked(text: &str, marks: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.len_utf8() == 4 {
            shown.extend(std::iter::repeat_n('?', marks));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A text as MySQL's catalog shows it within an expression: each of its bytes as a character of Latin 1.
fn in_bytes(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn is_moment(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Timestamp | ColumnType::DateTime | ColumnType::Time
    )
}

/// MySQL and MariaDB write all six digits of the fraction.
fn moment_is(dialect: Dialect, literal: &Literal, live: &str) -> bool {
    let Literal::Text(value) = literal else {
        return false;
    };
    let mut text = unquoted(dialect, live);
    let mut value = value.clone();
    if let (Dialect::Postgres, Some(local)) = (dialect, text.strip_suffix("+00")) {
        // Read in UTC, and written with its offset.
        text = local.to_owned();
        value = in_utc(&value).trim_end_matches("+00").replacen('T', " ", 1);
    }
    let rest = text.strip_prefix(value.as_str());
    rest.is_some_and(|rest| rest.trim_start_matches('.').trim_matches('0').is_empty())
}

fn is_number(text: &str, value: f64) -> bool {
    text.parse::<f64>().is_ok_and(|number| number == value)
}

/// The text without the cast, the parentheses and the quotes that the catalog puts round it.
fn unquoted(dialect: Dialect, live: &str) -> String {
    let mut text = live.trim();
    if dialect == Dialect::Postgres
        && let Some((value, cast)) = text.rsplit_once("::")
        && !cast.contains('\'')
    {
        text = value.trim();
    }
    while let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        text = inner.trim();
    }
    match text.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
        // MariaDB shows a text as it must be written.
        Some(inner) if dialect == Dialect::MariaDb => unescaped(inner),
        Some(inner) => inner.replace("''", "'"),
        None => text.to_owned(),
    }
}

/// The text that an expression of MySQL is, which its catalog shows as a text in turn: `_utf8mb4\'it\\\'s\'`.
fn expression_text(live: &str) -> Option<String> {
    let expression = unescaped(live);
    let (charset, rest) = expression.split_once('\'')?;
    let is_text = charset.starts_with('_');
    is_text.then(|| rest.strip_suffix('\'').map(unescaped))?
}

/// What stands between the quotes of a text, as MySQL and MariaDB write it, without its escapes.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('Z') => '\u{1a}',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            '\'' => {
                characters.next_if_eq(&'\'');
                '\''
            }
            other => other,
        });
    }
    plain
}

fn is_of_type(dialect: Dialect, expected: &ColumnType, live: &str) -> bool {
    // What an author wrote for one engine is compared by that engine alone, in `verify`.
    if matches!(expected, ColumnType::Native(_)) {
        return true;
    }
    match dialect {
        Dialect::Postgres => is_postgres(expected, live),
        Dialect::MySql | Dialect::MariaDb => is_mysql(expected, &without_width(live)),
        Dialect::Sqlite => affinity(&dialect.type_name(expected)) == affinity(live),
    }
}

/// In the words of `format_type`.
fn is_postgres(expected: &ColumnType, live: &str) -> bool {
    match expected {
        ColumnType::Uuid => live == "uuid",
        ColumnType::Json => live == "jsonb",
        ColumnType::Timestamp => live == "timestamp with time zone",
        ColumnType::DateTime => live == "timestamp without time zone",
        ColumnType::Date => live == "date",
        ColumnType::Time => live == "time without time zone",
        // The two differ in name alone.
        ColumnType::Text | ColumnType::Varchar { length: None } => {
            live == "text" || live == "character varying"
        }
        ColumnType::Varchar {
            length: Some(length),
        } => live == format!("character varying({length})"),
        ColumnType::Char { length } => live == format!("character({length})"),
        ColumnType::SmallInteger => live == "smallint",
        ColumnType::Integer => live == "integer",
        ColumnType::BigInteger => live == "bigint",
        ColumnType::Real => live == "real",
        ColumnType::Double => live == "double precision",
        ColumnType::Decimal { precision, scale } => live == format!("numeric({precision},{scale})"),
        ColumnType::Boolean => live == "boolean",
        ColumnType::Bytes | ColumnType::Varbinary { .. } => live == "bytea",
        ColumnType::Inet => live == "inet",
        ColumnType::Interval => live == "interval",
        ColumnType::Enum { name, .. } => live.trim_matches('"') == name,
        ColumnType::Array(element) => live
            .strip_suffix("[]")
            .is_some_and(|live| is_postgres(element, live)),
        ColumnType::Native(_) => true,
    }
}

/// In the words of `COLUMN_TYPE`.
fn is_mysql(expected: &ColumnType, live: &str) -> bool {
    match expected {
        ColumnType::Uuid => live == "char(36)",
        // MariaDB keeps JSON as text with a check.
        ColumnType::Json | ColumnType::Array(_) => live == "json" || live == "longtext",
        ColumnType::Timestamp => live == "timestamp(6)",
        ColumnType::DateTime => live == "datetime(6)",
        ColumnType::Date => live == "date",
        ColumnType::Time => live == "time(6)",
        ColumnType::Varchar { length } => live == format!("varchar({})", length.unwrap_or(255)),
        ColumnType::Char { length } => live == format!("char({length})"),
        // A roomier one holds all that it must.
        ColumnType::Text => matches!(live, "text" | "mediumtext" | "longtext"),
        ColumnType::SmallInteger => live == "smallint",
        ColumnType::Integer => live == "int",
        ColumnType::BigInteger => live == "bigint",
        ColumnType::Real => live == "float",
        ColumnType::Double => live == "double",
        ColumnType::Decimal { precision, scale } => live == format!("decimal({precision},{scale})"),
        ColumnType::Boolean => live == "tinyint(1)",
        ColumnType::Bytes => live == "longblob",
        ColumnType::Varbinary { .. } | ColumnType::Inet => {
            live == Dialect::MySql.type_name(expected).to_ascii_lowercase()
        }
        // Its values are asked for by themselves: they come and go.
        ColumnType::Enum { .. } => live.starts_with("enum("),
        // Nothing stands for it.
        ColumnType::Interval => false,
        ColumnType::Native(_) => true,
    }
}

/// `int(11)` as `int`: the width is of its display. `tinyint(1)` keeps it, since that is BOOLEAN.
fn without_width(live: &str) -> String {
    let live = live.to_ascii_lowercase();
    for integer in ["smallint", "bigint", "int"] {
        if let Some(rest) = live.strip_prefix(integer)
            && let Some((_, rest)) = rest.strip_prefix('(').and_then(|it| it.split_once(')'))
        {
            return format!("{integer}{rest}");
        }
    }
    live
}

/// The rules of <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>.
fn affinity(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["INT"]) {
        "INTEGER"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if declared.is_empty() || has(&["BLOB"]) {
        "BLOB"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "NUMERIC"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::{big_integer, boolean, col, datetime, integer, json, string, text};

    fn live(type_name: &str, nullable: bool, default: Option<&str>) -> LiveColumn {
        LiveColumn {
            name: "c".to_owned(),
            type_name: type_name.to_owned(),
            nullable,
            default: default.map(str::to_owned),
            source: Source::Rows,
            collation: None,
            comment: None,
            details: String::new(),
        }
    }

    #[test]
    fn the_same_shape_in_the_words_of_each_engine() {
        for (dialect, expected, found) in [
            (
                Dialect::Postgres,
                integer("c").default(2),
                live("integer", false, Some("2")),
            ),
            (
                Dialect::Postgres,
                integer("c").default(-1),
                live("integer", false, Some("'-1'::integer")),
            ),
            (
                Dialect::Postgres,
                string("c").default("it's"),
                live("text", false, Some("'it''s'::character varying")),
            ),
            (
                Dialect::MySql,
                integer("c").default(2),
                live("int", false, Some("2")),
            ),
            (
                Dialect::MariaDb,
                integer("c").default(2),
                live("int(11)", false, Some("2")),
            ),
            (
                Dialect::MariaDb,
                json("c").nullable(),
                live("longtext", true, None),
            ),
            (
                Dialect::MariaDb,
                string("c").default("x"),
                live("varchar(255)", false, Some("'x'")),
            ),
            // As the servers showed them.
            (
                Dialect::MySql,
                text("c").default("it's"),
                live("longtext", false, Some(r"_utf8mb4\'it\\\'s\'")),
            ),
            (
                Dialect::MySql,
                text("c").default("back\\slash\\"),
                live("longtext", false, Some(r"_utf8mb4\'back\\\\slash\\\\\'")),
            ),
            (
                Dialect::MySql,
                text("c").default("two\nlines\t\u{1a}"),
                live(
                    "longtext",
                    false,
                    Some("_utf8mb4\\'two\\\\nlines\t\\\\Z\\'"),
                ),
            ),
            (
                Dialect::MySql,
                string("c").default("größer 🦀"),
                live("varchar(255)", false, Some("größer ?")),
            ),
            (
                Dialect::MySql,
                text("c").default("ö🦀'"),
                live(
                    "longtext",
                    false,
                    Some("_utf8mb4\\'Ã¶ð\u{9f}¦\u{80}\\\\\\'\\'"),
                ),
            ),
            (
                Dialect::MariaDb,
                string("c").default("größer 🦀"),
                live("varchar(255)", false, Some("'größer ?'")),
            ),
            (
                Dialect::MariaDb,
                text("c").default("größer 🦀"),
                live("longtext", false, Some("'größer ????'")),
            ),
            (
                Dialect::MySql,
                string("c").default("('it''s')"),
                live("varchar(255)", false, Some("('it''s')")),
            ),
            (
                Dialect::MariaDb,
                text("c").default("it's"),
                live("longtext", false, Some(r"'it\'s'")),
            ),
            (
                Dialect::MariaDb,
                string("c").default("it's"),
                live("varchar(255)", false, Some("'it''s'")),
            ),
            (
                Dialect::MariaDb,
                text("c").default("two\nlines\t\u{1a}"),
                live("longtext", false, Some("'two\\nlines\t\\Z'")),
            ),
            (
                Dialect::MariaDb,
                text("c").default("back\\slash\\"),
                live("longtext", false, Some(r"'back\\slash\\'")),
            ),
            (
                Dialect::MySql,
                boolean("c").default(false),
                live("tinyint(1)", false, Some("0")),
            ),
            (
                Dialect::MySql,
                datetime("c").default("2020-01-01 00:00:00.5"),
                live("datetime(6)", false, Some("2020-01-01 00:00:00.500000")),
            ),
            (
                Dialect::Sqlite,
                boolean("c").default(false),
                live("BOOLEAN", false, Some("FALSE")),
            ),
            (
                Dialect::Sqlite,
                integer("c").default(2),
                live("BIGINT", false, Some("2")),
            ),
        ] {
            assert_eq!(
                column_difference(dialect, &expected, &found),
                None,
                "{dialect} {expected}"
            );
        }
    }

    #[test]
    fn what_gives_a_column_its_values_must_be_the_same() {
        let with = |source, default: Option<&str>| LiveColumn {
            source,
            ..live("bigint", false, default)
        };
        let numbered = big_integer("c").auto_increment();
        let computed = big_integer("c").stored_as(col("a"));
        let difference = |expected: &Column, found: &LiveColumn| {
            column_difference(Dialect::Postgres, expected, found)
        };
        assert_eq!(difference(&numbered, &with(Source::Counter, None)), None);
        let serial = with(Source::Rows, Some("nextval('t_c_seq'::regclass)"));
        assert_eq!(difference(&numbered, &serial), None);
        assert_eq!(
            difference(&computed, &with(Source::Expression, Some("a"))),
            None
        );
        for (expected, found) in [
            (&numbered, with(Source::Rows, None)),
            (&computed, with(Source::Rows, None)),
            (&big_integer("c"), with(Source::Counter, None)),
            (&big_integer("c"), with(Source::Expression, Some("a"))),
        ] {
            let words = difference(expected, &found).unwrap();
            assert!(words.contains("should be one that"), "{words}");
        }
        // MariaDB has no NOT NULL for it.
        let unnamed = LiveColumn {
            nullable: true,
            ..with(Source::Expression, None)
        };
        assert_eq!(
            column_difference(Dialect::MariaDb, &computed, &unnamed),
            None
        );
        assert!(column_difference(Dialect::MySql, &computed, &unnamed).is_some());
    }

    #[test]
    fn texts_are_compared_by_the_collation_that_was_asked_for() {
        let collated = |name: &str| LiveColumn {
            collation: Some(name.to_owned()),
            ..live("varchar(255)", false, None)
        };
        let expected = string("c").collate_on(Dialect::MySql, "utf8mb4_bin");
        let difference = |found: &LiveColumn| column_difference(Dialect::MariaDb, &expected, found);
        assert_eq!(difference(&collated("utf8mb4_bin")), None);
        assert_eq!(
            difference(&collated("latin1_swedish_ci")).as_deref(),
            Some("it is collated by latin1_swedish_ci, and should be by utf8mb4_bin")
        );
        let any = string("c");
        assert_eq!(
            column_difference(Dialect::MariaDb, &any, &collated("utf8mb4_bin")),
            None
        );
    }

    #[test]
    fn another_shape_is_told_with_both() {
        for (dialect, expected, found, words) in [
            (
                Dialect::Postgres,
                integer("c"),
                live("bigint", false, None),
                "it is bigint, and should be INTEGER",
            ),
            (
                Dialect::Postgres,
                text("c"),
                live("text", true, None),
                "it is nullable, and should be NOT NULL",
            ),
            (
                Dialect::MySql,
                integer("c").default(2),
                live("int", false, Some("3")),
                "it has the default 3, and should have 2",
            ),
            (
                Dialect::MySql,
                integer("c").default(2),
                live("int", false, None),
                "it has no default, and should have one",
            ),
            (
                Dialect::MySql,
                integer("c"),
                live("int unsigned", false, None),
                "it is int unsigned, and should be INTEGER",
            ),
            (
                Dialect::Sqlite,
                integer("c"),
                live("TEXT", false, None),
                "it is TEXT, and should be INTEGER",
            ),
        ] {
            assert_eq!(
                column_difference(dialect, &expected, &found).as_deref(),
                Some(words)
            );
        }
    }
}
