//! A column gets another name: rows stay, what was renamed by hand or by a run that was cut off is seen, and the
//! way back leads back.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Rollback;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::{Connection, Database};

fn history() -> Migrations {
    Migrations::new([
        Migration::new("001_jobs", "Jobs").create_table(
            table("jobs")
                .columns([
                    integer("id").primary_key(),
                    string("status").length(20).default("new"),
                ])
                .index(index("status").columns(["status", "id"])),
        ),
        Migration::new("002_state", "A job has a state")
            .rename_column("jobs", "status", "state")
            .rename_column("jobs", "id", "job id")
            .add_column("jobs", text("status").nullable())
            .create_index("jobs", index("state").desc("state")),
    ])
}

async fn first(database: &Database) {
    let first = Migrator::new(history().iter().take(1).cloned().collect());
    database.run(&first).await.unwrap();
    database
        .execute("INSERT INTO jobs (id, status) VALUES (1, 'old')")
        .await;
}

async fn rename_by_hand(database: &Database) {
    database
        .execute("ALTER TABLE jobs RENAME COLUMN status TO state")
        .await;
}

async fn assert_renamed(database: &Database) {
    assert_eq!(
        database.rows("SELECT state, status FROM jobs").await,
        [["old", "NULL"]]
    );
    let migrator = Migrator::new(history());
    let drift = match database.connect().await {
        Connection::Postgres(it) => migrator.verify(it).await,
        Connection::MySql(it) => migrator.verify(it).await,
        Connection::Sqlite(it) => migrator.verify(it).await,
    };
    assert_eq!(drift.unwrap(), []);
}

on_every_engine! {
    async fn rows_and_indexes_stay_there_and_back(database: &Database) {
        first(database).await;
        let migrator = Migrator::new(history()).accept_data_loss(true);
        assert_eq!(database.run(&migrator).await.unwrap().applied.len(), 1);
        assert_renamed(database).await;
        let back = match database.connect().await {
            Connection::Postgres(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::MySql(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::Sqlite(it) => migrator.rollback(it, Rollback::Steps(1)).await,
        };
        assert_eq!(back.unwrap().rolled_back.len(), 1);
        assert_eq!(database.rows("SELECT id, status FROM jobs").await, [["1", "old"]]);
        database.run(&migrator).await.unwrap();
        assert_renamed(database).await;
    }

    async fn a_schema_without_records_is_taken_over_before_and_after(database: &Database) {
        for count in [1, 2] {
            let some = Migrator::new(history().iter().take(count).cloned().collect());
            database.run(&some).await.unwrap();
            database.execute("DROP TABLE hammerwork_migrations").await;
            database.execute("DROP TABLE hammerwork_migrations_journal").await;
            let report = database.run(&Migrator::new(history())).await.unwrap();
            let found: Vec<bool> = report.applied.iter().map(|it| it.statements == 0).collect();
            assert_eq!(found, [true, count == 2]);
            for table in ["jobs", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn what_stands_in_the_way_is_told(database: &Database) {
        first(database).await;
        let taken = database.dialect.quote("job id");
        database.execute(&format!("ALTER TABLE jobs ADD COLUMN {taken} INT")).await;
        let error = database.run(&Migrator::new(history())).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 2, .. }), "{error:?}");
        assert!(error.to_string().contains("there is a column of that name already"), "{error}");
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_after_the_first_goes_on(database: &Database) {
        first(database).await;
        rename_by_hand(database).await;
        let report = database.run(&Migrator::new(history())).await.unwrap();
        assert_eq!(report.applied[0].statements, 2);
        assert_renamed(database).await;
    }

    async fn so_does_one_that_was_cut_off_before_its_record(database: &Database) {
        first(database).await;
        database.run(&Migrator::new(history())).await.unwrap();
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '002_state'").await;
        // The old name is there again, and is the new column's.
        let report = database.run(&Migrator::new(history())).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
        assert_renamed(database).await;
    }
}
