//! Databases that the original tool left: without tracking rows, or half-way.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use crate::database::{Database, builtin};
use crate::expected::{ALL_SIX, assert_schema, recorded};

on_every_engine! {
    async fn a_complete_schema_without_tracking_rows_is_recorded(database: &Database) {
        database.migrate().await;
        insert_job(database).await;
        database.execute("DROP TABLE hammerwork_migrations").await;

        let report = database.run(&builtin()).await.unwrap();
        assert_eq!(report.applied.iter().map(|it| it.statements).sum::<usize>(), 0);
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!(recorded(database).await, ALL_SIX);
        assert_schema(database).await;
        assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_jobs").await, ["1"]);
    }

    async fn the_schema_after_any_migration_is_taken_over_and_completed(database: &Database) {
        for count in 1..=6 {
            let first = Migrations::new(builtin().migrations().iter().take(count).cloned());
            database.run(&Migrator::new(first)).await.unwrap();
            database.execute("DROP TABLE hammerwork_migrations").await;
            database.execute("DROP TABLE hammerwork_migrations_journal").await;
            let report = database.run(&builtin()).await.unwrap();
            let found: Vec<_> = report.applied.iter().map(|it| it.statements == 0).collect();
            let expected: Vec<_> = (0..6).map(|index| index < count).collect();
            assert_eq!(found, expected, "after {count}");
            assert_schema(database).await;
            for table in ["hammerwork_jobs", "hammerwork_batches", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn rows_that_are_missing_in_the_middle_are_written(database: &Database) {
        database.migrate().await;
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id < '006'").await;
        let report = database.run(&builtin()).await.unwrap();
        assert_eq!(report.applied.len(), 5);
        assert_eq!(report.applied.iter().map(|it| it.statements).sum::<usize>(), 0);
        assert_schema(database).await;
    }

    async fn an_index_that_only_is_slower_is_kept_with_a_warning(database: &Database) {
        database.migrate().await;
        let (name, drop) = match database.dialect {
            Dialect::Postgres | Dialect::Sqlite => {
                ("idx_hammerwork_jobs_scheduled", "DROP INDEX idx_hammerwork_jobs_scheduled")
            }
            Dialect::MySql | Dialect::MariaDb => ("idx_scheduled", "DROP INDEX idx_scheduled ON hammerwork_jobs"),
        };
        database.execute(drop).await;
        database.execute(&format!("CREATE INDEX {name} ON hammerwork_jobs (status)")).await;
        database.execute("DROP TABLE hammerwork_migrations").await;

        let report = database.run(&builtin()).await.unwrap();
        assert_eq!(report.applied.len(), 6);
        assert_eq!(
            report.warnings,
            [format!("index {name} of hammerwork_jobs is kept as it is: it is over (status), and should be over (scheduled_at)")]
        );
    }

    async fn a_table_whose_name_a_view_has_now_is_dropped(database: &Database) {
        let migrations = Migrations::new([
            Migration::new("001", "jobs")
                .create_table(table("jobs").columns([integer("id")]))
                .create_table(table("old").columns([integer("id")])),
            Migration::new("002", "old").drop_table("old").create_view(view("old").everywhere("SELECT id FROM jobs")),
        ]);
        assert_taken_over(database, migrations).await;
    }

    // On PostgreSQL an index is a relation, too: that of the key is `t_pkey` then.
    async fn a_renamed_table_whose_key_has_its_old_name(database: &Database) {
        let migrations = Migrations::new([
            Migration::new("001", "t")
                .create_table(table("t_pkey").columns([integer("id")]).primary_key(["id"]))
                .rename_table("t_pkey", "t"),
            // Whether this was done, only the rest of the history tells.
            Migration::new("002", "ids").create_view(view("ids").everywhere("SELECT id FROM t")).drop_view("ids"),
        ]);
        assert_taken_over(database, migrations).await;
    }

    async fn what_came_under_the_exact_name_of_what_was_dropped(database: &Database) {
        let migrations = Migrations::new([
            Migration::new("001", "jobs").create_table(
                table("jobs")
                    .columns([integer("id").primary_key(), integer("n"), integer("m")])
                    .index(index("old").columns(["n"]).named("index_of_n"))
                    .unique(unique("old").columns(["n"]).named("only_one_n"))
                    .check(check("old", col("n").gt(1)).named("n_is_large"))
                    .foreign_key(foreign_key("old").columns(["n"]).references("jobs", ["id"]).named("n_refers")),
            ),
            Migration::new("002", "others")
                .drop_index("jobs", "old")
                .create_index("jobs", index("new").columns(["m"]).named("index_of_n"))
                .drop_unique("jobs", "old")
                .add_unique("jobs", unique("new").columns(["n", "m"]).named("only_one_n"))
                .drop_check("jobs", "old")
                .add_check("jobs", check("new", col("n").gt(2)).named("n_is_large"))
                .drop_foreign_key("jobs", "old")
                .add_foreign_key("jobs", foreign_key("new").columns(["m"]).references("jobs", ["id"]).named("n_refers")),
        ]);
        assert_taken_over(database, migrations).await;
    }

    // Of a view that is there a second time nobody could tell which one it is; here it is only once on every engine.
    async fn a_view_of_one_engine_that_came_again_on_the_others(database: &Database) {
        let query = "SELECT id FROM t";
        let migrations = Migrations::new([
            Migration::new("001", "t")
                .create_table(table("t").columns([integer("id")]))
                .create_view(view("ids").on(Postgres, query).nothing_on(MySql).nothing_on(Sqlite)),
            Migration::new("002", "others").drop_view("ids").create_view(
                view("ids").on(MySql, query).on(Sqlite, query).nothing_on(Postgres),
            ),
            // Whether this was done, only the rest of the history tells.
            Migration::new("003", "none").create_view(view("none").everywhere(query)).drop_view("none"),
        ]);
        assert_taken_over(database, migrations).await;
    }
}

/// A history that has run is found to have run where no record says so.
async fn assert_taken_over(database: &Database, migrations: Migrations) {
    let migrator = Migrator::new(migrations).accept_data_loss(true);
    database.run(&migrator).await.unwrap();
    for table in ["hammerwork_migrations", "hammerwork_migrations_journal"] {
        database.execute(&format!("DROP TABLE {table}")).await;
    }
    let report = database.run(&migrator).await.unwrap();
    let statements: Vec<_> = report.applied.iter().map(|it| it.statements).collect();
    assert_eq!(statements, vec![0; migrator.migrations().iter().count()]);
}

on_mysql_and_mariadb! {
    async fn a_run_that_stopped_in_the_second_or_the_fifth_converges(database: &Database) {
        // Each stop: the migration that was under way, and what of it had been done.
        let stops: [(usize, &[&str]); 6] = [
            (1, &["ALTER TABLE hammerwork_jobs ADD COLUMN priority INT NOT NULL DEFAULT 2"]),
            (1, &[
                "ALTER TABLE hammerwork_jobs ADD COLUMN priority INT NOT NULL DEFAULT 2",
                "DROP INDEX idx_queue_status ON hammerwork_jobs",
            ]),
            (1, &[
                "ALTER TABLE hammerwork_jobs ADD COLUMN priority INT NOT NULL DEFAULT 2",
                "DROP INDEX idx_queue_status ON hammerwork_jobs",
                "CREATE INDEX idx_queue_status_priority_scheduled ON hammerwork_jobs \
                     (queue_name, status, priority DESC, scheduled_at)",
            ]),
            (4, &["CREATE TABLE hammerwork_batches (id CHAR(36) NOT NULL PRIMARY KEY, batch_name VARCHAR(255) NOT NULL, \
                total_jobs INT NOT NULL, completed_jobs INT NOT NULL DEFAULT 0, failed_jobs INT NOT NULL DEFAULT 0, \
                pending_jobs INT NOT NULL DEFAULT 0, status VARCHAR(50) NOT NULL, failure_mode VARCHAR(50) NOT NULL, \
                created_at TIMESTAMP(6) NOT NULL, completed_at TIMESTAMP(6) NULL, error_summary TEXT, metadata JSON)"]),
            (4, &["ALTER TABLE hammerwork_jobs ADD COLUMN batch_id CHAR(36)"]),
            (4, &[
                "ALTER TABLE hammerwork_jobs ADD COLUMN batch_id CHAR(36)",
                "CREATE INDEX idx_batch_id ON hammerwork_jobs (batch_id)",
            ]),
        ];
        for (complete, half) in stops {
            let first = Migrations::new(builtin().migrations().iter().take(complete).cloned());
            database.run(&Migrator::new(first)).await.unwrap();
            insert_job(database).await;
            for sql in half {
                database.execute(sql).await;
            }
            // With the rows of the complete migrations, and without a tracking table at all.
            for forget in [false, true] {
                if forget {
                    database.execute("DROP TABLE hammerwork_migrations").await;
                }
                database.migrate().await;
                assert_schema(database).await;
                assert_eq!(recorded(database).await.len(), 6);
            }
            assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_jobs").await, ["1"]);
            for table in ["hammerwork_jobs", "hammerwork_batches", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn a_half_done_run_without_any_rows_converges(database: &Database) {
        let first = Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        database.execute("ALTER TABLE hammerwork_jobs ADD COLUMN priority INT NOT NULL DEFAULT 2").await;
        database.execute("DROP INDEX idx_queue_status ON hammerwork_jobs").await;
        database.execute("DROP TABLE hammerwork_migrations").await;
        assert_eq!(database.migrate().await, ALL_SIX);
        assert_schema(database).await;
    }
}

async fn insert_job(database: &Database) {
    database
        .execute(
            "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at) \
             VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'mail', '{}', 'Pending', \
             '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
        )
        .await;
}
