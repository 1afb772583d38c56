//! SQLite rebuilds a table for what it can't change in place: rows, their children and everything that somebody
//! else made on the table are there afterwards, and a run that stops half-way leaves the old table.

use std::time::Duration;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Rollback, Source};
use hammerwork_migrations::{Migrator, RunError};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use crate::database::{Connection, Database};
use crate::stopping::{Plan, Stop, Stopping};

/// How long a stopped run may take to end.
const HANGS: Duration = Duration::from_secs(30);

fn jobs() -> Migration {
    Migration::new("001_jobs", "Jobs").create_table(
        table("jobs")
            .columns([
                uuid("id").primary_key(),
                string("status").default("it's new"),
                integer("rank").nullable(),
            ])
            .index(index("status").columns(["status"]))
            .index(
                index("rank")
                    .desc("rank")
                    .unique()
                    .only_where(col("status").eq("open")),
            ),
    )
}

/// Adds what SQLite can't add in place, in several steps.
fn computed() -> Migration {
    Migration::new("002_computed", "Defaults that SQLite computes")
        .add_column("jobs", timestamp("at").default_expression(now()))
        .add_column("jobs", integer("plain").default(7))
        .add_column("jobs", text("word").default_expression(Func::upper("abc")))
        .create_index("jobs", index("word").columns(["word"]))
}

fn history(further: impl IntoIterator<Item = Migration>) -> Migrations {
    Migrations::new([jobs()].into_iter().chain(further))
}

async fn first(database: &Database) {
    database.run(&Migrator::new(history([]))).await.unwrap();
    for sql in [
        "INSERT INTO jobs (rowid, id, status, rank) VALUES (5, 'a', 'open', 1), (9, 'b', 'done', 1), (7, 'c', 'x', NULL)",
        "CREATE TABLE runs (job TEXT REFERENCES jobs (id) ON DELETE CASCADE ON UPDATE CASCADE, n INT)",
        "INSERT INTO runs VALUES ('a', 1), ('b', 2), (NULL, 3)",
        "CREATE TABLE log (line TEXT)",
        "CREATE VIEW open_jobs AS SELECT id FROM jobs WHERE status = 'open'",
        "CREATE TRIGGER told AFTER UPDATE ON jobs BEGIN INSERT INTO log VALUES (NEW.id || ';'); END",
        "CREATE TRIGGER [by others] AFTER INSERT ON log BEGIN UPDATE jobs SET rank = 4 WHERE id = 'c'; END",
        "CREATE INDEX theirs ON jobs (status, rank) WHERE rank > 0",
    ] {
        database.execute(sql).await;
    }
}

/// What others made, but for the parts of the library.
async fn objects(database: &Database) -> Vec<Vec<String>> {
    database
        .rows(
            "SELECT type, name, sql FROM sqlite_schema WHERE name IN \
             ('runs', 'log', 'open_jobs', 'told', 'by others', 'theirs') ORDER BY name",
        )
        .await
}

async fn assert_rebuilt(database: &Database) {
    assert_eq!(
        database
            .rows("SELECT rowid, id, status, rank, plain, word, at IS NULL FROM jobs ORDER BY id")
            .await,
        [
            ["5", "a", "open", "1", "7", "ABC", "0"],
            ["9", "b", "done", "1", "7", "ABC", "0"],
            ["7", "c", "x", "NULL", "7", "ABC", "0"],
        ]
    );
    assert_eq!(
        database.column("SELECT n FROM runs ORDER BY n").await,
        ["1", "2", "3"]
    );
    let leftovers = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'hammerwork_new%'";
    assert_eq!(database.column(leftovers).await, ["0"]);
    let Connection::Sqlite(driver) = database.connect().await else {
        unreachable!("SQLite")
    };
    let drift = Migrator::new(history([computed()])).verify(driver).await;
    let mut drift = drift.unwrap();
    drift.retain(|it| it.object != "index theirs of jobs");
    assert_eq!(drift, []);
}

async fn settings(connection: &mut SqliteConnection) -> [i64; 2] {
    let mut values = [0; 2];
    for (value, name) in values
        .iter_mut()
        .zip(["foreign_keys", "legacy_alter_table"])
    {
        let sql = format!("PRAGMA {name}");
        let row = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut *connection)
            .await;
        *value = row.unwrap().get(0);
    }
    values
}

async fn lent(database: &Database, enforced: bool) -> SqliteConnection {
    let options: SqliteConnectOptions = database.url.parse().unwrap();
    options.foreign_keys(enforced).connect().await.unwrap()
}

