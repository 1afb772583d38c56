//! Where a column's values come from: constants, expressions, or a counter.

use super::names;
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
        DefaultValue::Literal(literal) => literal_fault(&column.column_type, literal)
            .or_else(|| width_fault(column, literal))
            .map(|fault| format!("default {fault}")),
    }
}

/// Why no column of that width holds `literal`. MySQL and MariaDB refuse such a default; PostgreSQL takes it, and
/// then refuses the rows.
pub(super) fn width_fault(column: &Column, literal: &Literal) -> Option<String> {
    Dialect::ALL.into_iter().find_map(|dialect| {
        let column_type = column.type_on(dialect);
        (!fits(dialect, column_type, literal)).then(|| {
            format!(
                "{literal} does not fit the type {column_type} on {}",
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
            | ColumnType::Enum { .. }
            | ColumnType::Array(_)
            | ColumnType::Native(_),
            _,
        ) => true,
    }
}

/// Why `literal` is no value of that type.
pub(super) fn literal_fault(column_type: &ColumnType, literal: &Literal) -> Option<String> {
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
        ColumnType::Enum { values, .. } => {
            matches!(literal, Literal::Text(text) if values.contains(text))
        }
        // `{}` to PostgreSQL, `[]` to the others.
        ColumnType::Array(_) => {
            return Some(format!(
                "{literal} is no one constant of an array: engines write it in different ways"
            ));
        }
        ColumnType::Native(_) => true,
    };
    if !fits {
        return Some(format!("{literal} is no value of the type {column_type}"));
    }
    match literal {
        Literal::Double(value) if !value.is_finite() => Some(format!("{literal} is not finite")),
        Literal::Text(value) if value.contains('\0') => {
            Some(format!("{literal} has a NUL character in it"))
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

/// Why texts of `column` could not be compared as it says.
pub(super) fn collation_fault(column: &Column) -> Option<String> {
    let unusable = column.collations.iter().find_map(|(dialect, collation)| {
        let is_plain = || {
            collation
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        let is_unusable = names::fault_of(collation).is_some()
            || match dialect {
                Dialect::MySql | Dialect::MariaDb => !is_plain(),
                Dialect::Postgres | Dialect::Sqlite => false,
            };
        is_unusable.then(|| {
            format!(
                "{collation:?} is no name of a collation on {}",
                dialect.product()
            )
        })
    });
    unusable.or_else(|| {
        let strange = Dialect::ALL.into_iter().find(|dialect| {
            let is_text = matches!(
                column.type_on(*dialect),
                ColumnType::Varchar { .. } | ColumnType::Char { .. } | ColumnType::Text
            );
            column.collation_on(*dialect).is_some() && !is_text
        })?;
        Some(format!(
            "only string, char and text have a collation, and on {} it is {}",
            strange.product(),
            column.type_on(strange)
        ))
    })
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, OperationError, tests::fold};
    use crate::dsl::*;

    fn create(columns: impl IntoIterator<Item = Column>) -> Result<Catalog, OperationError> {
        let table = table("t").columns(columns);
        fold([CreateTable { table }.into()])
    }

    #[test]
    fn what_numbers_the_rows_is_the_whole_key_and_an_integer() {
        let id = || big_integer("id").auto_increment();
        assert!(create([id().primary_key()]).is_ok());
        for bad in [
            vec![id(), text("a")],
            vec![id().primary_key(), integer("a").primary_key()],
            vec![id().primary_key(), integer("a").auto_increment()],
            vec![id().primary_key().default(1)],
            vec![id().primary_key().nullable()],
            vec![uuid("id").primary_key().auto_increment()],
            vec![id().primary_key().on(MySql, native_type("SERIAL"))],
        ] {
            assert!(create(bad.clone()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn it_comes_with_its_table() {
        let added = AddColumn {
            table: "t".into(),
            column: integer("id").auto_increment(),
        };
        let none = table("t").columns([text("a")]);
        let error = fold([CreateTable { table: none }.into(), added.into()]).unwrap_err();
        assert!(error.to_string().contains("made with its table"), "{error}");
    }

    #[test]
    fn the_name_of_its_sequence_is_taken_until_it_gets_another() {
        let numbered = table("t").columns([integer("id").primary_key().auto_increment()]);
        let other = |name: &str| {
            Operation::from(CreateTable {
                table: table(name).columns([text("a")]),
            })
        };
        let rename = RenameColumn {
            table: "t".into(),
            column: "id".into(),
            to: "n".into(),
        };
        let numbered = Operation::from(CreateTable { table: numbered });
        let taken = fold([numbered.clone(), other("t_id_seq")]);
        assert!(
            matches!(taken, Err(OperationError::NameCollision { .. })),
            "{taken:?}"
        );
        let renamed = || [numbered.clone(), rename.clone().into()];
        assert!(fold(renamed().into_iter().chain([other("t_id_seq")])).is_ok());
        assert!(fold(renamed().into_iter().chain([other("t_n_seq")])).is_err());
        let drop = DropTable { table: "t".into() };
        assert!(fold(renamed().into_iter().chain([drop.into(), other("t_n_seq")])).is_ok());
    }

    #[test]
    fn a_collation_is_a_name_and_of_texts() {
        let fits = |column: Column| create([column]).is_ok();
        assert!(fits(
            string("c")
                .collate_on(Postgres, "de-x-icu")
                .collate_on(MySql, "utf8mb4_bin")
        ));
        for bad in [
            integer("c").collate_on(Sqlite, "NOCASE"),
            string("c").collate_on(Postgres, ""),
            string("c").collate_on(Sqlite, "a\"b"),
            string("c").collate_on(MySql, "utf8mb4 bin"),
            text("c")
                .on(MySql, ColumnType::Json)
                .collate_on(MySql, "utf8mb4_bin"),
        ] {
            assert!(!fits(bad.clone()), "{bad}");
        }
    }

    #[test]
    fn defaults_of_the_rarer_types() {
        let fits = |column: Column| create([column]).is_ok();
        assert!(fits(inet("c").default("10.0.0.1")));
        assert!(fits(bytes("c").length(3).default("abc")));
        assert!(!fits(bytes("c").length(3).default("äb!")));
        assert!(!fits(inet("c").default("x".repeat(44))));
        assert!(!fits(array("c", ColumnType::Text).default("{}")));
    }

    #[test]
    fn arrays_are_of_plain_types() {
        let fits = |element| create([array("c", element)]).is_ok();
        assert!(fits(ColumnType::Uuid));
        assert!(!fits(ColumnType::Array(Box::new(ColumnType::Text))));
        assert!(!fits(native_type("TEXT")));
        assert!(!fits(ColumnType::Char { length: 300 }));
        assert!(create([bytes("c").length(0)]).is_err());
    }
}
