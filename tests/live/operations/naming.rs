//! Tables and indexes that get other names.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// Rows that are numbered, and indexes of every kind: one that is named by its label, one that is named exactly, and a partial unique one.
fn jobs() -> Migration {
    operations().create_table(
        table("jobs")
            .columns([
                integer("id").primary_key().auto_increment(),
                string("queue").length(40).nullable(),
            ])
            .index(index("queue").columns(["queue"]).desc("id"))
            .index(index("exact").columns(["queue"]).named("by queue"))
            .index(
                index("one")
                    .columns(["queue"])
                    .unique()
                    .only_where(col("queue").ne("mail")),
            ),
    )
}

const ROWS: [&str; 1] = ["INSERT INTO jobs (id, queue) VALUES (1, 'mail'), (2, 'mail'), (3, NULL)"];

on_every_engine! {
    async fn rename_table(database: &Database) {
        let change = operations()
            .rename_table("jobs", "the jobs")
            .drop_index("the jobs", "queue")
            .create_index("the jobs", index("queue").columns(["queue"]))
            .create_table(table("jobs").columns([integer("id").primary_key()]));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT COUNT(*) FROM jobs", [["0"]])
            .check(database)
            .await;
    }

    async fn rename_index(database: &Database) {
        let change = operations()
            .rename_index("jobs", "queue", "by_queue")
            .rename_index("jobs", "exact", "precise")
            .rename_index("jobs", "one", "only one");
        case(jobs(), change).rows(ROWS).keeps("SELECT id, queue FROM jobs ORDER BY id").check(database).await;
    }
}
