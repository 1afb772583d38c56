//! Indexes that PostgreSQL makes and drops while others write: in no transaction, and taken up again wherever a run
//! was cut off.

use std::time::{Duration, Instant};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Rollback, State, Stop};
use hammerwork_migrations::{Migrator, Report, RunError};
use sqlx::Connection as _;
use tokio::task::JoinHandle;

use crate::database::{Connection, Database, connect};
use crate::server::Server;

fn history() -> Migrations {
    Migrations::new([
        Migration::new("001_jobs", "Jobs").create_table(table("jobs").columns([
            integer("id").primary_key(),
            integer("score").nullable(),
            string("email").length(40).nullable(),
        ])),
        Migration::new("002_meanwhile", "While others write")
            .concurrently()
            .create_index("jobs", index("score").columns(["score"]))
            .create_index("jobs", index("email").columns(["email"]).unique()),
    ])
}

async fn first(database: &Database) {
    let first = Migrator::new(history().iter().take(1).cloned().collect());
    database.run(&first).await.unwrap();
    database
        .execute("INSERT INTO jobs SELECT n, n, 'a' || n FROM generate_series(1, 500) n")
        .await;
}

/// Every index beside the primary key, and whether it is whole.
async fn indexes(database: &Database) -> Vec<String> {
    database
        .column(
            "SELECT c.relname || ' ' || x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid \
             WHERE x.indrelid = 'jobs'::regclass AND NOT x.indisprimary ORDER BY 1",
        )
        .await
}

const BOTH: [&str; 2] = ["idx_jobs_email true", "idx_jobs_score true"];

fn spawn(connection: Connection, migrator: Migrator) -> JoinHandle<Result<Report, RunError>> {
    tokio::spawn(async move { connection.migrate(&migrator).await })
}

