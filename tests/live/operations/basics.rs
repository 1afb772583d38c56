//! Tables, columns and indexes that come and go, and columns that are renamed.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// A table that has rows and an index.
fn jobs() -> Migration {
    operations().create_table(
        table("jobs")
            .columns([
                integer("id").primary_key(),
                string("queue").length(40),
                integer("priority").default(2),
                text("note").nullable(),
            ])
            .index(index("queue").columns(["queue"]).desc("priority")),
    )
}

const ROWS: [&str; 2] = [
    "INSERT INTO jobs (id, queue, priority, note) VALUES (1, 'mail', 4, 'it''s')",
    "INSERT INTO jobs (id, queue) VALUES (2, 'push')",
];

const ALL: &str = "SELECT id, queue, priority, note FROM jobs ORDER BY id";

on_every_engine! {
    async fn create_table(database: &Database) {
        let tags = table("tags")
            .columns([string("name").length(40).primary_key(), boolean("hidden").default(false)])
            .index(index("hidden").columns(["hidden"]).only_where(col("hidden").eq(true)));
        case(jobs(), operations().create_table(tags)).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn drop_table(database: &Database) {
        // A database that has nothing is no sign that a history was run.
        let more = jobs().create_table(table("other").columns([integer("id")]));
        case(more, operations().drop_table("jobs")).rows(ROWS).check(database).await;
    }

    async fn add_column(database: &Database) {
        case(jobs(), operations().add_column("jobs", integer("attempts").default(3)))
            .rows(ROWS)
            .keeps(ALL)
            .gives("SELECT id, attempts FROM jobs ORDER BY id", [["1", "3"], ["2", "3"]])
            .check(database)
            .await;
    }

    async fn drop_column(database: &Database) {
        case(jobs(), operations().drop_column("jobs", "note"))
            .rows(ROWS)
            .keeps("SELECT id, queue, priority FROM jobs ORDER BY id")
            .check(database)
            .await;
    }

    async fn create_index(database: &Database) {
        let change = operations()
            .create_index("jobs", index("urgent").desc("priority").only_where(col("priority").gt(3)))
            .create_index("jobs", index("one").columns(["queue"]).unique())
            .create_index("jobs", index("some").columns(["id", "queue"]).unique().only_where(col("queue").eq("mail")));
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn drop_index(database: &Database) {
        case(jobs(), operations().drop_index("jobs", "queue")).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn rename_column(database: &Database) {
        case(jobs(), operations().rename_column("jobs", "queue", "queue name"))
            .rows(ROWS)
            .keeps("SELECT id, priority, note FROM jobs ORDER BY id")
            .check(database)
            .await;
    }

    async fn create_index_over_unbounded_text(database: &Database) {
        case(jobs(), operations().create_index("jobs", index("note").columns(["note"])))
            .rows(ROWS)
            .keeps(ALL)
            .unsupported_on([MySql, MariaDb])
            .check(database)
            .await;
    }

    async fn run_sql(database: &Database) {
        let raise = sql("raise all priorities")
            .everywhere("UPDATE jobs SET priority = priority + 1")
            .down("UPDATE jobs SET priority = priority - 1")
            .data_only();
        case(jobs(), operations().run_sql(raise))
            .rows(ROWS)
            .gives("SELECT priority FROM jobs ORDER BY id", [["5"], ["3"]])
            .needs_its_record()
            .check(database)
            .await;
    }
}
