//! Views.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

fn jobs() -> Migration {
    operations().create_table(table("jobs").columns([
        integer("id").primary_key(),
        string("status").length(20).default("open"),
    ]))
}

fn open() -> View {
    view("open_jobs")
        .everywhere("SELECT id FROM jobs WHERE status = 'open'")
        .depends_on(["jobs"])
}

const ROWS: [&str; 1] = ["INSERT INTO jobs (id, status) VALUES (1, 'open'), (2, 'done')"];

on_every_engine! {
    async fn create_view(database: &Database) {
        let all = view("all_jobs").everywhere("SELECT id, status FROM jobs; -- all").depends_on(["jobs"]);
        case(jobs(), operations().create_view(open()).create_view(all))
            .rows(ROWS)
            .keeps("SELECT id, status FROM jobs ORDER BY id")
            .gives("SELECT id FROM open_jobs", [["1"]])
            .check(database)
            .await;
    }

    async fn drop_view(database: &Database) {
        case(jobs().create_view(open()), operations().drop_view("open_jobs"))
            .rows(ROWS)
            .check(database)
            .await;
    }

    async fn replace_view(database: &Database) {
        let other = view("open_jobs").everywhere("SELECT status AS state FROM jobs").depends_on(["jobs"]);
        case(jobs().create_view(open()), operations().replace_view(other))
            .rows(ROWS)
            .gives("SELECT state FROM open_jobs ORDER BY state", [["done"], ["open"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_view_is_made_anew(database: &Database) {
        let other = view("open_jobs").everywhere("SELECT status AS state FROM jobs").depends_on(["jobs"]);
        let change = operations().drop_view("open_jobs").create_view(other);
        case(jobs().create_view(open()), change)
            .rows(ROWS)
            .gives("SELECT state FROM open_jobs ORDER BY state", [["done"], ["open"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_view_of_a_table_that_changes_stays(database: &Database) {
        // SQLite adds the column by making the table anew.
        let change = operations().add_column("jobs", timestamp("made_at").default_expression(now()));
        case(jobs().create_view(open()), change)
            .rows(ROWS)
            .keeps("SELECT id FROM open_jobs")
            .check(database)
            .await;
    }
}
