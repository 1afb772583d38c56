//! Functions.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// What tries cost. SQLite has no functions in SQL.
fn price(arguments: &str, price: &str) -> Function {
    function("price of a try")
        .on(
            Postgres,
            format!("({arguments}) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT {price} $$"),
        )
        .on(
            MySql,
            format!(
                "({arguments}) RETURNS INT DETERMINISTIC\nBEGIN\n    RETURN {price}; -- 'all\nEND;"
            ),
        )
        .nothing_on(Sqlite)
}

/// Its answers are taken by rows, so that one query asks every engine for them.
fn asked(change: Migration, call: &str) -> Migration {
    change.run_sql(
        sql("ask")
            .on(
                Postgres,
                format!("INSERT INTO answers (answer) SELECT \"price of a try\"({call})"),
            )
            .on(
                MySql,
                format!("INSERT INTO answers (answer) SELECT `price of a try`({call})"),
            )
            .on(Sqlite, "INSERT INTO answers (answer) VALUES (0)")
            .down("")
            .data_only(),
    )
}

fn answers() -> Migration {
    operations().create_table(table("answers").columns([integer("answer")]))
}

fn jobs() -> Migration {
    operations()
        .create_table(table("jobs").columns([integer("id").primary_key()]))
        .create_table(table("log").columns([string("what").length(20)]))
        .create_function(logged("it"))
        .create_trigger(
            trigger("log_jobs", AfterInsert, "jobs")
                .everywhere("BEGIN INSERT INTO log (what) VALUES ('more'); END")
                .on(Postgres, "EXECUTE FUNCTION log_it()"),
        )
}

fn logged(what: &str) -> Function {
    function("log_it")
        .on(
            Postgres,
            format!(
                "() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN INSERT INTO log (what) VALUES ('{what}'); RETURN NULL; END $$"
            ),
        )
        .nothing_on(MySql)
        .nothing_on(Sqlite)
}

/// What an engine without functions has in the place of `answer`.
fn of(database: &Database, answer: &'static str) -> &'static str {
    match database.dialect {
        Dialect::Sqlite => "0",
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => answer,
    }
}

const ANSWERS: &str = "SELECT DISTINCT answer FROM answers";

on_every_engine! {
    async fn create_function(database: &Database) {
        // One operation alone: the catalog tells that it was done.
        case(answers(), operations().create_function(price("n INTEGER", "2 * n")))
            .check(database)
            .await;
    }

    async fn a_function_that_was_created_answers(database: &Database) {
        let change = operations().create_function(price("n INTEGER", "2 * n"));
        case(answers(), asked(change, "21"))
            .gives(ANSWERS, [[of(database, "42")]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn drop_function(database: &Database) {
        let before = answers().create_function(price("n INTEGER", "2 * n"));
        case(before, operations().drop_function("price of a try")).check(database).await;
    }

    async fn replace_function(database: &Database) {
        let before = answers().create_function(price("n INTEGER", "2 * n"));
        let change = operations().replace_function(price("n INTEGER", "3 * n"));
        case(before, asked(change, "21"))
            .gives(ANSWERS, [[of(database, "63")]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_function_gets_other_arguments(database: &Database) {
        let before = answers().create_function(price("n INTEGER", "2 * n"));
        let change = operations().replace_function(price("n INTEGER, m INTEGER", "m * n"));
        case(before, asked(change, "6, 7"))
            .gives(ANSWERS, [[of(database, "42")]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_function_that_a_trigger_uses_is_replaced(database: &Database) {
        let change = operations().replace_function(logged("more")).insert("jobs", [row().set("id", 1)]);
        case(jobs(), change)
            .gives("SELECT DISTINCT what FROM log", [["more"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_function_returns_another_type_when_it_is_made_anew(database: &Database) {
        let text = |kind: &str| {
            function("kind")
                .on(Postgres, format!("() RETURNS {kind} LANGUAGE sql AS 'SELECT NULL::{kind}'"))
                .on(MySql, format!("() RETURNS {kind} NO SQL RETURN NULL"))
                .nothing_on(Sqlite)
        };
        let change = operations().drop_function("kind").create_function(text("date"));
        case(operations().create_function(text("time")), change)
            .needs_its_record()
            .check(database)
            .await;
    }
}
