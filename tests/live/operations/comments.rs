//! What is said of tables and columns.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use super::check::{case, drift, operations};
use crate::database::Database;

/// All that no engine turns into something else.
const HARMFUL: &str = "it's \\ \"größer\" `x` $1 ? 100% -- ; /* {0}\nand a second line\\";

const ROWS: [&str; 2] = [
    "INSERT INTO jobs (id, note) VALUES (1, 'it''s')",
    "INSERT INTO jobs (id, at) VALUES (2, '2024-01-02 03:04:05')",
];

const ALL: &str = "SELECT id, note, n FROM jobs ORDER BY id";

fn jobs() -> Migration {
    operations()
        .create_enum("state", ["new", "done"])
        .create_table(
            table("jobs")
                .columns([
                    big_integer("id")
                        .primary_key()
                        .auto_increment()
                        .comment("counts"),
                    string("note").length(40).nullable().comment(HARMFUL),
                    integer("n").default(7),
                    integer("size").default(1),
                    timestamp("at").default_expression(now()),
                    enumerated("state", "state")
                        .default("new")
                        .comment("of an enum"),
                    integer("twice")
                        .stored_as(col("n").mul(2))
                        .comment("computed"),
                ])
                .index(index("n").columns(["n"]))
                .comment(HARMFUL),
        )
}

/// What the engine's catalog says of the table, and of one of its columns.
async fn said(database: &Database, column: &str) -> Option<[String; 2]> {
    let query = match database.dialect {
        Postgres => format!(
            "SELECT COALESCE(obj_description('jobs'::regclass, 'pg_class'), ''), \
                 COALESCE(col_description(attrelid, attnum), '') \
             FROM pg_attribute WHERE attrelid = 'jobs'::regclass AND attname = '{column}'"
        ),
        MySql | MariaDb => format!(
            "SELECT TABLE_COMMENT, COLUMN_COMMENT FROM information_schema.TABLES t \
             JOIN information_schema.COLUMNS c USING (TABLE_SCHEMA, TABLE_NAME) \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'jobs' AND COLUMN_NAME = '{column}'"
        ),
        Sqlite => return None,
    };
    let rows = database.rows(&query).await;
    Some([rows[0][0].clone(), rows[0][1].clone()])
}

async fn assert_said(database: &Database, column: &str, expected: [&str; 2]) {
    if let Some(said) = said(database, column).await {
        assert_eq!(said, expected, "{column}");
    }
}

on_every_engine! {
    async fn comments_that_come_with_their_table(database: &Database) {
        let before = operations().create_table(table("t").columns([integer("id")]));
        case(before, jobs()).check(database).await;
        assert_said(database, "note", [HARMFUL, HARMFUL]).await;
        assert_said(database, "state", [HARMFUL, "of an enum"]).await;
        assert_said(database, "twice", [HARMFUL, "computed"]).await;
    }

    async fn comments_that_come_change_and_go(database: &Database) {
        let change = operations()
            .comment_table("jobs", "what is to be done")
            .uncomment_column("jobs", "note")
            .comment_column("jobs", "n", HARMFUL)
            .comment_column("jobs", "id", "counts still")
            .comment_column("jobs", "at", "when")
            .comment_column("jobs", "twice", "n, doubled")
            .add_column("jobs", integer("m").nullable().comment("it's new"));
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
        assert_said(database, "n", ["what is to be done", HARMFUL]).await;
        assert_said(database, "note", ["what is to be done", ""]).await;
        assert_said(database, "m", ["what is to be done", "it's new"]).await;
        database.execute("INSERT INTO jobs (id, note) VALUES (9, 'c')").await;
        let added = database.rows("SELECT n, twice, state FROM jobs WHERE note = 'c'").await;
        assert_eq!(added, [["7", "14", "new"]]);
    }

    async fn a_comment_of_a_table_that_goes(database: &Database) {
        case(jobs(), operations().uncomment_table("jobs")).rows(ROWS).keeps(ALL).check(database).await;
        assert_said(database, "note", ["", HARMFUL]).await;
    }

    async fn what_changes_a_column_keeps_its_comment(database: &Database) {
        let change = operations()
            .alter_column("jobs", alter("note").set_type(varchar(60)))
            .rename_column("jobs", "note", "remark")
            .add_enum_value("state", "failed");
        case(jobs(), change).rows(ROWS).keeps("SELECT id, n FROM jobs ORDER BY id").check(database).await;
        assert_said(database, "remark", [HARMFUL, HARMFUL]).await;
        assert_said(database, "state", [HARMFUL, "of an enum"]).await;
    }

    async fn a_comment_that_is_made_before_its_column_gets_another_name(database: &Database) {
        let change = operations()
            .comment_column("jobs", "note", "it's another")
            .rename_column("jobs", "note", "remark");
        case(jobs(), change).rows(ROWS).keeps("SELECT id, n FROM jobs ORDER BY id").check(database).await;
        assert_said(database, "remark", [HARMFUL, "it's another"]).await;
    }

    // A comment before a change of its column is not said again with the column's old type.
    async fn a_comment_does_not_turn_back_what_came_after_it(database: &Database) {
        let change = operations()
            .comment_column("jobs", "size", "a number")
            .alter_column("jobs", alter("size").set_type(ColumnType::BigInteger))
            .comment_column("jobs", "size", "a large number");
        case(jobs(), change).rows(ROWS).check(database).await;
        assert_said(database, "size", [HARMFUL, "a large number"]).await;
    }

    async fn another_comment_is_drift_and_no_conflict(database: &Database) {
        let (said_of_table, said_of_column) = match database.dialect {
            Postgres => ("COMMENT ON TABLE t IS 'theirs'", "COMMENT ON COLUMN t.id IS 'theirs'"),
            MySql | MariaDb => (
                "ALTER TABLE t COMMENT 'theirs'",
                "ALTER TABLE t MODIFY COLUMN id INTEGER NOT NULL COMMENT 'theirs'",
            ),
            Sqlite => return,
        };
        let made = table("t").columns([integer("id").primary_key().comment("ours")]).comment("ours");
        let first = Migration::new("001", "Said").create_table(made);
        let migrator = Migrator::new(Migrations::new([first.clone()]));
        database.run(&migrator).await.unwrap();
        database.execute(said_of_table).await;
        database.execute(said_of_column).await;
        let found = drift(database, &migrator).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|it| it.contains("theirs") && it.contains("ours")), "{found:?}");
        // Without its record the table is taken over as it is.
        database.execute("DELETE FROM hammerwork_migrations").await;
        database.execute("DELETE FROM hammerwork_migrations_journal").await;
        let report = database.run(&migrator).await.unwrap();
        let warnings = report.warnings;
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings.iter().all(|it| it.contains("is kept as it is")), "{warnings:?}");
        // A comment of its own is written all the same.
        let second = Migration::new("002", "Say it").comment_table("t", "said").comment_column("t", "id", "said");
        let migrator = Migrator::new(Migrations::new([first, second]));
        database.run(&migrator).await.unwrap();
        assert_eq!(drift(database, &migrator).await, Vec::<String>::new());
    }
}
