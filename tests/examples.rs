//! The examples, run as a reader runs them, on databases of their own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it did not expect fails"
)]

#[macro_use]
#[path = "support/database.rs"]
#[expect(dead_code, unused_macros, reason = "other tests need more of it")]
mod database;

use std::process::Stdio;
use std::time::Duration;

use database::Database;
use hammerwork_migrations::Dialect;

/// What a run that hangs has passed. It may build the example first.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the example prints.
async fn run(example: &str, url: &str) -> String {
    let command = tokio::process::Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "run",
            "--quiet",
            "--all-features",
            "--example",
            example,
            "--",
        ])
        .env("DATABASE_URL", url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, command)
        .await
        .unwrap_or_else(|_| panic!("{example} hangs"))
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

async fn count(database: &Database, condition: &str) -> String {
    let sql = format!("SELECT COUNT(*) FROM hammerwork_jobs WHERE {condition}");
    database.column(&sql).await.remove(0)
}

#[tokio::test]
async fn own_migrations_is_a_history_from_the_first_check_to_the_way_back() {
    let shown = run("own_migrations", "").await;
    for line in [
        "applied 003_plans: People have a plan, and those who came first have the best",
        "refused: the way back loses",
        "undone  003_plans",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

on_every_engine! {
    async fn a_history_of_every_operation_goes_up_and_back_and_up_again(database: &Database) {
        let shown = run("evolution", &database.url).await;
        let counts = shown.lines().last().unwrap_or_default().replace(|it: char| !it.is_ascii_digit(), " ");
        let counts: Vec<&str> = counts.split_whitespace().collect();
        assert!(counts.len() == 3 && counts.iter().all(|it| *it == counts[0]), "{shown}");
    }
}

on_servers! {
    async fn two_workers_share_the_jobs_and_take_none_twice(database: &Database) {
        let example = match database.dialect {
            Dialect::Postgres => "postgres_example",
            Dialect::MySql | Dialect::MariaDb => "mysql_example",
            Dialect::Sqlite => unreachable!("SQLite has no server"),
        };
        let shown = run(example, &database.url).await;
        for line in [
            "applied 6 migrations",
            // The urgent one overtakes, though it came last.
            "the first transaction has editor@example.com",
            "the second transaction has reader1@example.com",
            "completed 21 jobs, 21 of them different",
        ] {
            assert!(shown.contains(line), "{line}\n{shown}");
        }
        for worker in ["worker 1: ", "worker 2: "] {
            assert!(shown.contains(worker), "{worker} had nothing to do\n{shown}");
        }
        let once = "status = 'Completed' AND attempts = 1 AND completed_at IS NOT NULL";
        assert_eq!(count(database, once).await, "21");
        assert_eq!(count(database, "1 = 1").await, "21");
    }

    async fn a_batch_counts_what_became_of_its_jobs(database: &Database) {
        let shown = run("batch_example", &database.url).await;
        let last = shown.lines().last().unwrap();
        assert_eq!(last, "Completed: 3 completed, 1 failed (not a picture), 0 left");
        let failed = "status = 'Failed' AND failed_at IS NOT NULL AND completed_at IS NULL";
        assert_eq!(count(database, failed).await, "1");
        assert_eq!(count(database, "status = 'Completed' AND failed_at IS NULL").await, "3");
        let finished = "SELECT COUNT(*) FROM hammerwork_batches WHERE completed_at IS NOT NULL";
        assert_eq!(database.column(finished).await, ["1"]);
    }
}
