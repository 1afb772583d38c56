//! Where a column's values come from: constants, expressions, or a counter.

use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType, DefaultValue, Literal, expression};

/// Why a column could not have its default.
pub(super) fn default_fault(column: &Column) -> Option<String> {
    match column.default.as_ref()? {
        DefaultValue::Expression(expression) => {
            if !expression::columns(expression).is_empty() {
                return Some("a default can't name other columns".to_owned());
            }
            expression::fault(expression).map(str::to_owned)
        }
        DefaultValue::Literal(literal) => {
            literal_fault(&column.column_type, literal).or_else(|| width_fault(column, literal))
        }
    }
}

/// MySQL and MariaDB refuse a default that its column can't hold; PostgreSQL takes it, and then refuses the rows.
fn width_fault(column: &Column, literal: &Literal) -> Option<String> {
    Dialect::ALL.into_iter().find_map(|dialect| {
        let column_type = column.type_on(dialect);
        (!fits(dialect, column_type, literal)).then(|| {
            format!(
                "default {literal} does not fit the type {column_type} on {}",
                dialect.product()
            )
        })
    })
}

fn fits(dialect: Dialect, column_type: &ColumnType, literal: &Literal) -> bool {
    let characters = |most: u32| match literal {
        Literal::Text(text) => text.chars().count() <= most as usize,
        Literal::Boolean(_) | Literal::Integer(_) | Literal::Double(_) => true,
    };
    match (column_type, dialect) {
        (ColumnType::Varchar { length: None }, Dialect::MySql | Dialect::MariaDb) => {
            characters(255)
        }
        (
            ColumnType::Varchar {
                length: Some(length),
            }
            | ColumnType::Char { length },
            _,
        ) => characters(*length),
        (ColumnType::Varbinary { length }, _) => match literal {
            Literal::Text(text) => text.len() <= *length as usize,
            Literal::Boolean(_) | Literal::Integer(_) | Literal::Double(_) => true,
        },
        (ColumnType::Inet, _) => characters(43),
        (ColumnType::Decimal { precision, scale }, _) => {
            let above = 10_f64.powf(f64::from(precision.saturating_sub(*scale)));
            match literal {
                // Exact up to 2^53, and far from any power of ten beyond it.
                Literal::Integer(value) => (*value as f64).abs() < above,
                Literal::Double(value) => value.abs() < above,
                Literal::Boolean(_) | Literal::Text(_) => true,
            }
        }
        (ColumnType::Real, _) => match literal {
            Literal::Double(value) => value.abs() <= f64::from(f32::MAX),
            Literal::Boolean(_) | Literal::Integer(_) | Literal::Text(_) => true,
        },
        (
            ColumnType::Varchar { length: None }
            | ColumnType::Uuid
            | ColumnType::Json
            | ColumnType::Timestamp
            | ColumnType::DateTime
            | ColumnType::Date
            | ColumnType::Time
            | ColumnType::Text
            | ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Double
            | ColumnType::Boolean
            | ColumnType::Bytes
            | ColumnType::Interval
            | ColumnType::Array(_)
            | ColumnType::Native(_),
            _,
        ) => true,
    }
}

fn literal_fault(column_type: &ColumnType, literal: &Literal) -> Option<String> {
    let fits = match column_type {
        ColumnType::Boolean => matches!(literal, Literal::Boolean(_)),
        ColumnType::SmallInteger => integer_within(literal, i16::MIN.into()..=i16::MAX.into()),
        ColumnType::Integer => integer_within(literal, i32::MIN.into()..=i32::MAX.into()),
        ColumnType::BigInteger => matches!(literal, Literal::Integer(_)),
        ColumnType::Real | ColumnType::Double | ColumnType::Decimal { .. } => {
            matches!(literal, Literal::Integer(_) | Literal::Double(_))
        }
        ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet
        | ColumnType::Interval => matches!(literal, Literal::Text(_)),
        // `{}` to PostgreSQL, `[]` to the others.
        ColumnType::Array(_) => {
            return Some(
                "a default of an array is no one constant: engines write it in different ways"
                    .to_owned(),
            );
        }
        ColumnType::Native(_) => true,
    };
    if !fits {
        return Some(format!(
            "default {literal} is no value of the type {column_type}"
        ));
    }
    match literal {
        Literal::Double(value) if !value.is_finite() => {
            Some(format!("default {literal} is not finite"))
        }
        Literal::Text(value) if value.contains('\0') => {
            Some("the default has a NUL character in it".to_owned())
        }
        Literal::Boolean(_) | Literal::Integer(_) | Literal::Double(_) | Literal::Text(_) => None,
    }
}

fn integer_within(literal: &Literal, range: std::ops::RangeInclusive<i64>) -> bool {
    match literal {
        Literal::Integer(value) => range.contains(value),
        Literal::Boolean(_) | Literal::Double(_) | Literal::Text(_) => false,
    }
}

/// Why the engines could not number rows in `column`.
pub(super) fn auto_increment_fault(column: &Column) -> Option<String> {
    if !column.auto_increment {
        return None;
    }
    let strange = Dialect::ALL.into_iter().find(|dialect| {
        !matches!(
            column.type_on(*dialect),
            ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
        )
    });
    if let Some(dialect) = strange {
        return Some(format!(
            "only an integer, big_integer or small_integer numbers the rows, and on {} it is {}",
            dialect.product(),
            column.type_on(dialect)
        ));
    }
    column
        .default
        .is_some()
        .then(|| "a column that numbers the rows can't have a default".to_owned())
}