on_sqlite! {
    async fn all_that_was_there_is_there_after_it_and_back(database: &Database) {
        first(database).await;
        let before = objects(database).await;
        assert_eq!(before.len(), 6);
        let migrator = Migrator::new(history([computed()])).accept_data_loss(true);
        let report = database.run(&migrator).await.unwrap();
        // One copy for all steps.
        assert_eq!(report.applied[0].statements, 9);
        assert_rebuilt(database).await;
        assert_eq!(objects(database).await, before);

        // Views, triggers, foreign keys and indexes work.
        assert_eq!(database.column("SELECT id FROM open_jobs").await, ["a"]);
        database.execute("UPDATE jobs SET status = 'done' WHERE id = 'a'").await;
        assert_eq!(database.column("SELECT line FROM log").await, ["a;"]);
        assert_eq!(database.column("SELECT rank FROM jobs WHERE id = 'c'").await, ["4"]);
        database.execute("UPDATE jobs SET id = 'z' WHERE id = 'a'").await;
        database.execute("DELETE FROM jobs WHERE id = 'b'").await;
        assert_eq!(database.column("SELECT job FROM runs ORDER BY n").await, ["z", "NULL"]);

        let Connection::Sqlite(driver) = database.connect().await else { unreachable!() };
        migrator.rollback(driver, Rollback::Steps(1)).await.unwrap();
        assert_eq!(objects(database).await, before);
        assert_eq!(database.column("SELECT id FROM jobs ORDER BY id").await, ["c", "z"]);
    }

    async fn the_preview_does_the_same_by_hand(database: &Database) {
        first(database).await;
        let plan = Migrator::new(history([computed()])).preview(Dialect::Sqlite).unwrap();
        let sql = plan.only(|migration| migration.id == "002_computed").to_string();
        assert!(sql.contains("PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n"), "{sql}");
        assert!(sql.contains("PRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n"), "{sql}");
        // On a connection that enforces foreign keys.
        database.execute(&sql).await;
        assert_rebuilt(database).await;
        assert!(database.run(&Migrator::new(history([computed()]))).await.unwrap().is_up_to_date());
    }

    async fn tables_are_rebuilt_between_migrations_that_need_their_foreign_keys(database: &Database) {
        let delete = |id, job| {
            Migration::new(id, "A job goes, and its runs with it").run_sql(
                sql("delete a job").everywhere(format!("DELETE FROM jobs WHERE id = '{job}'")).data_only(),
            )
        };
        first(database).await;
        let all = history([delete("001_one", "a"), computed(), delete("003_one", "b")]);
        let report = database.run(&Migrator::new(all)).await.unwrap();
        let ids: Vec<&str> = report.applied.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["001_one", "002_computed", "003_one"]);
        assert_eq!(database.column("SELECT n FROM runs").await, ["3"]);
    }

    async fn settings_of_who_lent_the_connection_come_back(database: &Database) {
        first(database).await;
        for enforced in [false, true] {
            let mut connection = lent(database, enforced).await;
            let before = settings(&mut connection).await;
            assert_eq!(before, [i64::from(enforced), 0]);
            let bad = Migration::new("002_bad", "x")
                .add_column("jobs", timestamp("at").default_expression(now()))
                .run_sql(sql("x").everywhere("SELECT nonsense"));
            let error = Migrator::new(history([bad])).run(&mut connection).await.unwrap_err();
            assert!(matches!(error, RunError::Statement { .. }), "{error:?}");
            assert_eq!(settings(&mut connection).await, before);
            assert_eq!(database.column("SELECT count(*) FROM runs").await, ["3"]);
        }
        let mut connection = lent(database, true).await;
        sqlx::raw_sql("PRAGMA legacy_alter_table = ON").execute(&mut connection).await.unwrap();
        Migrator::new(history([computed()])).run(&mut connection).await.unwrap();
        assert_eq!(settings(&mut connection).await, [1, 1]);
        connection.close().await.unwrap();
        assert_rebuilt(database).await;
    }

    async fn a_pool_gets_its_settings_back_however_a_run_ends(database: &Database) {
        let migrator = || Migrator::new(history([computed()]));
        let count = {
            let scratch = Database::create(database.dialect).await;
            first(&scratch).await;
            let plan = Plan::never();
            let Connection::Sqlite(driver) = scratch.connect().await else { unreachable!() };
            migrator().run(Stopping::new(driver, plan.clone())).await.unwrap();
            scratch.destroy().await;
            plan.calls()
        };
        assert!(count > 20, "{count} calls");
        for call in 1..=count {
            for stop in Stop::ALL {
                let scratch = Database::create(database.dialect).await;
                first(&scratch).await;
                let pool = SqlitePoolOptions::new().max_connections(1).connect(&scratch.url).await.unwrap();
                let plan = Plan::at(call, stop);
                let driver = (&pool).driver().await.unwrap();
                let stopped = migrator();
                let task = tokio::spawn(async move {
                    tokio::select! {
                        ended = stopped.run(Stopping::new(driver, plan.clone())) => Some(ended),
                        () = plan.reached() => None,
                    }
                });
                match tokio::time::timeout(HANGS, task).await.unwrap() {
                    Err(error) => assert!(error.is_panic() && stop == Stop::Panic, "{error}"),
                    // A call that is done at once can't be stopped within.
                    Ok(Some(ended)) => assert!(ended.is_ok() && stop == Stop::Within, "{ended:?}"),
                    Ok(None) => assert_ne!(stop, Stop::Panic),
                }
                let mut connection = pool.acquire().await.unwrap();
                assert_eq!(settings(&mut connection).await, [1, 0], "call {call}, {stop:?}");
                drop(connection);
                migrator().run(&pool).await.unwrap_or_else(|error| panic!("call {call}, {stop:?}: {error:?}"));
                pool.close().await;
                assert_rebuilt(&scratch).await;
                assert_eq!(objects(&scratch).await.len(), 6);
                scratch.destroy().await;
            }
        }
    }

    async fn no_number_is_given_twice(database: &Database) {
        let numbered = integer("id").on(Sqlite, native_type("INTEGER PRIMARY KEY AUTOINCREMENT"));
        let first = Migration::new("001_t", "x").create_table(table("t").columns([numbered, integer("n")]));
        database.run(&Migrator::new(Migrations::new([first.clone()]))).await.unwrap();
        database.execute("INSERT INTO t (n) VALUES (1), (2), (3); DELETE FROM t").await;
        let second = Migration::new("002_t", "x").add_column("t", text("at").default_expression(now()));
        database.run(&Migrator::new(Migrations::new([first, second]))).await.unwrap();
        database.execute("INSERT INTO t (n) VALUES (4)").await;
        assert_eq!(database.rows("SELECT id, n FROM t").await, [["4", "4"]]);
        assert_eq!(database.rows("SELECT name, seq FROM sqlite_sequence").await, [["t", "4"]]);
    }

    async fn what_would_be_lost_with_the_old_table_is_a_conflict(database: &Database) {
        for (change, words) in [
            ("ALTER TABLE jobs ADD COLUMN theirs INT", "it has a column theirs"),
            (
                "ALTER TABLE jobs ADD COLUMN sum INT GENERATED ALWAYS AS (rank + 1) VIRTUAL",
                "it has a column sum",
            ),
        ] {
            let scratch = Database::create(database.dialect).await;
            first(&scratch).await;
            scratch.execute(change).await;
            let before = scratch.rows("SELECT * FROM jobs").await;
            let error = scratch.run(&Migrator::new(history([computed()]))).await.unwrap_err();
            assert!(matches!(error, RunError::Conflict { step: 1, .. }), "{error:?}");
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(scratch.rows("SELECT * FROM jobs").await, before);
            assert_eq!(objects(&scratch).await.len(), 6);
            scratch.destroy().await;
        }
        for (clause, words) in [
            ("rank INTEGER CHECK (rank > 0)", "a CHECK that"),
            ("rank INTEGER UNIQUE", "a UNIQUE that"),
            ("rank INTEGER REFERENCES jobs (id)", "a REFERENCES that"),
        ] {
            let scratch = Database::create(database.dialect).await;
            scratch.execute(&format!(
                "CREATE TABLE jobs (id TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL DEFAULT 'it''s new', {clause})"
            )).await;
            let error = scratch.run(&Migrator::new(history([computed()]))).await.unwrap_err();
            assert!(matches!(error, RunError::Conflict { .. }), "{error:?}");
            assert!(error.to_string().contains(words), "{error}");
            scratch.destroy().await;
        }
    }

    async fn rows_without_their_parents_fail_the_run_if_they_are_new(database: &Database) {
        first(database).await;
        // These were there before anybody looked.
        database.execute("PRAGMA foreign_keys = OFF; INSERT INTO runs VALUES ('gone', 4)").await;
        let orphaning = Migration::new("002_orphans", "x")
            .add_column("jobs", timestamp("at").default_expression(now()))
            .run_sql(sql("delete jobs").everywhere("DELETE FROM jobs WHERE id = 'a'").data_only());
        let error = database.run(&Migrator::new(history([orphaning]))).await.unwrap_err();
        let RunError::Orphans { table, parent, .. } = &error else { panic!("{error:?}") };
        assert_eq!([table.as_str(), parent.as_str()], ["runs", "jobs"]);
        assert_eq!(database.column("SELECT count(*) FROM jobs").await, ["3"]);
        assert_eq!(database.column("SELECT count(*) FROM runs").await, ["4"]);
        database.run(&Migrator::new(history([computed()]))).await.unwrap();
        assert_eq!(database.column("SELECT count(*) FROM runs").await, ["4"]);
    }
}
