//! A tracking table that is not what it should be: an error that says so, and nothing destroyed.

use hammerwork_migrations::{Dialect, RunError};

use crate::database::{Database, builtin};
use crate::expected::{assert_schema, recorded};

on_every_engine! {
    async fn a_table_of_other_columns_is_an_error(database: &Database) {
        database.execute("CREATE TABLE hammerwork_migrations (version INT)").await;
        let error = database.run(&builtin()).await.unwrap_err();
        assert!(matches!(error, RunError::Tracking { .. }), "{error:?}");
        let error = database.status(&builtin()).await.unwrap_err();
        assert!(matches!(error, RunError::Tracking { .. }), "{error:?}");
    }

    async fn values_of_other_types_are_read_as_far_as_they_can_be(database: &Database) {
        database.migrate().await;
        database.execute("DROP TABLE hammerwork_migrations").await;
        database.execute("CREATE TABLE hammerwork_migrations (migration_id VARCHAR(255), executed_at TIMESTAMP NULL, execution_time_ms VARCHAR(20))").await;
        database.execute("INSERT INTO hammerwork_migrations VALUES ('001_initial_schema', NULL, 'soon'), (NULL, NULL, NULL)").await;
        let status = database.status(&builtin()).await.unwrap();
        assert_eq!((status.applied(), status.pending()), (1, 5));
    }

    async fn a_row_that_went_missing_is_written_again(database: &Database) {
        database.migrate().await;
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '004_add_cron'").await;
        assert_eq!(database.migrate().await, ["004_add_cron"]);
        assert_schema(database).await;
        assert_eq!(recorded(database).await.len(), 6);
    }

    async fn a_view_in_its_place_is_read_and_not_written(database: &Database) {
        database.migrate().await;
        database.execute("ALTER TABLE hammerwork_migrations RENAME TO kept").await;
        database.execute("CREATE VIEW hammerwork_migrations AS SELECT * FROM kept").await;
        assert!(database.run(&builtin()).await.unwrap().is_up_to_date());
        database.execute("DELETE FROM kept WHERE migration_id = '006_add_result_storage'").await;
        // Some engines write through a view, some refuse: either is told, and nothing is lost.
        match database.run(&builtin()).await {
            Ok(report) => assert_eq!(report.applied.len(), 1),
            Err(error) => assert!(matches!(error, RunError::Statement { .. }), "{error:?}"),
        }
        assert!(database.column("SELECT COUNT(*) FROM kept").await[0].parse::<u32>().unwrap() >= 5);
    }
}

on_postgres! {
    async fn a_table_that_shadows_it_is_not_taken_for_it(database: &Database) {
        database.migrate().await;
        let name = database.url.rsplit_once('/').unwrap().1;
        database.execute(&format!(
            "CREATE SCHEMA evil; CREATE TABLE evil.hammerwork_migrations (migration_id TEXT); \
             ALTER DATABASE {name} SET search_path TO public, evil"
        )).await;
        assert!(database.run(&builtin()).await.unwrap().is_up_to_date());
        // A temporary table comes before every schema, but the run takes its own connection.
        assert_eq!(database.dialect, Dialect::Postgres);
        assert_eq!(database.column("SELECT COUNT(*) FROM evil.hammerwork_migrations").await, ["0"]);
    }
}
