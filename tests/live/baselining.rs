//! Recording what is there, and only that.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Dialect, Migrator, Report, RunError};

use crate::database::{Connection, Database, builtin};
use crate::expected::recorded;

async fn baseline(database: &Database, migrator: &Migrator) -> Result<Report, RunError> {
    match database.connect().await {
        Connection::Postgres(it) => migrator.baseline(it).await,
        Connection::MySql(it) => migrator.baseline(it).await,
        Connection::Sqlite(it) => migrator.baseline(it).await,
    }
}

/// The schema, and no record of it.
async fn schema_alone(database: &Database, migrator: &Migrator) {
    database.run(migrator).await.unwrap();
    database.execute("DROP TABLE hammerwork_migrations").await;
    database
        .execute("DROP TABLE hammerwork_migrations_journal")
        .await;
}

on_every_engine! {
    async fn what_is_there_is_recorded_and_not_run(database: &Database) {
        schema_alone(database, &builtin()).await;
        let report = baseline(database, &builtin()).await.unwrap();
        assert_eq!(report.applied.len(), 6);
        assert!(report.applied.iter().all(|it| it.statements == 0));
        assert_eq!(recorded(database).await.len(), 6);
        assert!(database.run(&builtin()).await.unwrap().is_up_to_date());
        assert!(baseline(database, &builtin()).await.unwrap().is_up_to_date());
    }

    async fn up_to_a_migration_and_no_further(database: &Database) {
        let third = builtin().up_to("003_add_timeouts");
        schema_alone(database, &third).await;
        let refusal = baseline(database, &builtin()).await.unwrap_err();
        assert!(matches!(&refusal, RunError::Baseline { until, .. } if until == "006_add_result_storage"));
        assert_eq!(baseline(database, &third).await.unwrap().applied.len(), 3);
        assert_eq!(database.migrate().await.len(), 3);
    }

    async fn a_difference_is_shown_and_nothing_is_recorded(database: &Database) {
        schema_alone(database, &builtin()).await;
        let index = match database.dialect {
            Dialect::Postgres | Dialect::Sqlite => "DROP INDEX idx_hammerwork_jobs_batch_id",
            Dialect::MySql | Dialect::MariaDb => "DROP INDEX idx_batch_id ON hammerwork_jobs",
        };
        database.execute(index).await;
        let Err(RunError::Baseline { differences, .. }) = baseline(database, &builtin()).await else {
            panic!("it was recorded");
        };
        assert_eq!(differences.len(), 1, "{differences:?}");
        assert!(differences[0].object.contains("batch_id of hammerwork_jobs"), "{differences:?}");
        assert_eq!(database.status(&builtin()).await.unwrap().applied(), 0);
    }

    async fn sql_of_an_author_counts_as_run(database: &Database) {
        let history = Migrations::new([Migration::new("001_tags", "Tags")
            .create_table(table("tags").columns([integer("id").primary_key()]))
            .run_sql(sql("the first").everywhere("INSERT INTO tags (id) VALUES (1)").data_only())]);
        let migrator = Migrator::new(history);
        schema_alone(database, &migrator).await;
        assert_eq!(baseline(database, &migrator).await.unwrap().applied.len(), 1);
        assert!(database.run(&migrator).await.unwrap().is_up_to_date());
        assert_eq!(database.column("SELECT COUNT(*) FROM tags").await, ["1"]);
    }
}
