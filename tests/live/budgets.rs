//! What a run may cost: round trips, counted by a driver that stands between, and syncs of the disk.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Source;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};

use crate::database::{Connection, Database, builtin};
use crate::long_histories::long_history;

/// Counts what goes to the server: every call is one message there and one answer back.
struct Counting<D> {
    inner: D,
    count: Arc<AtomicUsize>,
}

impl<D: Driver> Driver for Counting<D> {
    forward_the_rest! {}

    // A connection of its own is known by what the server has said before: this asks nothing more.
    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        self.inner.is_exclusive().await
    }
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.execute(sql).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.rows(sql).await
    }
    async fn begin(&mut self) -> Result<(), DriverError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.begin().await
    }
    async fn commit(&mut self) -> Result<(), DriverError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.commit().await
    }
    async fn rollback(&mut self) -> Result<(), DriverError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.inner.rollback().await
    }
}

impl<D: Driver> Source for Counting<D> {
    type Driver = Self;
    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

/// The round trips of one run.
pub(crate) async fn round_trips(database: &Database, migrator: &Migrator) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let result = match database.connect().await {
        Connection::Postgres(inner) => migrator.run(Counting { inner, count }).await,
        Connection::MySql(inner) => migrator.run(Counting { inner, count }).await,
        Connection::Sqlite(inner) => migrator.run(Counting { inner, count }).await,
    };
    result.unwrap();
    counted.load(Ordering::Relaxed)
}

on_every_engine! {
    async fn nothing_to_do_is_one_query(database: &Database) {
        database.migrate().await;
        assert_eq!(round_trips(database, &builtin()).await, 1);
    }

    async fn nothing_to_do_in_a_long_history_is_one_query(database: &Database) {
        database.run(&long_history(1)).await.unwrap();
        assert_eq!(round_trips(database, &long_history(1)).await, 1);
        // Without the digest, the journal is asked.
        database.execute("DROP TABLE hammerwork_migrations_digest").await;
        assert_eq!(round_trips(database, &long_history(1)).await, 2);
    }
}

on_servers! {
    async fn six_on_a_new_database_stay_within_the_budget(database: &Database) {
        let limit = if database.dialect == Dialect::Postgres { 2 } else { 4 };
        let count = round_trips(database, &builtin()).await;
        println!("{}: {count} round trips for six migrations", database.dialect);
        assert!(count <= limit, "{count} round trips");
    }

    async fn a_hundred_on_a_new_database_cost_no_more_than_a_few(database: &Database) {
        let made = (1..=100).map(|number| {
            Migration::new(format!("{number:03}_things"), "One more table").create_table(
                table(format!("things_{number}"))
                    .columns([integer("id").primary_key(), string("name").length(50)])
                    .index(index("name").columns(["name"])),
            )
        });
        let migrator = Migrator::new(Migrations::new(made));
        let count = round_trips(database, &migrator).await;
        println!("{}: {count} round trips for a hundred migrations", database.dialect);
        // PostgreSQL takes them all in one message; the others need a second.
        let limit = if database.dialect == Dialect::Postgres { 2 } else { 5 };
        assert!(count <= limit, "{count} round trips");
        assert_eq!(database.status(&migrator).await.unwrap().applied(), 100);
    }
}

/// The `migrate` program under a library that counts the calls of fsync and fdatasync.
#[test]
fn six_on_a_new_sqlite_database_take_eight_syncs_at_most() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let library = directory.join("count_syncs.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/live/count_syncs.c"
        ))
        .status();
    assert!(
        built.unwrap().success(),
        "the compiler that builds SQLite builds this too"
    );

    let database = directory.join("syncs.db");
    let counted = directory.join("syncs.txt");
    for old in [&database, &counted] {
        drop(std::fs::remove_file(old));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_migrate"))
        .arg("--database-url")
        .arg(format!("sqlite://{}?mode=rwc", database.display()))
        .env("LD_PRELOAD", &library)
        .env("COUNT_SYNCS_INTO", &counted)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let count: usize = std::fs::read_to_string(&counted)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    println!("sqlite: {count} syncs for six migrations");
    assert!((1..=8).contains(&count), "{count} syncs");
}
