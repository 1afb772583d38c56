//! A table that the application is using: a migration gives up, lets the others through, and tries again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Event, Stop};
use hammerwork_migrations::{Migrator, RunError};

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

    async fn who_asks_it_to_stop_need_not_wait_for_the_table(database: &Database) {
        let first = Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        let mut holder = database.connect().await;
        holder.run("BEGIN").await.unwrap();
        holder.run("SELECT COUNT(*) FROM hammerwork_jobs").await.unwrap();

        let stop = Stop::new();
        let wish = stop.clone();
        let migrator = builtin().table_lock_timeout(Duration::from_secs(1)).stop_on(&stop);
        let migrator = migrator.observe(move |event| {
            if let Event::Retrying { .. } = event {
                wish.request();
            }
        });
        let error = database.run(&migrator).await.unwrap_err();
        let stopped = RunError::Stopped { migration: Some("002_add_priority".to_owned()), step: 1 };
        assert_eq!(error, stopped);
        // The migration lock is free, though the table is not.
        holder.run("COMMIT").await.unwrap();
        let next = builtin().lock_timeout(Duration::ZERO);
        assert_eq!(database.run(&next).await.unwrap().applied.len(), 5);
        assert_schema(database).await;
    }

    async fn so_it_is_with_an_authors_own_sql(database: &Database) {
        let first = Migration::new("001_tags", "Tags").create_table(table("tags").columns([integer("id").primary_key()]));
        database.run(&Migrator::new(Migrations::new([first.clone()]))).await.unwrap();
        let mut holder = database.connect().await;
        holder.run("BEGIN").await.unwrap();
        holder.run("SELECT COUNT(*) FROM tags").await.unwrap();

        let column = Migration::new("002_column", "A column")
            .run_sql(sql("a column").everywhere("ALTER TABLE tags ADD COLUMN n INT").down("ALTER TABLE tags DROP COLUMN n"));
        let all = Migrations::new([first, column]);
        let stop = Stop::new();
        let wish = stop.clone();
        let migrator = Migrator::new(all.clone()).table_lock_timeout(Duration::from_secs(1)).stop_on(&stop);
        let migrator = migrator.observe(move |event| {
            if let Event::Retrying { .. } = event {
                wish.request();
            }
        });
        let error = database.run(&migrator).await.unwrap_err();
        assert!(matches!(error, RunError::Stopped { step: 1, .. }), "{error:?}");
        holder.run("COMMIT").await.unwrap();
        // It was refused each time, so nobody need say what became of it.
        assert_eq!(database.run(&Migrator::new(all)).await.unwrap().applied.len(), 1);
        assert_eq!(database.column("SELECT COUNT(n) FROM tags").await, ["0"]);
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
