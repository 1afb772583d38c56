use std::fmt;

use super::{DropIndex, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Index;

/// Makes an index: [`Migration::create_index`](crate::dsl::Migration::create_index).
///
#[doc = include_str!("../../../docs/operations/create_index.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// The name of the table.
    pub table: String,
    /// The index.
    pub index: Index,
}

impl CreateIndex {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_index(&self.table, &self.index)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropIndex {
                table: self.table.clone(),
                index: self.index.label.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for CreateIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("create index ")?;
        f.write_str(&self.table)?;
        f.write_str(".")?;
        self.index.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(indexes: impl IntoIterator<Item = Index>) -> Result<crate::Catalog, OperationError> {
        let jobs = table("jobs").columns([uuid("id").primary_key(), text("status")]);
        let create = indexes.into_iter().map(|index| {
            CreateIndex {
                table: "jobs".into(),
                index,
            }
            .into()
        });
        fold(
            [CreateTable { table: jobs }.into()]
                .into_iter()
                .chain(create),
        )
    }

    #[test]
    fn its_columns_and_its_predicates_must_be_there() {
        for bad in [
            index("i").columns(["nope"]),
            index("i").columns(["id"]).only_where(col("nope").eq(1)),
        ] {
            let error = create([bad]);
            assert!(
                matches!(error, Err(OperationError::UnknownColumn { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn it_names_each_column_once_and_at_least_one() {
        for bad in [index("i"), index("i").columns(["id", "id"])] {
            let error = create([bad]);
            assert!(
                matches!(error, Err(OperationError::InvalidIndex { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn labels_and_physical_names_are_unique() {
        let by_label = create([
            index("i").columns(["id"]),
            index("i").columns(["status"]).named("x"),
        ]);
        assert!(
            matches!(by_label, Err(OperationError::DuplicateIndex { .. })),
            "{by_label:?}"
        );
        let by_name = create([
            index("i").columns(["id"]),
            index("j").columns(["id"]).named("idx_i"),
        ]);
        assert!(
            matches!(by_name, Err(OperationError::NameCollision { .. })),
            "{by_name:?}"
        );
        let by_table = create([index("i").columns(["id"]).named("jobs")]);
        assert!(
            matches!(by_table, Err(OperationError::NameCollision { .. })),
            "{by_table:?}"
        );
    }

    #[test]
    fn a_physical_name_over_63_bytes_is_refused() {
        let error = create([index("i".repeat(60)).columns(["id"])]);
        assert!(
            matches!(error, Err(OperationError::InvalidName { .. })),
            "{error:?}"
        );
    }
}
