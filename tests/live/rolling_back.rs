//! The way back: derived, graded by what it loses, and as safe as the way up.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Rollback;
use hammerwork_migrations::{Migrator, PlanError, Report, RunError};

use crate::database::{Connection, Database, builtin};
use crate::expected::{ALL_SIX, assert_schema, recorded, tables_of};

pub(crate) async fn roll_back(
    database: &Database,
    migrator: &Migrator,
    rollback: Rollback,
) -> Result<Report, RunError> {
    match database.connect().await {
        Connection::Postgres(it) => migrator.rollback(it, rollback).await,
        Connection::MySql(it) => migrator.rollback(it, rollback).await,
        Connection::Sqlite(it) => migrator.rollback(it, rollback).await,
    }
}

fn ids(report: &Report) -> Vec<&str> {
    report.rolled_back.iter().map(|it| it.id.as_str()).collect()
}

on_every_engine! {
    async fn every_migration_goes_back_and_comes_again(database: &Database) {
        let migrator = builtin().accept_data_loss(true);
        database.migrate().await;
        for kept in (0..6).rev() {
            let report = roll_back(database, &migrator, Rollback::Steps(1)).await.unwrap();
            assert_eq!(ids(&report), [ALL_SIX[kept]]);
            assert_eq!(recorded(database).await, ALL_SIX[..kept]);
            // What is left is exactly what the remaining migrations make.
            let found = match database.connect().await {
                Connection::Postgres(it) => builtin().verify(it).await,
                Connection::MySql(it) => builtin().verify(it).await,
                Connection::Sqlite(it) => builtin().verify(it).await,
            };
            assert_eq!(found.unwrap(), []);
        }
        assert_eq!(tables_of(database).await, ["hammerwork_migrations", "hammerwork_migrations_journal"]);
        assert_eq!(database.migrate().await, ALL_SIX);
        assert_schema(database).await;
    }

    async fn what_would_be_lost_is_told_and_nothing_is_done(database: &Database) {
        database.migrate().await;
        let error = roll_back(database, &builtin(), Rollback::To("003_add_timeouts".to_owned())).await.unwrap_err();
        let RunError::DataLoss { losses } = &error else { panic!("{error:?}") };
        assert_eq!(losses[1], "the rows of hammerwork_batches, the values of hammerwork_jobs.batch_id");
        assert_schema(database).await;

        let accepting = builtin().accept_data_loss(true);
        let report = roll_back(database, &accepting, Rollback::To("003_add_timeouts".to_owned())).await.unwrap();
        assert_eq!(ids(&report), ["006_add_result_storage", "005_add_batches", "004_add_cron"]);
        assert!(roll_back(database, &accepting, Rollback::To("003_add_timeouts".to_owned())).await.unwrap().is_up_to_date());
        let unknown = roll_back(database, &accepting, Rollback::To("005_add_batches".to_owned())).await.unwrap_err();
        assert!(matches!(unknown, RunError::UnknownMigration { .. }), "{unknown:?}");
        assert_eq!(database.migrate().await, ALL_SIX[3..]);
        assert_schema(database).await;
    }

    async fn rows_stay_where_nothing_is_lost(database: &Database) {
        let history = Migrations::new([
            Migration::new("001_t", "T").create_table(table("t").columns([integer("id").primary_key(), integer("n")])),
            Migration::new("002_i", "I").create_index("t", index("n").columns(["n"])),
        ]);
        let migrator = Migrator::new(history);
        database.run(&migrator).await.unwrap();
        database.execute("INSERT INTO t VALUES (1, 10), (2, 20)").await;
        assert_eq!(ids(&roll_back(database, &migrator, Rollback::Steps(1)).await.unwrap()), ["002_i"]);
        assert_eq!(database.rows("SELECT id, n FROM t ORDER BY id").await, [["1", "10"], ["2", "20"]]);
    }

    async fn what_has_no_way_back_is_refused_until_it_is_written(database: &Database) {
        let history = |written: bool| {
            let fill = Migration::new("002_fill", "Fill")
                .run_sql(sql("fill").everywhere("INSERT INTO t (id) VALUES (1)").data_only());
            let undo = sql("empty").everywhere("DELETE FROM t WHERE id = 1").data_only();
            Migrator::new(Migrations::new([
                Migration::new("001_t", "T").create_table(table("t").columns([integer("id").primary_key()])),
                if written { fill.down([undo.into()]) } else { fill },
            ]))
        };
        database.run(&history(false)).await.unwrap();
        let error = roll_back(database, &history(false), Rollback::Steps(1)).await.unwrap_err();
        assert!(matches!(error, RunError::Plan(PlanError::NoWayBack { .. })), "{error:?}");
        // That its way back was written later is no change of what it did.
        assert_eq!(ids(&roll_back(database, &history(true), Rollback::Steps(1)).await.unwrap()), ["002_fill"]);
        assert_eq!(database.column("SELECT COUNT(*) FROM t").await, ["0"]);
    }

    async fn a_run_goes_no_further_than_it_is_told(database: &Database) {
        let report = database.run(&builtin().up_to("003_add_timeouts")).await.unwrap();
        assert_eq!(report.applied.len(), 3);
        assert!(database.run(&builtin().up_to("003_add_timeouts")).await.unwrap().is_up_to_date());
        let error = database.run(&builtin().up_to("nope")).await.unwrap_err();
        assert!(matches!(error, RunError::UnknownMigration { .. }), "{error:?}");
        assert_eq!(database.migrate().await, ALL_SIX[3..]);
    }

    async fn the_previewed_way_back_leads_back(database: &Database) {
        database.migrate().await;
        let sql = builtin().preview_down(database.dialect).unwrap().to_string();
        database.pipe_into_client(&sql);
        assert_eq!(tables_of(database).await, ["hammerwork_migrations", "hammerwork_migrations_journal"]);
        assert_eq!(recorded(database).await, Vec::<String>::new());
    }
}

on_mysql_and_mariadb! {
    async fn a_way_back_that_was_cut_off_is_finished(database: &Database) {
        database.migrate().await;
        // As if a rollback of 006 had stopped after its index, or after two of its columns.
        for half in [
            "ALTER TABLE hammerwork_jobs DROP INDEX idx_result_expires_at",
            "ALTER TABLE hammerwork_jobs DROP COLUMN result_expires_at, DROP COLUMN result_stored_at",
        ] {
            database.execute(half).await;
        }
        let migrator = builtin().accept_data_loss(true);
        let report = roll_back(database, &migrator, Rollback::Steps(1)).await.unwrap();
        assert_eq!(report.rolled_back[0].statements, 1);
        assert_eq!(database.migrate().await, ["006_add_result_storage"]);
        assert_schema(database).await;
    }
}
