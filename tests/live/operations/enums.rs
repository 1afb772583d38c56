//! Enums: a type of its own on PostgreSQL, values in the columns elsewhere.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Rollback;
use hammerwork_migrations::{Migrator, RunError};

use super::check::{case, operations};
use crate::database::{Connection, Database};

fn people() -> Migration {
    operations()
        .create_enum("mood", ["sad", "it's fine", "happy"])
        .create_table(
            table("people")
                .columns([
                    integer("id").primary_key(),
                    enumerated("mood", "mood").default("happy"),
                ])
                .index(index("mood").columns(["mood"])),
        )
        .create_table(table("cats").columns([
            integer("id").primary_key(),
            enumerated("mood", "mood").nullable(),
            enumerated("before", "mood").default("sad").nullable(),
        ]))
}

fn named(id: &str, mut migration: Migration) -> Migration {
    id.clone_into(&mut migration.id);
    migration
}

const ROWS: [&str; 3] = [
    "INSERT INTO people (id, mood) VALUES (1, 'it''s fine')",
    "INSERT INTO people (id) VALUES (2)",
    "INSERT INTO cats (id) VALUES (1)",
];

const ALL: &str = "SELECT p.id, p.mood, c.id, c.mood FROM people p, cats c ORDER BY p.id";

async fn takes(database: &Database, mood: &str) -> bool {
    let sql = format!("UPDATE people SET mood = '{mood}' WHERE id = 2");
    database.connect().await.run(&sql).await.is_ok()
}

on_every_engine! {
    async fn create_enum(database: &Database) {
        let before = operations().create_table(table("t").columns([integer("id")]));
        let change = people().add_column("t", enumerated("mood", "mood").default("it's fine"));
        case(before, change)
            .rows(["INSERT INTO t (id) VALUES (1)"])
            .gives("SELECT id, mood FROM t", [["1", "it's fine"]])
            .check(database)
            .await;
        assert!(database.connect().await.run("INSERT INTO t (id, mood) VALUES (2, 'angry')").await.is_err());
    }

    async fn drop_enum(database: &Database) {
        let before = operations()
            .create_table(table("t").columns([integer("id")]))
            .create_enum("mood", ["sad", "happy"]);
        case(before, operations().drop_enum("mood")).check(database).await;
    }

    // The rows of a table have a type of its name on PostgreSQL.
    async fn a_table_that_gets_the_name_of_a_dropped_enum(database: &Database) {
        let before = operations()
            .create_table(table("t").columns([integer("id")]))
            .create_enum("mood", ["sad", "happy"]);
        case(before, operations().drop_enum("mood").rename_table("t", "mood")).check(database).await;
    }

    async fn add_enum_value(database: &Database) {
        let change = operations()
            .add_enum_value("mood", "an\\gry")
            .add_enum_value_before("mood", "calm", "happy");
        case(people(), change).rows(ROWS).keeps(ALL).check(database).await;
        assert!(takes(database, "calm").await);
        assert!(!takes(database, "nope").await);
    }

    async fn drop_enum_value(database: &Database) {
        let change = operations().drop_enum_value("mood", "happy");
        let before = operations()
            .create_enum("mood", ["sad", "happy", "it's fine"])
            .create_table(table("people").columns([
                integer("id").primary_key(),
                enumerated("mood", "mood").default("sad"),
            ]));
        case(before, change)
            .rows(["INSERT INTO people (id) VALUES (1)", "INSERT INTO people (id, mood) VALUES (2, 'it''s fine')"])
            .keeps("SELECT id, mood FROM people ORDER BY id")
            .check(database)
            .await;
        assert!(!takes(database, "happy").await);
        assert!(takes(database, "sad").await);
    }

    async fn a_value_that_a_row_has_stays(database: &Database) {
        let history = Migrator::new(Migrations::new([
            named("001", people()),
            Migration::new("002", "Anger").add_enum_value("mood", "angry"),
            Migration::new("003", "Anger is used").add_column("cats", enumerated("next", "mood").default("angry")),
        ]));
        database.run(&history).await.unwrap();
        let drift = match database.connect().await {
            Connection::Postgres(it) => history.verify(it).await,
            Connection::MySql(it) => history.verify(it).await,
            Connection::Sqlite(it) => history.verify(it).await,
        };
        assert_eq!(drift.unwrap(), []);
        database.execute("INSERT INTO people (id, mood) VALUES (2, 'angry')").await;
        let history = history.accept_data_loss(true);
        let back = match database.connect().await {
            Connection::Postgres(it) => history.rollback(it, Rollback::Steps(2)).await,
            Connection::MySql(it) => history.rollback(it, Rollback::Steps(2)).await,
            Connection::Sqlite(it) => history.rollback(it, Rollback::Steps(2)).await,
        };
        assert!(matches!(back, Err(RunError::Statement { .. })), "{back:?}");
        assert_eq!(database.rows("SELECT mood FROM people").await, [["angry"]]);
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_between_two_tables_goes_on(database: &Database) {
        let first = named("001", people());
        let both = Migrations::new([first.clone(), Migration::new("002", "Anger").add_enum_value("mood", "angry")]);
        database.run(&Migrator::new(Migrations::new([first]))).await.unwrap();
        database
            .execute("ALTER TABLE people MODIFY COLUMN mood ENUM('sad', 'it''s fine', 'happy', 'angry') NOT NULL DEFAULT 'happy'")
            .await;
        let report = database.run(&Migrator::new(both)).await.unwrap();
        assert_eq!(report.applied[0].statements, 2);
        database.execute("INSERT INTO cats (id, mood) VALUES (7, 'angry')").await;
    }
}
