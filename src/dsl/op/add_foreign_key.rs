use std::fmt;

use super::{DropForeignKey, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::ForeignKey;

#[doc = include_str!("../../../docs/operations/add_foreign_key.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AddForeignKey {
    /// The name of the table.
    pub table: String,
    /// The foreign key.
    pub foreign_key: ForeignKey,
}

impl AddForeignKey {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_foreign_key(&self.table, &self.foreign_key)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropForeignKey {
                table: self.table.clone(),
                foreign_key: self.foreign_key.label.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for AddForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("add foreign key ")?;
        f.write_str(&self.table)?;
        f.write_str(".")?;
        self.foreign_key.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn queues() -> Operation {
        let queues = table("queues")
            .columns([
                integer("id").primary_key(),
                integer("a"),
                integer("b"),
                string("name"),
                integer("few"),
            ])
            .unique(unique("pair").columns(["a", "b"]))
            .index(index("name").columns(["name"]).unique())
            .index(
                index("few")
                    .columns(["few"])
                    .unique()
                    .only_where(col("few").gt(0)),
            );
        CreateTable { table: queues }.into()
    }

    fn jobs() -> Operation {
        let jobs = table("jobs")
            .columns([
                integer("id").primary_key(),
                integer("a").nullable(),
                integer("b").nullable(),
                string("queue"),
                big_integer("big").nullable(),
                integer("set"),
            ])
            .check(check("b", col("b").gt(0)));
        CreateTable { table: jobs }.into()
    }

    fn add(key: ForeignKey) -> Operation {
        AddForeignKey {
            table: "jobs".into(),
            foreign_key: key,
        }
        .into()
    }

    fn to(columns: &[&str], referenced: &[&str]) -> ForeignKey {
        foreign_key("queue")
            .columns(columns.iter().copied())
            .references("queues", referenced.iter().copied())
    }

    #[test]
    fn it_refers_to_a_key_in_the_order_of_its_columns() {
        for good in [
            to(&["a"], &["id"]),
            to(&["a", "b"], &["a", "b"]),
            to(&["queue"], &["name"]),
        ] {
            assert!(
                fold([queues(), jobs(), add(good.clone())]).is_ok(),
                "{good}"
            );
        }
        for bad in [
            to(&["a", "b"], &["b", "a"]),
            to(&["a"], &["a"]),
            to(&["a"], &["few"]),
            to(&["a", "b"], &["id"]),
            to(&[], &[]),
            to(&["a", "a"], &["a", "b"]),
            to(&["big"], &["id"]),
            to(&["a"], &["id"]).on_update(Cascade).columns(["b"]),
            to(&["set"], &["id"]).on_delete(SetNull),
            to(&["set"], &["id"]).on_delete(SetDefault),
            foreign_key("self")
                .columns(["id"])
                .references("jobs", ["id"]),
        ] {
            let error = fold([queues(), jobs(), add(bad.clone())]);
            assert!(
                matches!(error, Err(OperationError::InvalidConstraint { .. })),
                "{bad}: {error:?}"
            );
        }
    }

    /// MariaDB refuses each of these.
    #[test]
    fn what_may_become_null_is_not_passed_on_to_what_can_not() {
        let made = |name: &str, is_nullable| {
            let mut code = integer("code");
            code.nullable = is_nullable;
            let made = table(name).columns([integer("id").primary_key(), code]);
            let unique = unique("code").columns(["code"]);
            Operation::from(CreateTable {
                table: made.unique(unique),
            })
        };
        let key = foreign_key("code")
            .columns(["code"])
            .references("a", ["code"]);
        let linked = |nullable: [bool; 2], key: ForeignKey| {
            let add = AddForeignKey {
                table: "b".into(),
                foreign_key: key,
            };
            [made("a", nullable[0]), made("b", nullable[1]), add.into()]
        };
        let passing_on = || key.clone().on_update(Cascade);
        let changed = |table: &str, change: ColumnChange| {
            Operation::from(AlterColumn {
                table: table.into(),
                change,
            })
        };
        let not_null = changed("b", alter("code").set_not_null());
        let nullable = changed("a", alter("code").set_nullable());
        for (history, later) in [
            (linked([true, false], passing_on()), None),
            (linked([true, true], passing_on()), Some(not_null.clone())),
            (linked([false, false], passing_on()), Some(nullable)),
        ] {
            let error = fold(history.into_iter().chain(later)).unwrap_err();
            assert!(error.to_string().contains("MariaDB refuses"), "{error}");
        }
        for (history, later) in [
            (linked([true, false], key.clone().on_delete(Cascade)), None),
            (linked([false, true], passing_on()), Some(not_null)),
        ] {
            assert!(fold(history.into_iter().chain(later)).is_ok());
        }
    }

