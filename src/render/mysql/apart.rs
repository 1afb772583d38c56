//! Which changes of a table are better two statements than one.

use super::TableChange;

impl TableChange {
    /// Whether the whole table would be written anew for the two in one `ALTER TABLE`, and for neither alone. A column comes
    /// and goes at once, and an index is made from the rows as they are; but what has both in it is done in one way, and
    /// that of the index can't add a column to rows that stay where they are.
    pub(super) fn would_rebuild(&self, later: &TableChange) -> bool {
        // A new table has no rows, and the hidden columns of an index belong to it.
        let columns_alone =
            |change: &TableChange| change.changes_columns && !change.changes_indexes;
        !self.creates
            && ((columns_alone(self) && later.changes_indexes)
                || (self.changes_indexes && columns_alone(later)))
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::*;

    fn statements(migration: &Migration, dialect: Dialect) -> Vec<String> {
        let base = Migrations::new([Migration::new("001", "t").create_table(
            table("t")
                .columns([integer("id").primary_key(), integer("n").nullable()])
                .index(index("n").columns(["n"])),
        )]);
        let plan = migration.plan(dialect, &base.validate().unwrap()).unwrap();
        plan.statements.into_iter().map(|it| it.sql).collect()
    }

    /// The table is never without both indexes, and its rows stay where they are.
    #[test]
    fn columns_and_indexes_come_apart_and_each_of_them_together() {
        let migration = Migration::new("002", "m")
            .add_column("t", integer("m").nullable())
            .add_column("t", integer("o").nullable())
            .drop_index("t", "n")
            .create_index("t", index("m").columns(["m", "n"]));
        for dialect in [MySql, MariaDb] {
            let statements = statements(&migration, dialect);
            let [columns, indexes] = statements.as_slice() else {
                panic!("{dialect}: {statements:#?}");
            };
            assert_eq!(columns.matches("ADD COLUMN").count(), 2, "{columns}");
            assert!(!columns.contains("INDEX"), "{columns}");
            assert!(indexes.contains("DROP INDEX"), "{indexes}");
            assert!(indexes.contains("ADD INDEX"), "{indexes}");
        }
    }

    #[test]
    fn on_the_way_back_too() {
        let migration = Migration::new("002", "n")
            .drop_index("t", "n")
            .drop_column("t", "n");
        for dialect in [MySql, MariaDb] {
            assert_eq!(statements(&migration, dialect).len(), 2, "{dialect}");
        }
    }

    /// The column that MariaDB makes for an index comes with it.
    #[test]
    fn a_hidden_column_stays_with_its_index() {
        let migration = Migration::new("002", "n").create_index(
            "t",
            index("once")
                .unique()
                .columns(["n"])
                .only_where(col("n").gt(0)),
        );
        for dialect in [MySql, MariaDb] {
            assert_eq!(statements(&migration, dialect).len(), 1, "{dialect}");
        }
    }

    /// It has no rows.
    #[test]
    fn a_new_table_is_one_statement() {
        let migration = Migration::new("002", "u")
            .create_table(table("u").columns([integer("id").primary_key()]))
            .add_column("u", integer("n").nullable())
            .create_index("u", index("n").columns(["n"]))
            .add_column("u", integer("m").nullable());
        for dialect in [MySql, MariaDb] {
            assert_eq!(statements(&migration, dialect).len(), 1, "{dialect}");
        }
    }
}
