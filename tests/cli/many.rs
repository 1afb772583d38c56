//! Many databases in place of one: what is told of each, of all, and what the program ends with.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use hammerwork_migrations::run::driver::{Driver as _, connect_sqlite};
use serde_json::Value;

use crate::program::{Directory, Ended, command, run};

/// Three databases, the second of which has a table that is in the way.
async fn three_of_which_one_fails() -> Directory {
    let directory = Directory::new();
    directory.write(
        "urls.txt",
        "# north and south\nsqlite://a.db\n\n  sqlite://b.db\r\nsqlite://c.db\n",
    );
    execute(
        &directory.path().join("b.db"),
        "CREATE TABLE hammerwork_batches (surprise TEXT)",
    )
    .await;
    directory
}

async fn execute(file: &Path, sql: &str) {
    let url = format!("sqlite://{}", file.display());
    let mut driver = connect_sqlite(&url, true).await.unwrap();
    driver.execute(sql).await.unwrap();
    driver.close().await;
}

fn each(directory: &Directory, words: &[&str]) -> Ended {
    run(command(directory.path())
        .args(words)
        .args(["--each", "urls.txt"]))
}

/// Without what time it took.
fn lines(ended: &Ended) -> Vec<String> {
    let line = |line: &str| match line.split_once(" in ") {
        Some((what, _)) => what.to_owned(),
        None => line.to_owned(),
    };
    ended.stdout.lines().map(line).collect()
}

#[tokio::test]
async fn one_that_fails_keeps_none_from_being_done() {
    for jobs in ["1", "8"] {
        let directory = three_of_which_one_fails().await;
        let ended = each(&directory, &["--jobs", jobs]);
        assert_eq!(ended.code, 3, "{ended:?}");
        // The migrations before the one that fails are kept, and told of.
        assert_eq!(
            lines(&ended),
            [
                "sqlite://a.db: 6 applied",
                "sqlite://b.db: failed",
                "sqlite://c.db: 6 applied",
                "3 databases: 2 changed, 1 failed",
            ],
            "{ended:?}"
        );
        assert!(
            ended.stderr.starts_with(
                "error: sqlite://b.db: migration 005_add_batches, step 1 (create table hammerwork_batches) is in conflict"
            ) && ended.stderr.contains("\nhelp: nothing of this migration was run"),
            "{ended:?}"
        );
        let status = each(&directory, &["status", "--check"]);
        assert_eq!((status.code, status.stderr.as_str()), (1, ""), "{status:?}");
        assert_eq!(
            lines(&status),
            [
                "sqlite://a.db: 6 applied, 0 pending",
                "sqlite://b.db: 0 applied, 6 pending",
                "sqlite://c.db: 6 applied, 0 pending",
                "3 databases: 2 up to date, 1 pending",
            ]
        );
        assert_eq!(each(&directory, &["--status"]).code, 0);
        execute(
            &directory.path().join("b.db"),
            "DROP TABLE hammerwork_batches",
        )
        .await;
        let again = each(&directory, &["migrate"]);
        assert_eq!((again.code, again.stderr.as_str()), (0, ""), "{again:?}");
        assert_eq!(
            lines(&again),
            [
                "sqlite://a.db: nothing to do, 6 applied",
                "sqlite://b.db: 6 applied",
                "sqlite://c.db: nothing to do, 6 applied",
                "3 databases: 1 changed, 2 unchanged",
            ]
        );
        assert_eq!(each(&directory, &["--quiet"]).stdout, "");
        let status = each(&directory, &["status", "--quiet"]);
        assert!(status.stdout.ends_with("\n3 databases: 3 up to date\n"));
    }
}