    #[test]
    fn what_it_may_change_is_not_checked_and_the_other_way_round() {
        let changes = to(&["b"], &["id"]).on_update(Cascade);
        let error = fold([queues(), jobs(), add(changes)]);
        assert!(
            matches!(error, Err(OperationError::InvalidConstraint { .. })),
            "{error:?}"
        );
        let keeps = to(&["b"], &["id"]).on_delete(Cascade);
        assert!(fold([queues(), jobs(), add(keeps)]).is_ok());
        let late = AddCheck {
            table: "jobs".into(),
            check: check("a", col("a").gt(0)),
        };
        let error = fold([
            queues(),
            jobs(),
            add(to(&["a"], &["id"]).on_delete(SetNull)),
            late.into(),
        ]);
        assert!(
            matches!(error, Err(OperationError::InvalidConstraint { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn both_of_its_tables_and_all_of_its_columns_must_be_there() {
        for (bad, is_table) in [
            (
                foreign_key("k").columns(["a"]).references("nope", ["id"]),
                true,
            ),
            (to(&["nope"], &["id"]), false),
            (to(&["a"], &["nope"]), false),
        ] {
            let error = fold([queues(), jobs(), add(bad.clone())]);
            let told = match &error {
                Err(OperationError::UnknownTable { .. }) => is_table,
                Err(OperationError::UnknownColumn { .. }) => !is_table,
                _ => false,
            };
            assert!(told, "{bad}: {error:?}");
        }
    }

    #[test]
    fn what_it_refers_to_stays() {
        let drops: [Operation; 4] = [
            DropTable {
                table: "queues".into(),
            }
            .into(),
            DropPrimaryKey {
                table: "queues".into(),
            }
            .into(),
            DropUnique {
                table: "queues".into(),
                unique: "pair".into(),
            }
            .into(),
            DropIndex {
                table: "queues".into(),
                index: "name".into(),
            }
            .into(),
        ];
        let keys = [
            to(&["a"], &["id"]),
            to(&["a"], &["id"]),
            to(&["a", "b"], &["a", "b"]),
            to(&["queue"], &["name"]),
        ];
        for (drop, key) in drops.into_iter().zip(keys) {
            let error = fold([queues(), jobs(), add(key), drop.clone()]).unwrap_err();
            let text = error.to_string();
            assert!(
                text.ends_with("is what foreign key queue of jobs refers to: drop that first"),
                "{drop}: {text}"
            );
            let without = fold([queues(), jobs(), drop.clone()]);
            assert!(without.is_ok(), "{drop}: {without:?}");
        }
    }

    #[test]
    fn a_second_key_that_it_could_refer_to_is_refused() {
        let second = AddUnique {
            table: "queues".into(),
            unique: unique("second").columns(["id"]),
        };
        let error = fold([queues(), jobs(), add(to(&["a"], &["id"])), second.into()]);
        assert!(
            matches!(error, Err(OperationError::InvalidConstraint { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn its_columns_follow_their_new_names_on_both_sides() {
        let rename = |table: &str, column: &str, to: &str| {
            RenameColumn {
                table: table.into(),
                column: column.into(),
                to: to.into(),
            }
            .into()
        };
        let catalog = fold([
            queues(),
            jobs(),
            add(to(&["a", "b"], &["a", "b"])),
            rename("queues", "a", "first"),
            rename("jobs", "a", "queue_a"),
        ])
        .unwrap();
        let key = &catalog.table("jobs").unwrap().foreign_keys[0];
        assert_eq!(key.columns, ["queue_a", "b"]);
        assert_eq!(key.referenced, ["first", "b"]);
        let unique = &catalog.table("queues").unwrap().uniques[0];
        assert_eq!(unique.columns, ["first", "b"]);
    }

    #[test]
    fn its_name_is_taken_and_free_again() {
        let index = CreateIndex {
            table: "jobs".into(),
            index: index("i").columns(["a"]).named("fk_jobs_queue"),
        };
        let key = || add(to(&["a"], &["id"]));
        let error = fold([queues(), jobs(), key(), index.clone().into()]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
        let drop = DropForeignKey {
            table: "jobs".into(),
            foreign_key: "queue".into(),
        };
        assert!(fold([queues(), jobs(), key(), drop.into(), index.into()]).is_ok());
        // On MySQL and MariaDB, names of indexes are the table's, and it has an index of its name.
        let named = to(&["a"], &["id"]).named("idx_i");
        let plain = CreateIndex {
            table: "jobs".into(),
            index: crate::dsl::index("i").columns(["a"]),
        };
        let error = fold([queues(), jobs(), plain.into(), add(named)]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
    }
}
