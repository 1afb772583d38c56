//! Runs that wait for one another, on real servers: who is told what, and when.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "MySQL and MariaDB are mostly one"
)]

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use hammerwork_migrations::run::driver::{Driver, connect_mysql, connect_postgres};
use hammerwork_migrations::{Dialect, Migrations, Migrator, register_builtin_migrations};

use crate::program::{Directory, Ended, command, migrate, start};
use crate::servers::Server;
use crate::signals::{hear, send};

on_each_server! {
    fn the_lock_has_a_name(server: &Server) {
        let url = server.url().replace("mariadb://", "mysql://");
        match server.dialect {
            Dialect::Postgres => {
                first_three().run(connect_postgres(&url).await.unwrap()).await.unwrap();
                hold_it(server, connect_postgres(&url).await.unwrap()).await;
            }
            _ => {
                first_three().run(connect_mysql(&url).await.unwrap()).await.unwrap();
                hold_it(server, connect_mysql(&url).await.unwrap()).await;
            }
        }
    }
}

on_each_server! {
    fn a_second_signal_stops_at_once(server: &Server) {
        let url = server.url().replace("mariadb://", "mysql://");
        match server.dialect {
            Dialect::Postgres => {
                first_three().run(connect_postgres(&url).await.unwrap()).await.unwrap();
                stop_it(server, connect_postgres(&url).await.unwrap()).await;
            }
            _ => {
                first_three().run(connect_mysql(&url).await.unwrap()).await.unwrap();
                stop_it(server, connect_mysql(&url).await.unwrap()).await;
            }
        }
    }
}

/// A run in the middle of a statement that waits for another session.
async fn stop_it(server: &Server, mut reader: impl Driver) {
    reader.begin().await.unwrap();
    reader.rows("SELECT * FROM hammerwork_jobs").await.unwrap();
    let url = server.url();
    let directory = Directory::new();
    let patience = ["--table-lock-timeout", "60"];
    let mut child = start(
        command(directory.path())
            .args(["-v", "--database-url", &url])
            .args(patience),
    );
    hear(&mut child, "Started { migration: \"004_add_cron\"");
    send(&child, "INT");
    hear(&mut child, "once more stops at once\n");
    assert!(child.try_wait().unwrap().is_none(), "the step goes on");
    let begun = Instant::now();
    send(&child, "TERM");
    let ended = Ended::of(&child.wait_with_output().unwrap());
    assert!(begun.elapsed() < Duration::from_secs(30), "{ended:?}");
    assert_eq!((ended.code, ended.stdout.as_str()), (143, ""), "{ended:?}");
    assert!(
        ended.stderr.contains("error: stopped at once\n"),
        "{ended:?}"
    );
    reader.rollback().await.unwrap();
    // What was sent may run yet, where nobody waits for it any more; then all goes on.
    let last = migrate(&["--database-url", &url]);
    assert_eq!(last.code, 0, "{last:?}");
}

/// A run that can't go on: the next migration changes a table that a transaction reads.
async fn hold_it(server: &Server, mut reader: impl Driver) {
    let url = server.url();
    let asked = || migrate(&["lock", "--database-url", &url]);
    assert_eq!(asked().stdout, "nobody has the migration lock\n");

    reader.begin().await.unwrap();
    reader.rows("SELECT * FROM hammerwork_jobs").await.unwrap();
    let directory = Directory::new();
    let patience = ["--table-lock-timeout", "1", "--retry-timeout", "60"];
    let holder = start(
        command(directory.path())
            .args(["--database-url", &url])
            .args(patience),
    );

    let told = until(asked, |ended| {
        ended.stdout != "nobody has the migration lock\n"
    });
    assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told:?}");
    let who = told
        .stdout
        .strip_prefix("the migration lock is held by ")
        .and_then(|it| it.split_once(','))
        .map(|(who, _)| who)
        .expect("a holder");
    assert!(
        who.starts_with("session ") && who.contains(" from "),
        "{told:?}"
    );

    let waited = migrate(&["--database-url", &url, "--lock-timeout", "2"]);
    assert_eq!((waited.code, waited.stdout.as_str()), (3, ""), "{waited:?}");
    let lines: Vec<&str> = waited.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{waited:?}");
    assert!(
        lines[0].starts_with(&format!("waiting for the migration lock: {who}, ")),
        "{waited:?}"
    );
    assert!(
        lines[1].starts_with(&format!(
            "error: the migration lock was not free within 2 s: {who}, "
        )),
        "{waited:?}"
    );
    assert!(
        lines[2].starts_with("help: ") && lines[2].contains("--lock-timeout"),
        "{waited:?}"
    );

    reader.rollback().await.unwrap();
    let ended = Ended::of(&holder.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("\n3 applied in "), "{ended:?}");
    assert!(
        ended
            .stderr
            .lines()
            .all(|it| it.starts_with("retrying 004_add_cron in "))
            && !ended.stderr.is_empty(),
        "{ended:?}"
    );
    until(asked, |ended| {
        ended.stdout == "nobody has the migration lock\n"
    });
    reader.close().await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn a_line_comes_when_its_migration_is_applied() {
    let server = Server::prepare(Dialect::Postgres, "TEST_POSTGRES_URL").await;
    // A new database would get all in one message.
    let directory = Directory::new();
    let first = command(directory.path())
        .args([
            "--database-url",
            &server.url(),
            "--to",
            "001_initial_schema",
        ])
        .output()
        .unwrap();
    assert!(first.status.success(), "{first:?}");
    let mut other = connect_postgres(&server.url()).await.unwrap();
    // The fifth migration makes a table of that name, and has to wait for what becomes of this one.
    other.begin().await.unwrap();
    other
        .execute("CREATE TABLE hammerwork_batches (id INTEGER)")
        .await
        .unwrap();
    let url = server.url();
    let mut run = start(command(directory.path()).args([
        "--database-url",
        &url,
        "--table-lock-timeout",
        "1",
        "--retry-timeout",
        "20",
    ]));
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    for id in ["002_add_priority", "003_add_timeouts", "004_add_cron"] {
        let line = next();
        assert!(line.starts_with(&format!("{id:22}  applied in ")), "{line}");
    }
    assert!(run.try_wait().unwrap().is_none(), "it waits");
    other.rollback().await.unwrap();
    assert!(next().starts_with("005_add_batches "));
    assert!(next().starts_with("006_add_result_storage "));
    assert!(next().starts_with("5 applied in "));
    assert_eq!(run.wait().unwrap().code(), Some(0));
    other.close().await;
    server.clean().await;
}

fn first_three() -> Migrator {
    Migrator::new(Migrations::new(
        register_builtin_migrations().iter().take(3).cloned(),
    ))
}

/// Asks until the answer is that, for at most ten seconds.
fn until(ask: impl Fn() -> Ended, is_it: impl Fn(&Ended) -> bool) -> Ended {
    let start = Instant::now();
    loop {
        let answer = ask();
        if is_it(&answer) {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{answer:?}");
    }
}
