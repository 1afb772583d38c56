//! Is the live schema what the applied migrations say; and migrations that were edited after the fact.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, Report, RunError};

use crate::database::{Connection, Database, builtin};

async fn differences(database: &Database) -> Vec<String> {
    let found = match database.connect().await {
        Connection::Postgres(it) => builtin().verify(it).await,
        Connection::MySql(it) => builtin().verify(it).await,
        Connection::Sqlite(it) => builtin().verify(it).await,
    };
    found.unwrap().iter().map(ToString::to_string).collect()
}

pub(crate) async fn repair(database: &Database, migrator: &Migrator) -> Result<Report, RunError> {
    match database.connect().await {
        Connection::Postgres(it) => migrator.repair(it).await,
        Connection::MySql(it) => migrator.repair(it).await,
        Connection::Sqlite(it) => migrator.repair(it).await,
    }
}

on_every_engine! {
    async fn a_migrated_database_has_no_drift(database: &Database) {
        database.migrate().await;
        assert_eq!(differences(database).await, Vec::<String>::new());
        // And nothing of the replay stays.
        crate::expected::assert_schema(database).await;
    }

    async fn drift_is_told_object_by_object(database: &Database) {
        database.migrate().await;
        let drop_index = match database.dialect {
            Dialect::Postgres | Dialect::Sqlite => "DROP INDEX idx_hammerwork_batches_status",
            Dialect::MySql | Dialect::MariaDb => "DROP INDEX idx_status ON hammerwork_batches",
        };
        for change in [
            "ALTER TABLE hammerwork_jobs ADD COLUMN extra INT",
            "ALTER TABLE hammerwork_jobs DROP COLUMN timeout_seconds",
            "CREATE INDEX extra ON hammerwork_batches (total_jobs)",
            drop_index,
        ] {
            database.execute(change).await;
        }
        let index = index("status").physical_name("hammerwork_batches", database.dialect);
        assert_eq!(differences(database).await, [
            "index extra of hammerwork_batches: it is there, and the applied migrations do not make it".to_owned(),
            format!("index {index} of hammerwork_batches: it is missing"),
            "column hammerwork_jobs.extra: it is there, and the applied migrations do not make it".to_owned(),
            "column hammerwork_jobs.timeout_seconds: it is missing".to_owned(),
        ]);
    }

    async fn a_migration_edited_after_it_was_applied_is_refused_until_repaired(database: &Database) {
        let history = |default: i32| Migrator::new(Migrations::new([Migration::new("001_a", "A").create_table(
            table("a").columns([integer("id").primary_key(), integer("n").default(default)]),
        )]));
        database.run(&history(1)).await.unwrap();
        let edited = history(2);
        let changed = RunError::Changed { ids: vec!["001_a".to_owned()] };
        assert_eq!(database.run(&edited).await.unwrap_err(), changed);

        assert_eq!(repair(database, &edited).await.unwrap().applied.len(), 1);
        assert!(database.run(&edited).await.unwrap().is_up_to_date());
        assert_eq!(database.run(&history(1)).await.unwrap_err(), changed);
    }

    async fn a_database_without_a_journal_is_taken_over_silently(database: &Database) {
        database.migrate().await;
        database.execute("DROP TABLE hammerwork_migrations_journal").await;
        assert!(database.run(&builtin()).await.unwrap().is_up_to_date());
        // The next migration makes it.
        let more = Migration::new("007_more", "More").create_table(table("more").columns([integer("id")]));
        let more = Migrator::new(builtin().migrations().clone().and([more]));
        assert_eq!(database.run(&more).await.unwrap().applied.len(), 1);
        assert_eq!(database.column("SELECT migration_id FROM hammerwork_migrations_journal").await, ["007_more"]);
    }
}

on_postgres! {
    async fn schemas_and_extensions_are_compared_by_name_and_left_alone(database: &Database) {
        let people = table("people").columns([
            integer("id").primary_key(),
            string("name").on(Postgres, native_type("CITEXT")),
        ]);
        let made = Migration::new("001_all", "All of them")
            .create_schema("audit")
            .create_extension(extension("citext"))
            .create_extension(extension("uuid-ossp").in_schema("audit"))
            .create_table(people);
        let gone = Migration::new("002_less", "Less of them")
            .create_extension(extension("pg_trgm"))
            .drop_extension("pg_trgm")
            .create_schema("attic")
            .drop_schema("attic");
        let migrator = Migrator::new(Migrations::new([made, gone]));
        let drift = || async {
            let Connection::Postgres(pool) = database.connect().await else { unreachable!() };
            let found = migrator.verify(pool).await.unwrap();
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        database.run(&migrator).await.unwrap();
        assert_eq!(drift().await, Vec::<String>::new());

        database.execute(
            "CREATE SCHEMA attic; CREATE TABLE attic.box (id INT); CREATE EXTENSION pg_trgm; \
             ALTER EXTENSION \"uuid-ossp\" SET SCHEMA public; \
             ALTER TABLE people ALTER COLUMN name TYPE TEXT; DROP EXTENSION citext",
        ).await;
        assert_eq!(drift().await, [
            "schema attic: it is there, and the applied migrations do not make it",
            "extension citext: it is missing",
            "extension uuid-ossp: it is in the schema public, and should be in audit",
            "extension pg_trgm: it is there, and the applied migrations do not make it",
        ]);
    }

    async fn drift_in_what_the_engine_parses_is_found_too(database: &Database) {
        database.migrate().await;
        database.execute(
            "DROP INDEX idx_hammerwork_jobs_scheduled; \
             CREATE INDEX idx_hammerwork_jobs_scheduled ON hammerwork_jobs (scheduled_at) WHERE status = 'Done'; \
             ALTER TABLE hammerwork_jobs ALTER COLUMN attempts SET DEFAULT 7",
        ).await;
        assert_eq!(differences(database).await, [
            "column hammerwork_jobs.attempts: it is integer NOT NULL, default 7, and should be integer NOT NULL, default 0",
            "index idx_hammerwork_jobs_scheduled of hammerwork_jobs: it is over (scheduled_at) \
             where ((status)::text = 'Done'::text), and should be over (scheduled_at) \
             where ((status)::text = 'Pending'::text)",
        ]);
    }
}
