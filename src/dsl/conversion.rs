//! What becomes of values when their column gets another type.

use super::ColumnType;

/// How values of one type become values of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Conversion {
    /// The types are the same.
    None,
    /// A value either comes back as it was, or is refused on the way.
    Exact,
    /// Digits, blanks or a way of writing may be lost.
    Lossy,
    /// The engines do not agree on what it would be.
    Unclear,
}

/// What becomes of values of the type `from` in a column of the type `to`, on any engine.
pub(crate) fn conversion(from: &ColumnType, to: &ColumnType) -> Conversion {
    use ColumnType::{
        Array, BigInteger, Boolean, Bytes, Char, Date, DateTime, Decimal, Double, Enum, Inet,
        Integer, Interval, Json, Native, Real, SmallInteger, Text, Time, Timestamp, Uuid,
        Varbinary, Varchar,
    };
    if from == to {
        return Conversion::None;
    }
    match (from, to) {
        // Only the engine knows.
        (Native(_), _) | (_, Native(_)) => Conversion::Lossy,

        (
            SmallInteger | Integer | BigInteger,
            SmallInteger | Integer | BigInteger | Decimal { .. },
        )
        | (Boolean, SmallInteger | Integer | BigInteger)
        | (SmallInteger | Integer, Double)
        | (SmallInteger, Real)
        | (Real, Double)
        | (Bytes | Varbinary { .. }, Bytes | Varbinary { .. })
        | (DateTime, Timestamp)
        | (Timestamp, DateTime) => Conversion::Exact,
        (Decimal { scale, .. }, Decimal { scale: wider, .. }) if wider >= scale => {
            Conversion::Exact
        }
        (
            Real | Double | Decimal { .. },
            SmallInteger | Integer | BigInteger | Real | Double | Decimal { .. },
        )
        | (SmallInteger | Integer | BigInteger, Real | Double | Boolean) => Conversion::Lossy,

        // What is too long is refused.
        (Varchar { .. } | Text | Char { .. }, Varchar { .. } | Text)
        | (Char { .. }, Char { .. })
        // What is none of its values is refused.
        | (Enum { .. }, Varchar { .. } | Text | Enum { .. })
        | (Varchar { .. } | Text, Enum { .. }) => Conversion::Exact,
        (
            SmallInteger
            | Integer
            | BigInteger
            | Decimal { .. }
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp,
            Varchar { .. } | Text,
        ) => Conversion::Exact,
        (Real | Double, Varchar { .. } | Text) => Conversion::Lossy,
        (
            Varchar { .. }
            | Text
            | SmallInteger
            | Integer
            | BigInteger
            | Decimal { .. }
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp
            | Real
            | Double,
            Char { .. },
        ) => Conversion::Lossy,
        (
            Varchar { .. } | Text | Char { .. },
            SmallInteger
            | Integer
            | BigInteger
            | Decimal { .. }
            | Real
            | Double
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp,
        ) => Conversion::Lossy,

        // `true` is 1 to some, moments are cut in different places, and bytes are text to some.
        (
            Boolean
            | Bytes
            | Varbinary { .. }
            | Inet
            | Interval
            | Array(_)
            | Enum { .. }
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp,
            _,
        )
        | (
            _,
            Boolean
            | Bytes
            | Varbinary { .. }
            | Inet
            | Interval
            | Array(_)
            | Enum { .. }
            | Uuid
            | Json
            | Date
            | Time
            | DateTime
            | Timestamp,
        ) => Conversion::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::varchar;

    #[test]
    fn what_may_be_lost_is_known() {
        let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
        for (from, to, expected) in [
            (ColumnType::Integer, ColumnType::Integer, Conversion::None),
            (
                ColumnType::Integer,
                ColumnType::BigInteger,
                Conversion::Exact,
            ),
            (
                ColumnType::BigInteger,
                ColumnType::SmallInteger,
                Conversion::Exact,
            ),
            (
                ColumnType::BigInteger,
                ColumnType::Double,
                Conversion::Lossy,
            ),
            (varchar(50), varchar(10), Conversion::Exact),
            (varchar(50), ColumnType::Integer, Conversion::Lossy),
            (ColumnType::Integer, ColumnType::Text, Conversion::Exact),
            (decimal(10, 2), decimal(12, 4), Conversion::Exact),
            (decimal(10, 2), decimal(10, 1), Conversion::Lossy),
            (ColumnType::Boolean, ColumnType::Text, Conversion::Unclear),
            (ColumnType::Bytes, ColumnType::Text, Conversion::Unclear),
            (ColumnType::Timestamp, ColumnType::Date, Conversion::Unclear),
        ] {
            assert_eq!(conversion(&from, &to), expected, "{from} {to}");
        }
    }
}
