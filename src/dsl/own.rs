//! What a migration has made itself, so far: rows in it are its own, and go with it.

use std::collections::BTreeSet;

use super::{CreateTrigger, Expr, Operation, ReplaceTrigger};

/// Tables and columns that were not there before the migration.
#[derive(Debug, Default)]
pub(crate) struct Own {
    tables: BTreeSet<String>,
    columns: BTreeSet<(String, String)>,
}

impl Own {
    /// Notes what `operation` makes, or takes away under its name.
    pub(crate) fn follow(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable(it) => {
                self.tables.insert(it.table.name.clone());
            }
            Operation::DropTable(it) => {
                self.tables.remove(&it.table);
                self.columns.retain(|(table, _)| *table != it.table);
            }
            Operation::AddColumn(it) => {
                self.columns
                    .insert((it.table.clone(), it.column.name.clone()));
            }
            Operation::DropColumn(it) => {
                self.columns.remove(&(it.table.clone(), it.column.clone()));
            }
            Operation::RenameColumn(it) => {
                let column = |name: &String| (it.table.clone(), name.clone());
                if self.columns.remove(&column(&it.column)) {
                    self.columns.insert(column(&it.to));
                }
            }
            Operation::RenameTable(it) => {
                if self.tables.remove(&it.table) {
                    self.tables.insert(it.to.clone());
                }
                let columns = std::mem::take(&mut self.columns);
                self.columns = columns
                    .into_iter()
                    .map(|(table, column)| match table == it.table {
                        true => (it.to.clone(), column),
                        false => (table, column),
                    })
                    .collect();
            }
            // What changes its rows may now change those of other tables.
            Operation::CreateTrigger(CreateTrigger { trigger })
            | Operation::ReplaceTrigger(ReplaceTrigger { trigger }) => {
                self.tables.remove(&trigger.table);
                self.columns.retain(|(table, _)| *table != trigger.table);
            }
            Operation::RunSql(it) => it.stands_for.iter().for_each(|it| self.follow(it)),
            Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddPrimaryKey(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::AlterColumn(_)
            | Operation::RenameIndex(_)
            | Operation::CreateView(_)
            | Operation::ReplaceView(_)
            | Operation::DropView(_)
            | Operation::DropTrigger(_)
            | Operation::CreateFunction(_)
            | Operation::ReplaceFunction(_)
            | Operation::DropFunction(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_) => {}
        }
    }

    /// Whether `operation` changes rows, and nothing of them that was there before the migration: there is nothing
    /// to undo then but what made their place.
    pub(crate) fn holds_all_that_changes(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Insert(it) => self.tables.contains(&it.table),
            Operation::Delete(it) => self.tables.contains(&it.table),
            Operation::Update(it) => self.holds(&it.table, &it.rows.changes),
            Operation::Backfill(it) => self.holds(&it.table, &it.rows.changes),
            Operation::CreateTable(_)
            | Operation::DropTable(_)
            | Operation::AddColumn(_)
            | Operation::DropColumn(_)
            | Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddPrimaryKey(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::AlterColumn(_)
            | Operation::RenameIndex(_)
            | Operation::CreateView(_)
            | Operation::ReplaceView(_)
            | Operation::DropView(_)
            | Operation::CreateTrigger(_)
            | Operation::ReplaceTrigger(_)
            | Operation::DropTrigger(_)
            | Operation::CreateFunction(_)
            | Operation::ReplaceFunction(_)
            | Operation::DropFunction(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::RenameTable(_)
            | Operation::RunSql(_) => false,
        }
    }

    fn holds(&self, table: &str, changes: &[(String, Expr)]) -> bool {
        let is_own = |column: &String| self.columns.contains(&(table.to_owned(), column.clone()));
        self.tables.contains(table) || changes.iter().all(|(column, _)| is_own(column))
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::dsl::*;

    fn jobs() -> Catalog {
        let columns = [integer("id").primary_key(), integer("a").default(1)];
        Migrations::new(
            [Migration::new("001", "jobs").create_table(table("jobs").columns(columns))],
        )
        .validate()
        .unwrap()
    }

    #[test]
    fn what_fills_a_new_column_goes_with_it() {
        let add = Migration::new("002", "b").add_column("jobs", integer("b").nullable());
        let filled = add.clone().update("jobs", rows().set("b", col("a")));
        assert_eq!(
            filled.inverse(&jobs()).unwrap(),
            add.inverse(&jobs()).unwrap()
        );
        let renamed = add
            .rename_column("jobs", "b", "c")
            .update("jobs", rows().set("c", 1));
        assert!(matches!(
            renamed.inverse(&jobs()).unwrap(),
            Inverse::Lossy { .. }
        ));
    }

    #[test]
    fn what_was_there_under_another_name_is_not_its_own() {
        for migration in [
            Migration::new("002", "x").update("jobs", rows().set("a", 2)),
            Migration::new("002", "x")
                .rename_column("jobs", "a", "b")
                .update("jobs", rows().set("b", 2)),
            Migration::new("002", "x")
                .add_column("jobs", integer("b").nullable())
                .drop_column("jobs", "b")
                .rename_column("jobs", "a", "b")
                .update("jobs", rows().set("b", 2)),
        ] {
            let inverse = migration.inverse(&jobs()).unwrap();
            assert!(matches!(inverse, Inverse::None { .. }), "{inverse:?}");
        }
    }

    #[test]
    fn rows_of_a_new_table_go_with_it() {
        let migration = Migration::new("002", "queues")
            .create_table(table("queues").columns([string("name").length(9).primary_key()]))
            .insert("queues", [row().set("name", "mail")])
            .delete("queues", rows());
        let inverse = migration.inverse(&Catalog::default()).unwrap();
        assert_eq!(inverse.operations().len(), 1, "{inverse:?}");
    }
}
