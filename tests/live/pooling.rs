//! Behind PgBouncer in transaction mode: nothing outlives a transaction, and nothing is done twice.

use hammerwork_migrations::Dialect;

use crate::budgets::round_trips;
use crate::database::{Connection, Database, builtin, connect};
use crate::expected::{ALL_SIX, assert_schema, recorded};
use crate::long_histories::long_history;
use crate::server::Server;

async fn leftovers(database: &Database) -> Vec<String> {
    database
        .column(
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .await
}

on_postgres! {
    async fn eight_runners_through_a_pooler_apply_six_in_all(database: &Database) {
        let pooler = Server::pooler(&database.url);
        let runners: Vec<_> = (0..8).map(|_| {
            let url = pooler.url.clone();
            tokio::spawn(async move {
                let Connection::Postgres(driver) = connect(Dialect::Postgres, &url).await else { unreachable!() };
                builtin().run(driver).await
            })
        }).collect();
        let mut applied = Vec::new();
        for runner in runners {
            applied.extend(runner.await.unwrap().unwrap().applied.into_iter().map(|it| it.id));
        }
        applied.sort();
        assert_eq!(applied, ALL_SIX);
        assert_eq!(recorded(database).await, ALL_SIX);
        assert_schema(database).await;
        assert_eq!(leftovers(database).await, ["0"]);
        // No setting was left on the pooler's sessions.
        let Connection::Postgres(mut driver) = connect(Dialect::Postgres, &pooler.url).await else { unreachable!() };
        for _ in 0..8 {
            use hammerwork_migrations::run::Driver;
            let rows = driver.rows("SELECT current_setting('search_path'), current_setting('lock_timeout')").await.unwrap();
            assert_eq!(rows[0], [Some("\"$user\", public".to_owned()), Some("0".to_owned())]);
        }
    }

    async fn the_digest_of_a_long_record_is_kept_through_a_pooler(database: &Database) {
        let pooler = Server::pooler(&database.url);
        for applied in [250, 0] {
            let Connection::Postgres(driver) = connect(Dialect::Postgres, &pooler.url).await else { unreachable!() };
            assert_eq!(long_history(1).run(driver).await.unwrap().applied.len(), applied);
            assert_eq!(database.column("SELECT COUNT(*) FROM hammerwork_migrations_digest").await, ["1"]);
        }
        assert_eq!(round_trips(database, &long_history(1)).await, 1);
        assert_eq!(leftovers(database).await, ["0"]);
    }

    async fn a_pool_that_goes_through_a_pooler_is_noticed(database: &Database) {
        let pooler = Server::pooler(&database.url);
        let options: sqlx::postgres::PgConnectOptions = pooler.url.parse().unwrap();
        let options = options.extra_float_digits(None).statement_cache_capacity(0);
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(2).connect_with(options).await.unwrap();
        assert_eq!(builtin().run(&pool).await.unwrap().applied.len(), 6);
        assert!(builtin().run(&pool).await.unwrap().is_up_to_date());
        assert_eq!(leftovers(database).await, ["0"]);
        pool.close().await;
    }
}
