//! The script of a whole schema: its engine's own client takes it, and what it makes is what the migrations make.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, Migrator};

use crate::database::Database;
use crate::histories::histories;

/// SQL in an author's own words that makes what no catalog knows is in no script.
fn is_told_in_full(migrations: &Migrations) -> bool {
    let mut operations = migrations.iter().flat_map(|it| &it.operations);
    operations.all(|it| {
        let Operation::RunSql(sql) = it else {
            return true;
        };
        sql.data_only || !sql.stands_for.is_empty()
    })
}

/// Asserts that the script for the schema of the first `count` migrations makes what these make.
async fn assert_made_by_script(database: &Database, name: &str, migrations: &Migrations) {
    let catalog = migrations.validate().unwrap();
    let mut again = Catalog::default();
    for operation in catalog.operations() {
        operation.apply(&mut again).unwrap();
    }
    assert_eq!(again, catalog, "{name}");
    database.pipe_into_client(&catalog.script(database.dialect).unwrap());
    // It compares with a replay of the history, and records nothing where anything differs.
    let migrator = Migrator::new(migrations.clone());
    let recorded = match database.connect().await {
        crate::database::Connection::Postgres(it) => migrator.baseline(it).await,
        crate::database::Connection::MySql(it) => migrator.baseline(it).await,
        crate::database::Connection::Sqlite(it) => migrator.baseline(it).await,
    };
    let recorded = recorded.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(recorded.applied.len(), migrations.iter().count(), "{name}");
    assert!(
        database.run(&migrator).await.unwrap().is_up_to_date(),
        "{name}"
    );
}

on_every_engine! {
    async fn it_makes_what_the_migrations_make(database: &Database) {
        let mut scripts = 0;
        for history in histories() {
            if !history.dialects.contains(&database.dialect) || !is_told_in_full(&history.migrations) {
                continue;
            }
            let scratch = Database::create(database.dialect).await;
            assert_made_by_script(&scratch, history.name, &history.migrations).await;
            scratch.destroy().await;
            scripts += 1;
        }
        assert!(scripts > 10, "{scripts}");
    }
}

on_sqlite! {
    // Where a database costs nothing, so does each point of a history.
    async fn so_it_does_at_every_point_of_a_history(database: &Database) {
        for history in histories() {
            if !history.dialects.contains(&database.dialect) || !is_told_in_full(&history.migrations) {
                continue;
            }
            for count in 1..=history.migrations.iter().count() {
                let scratch = Database::create(database.dialect).await;
                let until: Migrations = history.migrations.iter().take(count).cloned().collect();
                assert_made_by_script(&scratch, history.name, &until).await;
                scratch.destroy().await;
            }
        }
    }
}
