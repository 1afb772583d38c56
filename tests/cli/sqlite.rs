//! What a file of SQLite's can hold, and where its name comes from.

use hammerwork_migrations::run::driver::{Driver as _, connect_sqlite};
use serde_json::Value;

use crate::program::{Directory, Ended, command, run};

/// `migrate` with the database `jobs.db`.
pub(crate) fn migrate(directory: &Directory, words: &[&str]) -> Ended {
    run(command(directory.path())
        .args(words)
        .args(["--database-url", "sqlite://jobs.db"]))
}

/// What keeps the fourth migration from being recorded.
const REFUSES_THE_FOURTH: &str = "CREATE TABLE hammerwork_migrations
         (migration_id TEXT PRIMARY KEY, executed_at TEXT, execution_time_ms INTEGER);
     CREATE TRIGGER refuse BEFORE INSERT ON hammerwork_migrations
         WHEN NEW.migration_id LIKE '004%' BEGIN SELECT RAISE(ABORT, 'not this one'); END";

/// Runs SQL in the database `jobs.db`.
pub(crate) async fn execute(directory: &Directory, sql: &str) {
    let url = format!("sqlite://{}", directory.path().join("jobs.db").display());
    let mut driver = connect_sqlite(&url, false).await.unwrap();
    driver.execute(sql).await.unwrap();
    driver.close().await;
}

#[tokio::test]
async fn migrations_that_the_program_does_not_know() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    execute(
        &directory,
        "INSERT INTO hammerwork_migrations VALUES
         ('900_theirs', '2026-01-01T00:00:00.999Z', 1234), ('901_' || char(27) || '[2J', 'never', 'x')",
    )
    .await;

    migrate(&directory, &[]).failed_with(&[
        "error: the database has migrations that this program does not know: 900_theirs, 901_ [2J\n",
        "help: run a newer version of the program, or allow them: --allow-unknown",
    ]);
    let allowed = migrate(&directory, &["--allow-unknown"]);
    assert_eq!(
        (allowed.code, allowed.stdout.as_str()),
        (0, "nothing to do, 6 applied\n")
    );
    let status = migrate(&directory, &["status"]);
    assert_eq!(status.code, 0);
    let end = "\
900_theirs              unknown  2026-01-01T00:00:00Z  1.23 s  -
901_\u{fffd}[2J                unknown  -                          -  -
6 applied, 0 pending, 2 unknown to this program
";
    assert!(status.stdout.ends_with(end), "{}", status.stdout);
}

#[tokio::test]
async fn a_pending_migration_before_an_applied_one() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    execute(
        &directory,
        "DELETE FROM hammerwork_migrations WHERE migration_id = '003_add_timeouts'",
    )
    .await;

    migrate(&directory, &["--strict-order"]).failed_with(&[
        "error: migration 003_add_timeouts is pending, and 006_add_result_storage, which comes after it",
        "help: leave out --strict-order",
    ]);
    let ended = migrate(&directory, &[]);
    assert_eq!(ended.code, 0);
    assert_eq!(
        ended.stdout,
        "003_add_timeouts        already there, recorded\n1 recorded that were already there\n"
    );
    assert!(
        ended
            .stderr
            .starts_with("warning: 003_add_timeouts is run after 006"),
        "{ended:?}"
    );
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}

#[tokio::test]
async fn what_it_warns_of_is_told_before_it_fails() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    execute(
        &directory,
        "DELETE FROM hammerwork_migrations WHERE migration_id = '003_add_timeouts';
         ALTER TABLE hammerwork_jobs DROP COLUMN timeout_seconds;
         ALTER TABLE hammerwork_jobs ADD COLUMN timeout_seconds BLOB",
    )
    .await;
    for words in [&[][..], &["--dry-run"]] {
        let ended = migrate(&directory, words);
        assert_eq!(ended.code, 3, "{ended:?}");
        let start = "warning: 003_add_timeouts is run after 006_add_result_storage, which";
        assert!(ended.stderr.starts_with(start), "{ended:?}");
        let error = "\nerror: migration 003_add_timeouts, step 1";
        assert!(ended.stderr.contains(error), "{ended:?}");
    }
}

#[tokio::test]
async fn a_conflict_shows_both_shapes_and_changes_nothing() {
    let directory = Directory::new();
    directory.write("jobs.db", "");
    execute(&directory, "CREATE TABLE hammerwork_jobs (id INTEGER)").await;
    let ended = migrate(&directory, &[]);
    ended.failed_with(&["001_initial_schema, step 1", "hammerwork_jobs", "help: "]);
    let status = migrate(&directory, &["status"]);
    assert!(
        status.stdout.ends_with("0 applied, 6 pending\n"),
        "{status:?}"
    );
}

