//! PostgreSQL changes a column in one `ALTER TABLE`, which says of values what their engine would not guess.

use super::{SELF, default_of, type_name};
use crate::catalog::Catalog;
use crate::dsl::{AlterColumn, Column, ColumnType};
use crate::render::RenderError;
use crate::render::expression::expression;

/// The statement; none where nothing of the column is another on PostgreSQL.
pub(super) fn alter_column(
    it: &AlterColumn,
    before: &Catalog,
) -> Result<Option<String>, RenderError> {
    let (old, new) = it.columns(before).ok_or_else(|| {
        RenderError::Schema(format!(
            "there is no column {}.{}",
            it.table, it.change.column
        ))
    })?;
    // What the new column could not be anywhere, it can't become.
    super::column(&new)?;
    let name = SELF.quote(&new.name);
    let mut actions = Vec::new();
    let retyped = type_name(old.type_on(SELF)) != type_name(new.type_on(SELF));
    let redefaulted = old.default != new.default;
    let given = it.change.using.as_ref();
    if retyped || given.is_some() {
        // A default is not cast with the values.
        if old.default.is_some() {
            actions.push("DROP DEFAULT".to_owned());
        }
        let using = match given {
            Some(using) => Some(expression(SELF, using)?),
            None => converted(&name, &old, &new),
        };
        let using = using.map_or_else(String::new, |using| format!(" USING {using}"));
        actions.push(format!("TYPE {}{using}", type_name(new.type_on(SELF))));
    } else if redefaulted && new.default.is_none() {
        actions.push("DROP DEFAULT".to_owned());
    }
    if old.nullable != new.nullable {
        let verb = if new.nullable { "DROP" } else { "SET" };
        actions.push(format!("{verb} NOT NULL"));
    }
    if let Some(default) = &new.default
        && (redefaulted || retyped || given.is_some())
    {
        actions.push(format!("SET DEFAULT {}", default_of(&new, default)?));
    }
    if actions.is_empty() {
        return Ok(None);
    }
    let separator = format!(",\n    ALTER COLUMN {name} ");
    Ok(Some(format!(
        "ALTER TABLE {}\n    ALTER COLUMN {name} {}",
        SELF.quote(&it.table),
        actions.join(&separator)
    )))
}

/// What turns the values of the column into those of its new type, where PostgreSQL does not do so unasked.
///
/// To a text of bounded length there must be no cast: it would cut what is too long, where an assignment refuses it.
fn converted(name: &str, old: &Column, new: &Column) -> Option<String> {
    use ColumnType::{
        Array, BigInteger, Boolean, Bytes, Char, Date, DateTime, Decimal, Double, Enum, Inet,
        Integer, Interval, Json, Native, Real, SmallInteger, Text, Time, Timestamp, Uuid,
        Varbinary, Varchar,
    };
    let to = type_name(new.type_on(SELF));
    match (old.type_on(SELF), new.type_on(SELF)) {
        // Moments of UTC, whatever time zone the session has.
        (Timestamp, DateTime) | (DateTime, Timestamp) => Some(format!("{name} AT TIME ZONE 'UTC'")),
        (SmallInteger | Integer | BigInteger, Boolean) => Some(format!("{name} <> 0")),
        (Boolean, Integer) => Some(format!("{name}::INTEGER")),
        (Boolean, SmallInteger | BigInteger) => Some(format!("{name}::INTEGER::{to}")),
        (
            Varchar { .. } | Text | Char { .. },
            SmallInteger
            | Integer
            | BigInteger
            | Real
            | Double
            | Decimal { .. }
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp,
        ) => Some(format!("{name}::{to}")),
        (Varchar { .. } | Text, Enum { .. }) => Some(format!("{name}::{to}")),
        (Enum { .. }, Enum { .. }) => Some(format!("{name}::TEXT::{to}")),
        // What is left PostgreSQL assigns unasked, or the fold has asked for `using`.
        (
            Varchar { .. }
            | Text
            | Char { .. }
            | SmallInteger
            | Integer
            | BigInteger
            | Real
            | Double
            | Decimal { .. }
            | Boolean
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp
            | Bytes
            | Varbinary { .. }
            | Inet
            | Interval
            | Array(_)
            | Enum { .. }
            | Native(_),
            Varchar { .. }
            | Text
            | Char { .. }
            | SmallInteger
            | Integer
            | BigInteger
            | Real
            | Double
            | Decimal { .. }
            | Boolean
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp
            | Bytes
            | Varbinary { .. }
            | Inet
            | Interval
            | Array(_)
            | Enum { .. }
            | Native(_),
        ) => None,
    }
}
