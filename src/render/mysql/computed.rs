//! What an index computes where it can't be over a column as it is: its SQL, and its type.

use super::{find_column, key_bytes, trimmed};
use crate::dialect::Dialect;
use crate::dsl::{
    ColumnType, Direction, Expr, Func, Index, IndexColumn, IndexKey, Table, col, expression as seen,
};
use crate::render::RenderError;
use crate::render::expression::expression;
use crate::render::index::{beginning, emulates_nulls};

/// What a part of an index computes.
pub(super) struct Value {
    /// What the name of its hidden column ends with.
    pub(super) suffix: String,
    pub(super) sql: String,
    pub(super) column_type: Option<ColumnType>,
    /// How the texts of its column are compared, where they have a collation of their own.
    pub(super) collation: Option<String>,
    pub(super) direction: Direction,
}

/// What a part computes: one value, or two where NULL must equal NULL.
pub(super) fn values(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    position: usize,
    part: &IndexColumn,
) -> Result<Vec<Value>, RenderError> {
    let column_type = part_type(dialect, table, part)?;
    let sql = value_sql(dialect, table, index, part)?;
    let suffix = suffix(position, part);
    let collation = collation(dialect, table, part, column_type.as_ref());
    let mut values = Vec::new();
    if emulates_nulls(dialect, index) {
        let constant = column_type
            .as_ref()
            .and_then(in_place_of_null)
            .ok_or_else(|| {
                let what = column_type
                    .as_ref()
                    .map_or("an expression of unknown type".to_owned(), ToString::to_string);
                RenderError::unsupported(
                    dialect,
                    format!(
                        "index {} of {} over {what}, with NULL equal to NULL",
                        index.label, table.name
                    ),
                    "make the column of another type, for example datetime for timestamp, or give the \
                     expression one with .of_type(..)",
                )
            })?;
        values.push(Value {
            suffix: suffix.clone(),
            sql: format!("COALESCE({sql}, {constant})"),
            column_type,
            collation,
            direction: part.direction,
        });
        values.push(Value {
            suffix: format!("{suffix}{NULL}"),
            sql: format!("{sql} IS NULL"),
            column_type: Some(ColumnType::Boolean),
            collation: None,
            direction: Direction::Ascending,
        });
    } else {
        values.push(Value {
            suffix,
            sql,
            column_type,
            collation,
            direction: part.direction,
        });
    }
    if let (Some(predicate), true) = (&index.predicate, index.unique) {
        let predicate = expression(dialect, &trimmed(dialect, table, predicate))?;
        for value in &mut values {
            value.sql = format!("CASE WHEN {predicate} THEN {} END", value.sql);
        }
    }
    Ok(values)
}

fn value_sql(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    part: &IndexColumn,
) -> Result<String, RenderError> {
    match &part.key {
        IndexKey::Column(column) => {
            expression(dialect, &trimmed(dialect, table, &col(column.clone())))
        }
        IndexKey::Prefix { column, length } => expression(
            dialect,
            &trimmed(dialect, table, &beginning(column, *length)),
        ),
        IndexKey::Expression {
            expression: it,
            column_type,
        } => {
            let sql = expression(dialect, &trimmed(dialect, table, it))?;
            let names_unbounded = part.named_columns().iter().any(|name| {
                table
                    .column_named(name)
                    .is_some_and(|it| key_bytes(it.type_on(dialect)).is_none())
            });
            // To a functional index, a long text is one without a bound.
            let limit = dialect.features().index_key_bytes;
            let is_long = type_of(dialect, table, it).is_some_and(|it| key_bytes(&it) > limit);
            match (column_type, dialect.features().expression_indexes) {
                // A functional index takes no result without a bound.
                (None, true) if names_unbounded => Err(type_unknown(dialect, table, index)),
                (Some(it), true) if names_unbounded || is_long => {
                    cast(dialect, table, index, &sql, it)
                }
                (Some(_) | None, true | false) => Ok(sql),
            }
        }
    }
}

fn cast(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    sql: &str,
    column_type: &ColumnType,
) -> Result<String, RenderError> {
    Ok(match column_type {
        ColumnType::Varchar { length } => {
            format!("CAST({sql} AS CHAR({}))", length.unwrap_or(255))
        }
        ColumnType::Char { length } => format!("CAST({sql} AS CHAR({length}))"),
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Boolean => {
            format!("CAST({sql} AS SIGNED)")
        }
        ColumnType::Decimal { precision, scale } => {
            format!("CAST({sql} AS DECIMAL({precision}, {scale}))")
        }
        ColumnType::Double | ColumnType::Real => format!("CAST({sql} AS DOUBLE)"),
        ColumnType::Date => format!("CAST({sql} AS DATE)"),
        ColumnType::DateTime => format!("CAST({sql} AS DATETIME(6))"),
        ColumnType::Time => format!("CAST({sql} AS TIME(6))"),
        ColumnType::Uuid => format!("CAST({sql} AS CHAR(36))"),
        ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::Text
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Enum { .. }
        | ColumnType::Array(_)
        | ColumnType::Native(_) => return Err(type_unknown(dialect, table, index)),
    })
}

