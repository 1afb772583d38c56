//! Triggers.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

fn jobs() -> Migration {
    let function = |name: &str, what: &str| {
        sql(format!("the function {name}"))
            .on(
                Postgres,
                format!(
                    "CREATE FUNCTION {name}() RETURNS TRIGGER LANGUAGE plpgsql AS \
                     $$ BEGIN INSERT INTO log (what) VALUES ('{what}'); RETURN NULL; END $$"
                ),
            )
            .down_on(Postgres, format!("DROP FUNCTION {name}()"))
            .nothing_on(MySql)
            .nothing_on(Sqlite)
    };
    operations()
        .create_table(table("jobs").columns([integer("id").primary_key(), integer("n").default(0)]))
        .create_table(table("tasks").columns([integer("id").primary_key()]))
        .create_table(table("log").columns([string("what").length(20)]))
        .run_sql(function("log_it", "it"))
        .run_sql(function("log_more", "more"))
}

fn logs(moment: TriggerMoment, table: &str, what: &str) -> Trigger {
    trigger("log_jobs", moment, table)
        .everywhere(format!(
            "BEGIN INSERT INTO log (what) VALUES ('{what}'); END"
        ))
        .on(Postgres, format!("EXECUTE FUNCTION log_{what}()"))
}

const ROWS: [&str; 1] = ["INSERT INTO jobs (id) VALUES (1)"];
const LOG: &str = "SELECT DISTINCT what FROM log ORDER BY what";

on_every_engine! {
    async fn create_trigger(database: &Database) {
        let change = operations()
            .create_trigger(logs(AfterInsert, "jobs", "it"))
            .insert("jobs", [row().set("id", 2)]);
        case(jobs(), change)
            .rows(ROWS)
            .gives(LOG, [["it"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn drop_trigger(database: &Database) {
        let before = jobs().create_trigger(logs(AfterInsert, "jobs", "it"));
        let change = operations().drop_trigger("log_jobs").insert("jobs", [row().set("id", 2)]);
        case(before, change)
            .rows(ROWS)
            .gives(LOG, [["it"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn replace_trigger(database: &Database) {
        let before = jobs().create_trigger(logs(AfterInsert, "jobs", "it"));
        let change = operations().replace_trigger(logs(AfterInsert, "jobs", "more"));
        let change = change.insert("jobs", [row().set("id", 2)]);
        case(before, change)
            .rows(ROWS)
            .gives(LOG, [["it"], ["more"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_trigger_is_made_anew(database: &Database) {
        let other = logs(AfterInsert, "jobs", "more");
        let change = operations().drop_trigger(other.name.clone()).create_trigger(other);
        case(jobs().create_trigger(logs(AfterInsert, "jobs", "it")), change)
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_trigger_moves_to_another_table(database: &Database) {
        let before = jobs().create_trigger(logs(AfterInsert, "jobs", "it"));
        let change = operations().replace_trigger(logs(AfterInsert, "tasks", "more"));
        let change = change.insert("tasks", [row().set("id", 1)]);
        case(before, change)
            .rows(ROWS)
            .gives(LOG, [["it"], ["more"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_trigger_of_a_table_that_changes_stays(database: &Database) {
        // SQLite makes the table anew.
        let change = operations()
            .add_check("jobs", check("n_positive", col("n").gte(0)))
            .insert("jobs", [row().set("id", 2)]);
        case(jobs().create_trigger(logs(AfterInsert, "jobs", "it")), change)
            .gives(LOG, [["it"]])
            .needs_its_record()
            .check(database)
            .await;
    }
}