/// Waits until a session is at a statement that starts like this; gives its process.
async fn at(database: &Database, statement: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(60);
    let sql = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
         AND wait_event_type = 'Lock' AND query LIKE '{statement}%'"
    );
    loop {
        if let Some(pid) = database.column(&sql).await.into_iter().next() {
            return pid;
        }
        assert!(Instant::now() < deadline, "nobody is at {statement}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A session that has written and not committed: a build waits for it.
async fn writer(database: &Database) -> Connection {
    let mut holder = database.connect().await;
    holder
        .run("BEGIN; INSERT INTO jobs VALUES (1000, 1000, 'open')")
        .await
        .unwrap();
    holder
}

async fn write(database: &Database, id: u32) {
    let insert = format!("SET lock_timeout = 5000; INSERT INTO jobs VALUES ({id}, {id}, 'b{id}')");
    database.execute(&insert).await;
}

on_postgres! {
    async fn others_write_while_indexes_come_and_go(database: &Database) {
        first(database).await;
        let mut open = writer(database).await;
        let run = spawn(database.connect().await, Migrator::new(history()));
        at(database, "CREATE INDEX CONCURRENTLY").await;
        write(database, 2000).await;
        open.run("COMMIT").await.unwrap();
        let report = run.await.unwrap().unwrap();
        assert_eq!(report.applied[0].statements, 2);
        assert_eq!(indexes(database).await, BOTH);
        assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_migrations").await, ["2"]);

        let mut open = database.connect().await;
        open.run("BEGIN; INSERT INTO jobs VALUES (1001, 1001, 'more')").await.unwrap();
        let connection = database.connect().await;
        let back = tokio::spawn(async move {
            let Connection::Postgres(it) = connection else { unreachable!() };
            Migrator::new(history()).rollback(it, Rollback::Steps(1)).await
        });
        at(database, "DROP INDEX CONCURRENTLY").await;
        write(database, 2001).await;
        open.run("COMMIT").await.unwrap();
        assert_eq!(back.await.unwrap().unwrap().rolled_back.len(), 1);
        assert_eq!(indexes(database).await, Vec::<String>::new());
        assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_migrations").await, ["1"]);
    }

    async fn a_run_that_was_cut_off_is_taken_up_again(database: &Database) {
        first(database).await;
        database.execute("CREATE INDEX idx_jobs_score ON jobs (score)").await;
        let mut open = writer(database).await;
        let run = spawn(database.connect().await, Migrator::new(history()));
        let pid = at(database, "CREATE UNIQUE INDEX CONCURRENTLY").await;
        database.execute(&format!("SELECT pg_terminate_backend({pid})")).await;
        assert!(run.await.unwrap().is_err());
        open.run("COMMIT").await.unwrap();
        assert_eq!(indexes(database).await, ["idx_jobs_email false", "idx_jobs_score true"]);
        let status = database.status(&Migrator::new(history())).await.unwrap();
        assert_eq!(status.migrations[1].state, State::HalfDone { step: 2 });

        let report = database.run(&Migrator::new(history())).await.unwrap();
        // What is unfinished is dropped and made anew; what is whole is left alone.
        assert_eq!(report.applied[0].statements, 2);
        assert_eq!(indexes(database).await, BOTH);
        assert!(database.run(&Migrator::new(history())).await.unwrap().is_up_to_date());
    }

    async fn whoever_asks_it_to_stop_gets_the_index_that_is_being_made(database: &Database) {
        first(database).await;
        let stop = Stop::new();
        let mut open = writer(database).await;
        let run = spawn(database.connect().await, Migrator::new(history()).stop_on(&stop));
        at(database, "CREATE INDEX CONCURRENTLY").await;
        stop.request();
        open.run("COMMIT").await.unwrap();
        let error = run.await.unwrap().unwrap_err();
        assert_eq!(error, RunError::Stopped { migration: Some("002_meanwhile".to_owned()), step: 2 });
        assert_eq!(indexes(database).await, ["idx_jobs_score true"]);
        let next = Migrator::new(history()).lock_timeout(Duration::ZERO);
        let status = database.status(&next).await.unwrap();
        assert_eq!(status.migrations[1].state, State::HalfDone { step: 2 });
        assert_eq!(database.run(&next).await.unwrap().applied[0].statements, 1);
        assert_eq!(indexes(database).await, BOTH);
    }

    async fn so_is_one_that_was_cut_off_before_its_record(database: &Database) {
        first(database).await;
        database.run(&Migrator::new(history())).await.unwrap();
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '002_meanwhile'").await;
        let report = database.run(&Migrator::new(history())).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
        assert_eq!(indexes(database).await, BOTH);
    }

    async fn rows_that_agree_leave_nothing_unfinished(database: &Database) {
        first(database).await;
        database.execute("INSERT INTO jobs VALUES (1001, 1, 'a1')").await;
        let error = database.run(&Migrator::new(history())).await.unwrap_err();
        assert!(matches!(&error, RunError::Statement { steps, .. } if steps == &[2]), "{error:?}");
        assert!(error.help().is_some_and(|it| it.contains("rows")), "{error:?}");
        assert_eq!(indexes(database).await, ["idx_jobs_score true"]);
        assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_migrations").await, ["1"]);

        database.execute("DELETE FROM jobs WHERE id = 1001").await;
        assert_eq!(database.run(&Migrator::new(history())).await.unwrap().applied[0].statements, 1);
        assert_eq!(indexes(database).await, BOTH);
    }

    async fn a_build_that_waits_for_too_long_gives_up_and_cleans_up(database: &Database) {
        first(database).await;
        let mut open = writer(database).await;
        let hasty = Migrator::new(history()).retry_timeout(Duration::from_secs(1));
        let error = database.run(&hasty).await.unwrap_err();
        assert!(matches!(error, RunError::Statement { .. }), "{error:?}");
        open.run("COMMIT").await.unwrap();
        assert_eq!(database.run(&Migrator::new(history())).await.unwrap().applied.len(), 1);
        assert_eq!(indexes(database).await, BOTH);
    }

    async fn runners_that_race_make_each_index_once(database: &Database) {
        first(database).await;
        let mut runners = Vec::new();
        for _ in 0..6 {
            runners.push(spawn(database.connect().await, Migrator::new(history())));
        }
        let mut applied = 0;
        for runner in runners {
            applied += runner.await.unwrap().unwrap().applied.len();
        }
        assert_eq!(applied, 1);
        assert_eq!(indexes(database).await, BOTH);
    }

    async fn a_session_that_may_be_shared_is_refused(database: &Database) {
        let refused = |result: Result<Report, RunError>| {
            let error = result.unwrap_err();
            assert!(matches!(error, RunError::SharedSession { .. }), "{error:?}");
        };
        let pooler = Server::pooler(&database.url);
        refused(connect(Postgres, &pooler.url).await.migrate(&Migrator::new(history())).await);
        let mut lent = sqlx::PgConnection::connect(&database.url).await.unwrap();
        refused(Migrator::new(history()).run(&mut lent).await);
        // Not even what comes before it was run.
        assert_eq!(database.column("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").await, ["0"]);
        // A pool lends connections that are then the run's alone; other migrations need no such thing.
        first(database).await;
        let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
        assert_eq!(Migrator::new(history()).run(&pool).await.unwrap().applied.len(), 1);
        pool.close().await;
        assert_eq!(indexes(database).await, BOTH);
    }
}
