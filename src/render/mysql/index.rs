//! Indexes of MySQL and MariaDB. What they can't say of columns, they say of expressions (MySQL) or of hidden
//! columns that compute them (MariaDB).

use super::{
    BYTES_PER_CHARACTER, TableChange, find_column, find_table, if_exists, if_not_exists, is_same,
    key_bytes, trimmed, type_name,
};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    ColumnType, Direction, Expr, Func, Index, IndexColumn, IndexKey, IndexMethod, RenameIndex,
    Table, col,
};
use crate::render::RenderError;
use crate::render::expression::expression;
use crate::render::index::{beginning, direction, emulates_nulls, is_computed, notes};

/// What a part of an index computes.
struct Value {
    /// What the name of its hidden column ends with.
    suffix: String,
    sql: String,
    column_type: Option<ColumnType>,
    direction: Direction,
}

impl TableChange {
    pub(super) fn add_index(
        &mut self,
        dialect: Dialect,
        table: &Table,
        index: &Index,
    ) -> Result<(), RenderError> {
        if !index.is_made_on(dialect) {
            return Ok(());
        }
        check_width(dialect, table, index)?;
        let name = index.physical_name(&table.name, dialect);
        self.note_what_differs(dialect, table, index, &name)?;
        let mut parts = Vec::new();
        for (position, part) in (1..).zip(&index.columns) {
            if is_computed(dialect, index) || part.expression().is_some() {
                for value in values(dialect, table, index, position, part)? {
                    parts.push(self.add_value(dialect, table, index, value)?);
                }
                continue;
            }
            let column = part.column().unwrap_or_default();
            let prefix = match &part.key {
                IndexKey::Prefix { length, .. } => format!("({length})"),
                IndexKey::Column(_) | IndexKey::Expression { .. } => String::new(),
            };
            parts.push(format!(
                "{}{prefix}{}",
                dialect.quote(column),
                direction(part.direction)
            ));
        }
        if carried_in_key(dialect, table, index)? {
            parts.push(dialect.quote_list(&index.include));
        }
        let parts = parts.join(", ");
        let kind = match (index.unique, index.method) {
            (true, _) => "UNIQUE ",
            (false, IndexMethod::Fulltext) => "FULLTEXT ",
            (
                false,
                IndexMethod::BTree
                | IndexMethod::Hash
                | IndexMethod::Gin
                | IndexMethod::Gist
                | IndexMethod::SpGist
                | IndexMethod::Brin,
            ) => "",
        };
        let quoted = dialect.quote(&name);
        self.add(
            format!("index {name}"),
            format!("{kind}INDEX {quoted} ({parts})"),
            format!(
                "ADD {kind}INDEX {}{quoted} ({parts})",
                if_not_exists(dialect)
            ),
        );
        Ok(())
    }

    pub(super) fn drop_index(&mut self, dialect: Dialect, table: &str, index: &Index) {
        if !index.is_made_on(dialect) {
            return;
        }
        let name = index.physical_name(table, dialect);
        self.drop(
            format!("index {name}"),
            format!("DROP INDEX {}{}", if_exists(dialect), dialect.quote(&name)),
        );
        for column in hidden_columns(dialect, table, index) {
            self.drop_column(dialect, &column);
        }
    }

    fn note_what_differs(
        &mut self,
        dialect: Dialect,
        table: &Table,
        index: &Index,
        name: &str,
    ) -> Result<(), RenderError> {
        let product = dialect.product();
        let functional = dialect.features().expression_indexes;
        if index.predicate.is_some() && !index.unique {
            self.notes.push(format!(
                "{name} covers all rows: {product} has no partial indexes"
            ));
        } else if index.predicate.is_some() {
            let what = if functional {
                "expressions"
            } else {
                "hidden columns"
            };
            self.notes.push(format!(
                "{name} is unique over the rows of its predicate: outside them its {what} are NULL, \
                 which is never equal to NULL"
            ));
        }
        if emulates_nulls(dialect, index) {
            self.notes.push(format!(
                "{name} takes NULL for equal to NULL: each column is two values in it, one of them whether it is NULL"
            ));
        }
        if !functional && index.columns.iter().any(|it| it.expression().is_some()) {
            self.notes.push(format!(
                "{name} is over a hidden column: {product} has no indexes over expressions"
            ));
        }
        if !index.unique && !index.include.is_empty() && !carried_in_key(dialect, table, index)? {
            let included = index.include.join(", ");
            self.notes.push(format!(
                "{name} does not carry {included}: its key would be too wide for {product}"
            ));
            let plain = Index {
                include: Vec::new(),
                ..index.clone()
            };
            self.notes.extend(notes(dialect, name, &plain));
        } else {
            self.notes.extend(notes(dialect, name, index));
        }
        Ok(())
    }