pub(super) fn type_unknown(dialect: Dialect, table: &Table, index: &Index) -> RenderError {
    RenderError::unsupported(
        dialect,
        format!(
            "index {} of {} over an expression whose type is not known, or has no bounded length",
            index.label, table.name
        ),
        "say after the expression what type it has, for example .of_type(varchar(100))",
    )
}

/// The type of what a part computes, where it can be told.
pub(super) fn part_type(
    dialect: Dialect,
    table: &Table,
    part: &IndexColumn,
) -> Result<Option<ColumnType>, RenderError> {
    Ok(match &part.key {
        IndexKey::Column(column) => Some(find_column(table, column)?.type_on(dialect).clone()),
        IndexKey::Prefix { column, length } => {
            Some(match find_column(table, column)?.type_on(dialect) {
                ColumnType::Bytes | ColumnType::Varbinary { .. } => {
                    ColumnType::Varbinary { length: *length }
                }
                ColumnType::Text
                | ColumnType::Varchar { .. }
                | ColumnType::Char { .. }
                | ColumnType::Native(_)
                | ColumnType::Inet
                | ColumnType::Interval
                | ColumnType::Enum { .. }
                | ColumnType::Array(_)
                | ColumnType::Uuid
                | ColumnType::Json
                | ColumnType::Timestamp
                | ColumnType::DateTime
                | ColumnType::Date
                | ColumnType::Time
                | ColumnType::SmallInteger
                | ColumnType::Integer
                | ColumnType::BigInteger
                | ColumnType::Real
                | ColumnType::Double
                | ColumnType::Decimal { .. }
                | ColumnType::Boolean => ColumnType::Varchar {
                    length: Some(*length),
                },
            })
        }
        IndexKey::Expression {
            expression,
            column_type,
        } => column_type
            .as_deref()
            .cloned()
            .or_else(|| type_of(dialect, table, expression)),
    })
}

/// How the texts of a part are compared: as those of the column that it is, or is computed from.
fn collation(
    dialect: Dialect,
    table: &Table,
    part: &IndexColumn,
    column_type: Option<&ColumnType>,
) -> Option<String> {
    let is_text = matches!(
        column_type?,
        ColumnType::Varchar { .. } | ColumnType::Char { .. } | ColumnType::Text
    );
    let sources = match &part.key {
        IndexKey::Column(column) | IndexKey::Prefix { column, .. } => vec![column.clone()],
        IndexKey::Expression { expression, .. } => crate::dsl::expression::columns(expression),
    };
    let mut collations = sources.iter().filter_map(|name| {
        let column = table.column_named(name)?;
        column.collation_on(dialect).map(str::to_owned)
    });
    collations.next().filter(|_| is_text)
}

/// LOWER and UPPER of a column have its type, if it has a bound; of all else the author must speak.
fn type_of(dialect: Dialect, table: &Table, expression: &Expr) -> Option<ColumnType> {
    let Expr::FunctionCall(call) = expression else {
        return None;
    };
    let (Func::Lower | Func::Upper, [Expr::Column(_)]) = (call.get_func(), call.get_args()) else {
        return None;
    };
    let name = seen::columns(expression).into_iter().next()?;
    let column_type = table.column_named(&name)?.type_on(dialect);
    matches!(
        column_type,
        ColumnType::Varchar { .. } | ColumnType::Char { .. } | ColumnType::Uuid
    )
    .then(|| column_type.clone())
}

/// A value of the type, which stands where NULL would.
fn in_place_of_null(column_type: &ColumnType) -> Option<&'static str> {
    match column_type {
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Decimal { .. }
        | ColumnType::Boolean => Some("0"),
        ColumnType::Uuid
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet => Some("''"),
        ColumnType::Date => Some("DATE'1970-01-01'"),
        ColumnType::Time => Some("TIME'00:00:00'"),
        ColumnType::DateTime => Some("TIMESTAMP'1970-01-01 00:00:00'"),
        // What it would be as text or as a moment without a zone depends on the session's time zone.
        ColumnType::Timestamp => None,
        ColumnType::Text
        | ColumnType::Json
        | ColumnType::Bytes
        | ColumnType::Interval
        | ColumnType::Enum { .. }
        | ColumnType::Array(_)
        | ColumnType::Native(_) => None,
    }
}

/// What the name of a hidden column ends with that says whether another is NULL.
pub(super) const NULL: &str = "_null";

pub(super) fn suffix(position: usize, part: &IndexColumn) -> String {
    part.column()
        .map_or_else(|| position.to_string(), str::to_owned)
}
