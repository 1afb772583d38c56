use std::fmt;

use super::{CreateIndex, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops the index of a label: [`Migration::drop_index`](crate::dsl::Migration::drop_index).
///
#[doc = include_str!("../../../docs/operations/drop_index.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropIndex {
    /// The name of the table.
    pub table: String,
    /// The label of the index.
    pub index: String,
}

impl DropIndex {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_index(&self.table, &self.index)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before
            .table(&self.table)
            .and_then(|table| table.index_labelled(&self.index))
        {
            Some(index) => Inverse::Exact(vec![
                CreateIndex {
                    table: self.table.clone(),
                    index: index.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!(
                    "the schema before it has no index {} on {}",
                    self.index, self.table
                ),
            },
        }
    }
}

impl fmt::Display for DropIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop index {}.{}", self.table, self.index)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn an_unknown_index_cannot_be_dropped() {
        let error = fold([
            CreateTable {
                table: table("t").columns([uuid("id")]),
            }
            .into(),
            DropIndex {
                table: "t".into(),
                index: "nope".into(),
            }
            .into(),
        ]);
        assert!(matches!(error, Err(OperationError::UnknownIndex { .. })));
    }

    #[test]
    fn the_way_back_is_the_index_as_it_was() {
        let polling = index("polling")
            .columns(["id"])
            .only_where(col("id").is_not_null());
        let before = fold([CreateTable {
            table: table("t").columns([uuid("id")]).index(polling.clone()),
        }
        .into()])
        .unwrap();
        let drop = Operation::from(DropIndex {
            table: "t".into(),
            index: "polling".into(),
        });
        let create = CreateIndex {
            table: "t".into(),
            index: polling,
        };
        assert_eq!(drop.inverse(&before), Inverse::Exact(vec![create.into()]));
    }
}
