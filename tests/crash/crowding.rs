//! Many runners at once, each a process of its own.

use std::time::{Duration, Instant};

use hammerwork_migrations::Dialect;

use crate::database::{Database, builtin};
use crate::healing::{HANGS, Start};
use crate::runner;

const RUNNERS: usize = 24;
const ROUNDS: usize = 5;

on_every_engine! {
    async fn one_of_many_runners_applies_and_all_succeed(database: &Database) {
        let dialect = database.dialect;
        let start = Instant::now();
        for _ in 0..ROUNDS {
            let database = Start::Fresh.database(dialect).await;
            let children: Vec<_> = (0..RUNNERS).map(|_| runner::spawn(&database.url)).collect();
            let mut applied = Vec::new();
            for child in children {
                applied.push(runner::wait(child).await.applied());
            }
            applied.sort_unstable();
            assert_eq!(applied[RUNNERS - 1], 6, "{applied:?}");
            assert_eq!(applied[..RUNNERS - 1], [0; RUNNERS - 1]);
            Start::Fresh.holds(&database).await;
            no_lock_remains(&database).await;
            database.destroy().await;
        }
        println!(
            "{dialect}: {ROUNDS} rounds of {RUNNERS} runners in {:?}: one applied six, all succeeded, no lock remained",
            start.elapsed()
        );
    }
}

/// No session of a runner is left, no lock is held, and a runner that waits for no lock gets it.
async fn no_lock_remains(database: &Database) {
    let remains = match database.dialect {
        Dialect::Postgres => {
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database()) \
             UNION ALL SELECT pid FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        }
        // A lock of this kind never outlives its session.
        Dialect::MySql | Dialect::MariaDb => {
            "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()"
        }
        Dialect::Sqlite => "",
    };
    if database.dialect == Dialect::Sqlite {
        database
            .execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK")
            .await;
    } else {
        // The servers end the sessions of clients that are gone at once, but not at the same time.
        let start = Instant::now();
        while !database.column(remains).await.is_empty() {
            assert!(start.elapsed() < HANGS, "a session remains");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    database
        .execute("DELETE FROM hammerwork_migrations WHERE migration_id = '006_add_result_storage'")
        .await;
    let unwaiting = builtin().lock_timeout(Duration::ZERO);
    let report = Start::Fresh.run(database, &unwaiting).await.unwrap();
    assert_eq!(report.applied.len(), 1);
}
