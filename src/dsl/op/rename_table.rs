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
    fn constraints_keep_their_names_and_foreign_keys_follow() {
        let keyed = |name: &str| {
            table(name)
                .columns([integer("id").primary_key(), integer("other").nullable()])
                .unique(unique("other").columns(["other"]))
                .check(check("other", col("other").gt(0)))
                .foreign_key(
                    foreign_key("job")
                        .columns(["other"])
                        .references("jobs", ["id"]),
                )
        };
        let made = ["jobs", "others"].map(|name| CreateTable { table: keyed(name) }.into());
        let before = fold(made).unwrap();
        let there = rename("jobs", "tasks");
        let mut catalog = before.clone();
        there.apply(&mut catalog).unwrap();
        let tasks = catalog.table("tasks").unwrap();
        let names = [
            tasks.uniques[0].physical_name("tasks"),
            tasks.foreign_keys[0].physical_name("tasks"),
            tasks.checks[0].physical_name("tasks"),
        ];
        assert_eq!(names, ["uq_jobs_other", "fk_jobs_job", "ck_jobs_other"]);
        assert_eq!(
            tasks.foreign_keys[0].to_string(),
            "job (other) references tasks (id), named for jobs"
        );
        assert_eq!(
            tasks.uniques[0].to_string(),
            "other (other), named for jobs"
        );
        assert_eq!(
            tasks.checks[0].to_string(),
            r#"other, named for jobs, "other" > 0"#
        );
        let other = catalog.table("others").unwrap();
        assert_eq!(other.foreign_keys[0].table, "tasks");

        // The names are taken as long as the constraints are there.
        let anew = Operation::from(AddUnique {
            table: "others".into(),
            unique: unique("x").columns(["id", "other"]).named("uq_jobs_other"),
        });
        let refused = anew.apply(&mut catalog.clone());
        assert!(
            matches!(refused, Err(OperationError::NameCollision { .. })),
            "{refused:?}"
        );

        // What is dropped comes back under its name.
        for drop in [
            Operation::from(DropForeignKey {
                table: "tasks".into(),
                foreign_key: "job".into(),
            }),
            DropUnique {
                table: "tasks".into(),
                unique: "other".into(),
            }
            .into(),
            DropCheck {
                table: "tasks".into(),
                check: "other".into(),
            }
            .into(),
        ] {
            let mut dropped = catalog.clone();
            drop.apply(&mut dropped).unwrap();
            for back in drop.inverse(&catalog).operations() {
                back.apply(&mut dropped).unwrap();
            }
            assert_eq!(dropped, catalog, "{drop}");
        }

        for back in there.inverse(&before).operations() {
            back.apply(&mut catalog).unwrap();
        }
        assert_eq!(catalog, before);
    }

    #[test]
    fn a_constraint_that_mysql_would_rename_is_in_the_way() {
        let key = foreign_key("self")
            .columns(["other"])
            .references("jobs", ["id"]);
        let positive = check("positive", col("id").gt(0));
        let jobs = || table("jobs").columns([integer("id").primary_key(), integer("other")]);
        for (made, is_renamed) in [
            (jobs().foreign_key(key.clone().named("jobs_ibfk_1")), true),
            (jobs().check(positive.clone().named("Jobs_chk_2")), true),
            (jobs().foreign_key(key.named("others_ibfk_1")), false),
            (jobs().check(positive.named("jobs_check")), false),
        ] {
            let text = made.to_string();
            let folded = fold([CreateTable { table: made }.into(), rename("jobs", "tasks")]);
            assert_eq!(folded.is_err(), is_renamed, "{text}");
        }
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
