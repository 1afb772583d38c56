use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};
use crate::dsl::{Index, NamedFor};

/// Gives an index another label, and the physical name that goes with it:
/// [`Migration::rename_index`](crate::dsl::Migration::rename_index).
///
#[doc = include_str!("../../../docs/operations/rename_index.md")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RenameIndex {
    /// The name of the table.
    pub table: String,
    /// The label that the index has.
    pub index: String,
    /// The label that it gets.
    pub to: String,
    /// The table's name that its new physical name has in it, where that is not the table's name now: an index
    /// that goes back to a name from before its table was renamed.
    pub named_for: NamedFor,
}

impl RenameIndex {
    /// The index of the label `index` of `table` gets the label `to`.
    #[must_use]
    pub fn new(
        table: impl Into<String>,
        index: impl Into<String>,
        to: impl Into<String>,
    ) -> RenameIndex {
        RenameIndex {
            table: table.into(),
            index: index.into(),
            to: to.into(),
            named_for: NamedFor::default(),
        }
    }

    /// The index as it is afterwards.
    pub(crate) fn renamed(&self, index: &Index) -> Index {
        Index {
            label: self.to.clone(),
            named_for: self.named_for.clone(),
            ..index.clone()
        }
        .settled(&self.table)
    }

    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.rename_index(self)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let index = before
            .table(&self.table)
            .and_then(|table| table.index_labelled(&self.index));
        let back = RenameIndex::new(&self.table, &self.to, &self.index);
        Inverse::Exact(vec![
            RenameIndex {
                named_for: index.map(|it| it.named_for.clone()).unwrap_or_default(),
                ..back
            }
            .into(),
        ])
    }
}

impl fmt::Display for RenameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rename index {}.{} to {}{}",
            self.table, self.index, self.to, self.named_for
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn jobs() -> Operation {
        let table = table("jobs")
            .columns([integer("id").primary_key()])
            .index(index("polling").columns(["id"]))
            .index(index("exact").desc("id").named("jobs by id"));
        CreateTable { table }.into()
    }

    fn rename(label: &str, to: &str) -> Operation {
        RenameIndex::new("jobs", label, to).into()
    }

    fn physical(catalog: &Catalog, table: &str, label: &str) -> String {
        let found = catalog.table(table).unwrap();
        let index = found.index_labelled(label).unwrap();
        index.physical_name(table, Postgres)
    }

    #[test]
    fn the_physical_name_follows_unless_it_is_exact() {
        let catalog = fold([jobs(), rename("polling", "open"), rename("exact", "by_id")]).unwrap();
        assert_eq!(physical(&catalog, "jobs", "open"), "idx_jobs_open");
        assert_eq!(physical(&catalog, "jobs", "by_id"), "jobs by id");
    }

    #[test]
    fn the_old_name_is_free_again() {
        let again = CreateIndex {
            table: "jobs".into(),
            index: index("polling").columns(["id"]),
        };
        assert!(fold([jobs(), rename("polling", "open"), again.into()]).is_ok());
    }

    #[test]
    fn the_way_back_leads_to_a_name_from_before_its_table_was_renamed() {
        let renamed = RenameTable {
            table: "jobs".into(),
            to: "tasks".into(),
        };
        let before = fold([jobs(), renamed.into()]).unwrap();
        let open = Operation::from(RenameIndex::new("tasks", "polling", "open"));
        let mut catalog = before.clone();
        open.apply(&mut catalog).unwrap();
        assert_eq!(physical(&catalog, "tasks", "open"), "idx_tasks_open");
        for back in open.inverse(&before).operations() {
            back.apply(&mut catalog).unwrap();
        }
        assert_eq!(catalog, before);
    }

    #[test]
    fn a_label_that_is_taken_or_unusable_is_refused() {
        for (label, to) in [
            ("polling", "exact"),
            ("polling", "Polling"),
            ("polling", "a`b"),
            ("nope", "x"),
        ] {
            let error = fold([jobs(), rename(label, to)]);
            assert!(error.is_err(), "{label} to {to}");
        }
        let taken = CreateTable {
            table: table("idx_jobs_open").columns([integer("id")]),
        };
        let error = fold([jobs(), taken.into(), rename("polling", "open")]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
    }
}
