//! What an engine tells in a text of its own, and in whose time zone.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use super::check::drift;
use crate::database::Database;

on_every_engine! {
    async fn a_default_is_a_moment_of_utc_whatever_the_session(database: &Database) {
        if database.dialect == Postgres {
            let here = database.column("SELECT current_database()").await.remove(0);
            database.execute(&format!("ALTER DATABASE \"{here}\" SET timezone TO 'Asia/Tokyo'")).await;
        }
        let moments = table("moments").columns([
            integer("id").primary_key(),
            timestamp("at").default("2024-01-02 03:04:05"),
        ]);
        let migrator = Migrator::new(Migrations::new([Migration::new("001", "Moments").create_table(moments)]));
        database.run(&migrator).await.unwrap();
        assert_eq!(drift(database, &migrator).await, Vec::<String>::new());
        // The default that is there is the one that the history makes.
        database.execute("DELETE FROM hammerwork_migrations").await;
        database.execute("DELETE FROM hammerwork_migrations_journal").await;
        let report = database.run(&migrator).await.unwrap();
        assert_eq!(report.applied.iter().map(|it| it.statements).sum::<usize>(), 0);
        if database.dialect == Postgres {
            database.execute("INSERT INTO moments (id) VALUES (1)").await;
            let at = database.column("SELECT (at AT TIME ZONE 'UTC')::text FROM moments").await;
            assert_eq!(at, ["2024-01-02 03:04:05"]);
        }
    }

    async fn sqlite_tells_collations_and_checks_in_its_text_alone(database: &Database) {
        if database.dialect != Sqlite {
            return;
        }
        let made = table("t")
            .columns([
                integer("id").primary_key(),
                string("name").collate_on(Sqlite, "NOCASE"),
                enumerated("mood", "mood"),
            ])
            .check(check("positive", col("id").gt(0)));
        let first = Migration::new("001", "T").create_enum("mood", ["good", "bad"]).create_table(made);
        let migrator = Migrator::new(Migrations::new([first]));
        database.run(&migrator).await.unwrap();
        assert_eq!(drift(database, &migrator).await, Vec::<String>::new());
        database.execute("DROP TABLE t").await;
        database
            .execute(
                "CREATE TABLE t (id INTEGER NOT NULL, name TEXT NOT NULL, mood TEXT NOT NULL CHECK (mood IN ('good')), \
                 PRIMARY KEY (id), CONSTRAINT ck_t_positive CHECK (id > 1))",
            )
            .await;
        let found = drift(database, &migrator).await.join("\n");
        for words in ["collate NOCASE", "positive", "'bad'"] {
            assert!(found.contains(words), "{words}: {found}");
        }
    }
}
