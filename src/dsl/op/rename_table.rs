use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};

/// Gives a table another name: [`Migration::rename_table`](crate::dsl::Migration::rename_table).
///
#[doc = include_str!("../../../docs/operations/rename_table.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct RenameTable {
    /// The name that the table has.
    pub table: String,
    /// The name that it gets.
    pub to: String,
}

impl RenameTable {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.rename_table(&self.table, &self.to)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            RenameTable {
                table: self.to.clone(),
                to: self.table.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for RenameTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rename table {} to {}", self.table, self.to)
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn jobs(name: &str) -> Operation {
        let table = table(name)
            .columns([integer("id").primary_key()])
            .index(index("polling").columns(["id"]));
        CreateTable { table }.into()
    }

    fn rename(table: &str, to: &str) -> Operation {
        RenameTable {
            table: table.into(),
            to: to.into(),
        }
        .into()
    }

    fn polling(catalog: &Catalog, table: &str) -> Index {
        let table = catalog.table(table).unwrap();
        table.index_labelled("polling").unwrap().clone()
    }

    #[test]
    fn what_was_named_after_the_table_keeps_its_name() {
        let catalog = fold([
            jobs("jobs"),
            rename("jobs", "tasks"),
            rename("tasks", "work"),
        ]);
        let index = polling(&catalog.unwrap(), "work");
        assert_eq!(index.physical_name("work", Postgres), "idx_jobs_polling");
        assert_eq!(index.physical_name("work", MySql), "idx_polling");
        assert_eq!(index.to_string(), "polling (id), named for jobs");
    }

    #[test]
    fn there_and_back_is_what_was() {
        let before = fold([jobs("jobs")]).unwrap();
        let there = rename("jobs", "tasks");
        let mut catalog = before.clone();
        there.apply(&mut catalog).unwrap();
        for back in there.inverse(&before).operations() {
            back.apply(&mut catalog).unwrap();
        }
        assert_eq!(catalog, before);
    }

    #[test]
    fn the_old_name_is_free_and_the_names_of_its_indexes_are_not() {
        let renamed = [jobs("jobs"), rename("jobs", "tasks")];
        let without_index = CreateTable {
            table: table("jobs").columns([integer("id").primary_key()]),
        };
        let anew = |it: Operation| fold(renamed.iter().cloned().chain([it]));
        assert!(anew(without_index.into()).is_ok());
        assert!(matches!(
            anew(jobs("jobs")),
            Err(OperationError::NameCollision { .. })
        ));
    }

    #[test]
    fn an_index_that_comes_back_has_the_name_that_it_had() {
        let before = fold([jobs("jobs"), rename("jobs", "tasks")]).unwrap();
        let drop = Operation::from(DropTable {
            table: "tasks".into(),
        });
        let mut catalog = before.clone();
        drop.apply(&mut catalog).unwrap();
        for back in drop.inverse(&before).operations() {
            back.apply(&mut catalog).unwrap();
        }
        assert_eq!(catalog, before);
    }

    #[test]
    fn a_table_may_get_the_name_of_its_own_key_and_back() {
        let before = fold([jobs("jobs")]).unwrap();
        let there = rename("jobs", "jobs_pkey");
        let key_first = Postgres.render(&there, &before).unwrap();
        assert!(key_first[0].sql.starts_with("ALTER INDEX"), "{key_first:?}");
        let mut catalog = before.clone();
        there.apply(&mut catalog).unwrap();
        let back = rename("jobs_pkey", "jobs");
        let table_first = Postgres.render(&back, &catalog).unwrap();
        assert!(table_first[0].sql.starts_with("ALTER TABLE"));
        back.apply(&mut catalog).unwrap();
        assert_eq!(catalog, before);
    }

    #[test]
    fn a_name_that_is_taken_or_unusable_is_refused() {
        for (table, to) in [
            ("jobs", "other"),
            ("jobs", "Jobs"),
            ("jobs", "idx_jobs_polling"),
            ("jobs", "other_pkey"),
            ("jobs", "a`b"),
            ("nope", "x"),
        ] {
            let error = fold([jobs("jobs"), jobs("other"), rename(table, to)]);
            assert!(error.is_err(), "{table} to {to}");
        }
    }
}
