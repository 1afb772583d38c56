//! A program of one's own with the whole command line, and a history in which runs last: stopped half-way, asked where it
//! stands, repaired, and finished.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it did not expect fails"
)]
#![cfg(unix)]

#[macro_use]
#[path = "support/database.rs"]
#[expect(dead_code, unused_macros, reason = "other tests need more of it")]
mod database;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use database::{Database, connect};

/// The example `own_program`, which is built once.
fn program() -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let built = Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "build",
                "--quiet",
                "--all-features",
                "--example",
                "own_program",
            ])
            .status();
        assert!(built.unwrap().success());
    });
    let profile = PathBuf::from(env!("CARGO_BIN_EXE_migrate"));
    profile.with_file_name("examples").join("own_program")
}

fn command(database: &Database, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(words)
        .args(["--database-url", &database.url])
        .stdin(Stdio::null());
    command
}

/// The code with which the program ends, and what it prints.
fn run(database: &Database, words: &[&str]) -> (i32, String, String) {
    let output = command(database, words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().expect("it was not killed");
    (code, text(output.stdout), text(output.stderr))
}

/// Starts it, sends it SIGTERM as soon as `is_time`, and gives what it ended with.
async fn stopped(database: &Database, is_time: impl AsyncFn() -> bool) -> (i32, String, String) {
    let child = command(database, &["migrate"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_time().await {
        assert!(Instant::now() < deadline, "it is never time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(sent.success());
    let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
    let output = ended.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().expect("it ended by itself");
    (code, text(output.stdout), text(output.stderr))
}

/// A database with so many accounts.
async fn accounts(database: &Database, count: u32) {
    let (code, _, errors) = run(database, &["migrate", "--to", "001_accounts"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let values: Vec<String> = (1..=count).map(|id| format!("({id}, 'a{id}')")).collect();
    let insert = format!("INSERT INTO accounts VALUES {}", values.join(", "));
    database.execute(&insert).await;
}

/// The state of each migration, as JSON has it.
fn states(database: &Database) -> Vec<String> {
    let (code, json, _) = run(database, &["status", "--json"]);
    assert_eq!(code, 0);
    let migrations = json.split_once("\"migrations\":").unwrap().1;
    let states = migrations.split("\"state\":\"").skip(1);
    states
        .map(|it| it.split(['}']).next().unwrap().replace('"', ""))
        .map(|it| it.split(",at:").next().unwrap().to_owned())
        .collect()
}

on_every_engine! {
    async fn a_backfill_that_is_stopped_says_where_it_stands_and_is_finished(database: &Database) {
        accounts(database, 2_000).await;
        let under_way = async || {
            // The table is there when the first transaction is.
            let filled = "SELECT count(*) FROM accounts WHERE plan IS NOT NULL";
            let mut connection = connect(database.dialect, &database.url).await;
            connection.run("SELECT plan FROM accounts").await.is_ok()
                && database.column(filled).await != ["0"]
        };
        let (code, output, errors) = stopped(database, under_way).await;
        assert_eq!((code, output.as_str()), (143, ""), "{errors}");
        assert!(errors.contains("002_plans: 100 "), "{errors}");
        assert!(errors.ends_with(
            "stopping after the step that runs; once more stops at once\n\
             error: stopped as asked, before migration 002_plans, step 2\n\
             help: run again: what was done stays, and the rest is done then\n"
        ), "{errors}");

        assert_eq!(run(database, &["lock"]).1, "nobody has the migration lock\n");
        assert_eq!(states(database), ["applied", "half_done,step:2", "pending", "pending"]);
        let (code, table, _) = run(database, &["status", "--check"]);
        assert_eq!(code, 1);
        let line = table.lines().find(|it| it.starts_with("002_plans")).unwrap();
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
        let expected = ["002_plans", "half done, at step 2", "-", "-", "Each account has a plan"];
        assert_eq!(cells, expected, "{table}");
        assert!(table.ends_with("\n1 applied, 3 pending\n"), "{table}");
        let (_, plan, _) = run(database, &["migrate", "--dry-run", "--to", "002_plans"]);
        assert!(plan.contains("-- 002_plans:2  partly     backfill accounts"), "{plan}");

        let (code, output, errors) = run(database, &["migrate"]);
        assert_eq!(code, 0, "{errors}");
        assert!(output.contains("\n3 applied in "), "{output}");
        assert_eq!(run(database, &["verify"]).0, 0);
        assert_eq!(states(database), ["applied"; 4]);
        assert_eq!(database.column("SELECT count(*) FROM greetings").await, ["9"]);
    }
}

on_postgres! {
    async fn an_index_that_is_being_made_is_made_before_it_stops(database: &Database) {
        accounts(database, 10).await;
        assert_eq!(run(database, &["migrate", "--to", "002_plans"]).0, 0);
        // Who has written and not committed keeps the build waiting.
        let mut open = connect(database.dialect, &database.url).await;
        open.run("BEGIN; INSERT INTO accounts VALUES (1000, 'x', 'free')").await.unwrap();
        let building = async || {
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX CONCURRENTLY%'";
            database.column(sql).await == ["1"]
        };
        let stopping = stopped(database, building);
        let release = async {
            // The signal is sent while the build waits; it is not told of it from here.
            tokio::time::sleep(Duration::from_secs(4)).await;
            open.run("COMMIT").await.unwrap();
        };
        let ((code, output, errors), ()) = tokio::join!(stopping, release);
        assert_eq!((code, output.as_str()), (143, ""), "{errors}");
        assert!(errors.contains("error: stopped as asked, before migration 003_finding_plans, step 2\n"), "{errors}");
        assert_eq!(run(database, &["lock"]).1, "nobody has the migration lock\n");
        assert_eq!(states(database), ["applied", "applied", "half_done,step:2", "pending"]);

        // A session that is killed leaves one that is unfinished, and so said.
        open.run("BEGIN; INSERT INTO accounts VALUES (1001, 'y', 'free')").await.unwrap();
        let killed = tokio::spawn({
            let child = command(database, &["migrate"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            async move { tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap() }
        });
        let deadline = Instant::now() + Duration::from_secs(60);
        while !building().await {
            assert!(Instant::now() < deadline, "it is not made");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
        ).await;
        assert_eq!(killed.await.unwrap().status.code(), Some(3));
        open.run("COMMIT").await.unwrap();
        let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
        assert_eq!(database.column(invalid).await, ["1"]);
        assert_eq!(states(database), ["applied", "applied", "half_done,step:2", "pending"]);
        let (_, plan, _) = run(database, &["migrate", "--dry-run"]);
        assert!(plan.contains("-- 003_finding_plans:2  partly     create index accounts.email (email)"), "{plan}");

        assert_eq!(run(database, &["migrate"]).0, 0);
        assert_eq!(database.column(invalid).await, ["0"]);
        assert_eq!(run(database, &["verify"]).0, 0);
    }
}

on_mysql_and_mariadb! {
    async fn what_a_person_alone_can_know_is_asked_and_taken(database: &Database) {
        accounts(database, 20).await;
        assert_eq!(run(database, &["migrate"]).0, 0);
        // What a run that is killed while it runs the step leaves.
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '004_greetings'").await;
        database.execute("UPDATE hammerwork_migrations_journal SET state = 'started' WHERE migration_id = '004_greetings' AND step = 2").await;
        database.execute("DELETE FROM hammerwork_migrations_journal WHERE migration_id = '004_greetings' AND step = 0").await;
        let (code, _, errors) = run(database, &["migrate"]);
        assert_eq!(code, 3);
        assert!(errors.starts_with("error: migration 004_greetings, step 2: a run was cut off while it ran it"), "{errors}");
        assert!(errors.contains("`repair --done 004_greetings:2`"), "{errors}");
        assert_eq!(states(database)[3], "half_done,step:2");
        let (code, output, errors) = run(database, &["repair", "--done", "004_greetings:2"]);
        assert_eq!(
            (code, output.as_str(), errors.as_str()),
            (0, "004_greetings:2  done, the next run leaves it out\n", "")
        );
        let (_, output, _) = run(database, &["repair", "--json", "--done", "004_greetings:2"]);
        let step = "{\"migration\":\"004_greetings\",\"step\":2,\"resolution\":\"done\"}";
        assert_eq!(output, format!("{{\"version\":1,\"accepted\":[],\"steps\":[{step}]}}\n"));
        assert_eq!(run(database, &["migrate"]).0, 0);
        assert_eq!(database.column("SELECT count(*) FROM greetings").await, ["9"]);
    }
}

on_every_engine! {
    async fn a_backfill_that_was_edited_half_way_is_asked_about(database: &Database) {
        accounts(database, 2_000).await;
        let begun = async || {
            let mut connection = connect(database.dialect, &database.url).await;
            let table = "SELECT last_key FROM hammerwork_migrations_batches";
            connection.run(table).await.is_ok() && !database.column(table).await.is_empty()
        };
        assert_eq!(stopped(database, begun).await.0, 143);
        // An edit of the program, seen from the database.
        database.execute("UPDATE hammerwork_migrations_batches SET checksum = 'another'").await;
        let (code, _, errors) = run(database, &["migrate"]);
        assert_eq!(code, 3, "{errors}");
        assert!(errors.starts_with("error: migration 002_plans, step 2: a run was cut off between its batches"), "{errors}");
        assert_eq!(states(database)[1], "half_done,step:2");
        // What is told to do about it is what can be done, on each engine.
        assert!(errors.contains("`repair --undone 002_plans:2`"), "{errors}");
        let (code, output, errors) = run(database, &["repair", "--undone", "002_plans:2"]);
        assert_eq!((code, errors.as_str()), (0, ""));
        assert_eq!(output, "002_plans:2  undone, the next run runs it\n");
        assert_eq!(run(database, &["migrate"]).0, 0);
        assert_eq!(database.column("SELECT count(*) FROM accounts WHERE plan = 'free'").await, ["2000"]);
    }
}
