//! What an index is over: columns, their beginnings, and expressions.

use std::fmt;

use sea_query::Expr;

use super::ColumnType;
use super::expression::{self, Shown};

/// One part of the key of an [`Index`](super::Index).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexColumn {
    /// What it is.
    pub key: IndexKey,
    /// The way in which it is sorted.
    pub direction: Direction,
    /// The operator class of PostgreSQL; its type's default where there is none.
    pub opclass: Option<String>,
}

/// What one part of an index is over.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum IndexKey {
    /// A column.
    Column(String),
    /// The beginning of a column.
    Prefix {
        /// The name of the column.
        column: String,
        /// So many characters; of a column of bytes, so many bytes.
        length: u32,
    },
    /// What is computed from columns.
    Expression {
        /// The expression.
        expression: Box<Expr>,
        /// Its type, for engines that must be told.
        column_type: Option<Box<ColumnType>>,
    },
}

/// The way in which a column of an index is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl IndexColumn {
    pub(super) fn new(key: IndexKey, direction: Direction) -> Self {
        IndexColumn {
            key,
            direction,
            opclass: None,
        }
    }

    /// The column that it is over, all of it or its beginning; none where it is an expression.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let by_body = index("body").prefix("body", 40).expression(Func::lower(col("email")));
    /// assert_eq!(by_body.columns[0].column(), Some("body"));
    /// assert_eq!(by_body.columns[1].column(), None);
    /// ```
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match &self.key {
            IndexKey::Column(column) | IndexKey::Prefix { column, .. } => Some(column),
            IndexKey::Expression { .. } => None,
        }
    }

    pub(crate) fn expression(&self) -> Option<&Expr> {
        match &self.key {
            IndexKey::Column(_) | IndexKey::Prefix { .. } => None,
            IndexKey::Expression { expression, .. } => Some(expression),
        }
    }

    /// Every column that it can't be without.
    pub(crate) fn named_columns(&self) -> Vec<String> {
        let column = self.column().map(str::to_owned);
        let in_expression = self.expression().map(expression::columns);
        column
            .into_iter()
            .chain(in_expression.into_iter().flatten())
            .collect()
    }

    /// Gives the column of that name another one; expressions stay as they are.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        match &mut self.key {
            IndexKey::Column(column) | IndexKey::Prefix { column, .. } if column == from => {
                to.clone_into(column);
            }
            IndexKey::Column(_) | IndexKey::Prefix { .. } | IndexKey::Expression { .. } => {}
        }
    }
}

/// `name`, `body[40]`, or `[LOWER("email")] desc`: no name has a bracket in it.
impl fmt::Display for IndexColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            IndexKey::Column(column) => f.write_str(column)?,
            IndexKey::Prefix { column, length } => write!(f, "{column}[{length}]")?,
            IndexKey::Expression {
                expression,
                column_type,
            } => {
                write!(f, "[{}]", Shown(expression))?;
                if let Some(column_type) = column_type {
                    write!(f, " of type {column_type}")?;
                }
            }
        }
        if let Some(opclass) = &self.opclass {
            write!(f, " opclass [{opclass}]")?;
        }
        match self.direction {
            Direction::Ascending => Ok(()),
            Direction::Descending => f.write_str(" desc"),
        }
    }
}
