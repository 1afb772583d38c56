//! The types of columns: with their collations, and those that an engine has not.

use super::RenderError;
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType};

/// The type on `dialect`, and how its texts are compared.
pub(super) fn collated_type(dialect: Dialect, column: &Column) -> String {
    collated(
        dialect,
        column.type_on(dialect),
        column.collation_on(dialect),
    )
}

/// A type with a collation of its own, or without.
pub(super) fn collated(
    dialect: Dialect,
    column_type: &ColumnType,
    collation: Option<&str>,
) -> String {
    let column_type = dialect.type_name(column_type);
    match collation {
        Some(collation) => format!("{column_type} COLLATE {}", dialect.quote(collation)),
        None => column_type,
    }
}

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