    /// The words by which the index names a value. MariaDB has no functional indexes: a hidden column computes it.
    fn add_value(
        &mut self,
        dialect: Dialect,
        table: &Table,
        index: &Index,
        value: Value,
    ) -> Result<String, RenderError> {
        let direction = direction(value.direction);
        if dialect.features().expression_indexes {
            return Ok(format!("({}){direction}", value.sql));
        }
        let hidden = format!(
            "{}_{}",
            index.physical_name(&table.name, dialect),
            value.suffix
        );
        check_free(dialect, table, index, &hidden)?;
        let Some(column_type) = value.column_type else {
            return Err(type_unknown(dialect, table, index));
        };
        let definition = format!(
            "{} {} AS ({}) VIRTUAL INVISIBLE",
            dialect.quote(&hidden),
            type_name(&column_type),
            value.sql
        );
        self.add_column_definition(dialect, &hidden, definition);
        Ok(format!("{}{direction}", dialect.quote(&hidden)))
    }
}

/// The hidden columns that an index has on this engine, in the order of its key.
pub(crate) fn hidden_columns(dialect: Dialect, table: &str, index: &Index) -> Vec<String> {
    if dialect.features().expression_indexes {
        return Vec::new();
    }
    let name = index.physical_name(table, dialect);
    let mut hidden = Vec::new();
    for (position, part) in (1..).zip(&index.columns) {
        if is_computed(dialect, index) || part.expression().is_some() {
            let suffix = suffix(position, part);
            hidden.push(format!("{name}_{suffix}"));
            if emulates_nulls(dialect, index) {
                hidden.push(format!("{name}_{suffix}{NULL}"));
            }
        }
    }
    hidden
}

/// The hidden columns of an index that gets another name: the old names with the new ones.
pub(in crate::render) fn renamed_hidden_columns(
    dialect: Dialect,
    rename: &RenameIndex,
    index: &Index,
    before: &Catalog,
) -> Result<Vec<(String, String)>, RenderError> {
    let table = find_table(before, &rename.table)?;
    let mut others = table.clone();
    others.indexes.retain(|it| it.label != index.label);
    let renamed = rename.renamed(index);
    let new = hidden_columns(dialect, &table.name, &renamed);
    for hidden in &new {
        check_free(dialect, &others, &renamed, hidden)?;
    }
    Ok(hidden_columns(dialect, &table.name, index)
        .into_iter()
        .zip(new)
        .collect())
}

/// That no other column of the table has the name of a hidden one.
fn check_free(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    hidden: &str,
) -> Result<(), RenderError> {
    let mut others = table
        .indexes
        .iter()
        .filter(|other| other.label != index.label);
    let taken = table.columns.iter().any(|it| is_same(&it.name, hidden))
        || others.any(|other| is_hidden(dialect, table, other, hidden));
    if hidden.len() <= 64 && !taken {
        return Ok(());
    }
    Err(RenderError::unsupported(
        dialect,
        format!(
            "the {} index {} of {} needs a hidden column {hidden}, a name that is too long or taken",
            kind(index),
            index.label,
            table.name
        ),
        "give the index another or a shorter name with .named(..)",
    ))
}

/// `ADD COLUMN IF NOT EXISTS` would take a hidden column for the one that is to be added.
pub(super) fn check_hidden(
    dialect: Dialect,
    table: &Table,
    column: &str,
) -> Result<(), RenderError> {
    match table
        .indexes
        .iter()
        .find(|index| is_hidden(dialect, table, index, column))
    {
        None => Ok(()),
        Some(index) => Err(RenderError::unsupported(
            dialect,
            format!(
                "add column {}.{column}, a name that the {} index {} has for a hidden column",
                table.name,
                kind(index),
                index.label
            ),
            "give the column another name, or the index another one with .named(..)",
        )),
    }
}

/// What the name of a hidden column ends with that says whether another is NULL.
const NULL: &str = "_null";

fn suffix(position: usize, part: &IndexColumn) -> String {
    part.column()
        .map_or_else(|| position.to_string(), str::to_owned)
}