#[tokio::test]
async fn what_was_applied_before_a_failure_is_told() {
    let directory = Directory::new();
    directory.write("jobs.db", "");
    execute(&directory, REFUSES_THE_FOURTH).await;
    let ended = migrate(&directory, &[]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(
        matches!(lines[..], [a, b, c] if a.starts_with("001_initial_schema      applied in ")
            && b.starts_with("002_add_priority        applied in ")
            && c.starts_with("003_add_timeouts        applied in ")),
        "{ended:?}"
    );
    assert!(
        ended
            .stderr
            .starts_with("error: recording migration 004_add_cron failed\ncaused by: not this one"),
        "{ended:?}"
    );
    let status = migrate(&directory, &["status"]);
    assert!(
        status.stdout.ends_with("3 applied, 3 pending\n"),
        "{status:?}"
    );
}

#[tokio::test]
async fn programs_are_told_what_was_done_before_a_failure_and_why_it_failed() {
    let directory = Directory::new();
    directory.write("jobs.db", "");
    execute(&directory, REFUSES_THE_FOURTH).await;
    let told = |ended: &Ended| -> Value { serde_json::from_str(&ended.stdout).unwrap() };
    let run = |words: &[&str]| {
        let ended = migrate(&directory, words);
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(ended.stderr.starts_with("error: "), "{ended:?}");
        ended
    };

    let up = told(&run(&["--json"]));
    assert_eq!(up["version"], 1);
    let applied = up["applied"].as_array().unwrap().iter();
    let ids: Vec<&Value> = applied.map(|it| &it["id"]).collect();
    assert_eq!(
        ids,
        ["001_initial_schema", "002_add_priority", "003_add_timeouts"]
    );
    let error = &up["error"];
    assert_eq!(
        error["message"], "recording migration 004_add_cron failed",
        "{up}"
    );
    assert_eq!(error["causes"].as_array().unwrap().len(), 1, "{up}");

    // Nothing was done before what is refused.
    let down = told(&run(&["rollback", "--json"]));
    assert_eq!(down["rolled_back"], serde_json::json!([]));
    assert!(down["error"]["help"].is_string(), "{down}");
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had() {
    let directory = Directory::new();
    directory.write("jobs.db", "");
    let url = format!("sqlite://{}", directory.path().join("jobs.db").display());
    let mut driver = connect_sqlite(&url, false).await.unwrap();
    driver.begin().await.unwrap();
    let refused = migrate(&directory, &["--lock-timeout", "0"]);
    refused.failed_with(&[
        "error: the migration lock was not free",
        ": another process has it\n",
        "help: ",
    ]);
    let held = migrate(&directory, &["lock"]);
    assert_eq!(
        (held.code, held.stdout.as_str()),
        (0, "the migration lock is held by another process\n"),
        "{held:?}"
    );
    driver.rollback().await.unwrap();
    assert_eq!(migrate(&directory, &["--lock-timeout", "0"]).code, 0);
}

#[test]
fn the_url_comes_from_the_environment_and_from_a_file() {
    let directory = Directory::new();
    let call = |url: Option<&str>| {
        let below = directory.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        let mut command = command(&below);
        match url {
            Some(url) => command.env("DATABASE_URL", url),
            None => command.env_remove("DATABASE_URL"),
        };
        run(command.args(["preview"]))
    };
    assert_eq!(call(None).code, 2);
    assert!(call(Some(" mysql:///jobs\n")).stdout.contains("for MySQL"));

    directory.write(
        ".env",
        "# a comment\nOTHER=1\nnot a line\nexport DATABASE_URL='mariadb:///jobs' # too\n",
    );
    assert!(call(None).stdout.contains("for MariaDB"));
    assert!(call(Some("")).stdout.contains("for MariaDB"));
    assert!(
        call(Some("postgres:///jobs"))
            .stdout
            .contains("for PostgreSQL")
    );

    directory.write(
        ".env",
        "DATABASE_URL=postgres://app:hunter2@localhost/jobs and more\n",
    );
    let ended = call(None);
    ended.failed_with(&["error: the .env file can't be read\n", "help: "]);
    assert!(!ended.stderr.contains("hunter2"), "{ended:?}");

    directory.write(".env", "OTHER=1\n");
    assert_eq!(call(None).code, 2);
}
