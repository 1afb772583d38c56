//! Values for rows: each of its number, and of the type of its column.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

/// A value that the column takes on this dialect, if one is known.
pub(crate) fn value_of(
    dialect: Dialect,
    column: &Column,
    catalog: &Catalog,
    number: usize,
) -> Option<Expr> {
    let whole = i32::try_from(number).ok()?;
    // Where the types differ, what one engine takes for a value is a fault of the column to the fold.
    if column.type_on(dialect) != &column.column_type {
        return None;
    }
    Some(match &column.column_type {
        ColumnType::Boolean => Expr::val(number.is_multiple_of(20)),
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double => Expr::val(whole),
        ColumnType::Decimal { precision, scale } if holds_numbers(*precision, *scale) => {
            Expr::val(whole)
        }
        ColumnType::Decimal { .. } => Expr::val(0),
        ColumnType::Uuid => Expr::val(format!("00000000-0000-4000-8000-{number:012x}")),
        ColumnType::Timestamp | ColumnType::DateTime => Expr::val("2024-02-29 12:34:56.789"),
        ColumnType::Date => Expr::val("2024-02-29"),
        ColumnType::Time => Expr::val("12:34:56"),
        ColumnType::Json => Expr::val(format!(r#"{{"it's": [{number}, "\\", "ä"]}}"#)),
        ColumnType::Text | ColumnType::Varchar { length: None } => Expr::val(hostile(number)),
        ColumnType::Varchar {
            length: Some(length),
        }
        | ColumnType::Char { length } => Expr::val(match length {
            0..4 => (number % 10).to_string(),
            4..20 => number.to_string(),
            20.. => hostile(number),
        }),
        ColumnType::Bytes => Expr::val(vec![0_u8, 39, 92, 255]),
        ColumnType::Varbinary { .. } => Expr::val(vec![39_u8]),
        ColumnType::Enum { name, .. } => {
            let values = catalog.enum_values(name).unwrap_or_default();
            Expr::val(values.first()?.as_str())
        }
        _ => return None,
    })
}

/// Whether values of different numbers differ.
pub(crate) fn is_told_apart(dialect: Dialect, column: &Column) -> bool {
    if column.auto_increment {
        return true;
    }
    if column.generated.is_some() || column.type_on(dialect) != &column.column_type {
        return false;
    }
    match column.column_type {
        ColumnType::Varchar { length: Some(it) } | ColumnType::Char { length: it } => it >= 4,
        ColumnType::Decimal { precision, scale } => holds_numbers(precision, scale),
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Uuid
        | ColumnType::Text
        | ColumnType::Varchar { length: None } => true,
        _ => false,
    }
}

/// Whether a decimal number of such digits can be one of the numbers of a history.
fn holds_numbers(precision: u32, scale: u32) -> bool {
    precision >= scale + 4
}

/// Ends what comes after it, were it not quoted.
fn hostile(number: usize) -> String {
    format!("{number}' \"`\\ -- ä$1?")
}
