use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Rows;

/// Deletes rows: [`Migration::delete`](crate::dsl::Migration::delete).
///
#[doc = include_str!("../../../docs/operations/delete.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The name of the table.
    pub table: String,
    /// Which rows.
    pub rows: Rows,
}

impl Delete {
    pub(super) fn apply(&self, catalog: &Catalog) -> Result<(), OperationError> {
        catalog.check_delete(&self.table, &self.rows)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::None {
            reason: format!("the rows that were deleted from {} are gone", self.table),
        }
    }
}

impl fmt::Display for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delete from {}{}", self.table, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn delete(rows: Rows) -> Result<crate::Catalog, OperationError> {
        let tags = table("tags").columns([string("name").primary_key()]);
        let delete = Delete {
            table: "tags".into(),
            rows,
        };
        fold([CreateTable { table: tags }.into(), delete.into()])
    }

    #[test]
    fn only_known_columns_say_which() {
        assert!(delete(rows()).is_ok());
        assert!(delete(rows().only_where(col("name").eq("x"))).is_ok());
        let unknown = delete(rows().only_where(col("nope").eq("x")));
        assert!(matches!(unknown, Err(OperationError::UnknownColumn { .. })));
        let sets = delete(rows().set("name", "x"));
        assert!(matches!(sets, Err(OperationError::InvalidRows { .. })));
    }
}
