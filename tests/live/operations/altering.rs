//! Columns that change their type, their default, and whether they may be NULL.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

fn jobs() -> Migration {
    operations().create_table(
        table("jobs")
            .columns([
                integer("id").primary_key(),
                integer("n").default(2),
                string("word").length(40).nullable(),
                datetime("at").nullable(),
                boolean("open").default(true),
            ])
            .index(index("word").columns(["word"]).desc("n"))
            .index(
                index("open")
                    .columns(["id"])
                    .unique()
                    .only_where(col("open").eq(true)),
            ),
    )
}

const ROWS: [&str; 2] = [
    "INSERT INTO jobs (id, n, word, at, open) VALUES (1, 7, '41', '2024-02-29 12:34:56', TRUE)",
    "INSERT INTO jobs (id, word) VALUES (2, '-3')",
];

const ALL: &str = "SELECT id, word, n FROM jobs ORDER BY id";

on_every_engine! {
    async fn widening(database: &Database) {
        let change = operations()
            .alter_column("jobs", alter("n").set_type(ColumnType::BigInteger).set_default(5))
            .alter_column("jobs", alter("word").set_type(varchar(60)));
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn narrowing(database: &Database) {
        let change = operations()
            .alter_column("jobs", alter("n").set_type(ColumnType::SmallInteger).drop_default())
            .alter_column("jobs", alter("word").set_type(varchar(3)).set_not_null().set_default("0"));
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn numbers_to_text_and_back(database: &Database) {
        let change = operations().alter_column("jobs", alter("n").set_type(varchar(20)).set_default("nine"));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT id FROM jobs WHERE n = '7'", [["1"]])
            .keeps("SELECT id, word FROM jobs ORDER BY id")
            .keeps("SELECT n FROM jobs ORDER BY id")
            .check(database)
            .await;
    }

    async fn text_to_numbers(database: &Database) {
        let change = operations().alter_column("jobs", alter("word").set_type(ColumnType::Integer));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT word + 1 FROM jobs ORDER BY id", [["42"], ["-2"]])
            .check(database)
            .await;
    }

    async fn nullable_and_default(database: &Database) {
        let change = operations()
            .alter_column("jobs", alter("n").set_nullable().drop_default())
            .alter_column("jobs", alter("at").set_default("2020-01-01 00:00:00"))
            // A partial index names it, and its type stays.
            .alter_column("jobs", alter("open").set_default(false).set_nullable());
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn computed_values(database: &Database) {
        let length = alter("word").set_type(ColumnType::Integer).using(Func::char_length(col("word")));
        case(jobs(), operations().alter_column("jobs", length))
            .rows(ROWS)
            .gives("SELECT word FROM jobs ORDER BY id", [["2"], ["2"]])
            .unsupported_on([MySql, MariaDb])
            .check(database)
            .await;
    }

    async fn moments(database: &Database) {
        let change = operations().alter_column("jobs", alter("at").set_type(ColumnType::Timestamp));
        case(jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn truth_values_and_numbers(database: &Database) {
        let more = jobs().add_column("jobs", boolean("yes").default(false));
        let change = operations()
            .alter_column("jobs", alter("yes").set_type(ColumnType::BigInteger).set_default(1));
        case(more, change)
            .rows(ROWS)
            .gives("SELECT yes + 1 FROM jobs ORDER BY id", [["1"], ["1"]])
            .check(database)
            .await;
    }

    async fn what_a_partial_index_names(database: &Database) {
        let one = || index("one").columns(["n"]).unique().only_where(col("n").gt(3));
        let change = operations()
            .drop_index("jobs", "one")
            .alter_column("jobs", alter("n").set_type(ColumnType::BigInteger))
            .create_index("jobs", one());
        case(jobs().create_index("jobs", one()), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn the_primary_key(database: &Database) {
        let change = operations().alter_column("jobs", alter("id").set_type(ColumnType::BigInteger));
        let before = operations().create_table(table("jobs").columns([integer("id").primary_key(), string("word"), integer("n")]));
        case(before, change)
            .rows(["INSERT INTO jobs (id, word, n) VALUES (4, 'x', 1)"])
            .keeps(ALL)
            .check(database)
            .await;
    }
}
