//! Rows that are changed in the migration that changes their columns too, in either order: on SQLite the table is made
//! anew between the two, on MySQL and MariaDB each change of a column commits what came before it.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::cutting::run_cut;
use crate::database::Database;

/// A table that another one refers to, and that has an index.
fn jobs() -> Migration {
    operations()
        .create_table(
            table("jobs")
                .columns([
                    integer("id").primary_key(),
                    integer("n").nullable(),
                    string("word").length(20).nullable(),
                ])
                .index(index("word").columns(["word"])),
        )
        .create_table(
            table("runs")
                .columns([integer("id").primary_key(), integer("job")])
                .foreign_key(
                    foreign_key("job")
                        .columns(["job"])
                        .references("jobs", ["id"])
                        .on_delete(Cascade),
                ),
        )
}

const ROWS: [&str; 2] = [
    "INSERT INTO jobs (id, n, word) VALUES (1, 7, 'a'), (2, NULL, 'b'), (3, 9, NULL)",
    "INSERT INTO runs (id, job) VALUES (1, 1), (2, 2)",
];

const RUNS: &str = "SELECT id, job FROM runs ORDER BY id";
const JOBS: &str = "SELECT id, n, word FROM jobs ORDER BY id";

/// What makes the table anew on SQLite.
fn widened() -> ColumnChange {
    alter("n").set_type(ColumnType::BigInteger)
}

fn filled() -> Rows {
    rows().set("n", 0).only_where(col("n").is_null())
}

/// All of it in one migration: rows, columns, rows, columns.
fn woven() -> Migration {
    operations()
        .insert(
            "jobs",
            [row().set("id", 4).set("n", null()).set("word", "new")],
        )
        .add_column("jobs", timestamp("at").default_expression(now()))
        .backfill("jobs", filled().in_batches(2))
        .alter_column("jobs", alter("n").set_not_null())
        .update("jobs", rows().set("n", col("n").add(1)))
        .alter_column("jobs", widened())
        .add_column("jobs", big_integer("twice").nullable())
        .backfill("jobs", rows().set("twice", col("n").mul(2)).in_batches(2))
        .delete("jobs", rows().only_where(col("id").eq(3)))
        .add_check("jobs", check("n", col("n").gt(0)))
        .alter_column("jobs", alter("twice").set_not_null())
}

const WOVEN: [[&str; 4]; 3] = [
    ["1", "8", "a", "16"],
    ["2", "1", "b", "2"],
    ["4", "1", "new", "2"],
];

on_every_engine! {
    async fn rows_after_a_rebuild(database: &Database) {
        let change = operations().alter_column("jobs", widened()).update("jobs", filled());
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .gives(JOBS, [["1", "7", "a"], ["2", "0", "b"], ["3", "9", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn rows_before_a_rebuild(database: &Database) {
        // Without the update there is a NULL, which would stop it.
        let change = operations()
            .update("jobs", filled())
            .alter_column("jobs", alter("n").set_type(ColumnType::BigInteger).set_not_null());
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .gives(JOBS, [["1", "7", "a"], ["2", "0", "b"], ["3", "9", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_backfill_after_a_rebuild(database: &Database) {
        let change = operations()
            .alter_column("jobs", widened())
            .backfill("jobs", filled().in_batches(1));
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .gives(JOBS, [["1", "7", "a"], ["2", "0", "b"], ["3", "9", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_backfill_before_a_rebuild(database: &Database) {
        let change = operations()
            .backfill("jobs", filled().in_batches(1))
            .alter_column("jobs", alter("n").set_type(ColumnType::BigInteger).set_not_null());
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .gives(JOBS, [["1", "7", "a"], ["2", "0", "b"], ["3", "9", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn a_new_column_that_is_filled_and_goes_back(database: &Database) {
        // Only what the migration makes itself is changed: the way back needs no old values.
        let change = operations()
            .add_column("jobs", integer("twice").nullable())
            .alter_column("jobs", widened())
            .update("jobs", rows().set("twice", col("id").mul(2)))
            .alter_column("jobs", alter("twice").set_not_null());
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .keeps(JOBS)
            .gives("SELECT twice FROM jobs ORDER BY id", [["2"], ["4"], ["6"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn inserted_rows_go_back(database: &Database) {
        let change = operations()
            .insert("jobs", [row().set("id", 8).set("n", 1)])
            .alter_column("jobs", widened())
            .insert("jobs", [row().set("id", 9).set("n", 3_000_000_000_i64)]);
        case(jobs(), change)
            .rows(ROWS)
            .keeps(RUNS)
            .gives(JOBS, [["1", "7", "a"], ["2", "NULL", "b"], ["3", "9", "NULL"], ["8", "1", "NULL"], ["9", "3000000000", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
        assert_eq!(database.rows("SELECT count(*) FROM jobs").await, [["5"]]);
    }

    async fn all_in_one(database: &Database) {
        case(jobs(), woven())
            .rows(ROWS)
            .keeps(RUNS)
            .gives("SELECT id, n, word, twice FROM jobs ORDER BY id", WOVEN)
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn all_in_one_that_is_cut_at_every_call(database: &Database) {
        let mut first = jobs();
        "001_before".clone_into(&mut first.id);
        let mut change = woven();
        "002_change".clone_into(&mut change.id);
        let before = Migrator::new(Migrations::new([first.clone()]));
        let migrator = Migrator::new(Migrations::new([first, change]));
        let mut cuts = 0;
        // Every call, and every second one before its answer: each costs two runs and a database.
        for left in 1.. {
            let scratch = Database::create(database.dialect).await;
            scratch.run(&before).await.unwrap();
            scratch.execute(&ROWS.join("; ")).await;
            let answered = left % 2 == 0;
            let ended = run_cut(&scratch, &migrator, left, answered).await.is_ok();
            if !ended {
                cuts += 1;
                let report = scratch.run(&migrator).await;
                report.unwrap_or_else(|error| panic!("cut {left}, {answered}: {error:#?}"));
            }
            let found = scratch.rows("SELECT id, n, word, twice FROM jobs ORDER BY id").await;
            assert_eq!(found, WOVEN, "cut {left}, {answered}");
            assert_eq!(scratch.rows(RUNS).await, [["1", "1"], ["2", "2"]]);
            scratch.destroy().await;
            if ended {
                break;
            }
        }
        assert!(cuts > 20, "{cuts}");
    }
}
