//! Indexes: what each engine makes of them, and the SQL of PostgreSQL and SQLite.

use super::expression::expression;
use super::mysql::hidden_columns;
use super::{RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    Direction, Expr, Func, Index, IndexColumn, IndexKey, IndexMethod, Operation, col,
};

/// One part of an index's key, as the engine's catalog tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyPart {
    /// The column; none where it is an expression.
    pub(crate) column: Option<String>,
    /// So much of the column's beginning; all of it where there is none.
    pub(crate) prefix: Option<u32>,
    pub(crate) descending: bool,
}

/// The key that an index has on that engine. What only stands there for speed, because the engine can't carry
/// columns along, is left out.
pub(crate) fn key_parts(dialect: Dialect, table: &str, index: &Index) -> Vec<KeyPart> {
    let features = dialect.features();
    if index.method == IndexMethod::Fulltext && features.index_methods {
        return vec![KeyPart {
            column: None,
            prefix: None,
            descending: false,
        }];
    }
    let mut hidden = hidden_columns(dialect, table, index).into_iter();
    let parts = index.columns.iter().flat_map(|part| {
        let descending = part.direction == Direction::Descending;
        let column = |column: Option<String>, prefix| KeyPart {
            column,
            prefix,
            descending,
        };
        let is_hidden = is_computed(dialect, index) || part.expression().is_some();
        let value = match &part.key {
            IndexKey::Column(name) if !is_hidden => column(Some(name.clone()), None),
            IndexKey::Prefix {
                column: name,
                length,
            } if features.prefix_indexes && !is_hidden => column(Some(name.clone()), Some(*length)),
            // Where there are no expressions, hidden columns stand for them.
            IndexKey::Column(_) | IndexKey::Prefix { .. } | IndexKey::Expression { .. } => {
                column(hidden.next(), None)
            }
        };
        let null = emulates_nulls(dialect, index).then(|| KeyPart {
            column: hidden.next(),
            prefix: None,
            descending: false,
        });
        std::iter::once(value).chain(null)
    });
    parts.collect()
}

/// Whether every part of the key is something that is computed, because the engine can't say what the index means.
pub(super) fn is_computed(dialect: Dialect, index: &Index) -> bool {
    let partial = index.predicate.is_some() && !dialect.features().partial_indexes;
    (index.unique && partial) || emulates_nulls(dialect, index)
}

/// Whether the engine must be made to take NULL for equal to NULL.
pub(super) fn emulates_nulls(dialect: Dialect, index: &Index) -> bool {
    index.nulls_not_distinct && !dialect.features().nulls_not_distinct
}

/// What is said of those of a table's indexes that the engine has no form of.
pub(super) fn left_out(dialect: Dialect, table: &str, indexes: &[Index]) -> Vec<String> {
    indexes
        .iter()
        .filter(|index| !index.is_made_on(dialect))
        .map(|index| {
            format!(
                "{} is left out: {} has no {} indexes, and without it the same rows are found, only slower",
                index.physical_name(table, dialect),
                dialect.product(),
                index.method
            )
        })
        .collect()
}