#[tokio::test]
async fn drift_is_told_of_each_and_has_a_code_of_its_own() {
    let directory = three_of_which_one_fails().await;
    std::fs::remove_file(directory.path().join("b.db")).unwrap();
    assert_eq!(each(&directory, &[]).code, 0);
    execute(
        &directory.path().join("c.db"),
        "DROP INDEX idx_hammerwork_jobs_batch_id",
    )
    .await;
    let ended = each(&directory, &["verify"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (4, ""), "{ended:?}");
    assert_eq!(
        lines(&ended),
        [
            "sqlite://a.db: no drift",
            "sqlite://b.db: no drift",
            "sqlite://c.db: index idx_hammerwork_jobs_batch_id of hammerwork_jobs: it is missing",
            "sqlite://c.db: 1 difference",
            "3 databases: 2 without drift, 1 with drift",
        ]
    );
    // A failure weighs more.
    std::fs::remove_file(directory.path().join("a.db")).unwrap();
    let ended = each(&directory, &["verify", "--json"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["succeeded"], 2);
    assert_eq!(
        told["databases"][0]["error"]["message"],
        "there is no database file a.db"
    );
    assert_eq!(
        told["databases"][2]["result"]["drift"][0]["description"],
        "it is missing"
    );
}

#[tokio::test]
async fn json_has_the_fields_of_the_single_command_for_each() {
    let directory = three_of_which_one_fails().await;
    let ended = each(&directory, &["--json", "--jobs", "2"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["version"], 1);
    assert_eq!(
        (&told["succeeded"], &told["failed"], &told["stopped"]),
        (&2.into(), &1.into(), &0.into())
    );
    let databases = told["databases"].as_array().unwrap();
    let names: Vec<&Value> = databases.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["sqlite://a.db", "sqlite://b.db", "sqlite://c.db"]);
    assert_eq!(
        databases[0]["result"]["applied"].as_array().unwrap().len(),
        6
    );
    assert_eq!(databases[0]["error"], Value::Null);
    let error = &databases[1]["error"];
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("is in conflict")
    );
    assert!(error["help"].is_string() && error["causes"].is_array());
    let ended = each(&directory, &["status", "--json"]);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let status = &told["databases"][2]["result"];
    assert_eq!(
        (&status["applied"], &status["pending"]),
        (&6.into(), &0.into())
    );
    assert_eq!(status["migrations"][0]["state"], "applied");
    let ended = each(&directory, &["--dry-run", "--json"]);
    // What a run would be refused with is a failure here, too.
    assert_eq!(ended.code, 3, "{ended:?}");
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["databases"][1]["result"]["dialect"], "sqlite");
    assert!(told["databases"][1]["error"]["message"].is_string());
}

#[tokio::test]
async fn each_is_undone() {
    let directory = three_of_which_one_fails().await;
    each(&directory, &[]);
    let words = ["rollback", "--all", "--accept-data-loss"];
    let ended = each(&directory, &words);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert_eq!(
        lines(&ended),
        [
            "sqlite://a.db: 6 undone",
            "sqlite://b.db: nothing to undo",
            "sqlite://c.db: 6 undone",
            "3 databases: 2 changed, 1 unchanged",
        ]
    );
}

#[tokio::test]
async fn the_list_may_come_from_stdin() {
    let directory = Directory::new();
    let mut child = command(directory.path())
        .args(["--each", "-", "--jobs", "3"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"sqlite://a.db\nsqlite://b.db\nmysql://127.0.0.1:1/c\n")
        .unwrap();
    drop(stdin);
    let ended = Ended::of(&child.wait_with_output().unwrap());
    // Nothing listens at port 1: the others are done all the same.
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.stdout.contains("3 databases: 2 changed, 1 failed"),
        "{ended:?}"
    );
}

#[test]
fn a_line_that_is_wrong_is_named_before_anything_is_done() {
    for (line, words, code, message) in [
        (
            "app:hunter2@h/d",
            &[][..],
            3,
            "urls.txt, line 3: the database URL has no scheme",
        ),
        (
            "postgres://app:hunter2/x@h/d",
            &[],
            3,
            "urls.txt, line 3: the database URL does not parse: invalid port number",
        ),
        (
            "mysql://app:hunter2@h/d",
            &["--schema", "s"],
            2,
            "urls.txt, line 1: --schema is for PostgreSQL: SQLite has no schemas",
        ),
        (
            "postgres://app:hunter2@h/d",
            &["--statement-timeout", "3"],
            2,
            "urls.txt, line 1: --statement-timeout is for PostgreSQL: SQLite has no such thing",
        ),
    ] {
        let directory = Directory::new();
        directory.write("urls.txt", &format!("sqlite://a.db\n\n{line}\n"));
        let ended = each(&directory, words);
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{ended:?}");
        assert!(
            ended.stderr.starts_with(&format!("error: {message}\n")),
            "{ended:?}"
        );
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
        assert!(!directory.path().join("a.db").exists());
    }
}

