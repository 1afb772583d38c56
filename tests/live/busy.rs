//! A table that the application is using: a migration gives up, lets the others through, and tries again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hammerwork_migrations::run::Event;
use hammerwork_migrations::{Dialect, Migrations, Migrator};

use crate::database::{Connection, Database, builtin};
use crate::expected::assert_schema;

on_servers! {
    async fn an_open_transaction_delays_readers_no_longer_than_the_timeout(database: &Database) {
        let first = Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();

        let mut holder = database.connect().await;
        holder.run("BEGIN").await.unwrap();
        holder.run("SELECT COUNT(*) FROM hammerwork_jobs").await.unwrap();

        let retries = Arc::new(AtomicUsize::new(0));
        let counted = retries.clone();
        let migrator = builtin().table_lock_timeout(Duration::from_secs(1)).observe(move |event| {
            if let Event::Retrying { .. } = event {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let connection = database.connect().await;
        let run = tokio::spawn(async move {
            match connection {
                Connection::Postgres(it) => migrator.run(it).await,
                Connection::MySql(it) => migrator.run(it).await,
                Connection::Sqlite(it) => migrator.run(it).await,
            }
        });

        // Readers come all the while; the migration must be turned away twice before it is let in.
        let mut reader = database.connect().await;
        let mut longest = Duration::ZERO;
        let deadline = Instant::now() + Duration::from_secs(60);
        while retries.load(Ordering::Relaxed) < 2 {
            assert!(Instant::now() < deadline, "no retry was seen");
            let start = Instant::now();
            reader.run("SELECT COUNT(*) FROM hammerwork_jobs").await.unwrap();
            longest = longest.max(start.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        holder.run("COMMIT").await.unwrap();
        assert_eq!(run.await.unwrap().unwrap().applied.len(), 5);
        println!("{}: the longest wait of a reader was {longest:?}, with a timeout of 1 s", database.dialect);
        // The server notices its timeout within a second, however busy the machine is.
        assert!(longest < Duration::from_secs(4), "{longest:?}");
        assert_schema(database).await;
    }
}

/// SQLite: a writer that is busy is waited for, without an error.
#[tokio::test]
async fn a_busy_sqlite_file_is_waited_for() {
    let database = Database::create(Dialect::Sqlite).await;
    let mut holder = database.connect().await;
    holder.run("BEGIN IMMEDIATE").await.unwrap();
    let connection = database.connect().await;
    let run = tokio::spawn(async move {
        match connection {
            Connection::Sqlite(it) => builtin().run(it).await,
            Connection::Postgres(_) | Connection::MySql(_) => unreachable!(),
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    holder.run("COMMIT").await.unwrap();
    assert_eq!(run.await.unwrap().unwrap().applied.len(), 6);
    database.destroy().await;
}