fn is_hidden(dialect: Dialect, table: &Table, index: &Index, name: &str) -> bool {
    hidden_columns(dialect, &table.name, index)
        .iter()
        .any(|hidden| is_same(hidden, name))
}

/// The index in a word, for messages about its hidden columns.
fn kind(index: &Index) -> &'static str {
    match (&index.predicate, index.unique) {
        (Some(_), true) => "partial unique",
        (None, true) => "unique",
        (Some(_) | None, false) => "computed",
    }
}

/// What a part computes: one value, or two where NULL must equal NULL.
fn values(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    position: usize,
    part: &IndexColumn,
) -> Result<Vec<Value>, RenderError> {
    let column_type = part_type(dialect, table, part)?;
    let sql = value_sql(dialect, table, index, part)?;
    let suffix = suffix(position, part);
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
            direction: part.direction,
        });
        values.push(Value {
            suffix: format!("{suffix}{NULL}"),
            sql: format!("{sql} IS NULL"),
            column_type: Some(ColumnType::Boolean),
            direction: Direction::Ascending,
        });
    } else {
        values.push(Value {
            suffix,
            sql,
            column_type,
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
            match (column_type, dialect.features().expression_indexes) {
                // A functional index takes no result without a bound.
                (None, true) if names_unbounded => Err(type_unknown(dialect, table, index)),
                (Some(it), true) if names_unbounded => cast(dialect, table, index, &sql, it),
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
        | ColumnType::Array(_)
        | ColumnType::Native(_) => return Err(type_unknown(dialect, table, index)),
    })
}

fn type_unknown(dialect: Dialect, table: &Table, index: &Index) -> RenderError {
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
fn part_type(
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
            .clone()
            .or_else(|| type_of(dialect, table, expression)),
    })
}

/// LOWER and UPPER of a column have its type, if it has a bound; of all else the author must speak.
fn type_of(dialect: Dialect, table: &Table, expression: &Expr) -> Option<ColumnType> {
    let Expr::FunctionCall(call) = expression else {
        return None;
    };
    let (Func::Lower | Func::Upper, [Expr::Column(_)]) = (call.get_func(), call.get_args()) else {
        return None;
    };
    let name = crate::dsl::expression::columns(expression)
        .into_iter()
        .next()?;
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
        | ColumnType::Array(_)
        | ColumnType::Native(_) => None,
    }
}

/// Refuses what the engines would refuse (text without a length) or cut silently (a key too long).
fn check_width(dialect: Dialect, table: &Table, index: &Index) -> Result<(), RenderError> {
    if index.method == IndexMethod::Fulltext {
        return Ok(());
    }
    super::check_bytes(
        dialect,
        table,
        &format!("index {}", index.label),
        &widths(dialect, table, index)?,
    )
}

/// Bytes of each part in an entry, with the column of which it is all.
fn widths(
    dialect: Dialect,
    table: &Table,
    index: &Index,
) -> Result<Vec<(Option<u32>, String)>, RenderError> {
    let mut widths = Vec::new();
    for part in &index.columns {
        widths.push(match &part.key {
            IndexKey::Column(column) => super::width(dialect, table, column)?,
            IndexKey::Prefix { column, length } => {
                let column_type = find_column(table, column)?.type_on(dialect);
                let is_bytes = matches!(
                    column_type,
                    ColumnType::Bytes | ColumnType::Varbinary { .. }
                );
                let width = if is_bytes { 1 } else { BYTES_PER_CHARACTER };
                (Some(length * width), column.clone())
            }
            // Where it is not known, the engine refuses what does not fit.
            IndexKey::Expression { .. } => {
                let column_type = part_type(dialect, table, part)?;
                let bytes = column_type.as_ref().and_then(key_bytes).unwrap_or(0);
                (Some(bytes), String::new())
            }
        });
    }
    Ok(widths)
}

/// Whether the columns that the index is to carry can be the last of its key.
fn carried_in_key(dialect: Dialect, table: &Table, index: &Index) -> Result<bool, RenderError> {
    if index.unique || index.include.is_empty() {
        return Ok(false);
    }
    let mut widths = widths(dialect, table, index)?;
    for column in &index.include {
        widths.push(super::width(dialect, table, column)?);
    }
    Ok(super::check_bytes(dialect, table, "", &widths).is_ok())
}