/// What the engine does otherwise than was written, and that concerns speed alone.
pub(super) fn notes(dialect: Dialect, name: &str, index: &Index) -> Vec<String> {
    let features = dialect.features();
    let product = dialect.product();
    let mut notes = Vec::new();
    match index.method {
        IndexMethod::Hash | IndexMethod::Brin if !features.index_methods => notes.push(format!(
            "{name} is a b-tree: {product} has no {} indexes",
            index.method
        )),
        IndexMethod::Fulltext if features.index_methods => notes.push(format!(
            "{name} is over the words of to_tsvector('simple', ..): a query that uses it has the same expression"
        )),
        IndexMethod::BTree
        | IndexMethod::Hash
        | IndexMethod::Gin
        | IndexMethod::Gist
        | IndexMethod::SpGist
        | IndexMethod::Brin
        | IndexMethod::Fulltext => {}
    }
    if !features.index_methods && index.columns.iter().any(|it| it.opclass.is_some()) {
        notes.push(format!(
            "{name} compares as its columns do: {product} has no operator classes"
        ));
    }
    let has_prefix = |it: &IndexColumn| matches!(it.key, IndexKey::Prefix { .. });
    if !features.prefix_indexes && !index.unique && index.columns.iter().any(has_prefix) {
        notes.push(format!(
            "{name} is over substr(..): a query that uses it has the same expression"
        ));
    }
    if !features.included_columns && !index.include.is_empty() {
        let included = index.include.join(", ");
        notes.push(if index.unique {
            format!(
                "{name} does not carry {included}: in the key of {product} it would change which rows are equal"
            )
        } else {
            format!("{name} has {included} as the last of its key: {product} carries no other columns")
        });
    }
    notes
}

/// CREATE INDEX as PostgreSQL and SQLite both write it; none where the engine has no such index.
pub(super) fn create_index(
    dialect: Dialect,
    step: usize,
    table: &str,
    index: &Index,
) -> Result<Option<Statement>, RenderError> {
    if !index.is_made_on(dialect) {
        return Ok(None);
    }
    let name = index.physical_name(table, dialect);
    let sql = create(dialect, "IF NOT EXISTS", table, index)?;
    Ok(Some(Statement {
        notes: notes(dialect, &name, index),
        ..Statement::of(step, sql, true)
    }))
}

/// An index of PostgreSQL that is made or dropped while others write. No transaction may stand around it.
pub(super) fn concurrently(
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Option<Statement>, RenderError> {
    const SELF: Dialect = Dialect::Postgres;
    match operation {
        Operation::CreateIndex(it) => {
            let name = it.index.physical_name(&it.table, SELF);
            let sql = create(SELF, "CONCURRENTLY IF NOT EXISTS", &it.table, &it.index)?;
            Ok(Some(Statement {
                notes: notes(SELF, &name, &it.index),
                leaves_behind: Some(name),
                ..Statement::of(step, sql, false)
            }))
        }
        Operation::DropIndex(it) => {
            let index = find_index(&it.table, &it.index, before)?;
            let name = SELF.quote(&index.physical_name(&it.table, SELF));
            let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
            Ok(Some(Statement::of(step, sql, false)))
        }
        Operation::CreateTable(_)
        | Operation::DropTable(_)
        | Operation::AddColumn(_)
        | Operation::DropColumn(_)
        | Operation::RenameColumn(_)
        | Operation::Insert(_)
        | Operation::Update(_)
        | Operation::Delete(_)
        | Operation::Backfill(_)
        | Operation::RenameIndex(_)
        | Operation::RenameTable(_)
        | Operation::CreateView(_)
        | Operation::ReplaceView(_)
        | Operation::DropView(_)
        | Operation::CreateTrigger(_)
        | Operation::ReplaceTrigger(_)
        | Operation::DropTrigger(_)
        | Operation::CreateFunction(_)
        | Operation::ReplaceFunction(_)
        | Operation::DropFunction(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddPrimaryKey(_)
        | Operation::CreateSchema(_)
        | Operation::DropSchema(_)
        | Operation::CreateExtension(_)
        | Operation::DropExtension(_)
        | Operation::DropPrimaryKey(_)
        | Operation::CommentTable(_)
        | Operation::CommentColumn(_)
        | Operation::AlterColumn(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)
        | Operation::RunSql(_) => Ok(None),
    }
}

/// DROP INDEX as PostgreSQL and SQLite both write it.
pub(super) fn drop_index(
    dialect: Dialect,
    step: usize,
    table: &str,
    label: &str,
    before: &Catalog,
) -> Result<Option<Statement>, RenderError> {
    let index = find_index(table, label, before)?;
    let name = dialect.quote(&index.physical_name(table, dialect));
    let sql = format!("DROP INDEX IF EXISTS {name}");
    Ok(index
        .is_made_on(dialect)
        .then(|| Statement::of(step, sql, true)))
}

pub(super) fn find_index<'a>(
    table: &str,
    label: &str,
    before: &'a Catalog,
) -> Result<&'a Index, RenderError> {
    before
        .table(table)
        .and_then(|table| table.index_labelled(label))
        .ok_or_else(|| RenderError::Schema(format!("table {table} has no index {label}")))
}

pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => " DESC",
    }
}

fn create(dialect: Dialect, how: &str, table: &str, index: &Index) -> Result<String, RenderError> {
    let features = dialect.features();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut sql = format!(
        "CREATE {unique}INDEX {how} {} ON {}",
        dialect.quote(&index.physical_name(table, dialect)),
        dialect.quote(table),
    );
    if features.index_methods {
        sql += using(index.method);
    }
    let mut key = key(dialect, index)?;
    if !index.include.is_empty() && !features.included_columns && !index.unique {
        key.push(dialect.quote_list(&index.include));
    }
    sql += &format!(" ({})", key.join(", "));
    if !index.include.is_empty() && features.included_columns {
        sql += &format!(" INCLUDE ({})", dialect.quote_list(&index.include));
    }
    if index.nulls_not_distinct && features.nulls_not_distinct {
        sql += " NULLS NOT DISTINCT";
    }
    if let Some(predicate) = &index.predicate {
        sql += &format!(" WHERE {}", expression(dialect, predicate)?);
    }
    Ok(sql)
}

/// The words of PostgreSQL.
fn using(method: IndexMethod) -> &'static str {
    match method {
        IndexMethod::BTree => "",
        IndexMethod::Hash => " USING hash",
        IndexMethod::Gin | IndexMethod::Fulltext => " USING gin",
        IndexMethod::Gist => " USING gist",
        IndexMethod::SpGist => " USING spgist",
        IndexMethod::Brin => " USING brin",
    }
}

fn key(dialect: Dialect, index: &Index) -> Result<Vec<String>, RenderError> {
    if index.method == IndexMethod::Fulltext {
        let names = index.columns.iter().filter_map(IndexColumn::column);
        let texts: Vec<String> = names
            .map(|name| format!("coalesce({}, '')", dialect.quote(name)))
            .collect();
        return Ok(vec![format!(
            "to_tsvector('simple', {})",
            texts.join(" || ' ' || ")
        )]);
    }
    let mut key = Vec::new();
    for part in &index.columns {
        let value = match &part.key {
            IndexKey::Column(column) => dialect.quote(column),
            IndexKey::Prefix { column, length } => {
                expression(dialect, &beginning(column, *length))?
            }
            IndexKey::Expression { expression: it, .. } => {
                format!("({})", expression(dialect, it)?)
            }
        };
        let opclass = opclass(dialect, part);
        let direction = direction(part.direction);
        if emulates_nulls(dialect, index) {
            // A text is a value of every column there.
            key.push(format!("COALESCE({value}, ''){direction}"));
            key.push(format!("({value} IS NULL)"));
        } else {
            key.push(format!("{value}{opclass}{direction}"));
        }
    }
    Ok(key)
}

/// The beginning of a column, in a function that all engines have, for texts and bytes.
pub(super) fn beginning(column: &str, length: u32) -> Expr {
    Func::cust("substr")
        .arg(col(column.to_owned()))
        .arg(1)
        .arg(length)
        .into()
}

fn opclass(dialect: Dialect, part: &IndexColumn) -> String {
    match &part.opclass {
        Some(opclass) if dialect.features().index_methods => {
            let names: Vec<String> = opclass.splitn(2, '.').map(|it| dialect.quote(it)).collect();
            format!(" {}", names.join("."))
        }
        Some(_) | None => String::new(),
    }
}
