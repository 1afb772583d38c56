//! Indexes of MySQL and MariaDB. What they can't say of columns, they say of expressions (MySQL) or of hidden
//! columns that compute them (MariaDB).

use super::computed::{NULL, Value, part_type, suffix, type_unknown, values};
use super::{
    BYTES_PER_CHARACTER, TableChange, find_column, find_table, if_exists, if_not_exists, is_same,
    key_bytes,
};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{ColumnType, Index, IndexKey, IndexMethod, RenameIndex, Table};
use crate::render::RenderError;
use crate::render::index::{direction, emulates_nulls, is_computed, notes};
use crate::render::types::collated;

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
        self.makes_fulltext |= index.method == IndexMethod::Fulltext;
        self.changes_indexes = true;
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
        self.changes_indexes = true;
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
            collated(dialect, &column_type, value.collation.as_deref()),
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
    others.indexes.to_mut().retain(|it| it.label != index.label);
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

/// Refuses what the engines would refuse (text without a length) or cut silently (a key too long).
pub(super) fn check_width(
    dialect: Dialect,
    table: &Table,
    index: &Index,
) -> Result<(), RenderError> {
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
