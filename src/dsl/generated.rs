//! Columns whose value is computed from others of the same row.

use std::fmt;

use sea_query::Expr;

use super::expression::Shown;

/// How the value of a generated column comes about; [`Column::stored_as`](super::Column::stored_as) and
/// [`Column::virtual_as`](super::Column::virtual_as) make it.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let area = integer("area").stored_as(col("width").mul(col("height")));
/// assert_eq!(area.to_string(), r#"area integer, stored as "width" * "height""#);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Generated {
    /// What is computed.
    pub expression: Box<Expr>,
    /// When it is computed.
    pub storage: Storage,
}

/// When the value of a generated column is computed. It is the same value in both cases: an engine that has only
/// one of the two gets that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// When the row is written; it takes space, and reading it costs nothing.
    Stored,
    /// When it is read; it takes no space.
    Virtual,
}

impl Generated {
    pub(super) fn stored(expression: impl Into<Expr>) -> Self {
        Generated {
            expression: Box::new(expression.into()),
            storage: Storage::Stored,
        }
    }

    pub(super) fn computed_when_read(expression: impl Into<Expr>) -> Self {
        Generated {
            expression: Box::new(expression.into()),
            storage: Storage::Virtual,
        }
    }
}

/// In the words of the DSL: `stored as "width" * "height"`.
impl fmt::Display for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let storage = match self.storage {
            Storage::Stored => "stored",
            Storage::Virtual => "virtual",
        };
        f.write_str(storage)?;
        f.write_str(" as ")?;
        Shown(&self.expression).fmt(f)
    }
}
