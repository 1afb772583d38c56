//! A run that is asked to stop does so between two steps, keeps what is done, and gives the lock back.

use hammerwork_migrations::run::{Event, Resolution, Rollback, Source, Stop};
use hammerwork_migrations::{Migrations, Migrator, Plan, Report, RunError, Status};

use crate::database::{Database, builtin};
use crate::expected::assert_schema;

/// Is asked to stop when that migration begins.
fn stopping_at(id: &'static str) -> Migrator {
    let stop = Stop::new();
    let wish = stop.clone();
    builtin().stop_on(&stop).observe(move |event| {
        if matches!(event, Event::Started { migration, .. } if migration == id) {
            wish.request();
        }
    })
}

on_every_engine! {
    async fn it_stops_before_a_step_and_goes_on_later(database: &Database) {
        let error = database.run(&stopping_at("003_add_timeouts")).await.unwrap_err();
        let RunError::Stopped { migration: Some(before), .. } = &error else {
            panic!("{error:?}");
        };
        // Where a migration is one message, the one that has begun is finished first.
        let done = if database.dialect.features().transactional_ddl && before == "004_add_cron" { 3 } else { 2 };
        let status = database.status(&builtin()).await.unwrap();
        assert_eq!(status.applied(), done, "{error}");
        // The lock is free: the next run need not wait.
        let next = builtin().lock_timeout(std::time::Duration::ZERO);
        let report = database.run(&next).await.unwrap();
        assert_eq!(report.applied.len(), 6 - done);
        assert_schema(database).await;
    }

    async fn who_is_asked_before_it_begins_does_nothing(database: &Database) {
        let stop = Stop::new();
        stop.request();
        let error = database.run(&builtin().stop_on(&stop)).await.unwrap_err();
        assert!(matches!(error, RunError::Stopped { .. }), "{error:?}");
        assert_eq!(database.status(&builtin()).await.unwrap().applied(), 0);
    }
}

/// Nothing is run: that this compiles is the test.
#[tokio::test]
async fn whatever_a_migrator_does_may_be_a_task_of_its_own() {
    fn is_task<F: Future + Send>(_: F) {}
    fn is_shared<T: Send + Sync + 'static>() {}
    fn all<S: Source + Copy>(source: S) {
        let migrator = builtin();
        is_task(migrator.run(source));
        is_task(migrator.dry_run(source));
        is_task(migrator.status(source));
        is_task(migrator.verify(source));
        is_task(migrator.baseline(source));
        is_task(migrator.rollback(source, Rollback::All));
        is_task(migrator.repair(source));
        is_task(migrator.repair_step(source, "001", 1, Resolution::Done));
        is_task(migrator.lock_holder(source));
    }
    all(&sqlx::PgPool::connect_lazy("postgres://nobody@localhost/none").unwrap());
    all(&sqlx::MySqlPool::connect_lazy("mysql://nobody@localhost/none").unwrap());
    all(&sqlx::SqlitePool::connect_lazy("sqlite::memory:").unwrap());
    is_shared::<Migrator>();
    is_shared::<Migrations>();
    is_shared::<Plan>();
    is_shared::<Report>();
    is_shared::<Status>();
    is_shared::<RunError>();
}
