//! Comments: for people alone, so that one which differs is no conflict.

use super::{Decider, Decision, planned_column};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, CommentColumn, CommentTable, Table};
use crate::run::difference::Difference;
use crate::run::live::column_difference;

impl Decider<'_> {
    pub(super) fn comment_table(&mut self, it: &CommentTable) -> Result<Decision, Difference> {
        if !self.dialect.features().comments {
            return Ok(Decision::Satisfied);
        }
        let table = self.table_mut(&it.table)?;
        if table.comment == it.comment {
            return Ok(Decision::Satisfied);
        }
        table.comment.clone_from(&it.comment);
        Ok(Decision::Needed)
    }

    pub(super) fn comment_column(
        &mut self,
        position: usize,
        it: &CommentColumn,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        let dialect = self.dialect;
        if !dialect.features().comments {
            return Ok(Decision::Satisfied);
        }
        let object = format!("column {}.{}", it.table, it.column);
        let Some(found) = self.table_mut(&it.table)?.column(&it.column).cloned() else {
            // A later operation that drops or renames it may have run already.
            if self.later.drops(position, &it.table, &it.column) {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, "it is missing"));
        };
        if found.comment == it.comment {
            return Ok(Decision::Satisfied);
        }
        let table = before.table(&it.table);
        let Some(known) = table.and_then(|table| table.column_named(&it.column)) else {
            return Err(Difference::new(object, "the schema before it has none"));
        };
        let mut planned = found.clone();
        match dialect {
            Dialect::Postgres | Dialect::Sqlite => planned.comment.clone_from(&it.comment),
            // The column is said anew with its comment: one that is another already must not be turned back.
            Dialect::MySql | Dialect::MariaDb => {
                let differs = |shape| column_difference(dialect, shape, &found);
                // One that this run makes has no type of the catalog's yet.
                let is_planned = found.type_name.is_empty();
                if !is_planned && let Some(difference) = differs(known) {
                    let later = self.later.columns(position, &it.table, &it.column);
                    if later.into_iter().any(|shape| differs(shape).is_none()) {
                        return Ok(Decision::Satisfied);
                    }
                    return Err(Difference::new(object, difference));
                }
                planned = planned_column(known);
                planned.comment.clone_from(&it.comment);
            }
        }
        let columns = self.table_mut(&it.table)?.columns.iter_mut();
        for column in columns.filter(|column| column.name == it.column) {
            column.clone_from(&planned);
        }
        Ok(Decision::Needed)
    }

    /// Warns of what is said otherwise of a table that is there, and of its columns.
    pub(super) fn compare_comments(&mut self, position: usize, table: &Table) {
        let Some(live) = self.live.tables.get(&table.name) else {
            return;
        };
        let comment = live.comment.clone();
        let columns: Vec<(&Column, Option<String>)> = table
            .columns
            .iter()
            .filter_map(|column| Some((column, live.column(&column.name)?.comment.clone())))
            .collect();
        self.warn_of_comment(
            position,
            &table.name,
            None,
            table.comment.as_deref(),
            comment,
        );
        for (column, comment) in columns {
            self.compare_comment(position, &table.name, column, comment);
        }
    }

    pub(super) fn compare_comment(
        &mut self,
        position: usize,
        table: &str,
        column: &Column,
        found: Option<String>,
    ) {
        let wanted = column.comment.as_deref();
        self.warn_of_comment(position, table, Some(&column.name), wanted, found);
    }

    fn warn_of_comment(
        &mut self,
        position: usize,
        table: &str,
        column: Option<&str>,
        wanted: Option<&str>,
        found: Option<String>,
    ) {
        // Who asked for none has nothing to say against one.
        let is_right = wanted.is_none() || wanted == found.as_deref();
        let is_said_later = self.later.comments(position, table, column);
        if !is_right && !is_said_later && self.dialect.features().comments {
            let warning = comment_warning(table, column, found.as_deref());
            self.warnings.push(warning);
        }
    }
}

/// That a comment is another, and stays.
pub(crate) fn comment_warning(table: &str, column: Option<&str>, found: Option<&str>) -> String {
    let object = match column {
        Some(column) => format!("column {table}.{column}"),
        None => format!("table {table}"),
    };
    format!(
        "the comment of {object} is kept as it is: it has {}",
        told_comment(found)
    )
}

/// A comment as a noun phrase.
pub(crate) fn told_comment(comment: Option<&str>) -> String {
    comment.map_or_else(
        || "no comment".to_owned(),
        |it| format!("the comment {it:?}"),
    )
}
