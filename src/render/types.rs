//! Types that an engine has not, and that nothing could stand for.

use super::RenderError;
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType};

/// Refuses a column of a type that only PostgreSQL has.
pub(super) fn check_type(dialect: Dialect, column: &Column) -> Result<(), RenderError> {
    if *column.type_on(dialect) == ColumnType::Interval {
        return Err(RenderError::unsupported(
            dialect,
            format!("column {}, which is an interval", column.name),
            format!(
                "say what stands for it, for example microseconds: .on({dialect:?}, ColumnType::BigInteger)"
            ),
        ));
    }
    Ok(())
}
