//! What a dry run shows is what a run sends, and a dry run sends none of it.

use std::sync::{Arc, Mutex};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};
use hammerwork_migrations::run::{Found, Source, State};
use hammerwork_migrations::{Migrator, Plan, RunError};

use crate::database::{Connection, Database, builtin};

/// Keeps what goes to the server.
struct Hearing<D> {
    inner: D,
    heard: Arc<Mutex<Vec<String>>>,
}

impl<D> Hearing<D> {
    fn hear(&self, sql: &str) {
        self.heard.lock().unwrap().push(sql.to_owned());
    }
}

impl<D: Driver> Driver for Hearing<D> {
    forward_the_rest! {}

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        self.inner.is_exclusive().await
    }
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.hear(sql);
        self.inner.execute(sql).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        self.hear(sql);
        self.inner.rows(sql).await
    }
    async fn begin(&mut self) -> Result<(), DriverError> {
        self.inner.begin().await
    }
    async fn commit(&mut self) -> Result<(), DriverError> {
        self.inner.commit().await
    }
    async fn rollback(&mut self) -> Result<(), DriverError> {
        self.inner.rollback().await
    }
}

impl<D: Driver> Source for Hearing<D> {
    type Driver = Self;
    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

/// What a dry run gives, and all that it sent.
async fn dry_run(
    database: &Database,
    migrator: &Migrator,
) -> (Result<Plan, RunError>, Vec<String>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let shared = heard.clone();
    let plan = match database.connect().await {
        Connection::Postgres(inner) => migrator.dry_run(Hearing { inner, heard }).await,
        Connection::MySql(inner) => migrator.dry_run(Hearing { inner, heard }).await,
        Connection::Sqlite(inner) => migrator.dry_run(Hearing { inner, heard }).await,
    };
    let heard = shared.lock().unwrap().clone();
    (plan, heard)
}

/// All that a run sends.
async fn run(database: &Database, migrator: &Migrator) -> Vec<String> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let shared = heard.clone();
    let report = match database.connect().await {
        Connection::Postgres(inner) => migrator.run(Hearing { inner, heard }).await,
        Connection::MySql(inner) => migrator.run(Hearing { inner, heard }).await,
        Connection::Sqlite(inner) => migrator.run(Hearing { inner, heard }).await,
    };
    report.unwrap();
    shared.lock().unwrap().clone()
}

/// Asserts that a dry run changes nothing, and a run then sends just its statements.
async fn assert_told_before(database: &Database, migrator: &Migrator) -> Plan {
    let (plan, sent) = dry_run(database, migrator).await;
    let plan = plan.unwrap();
    assert_eq!(plan.refusal(), None);
    let changes = [
        "CREATE ", "ALTER ", "DROP ", "INSERT ", "UPDATE ", "DELETE ",
    ];
    for sql in &sent {
        let begins = |it: &&str| sql.trim_start().starts_with(*it);
        assert!(!changes.iter().any(begins), "{sql}");
    }
    let statements = || plan.migrations.iter().flat_map(|it| &it.statements);
    let sent = run(database, migrator).await;
    let mut text = sent.join("\n");
    for statement in statements() {
        assert!(text.contains(&statement.sql), "not sent: {}", statement.sql);
        text = text.replacen(&statement.sql, "", 1);
    }
    let table = "hammerwork_jobs";
    for verb in ["CREATE TABLE", "ALTER TABLE", "CREATE INDEX", "DROP INDEX"] {
        let more = text
            .lines()
            .any(|it| it.starts_with(verb) && it.contains(table));
        assert!(!more, "sent, and not told:\n{text}");
    }
    plan
}

fn tags() -> Migrations {
    Migrations::new([
        Migration::new("001_tags", "Tags").create_table(
            table("tags").columns([integer("id").primary_key(), string("name").length(20)]),
        ),
        Migration::new("002_colour", "Tags have a colour")
            .add_column("tags", string("colour").length(20).nullable())
            .create_index("tags", index("colour").columns(["colour"]))
            .run_sql(
                sql("name the first")
                    .everywhere("INSERT INTO tags (id, name) VALUES (1, 'first')")
                    .down("DELETE FROM tags")
                    .data_only(),
            ),
    ])
}

on_every_engine! {
    async fn a_run_sends_what_was_told_and_nothing_else(database: &Database) {
        let plan = assert_told_before(database, &builtin()).await;
        assert_eq!(plan.migrations.len(), 6);
        let found = plan.migrations.iter().flat_map(|it| &it.steps);
        assert!(found.clone().count() > 6);
        assert!(found.into_iter().all(|it| it.found == Found::Needed));
        let (plan, _) = dry_run(database, &builtin()).await;
        assert_eq!(plan.unwrap().migrations, []);
    }

    async fn what_is_there_is_not_sent_again(database: &Database) {
        let first = Migrator::new(tags()).up_to("001_tags");
        database.run(&first).await.unwrap();
        database.execute("ALTER TABLE tags ADD COLUMN colour VARCHAR(20) NULL").await;
        let (plan, _) = dry_run(database, &Migrator::new(tags())).await;
        let plan = plan.unwrap();
        // SQLite knows one type of text.
        let found: Vec<&str> = plan.migrations[0].steps.iter().map(|it| it.found.word()).collect();
        assert_eq!(found, ["satisfied", "needed", "needed"], "{plan}");
        assert!(!plan.to_string().contains("ADD COLUMN"), "{plan}");
        run(database, &Migrator::new(tags())).await;
        assert_eq!(database.column("SELECT name FROM tags").await, ["first"]);
    }

    async fn all_conflicts_are_told_at_once(database: &Database) {
        database.execute("CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name INTEGER)").await;
        let migrator = Migrator::new(tags());
        let (plan, _) = dry_run(database, &migrator).await;
        let plan = plan.unwrap();
        assert!(matches!(plan.migrations[0].steps[0].found, Found::Conflict(_)), "{plan:?}");
        assert_eq!(plan.migrations.len(), 2);
        let refusal = plan.refusal().unwrap();
        assert_eq!(database.run(&migrator).await.unwrap_err(), refusal);
    }
}

on_mysql_and_mariadb! {
    async fn a_migration_that_was_cut_off_is_half_done(database: &Database) {
        let first = Migrator::new(tags()).up_to("001_tags");
        database.run(&first).await.unwrap();
        let migrator = Migrator::new(tags());
        let states = |status: hammerwork_migrations::Status| -> Vec<State> {
            status.migrations.into_iter().map(|it| it.state).collect()
        };
        assert_eq!(states(database.status(&migrator).await.unwrap())[1], State::Pending);
        // What a run that was killed before its second step leaves.
        database.execute("ALTER TABLE tags ADD COLUMN colour VARCHAR(20) NULL").await;
        let status = database.status(&migrator).await.unwrap();
        assert_eq!(status.pending(), 1);
        assert_eq!(states(status)[1], State::HalfDone { step: 2 });
        // The same with the journal's word for it.
        database.execute("ALTER TABLE tags ADD INDEX idx_colour (colour)").await;
        assert_eq!(states(database.status(&migrator).await.unwrap())[1], State::HalfDone { step: 3 });
        database.run(&migrator).await.unwrap();
        assert_eq!(states(database.status(&migrator).await.unwrap()).len(), 2);
        assert_eq!(database.status(&migrator).await.unwrap().pending(), 0);
    }
}