#[test]
fn no_database_is_no_success() {
    let directory = Directory::new();
    directory.write("urls.txt", "# none yet\n");
    each(&directory, &[]).failed_with(&["error: urls.txt names no database\n", "help: "]);
    run(command(directory.path()).args(["--each", "nowhere.txt"]))
        .failed_with(&["error: can't read nowhere.txt\n"]);
    for words in [
        &["--each-schema", "a%", "--database-url", "sqlite://a.db"][..],
        &["--each-schema", "a%", "--each", "urls.txt"],
        &["--each-schema", "a%", "--schema", "b"],
        &["--each", "urls.txt", "--jobs", "0"],
    ] {
        let ended = run(command(directory.path()).args(words));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    }
}

/// Nothing listens at port 1.
#[test]
fn no_password_of_the_list_is_printed() {
    let directory = Directory::new();
    directory.write(
        "urls.txt",
        "postgres://app:hunter2@127.0.0.1:1/a?sslmode=nonsense&password=s3cret\n\
         mysql://app:p%40ss-w0rd@127.0.0.1:1/b\n\
         mariadb://app:hunter3@127.0.0.1:1/c?ssl-mode=hunter3\n\
         sqlite://app:hunter4@nowhere/d\n",
    );
    for words in [
        &["migrate"][..],
        &["migrate", "--json"],
        &["migrate", "--dry-run", "--json", "-vvv"],
        &["status", "-vv", "--log-format", "json"],
        &["verify", "--json"],
        &["rollback"],
    ] {
        let mut words = words.to_vec();
        words.extend(["--connect-timeout", "2"]);
        let ended = each(&directory, &words);
        assert_eq!(ended.code, 3, "{words:?}: {ended:?}");
        for secret in ["hunter", "s3cret", "p@ss", "p%40ss"] {
            assert!(!ended.stdout.contains(secret), "{words:?}: {ended:?}");
            assert!(!ended.stderr.contains(secret), "{words:?}: {ended:?}");
        }
        assert!(
            ended.stderr.contains("postgres://app:***@127.0.0.1:1/a"),
            "{ended:?}"
        );
    }
}

/// Both have begun, and wait for their locks; the third is not begun.
#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_all_and_says_where_each_stands() {
    use crate::signals::{hear, send};

    let directory = three_of_which_one_fails().await;
    std::fs::remove_file(directory.path().join("b.db")).unwrap();
    let mut holders = Vec::new();
    for name in ["a.db", "b.db"] {
        let url = format!("sqlite://{}", directory.path().join(name).display());
        let mut holder = connect_sqlite(&url, true).await.unwrap();
        holder.begin().await.unwrap();
        holders.push(holder);
    }
    let mut child = command(directory.path())
        .args(["--each", "urls.txt", "--jobs", "2", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let heard = hear(&mut child, "b.db: waiting for the migration lock");
    if !heard.contains("a.db: waiting") {
        hear(&mut child, "a.db: waiting for the migration lock");
    }
    send(&child, "TERM");
    let ended = Ended::of(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, 143, "{ended:?}");
    assert!(
        ended.stderr.ends_with(
            "error: stopped as asked: 3 of 3 databases are not done\n\
             help: run again: what was done stays, and the rest is done then\n"
        ),
        "{ended:?}"
    );
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["stopped"], 3);
    for database in told["databases"].as_array().unwrap() {
        assert_eq!(
            database["error"]["message"],
            "stopped as asked, before anything was done"
        );
    }
    assert!(!directory.path().join("c.db").exists());
    for mut holder in holders {
        holder.rollback().await.unwrap();
    }
}
