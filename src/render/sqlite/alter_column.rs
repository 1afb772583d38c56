//! SQLite changes a column by rebuilding its table.

use super::{Rebuild, SELF, column};
use crate::catalog::Catalog;
use crate::dsl::{AlterColumn, Column, ColumnType, Expr, ExprTrait, Func, Operation, col};
use crate::render::RenderError;

/// The rebuild; none where nothing of the column is another on SQLite.
pub(super) fn alter_column(
    step: usize,
    it: &AlterColumn,
    before: &Catalog,
) -> Result<Option<Rebuild>, RenderError> {
    let (old, new) = it.columns(before).ok_or_else(|| {
        RenderError::Schema(format!(
            "there is no column {}.{}",
            it.table, it.change.column
        ))
    })?;
    if it.change.using.is_none() && column(&old)? == column(&new)? {
        return Ok(None);
    }
    let value = it.change.using.as_deref().cloned();
    let value = value.or_else(|| converted(&old, &new));
    let values = value.map(|value| (new.name.clone(), value));
    let operation = Operation::from(it.clone());
    Rebuild::by(step, &operation, before, values.into_iter().collect()).map(Some)
}

/// What turns the values of the column into those of its new type, where SQLite does not do so unasked: it keeps
/// what does not fit as it is.
fn converted(old: &Column, new: &Column) -> Option<Expr> {
    use ColumnType::{
        Array, BigInteger, Boolean, Bytes, Char, Date, DateTime, Decimal, Double, Enum, Inet,
        Integer, Interval, Json, Native, Real, SmallInteger, Text, Time, Timestamp, Uuid,
        Varbinary, Varchar,
    };
    let value = || col(old.name.clone());
    match (old.type_on(SELF), new.type_on(SELF)) {
        (Real | Double | Decimal { .. }, SmallInteger | Integer | BigInteger) => {
            Some(Func::round(value()).cast_as("INTEGER"))
        }
        (SmallInteger | Integer | BigInteger, Boolean) => Some(value().ne(0)),
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
