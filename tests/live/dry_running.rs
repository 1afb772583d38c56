//! What a dry run shows is what a run sends, and a dry run sends none of it.

use std::sync::{Arc, Mutex};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};
use hammerwork_migrations::run::{Found, Source, State};
use hammerwork_migrations::{Migrator, Plan, RunError};

use crate::database::{Connection, Database, builtin};
use crate::histories::histories;

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
    forward_transactions! {}

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.hear(sql);
        self.inner.execute(sql).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        self.hear(sql);
        self.inner.rows(sql).await
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

/// What changes a database.
const CHANGES: [&str; 7] = [
    "CREATE ", "ALTER ", "DROP ", "INSERT ", "UPDATE ", "DELETE ", "COMMENT ",
];

fn changes(sql: &str) -> bool {
    CHANGES.iter().any(|it| sql.trim_start().starts_with(it))
}

/// Asserts that a dry run changes nothing, and a run then sends its statements in their order, and nothing else but
/// what records them.
async fn assert_told_before(database: &Database, migrator: &Migrator) -> Plan {
    let (plan, sent) = dry_run(database, migrator).await;
    let plan = plan.unwrap();
    assert_eq!(plan.refusal(), None);
    for sql in &sent {
        assert!(!changes(sql), "{sql}");
    }
    let sent = run(database, migrator).await.join(";\n");
    let mut rest = sent.as_str();
    let mut others = String::new();
    for statement in plan.migrations.iter().flat_map(|it| &it.statements) {
        // Of a backfill the batches are sent, each with its keys.
        let sql = match &statement.batches {
            Some(_) => statement.sql.split("\nWHERE ").next().unwrap(),
            None => statement.sql.as_str(),
        };
        let Some((before, after)) = rest.split_once(sql) else {
            let may_be_left_out = statement
                .opaque
                .as_ref()
                .is_some_and(|it| it.only_if.is_some());
            let has_no_rows = statement.batches.is_some();
            assert!(
                may_be_left_out || has_no_rows,
                "not sent, or not then: {sql}\n{sent}"
            );
            continue;
        };
        others += before;
        rest = after;
    }
    others += rest;
    let told = plan.to_string();
    let batches = |sql: &str| {
        let mut all = plan.migrations.iter().flat_map(|it| &it.statements);
        all.any(|it| it.batches.is_some() && sql.starts_with(it.sql.lines().next().unwrap()))
    };
    let lines = others
        .lines()
        .map(|it| it.trim_start_matches("START TRANSACTION; "));
    for sql in lines.filter(|it| changes(it)) {
        // Where a message of many migrations was refused, it was undone, and is sent again in parts.
        let is_told = told.contains(sql.trim_end_matches(';'));
        let records = sql.contains("hammerwork_migrations") && !sql.starts_with("CREATE ");
        assert!(
            is_told || records || batches(sql),
            "sent, and not told: {sql}\n{told}"
        );
    }
    plan
}

/// Where each migration stands.
async fn states(database: &Database, migrator: &Migrator) -> Vec<State> {
    let status = database.status(migrator).await.unwrap();
    status.migrations.into_iter().map(|it| it.state).collect()
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

    async fn so_it_is_with_every_operation(database: &Database) {
        for history in histories() {
            if !history.dialects.contains(&database.dialect) {
                continue;
            }
            // A new database gets many migrations in one message, and one that has some already does not.
            for first in [0, 1] {
                let scratch = Database::create(database.dialect).await;
                let some = history.migrations.iter().take(first).cloned().collect();
                scratch.run(&Migrator::new(some)).await.unwrap();
                let migrator = Migrator::new(history.migrations.clone());
                assert_told_before(&scratch, &migrator).await;
                assert!(scratch.run(&migrator).await.unwrap().is_up_to_date());
                scratch.destroy().await;
            }
        }
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

on_sqlite! {
    async fn what_others_made_on_a_table_is_told_where_it_is_rebuilt(database: &Database) {
        let first = Migration::new("001_tags", "Tags").create_table(
            table("tags").columns([integer("id").primary_key(), string("name").length(20)]),
        );
        let all = Migrations::new([
            first.clone(),
            Migration::new("002_label", "Another name").rename_column("tags", "name", "label").rename_table("tags", "labels"),
            Migration::new("003_at", "A moment").add_column("labels", timestamp("at").default_expression(now())),
            Migration::new("004_more", "And another").add_column("labels", timestamp("more").default_expression(now())),
        ]);
        database.run(&Migrator::new(Migrations::new([first]))).await.unwrap();
        database.execute("CREATE INDEX theirs ON tags (name)").await;
        database.execute("CREATE TABLE log (line TEXT)").await;
        database.execute(
            "CREATE TRIGGER theirs_too AFTER UPDATE OF name ON tags BEGIN\n  INSERT INTO log VALUES (new.name);\nEND",
        ).await;
        let plan = assert_told_before(database, &Migrator::new(all)).await;
        // The names are those that SQLite has written into them meanwhile.
        let text = plan.to_string();
        assert_eq!(text.matches("CREATE INDEX theirs ON \"labels\" (\"label\");\n").count(), 2, "{text}");
        assert_eq!(text.matches("AFTER UPDATE OF \"label\" ON \"labels\" BEGIN\n").count(), 2, "{text}");
        assert!(text.contains("-- note: no migration made this, and it goes with the old table\n"), "{text}");
        database.execute("INSERT INTO labels (id, label) VALUES (1, 'a'); UPDATE labels SET label = 'b'").await;
        assert_eq!(database.column("SELECT line FROM log").await, ["b"]);
    }

    async fn what_would_be_lost_is_a_conflict_before(database: &Database) {
        let first = Migration::new("001_tags", "Tags").create_table(table("tags").columns([integer("id").primary_key()]));
        database.run(&Migrator::new(Migrations::new([first.clone()]))).await.unwrap();
        database.execute("ALTER TABLE tags ADD COLUMN theirs INT").await;
        let second = Migration::new("002_more", "More")
            .create_table(table("other").columns([integer("id").primary_key()]))
            .add_column("tags", timestamp("at").default_expression(now()));
        let migrator = Migrator::new(Migrations::new([first, second]));
        let (plan, sent) = dry_run(database, &migrator).await;
        assert!(!sent.iter().any(|it| changes(it)), "{sent:?}");
        let refusal = plan.unwrap().refusal().unwrap();
        assert!(refusal.to_string().contains("it has a column theirs"), "{refusal}");
        assert_eq!(database.run(&migrator).await.unwrap_err(), refusal);
    }
}

on_mysql_and_mariadb! {
    async fn a_migration_that_was_cut_off_is_half_done(database: &Database) {
        let first = Migrator::new(tags()).up_to("001_tags");
        database.run(&first).await.unwrap();
        let migrator = Migrator::new(tags());
        assert_eq!(states(database, &migrator).await[1], State::Pending);
        // What a run that was killed before its second step leaves.
        database.execute("ALTER TABLE tags ADD COLUMN colour VARCHAR(20) NULL").await;
        assert_eq!(database.status(&migrator).await.unwrap().pending(), 1);
        assert_eq!(states(database, &migrator).await[1], State::HalfDone { step: 2 });
        // The same with the journal's word for it.
        database.execute("ALTER TABLE tags ADD INDEX idx_colour (colour)").await;
        assert_eq!(states(database, &migrator).await[1], State::HalfDone { step: 3 });
        database.run(&migrator).await.unwrap();
        assert_eq!(states(database, &migrator).await.len(), 2);
        assert_eq!(database.status(&migrator).await.unwrap().pending(), 0);
    }
}
