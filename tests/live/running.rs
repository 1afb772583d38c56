//! The ordinary run: up, up again, status; from pools and single connections; what comes from outside.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Event, State};
use hammerwork_migrations::{Migrator, RunError};

use crate::database::{Database, builtin};
use crate::expected::{ALL_SIX, assert_schema, recorded};

on_every_engine! {
    async fn six_are_applied_once(database: &Database) {
        assert_eq!(database.migrate().await, ALL_SIX);
        assert_schema(database).await;
        assert_eq!(recorded(database).await, ALL_SIX);

        assert_eq!(database.migrate().await, Vec::<String>::new());
        assert_schema(database).await;
    }

    async fn what_it_warns_of_is_told_though_it_fails(database: &Database) {
        let make = |id: &str, name: &str| {
            Migration::new(id, "x").create_table(table(name).columns([integer("id").primary_key()]))
        };
        let broken = make("002_b", "b").run_sql(sql("nonsense").everywhere("SELECT nonsense FROM b"));
        let some = Migrations::new([make("001_a", "a"), make("003_c", "c")]);
        database.run(&Migrator::new(some)).await.unwrap();
        let all = Migrations::new([make("001_a", "a"), broken, make("003_c", "c")]);
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = told.clone();
        let migrator = Migrator::new(all).observe(move |event| {
            if let Event::Warning { text } = event {
                heard.lock().unwrap().push(text.clone());
            }
        });
        let error = database.run(&migrator).await.unwrap_err();
        assert!(matches!(error, RunError::Statement { .. }), "{error:?}");
        let expected = "002_b is run after 003_c, which comes after it and was applied already";
        assert_eq!(*told.lock().unwrap(), [expected]);
    }

    async fn status_tells_before_and_after(database: &Database) {
        if database.dialect == Dialect::Sqlite {
            database.execute("SELECT 1").await;
        }
        let before = database.status(&builtin()).await.unwrap();
        assert_eq!((before.applied(), before.pending(), before.unknown()), (0, 6, 0));

        let start = chrono::Utc::now() - chrono::Duration::seconds(5);
        database.migrate().await;
        let after = database.status(&builtin()).await.unwrap();
        assert_eq!((after.applied(), after.pending(), after.unknown()), (6, 0, 0));
        for migration in &after.migrations {
            let State::Applied(execution) = migration.state else { panic!("{migration:?}") };
            let at = execution.at.unwrap();
            assert!(at > start && at < chrono::Utc::now() + chrono::Duration::seconds(5), "{at}");
            assert!(execution.duration.unwrap().as_secs() < 60);
        }
    }

    async fn an_unknown_row_stops_a_run_unless_allowed(database: &Database) {
        database.migrate().await;
        let newer = Migrations::new(builtin().migrations().iter().take(5).cloned());
        let older = Migrator::new(newer);
        assert_eq!(database.status(&older).await.unwrap().unknown(), 1);
        let error = database.run(&older).await.unwrap_err();
        assert_eq!(error, RunError::UnknownApplied { ids: vec!["006_add_result_storage".to_owned()] });
        assert!(database.run(&older.allow_unknown(true)).await.unwrap().is_up_to_date());
    }

    async fn a_late_comer_runs_with_a_warning_or_is_refused(database: &Database) {
        let without_third = Migrations::new(
            builtin().migrations().iter().filter(|it| it.id != "003_add_timeouts").cloned(),
        );
        database.run(&Migrator::new(without_third)).await.unwrap();

        let error = database.run(&builtin().strict_order(true)).await.unwrap_err();
        assert!(matches!(error, RunError::OutOfOrder { .. }), "{error}");

        let report = database.run(&builtin()).await.unwrap();
        assert_eq!(report.applied.len(), 1);
        assert_eq!(
            report.warnings,
            ["003_add_timeouts is run after 006_add_result_storage, which comes after it and was applied already"]
        );
    }

    async fn the_tracking_table_may_have_another_name(database: &Database) {
        let migrator = builtin().tracking_table("Schema Changes");
        assert_eq!(database.run(&migrator).await.unwrap().applied.len(), 6);
        assert!(database.run(&migrator).await.unwrap().is_up_to_date());
        let quoted = database.dialect.quote("Schema Changes");
        assert_eq!(database.column(&format!("SELECT COUNT(*) FROM {quoted}")).await, ["6"]);
    }

    async fn a_failed_migration_names_its_step_and_keeps_those_before_it(database: &Database) {
        let refused = native_type("NO_SUCH_TYPE(((");
        let history = Migrations::new([
            Migration::new("001_a", "A").create_table(table("a").columns([integer("id").primary_key()])),
            Migration::new("002_b", "B")
                .create_table(table("b").columns([integer("id").primary_key()]))
                .create_table(table("c").columns([Column::new("id", refused)])),
        ]);
        let error = database.run(&Migrator::new(history.clone())).await.unwrap_err();
        let RunError::Statement { migration, steps, sql, .. } = &error else { panic!("{error:?}") };
        assert_eq!((migration.as_str(), steps.as_slice()), ("002_b", &[2][..]));
        assert!(sql.contains("NO_SUCH_TYPE"), "{sql}");
        assert_eq!(recorded(database).await, ["001_a"]);

        // What the author mends goes on where it stopped.
        let mended = Migrations::new(history.iter().take(1).cloned().chain([
            Migration::new("002_b", "B")
                .create_table(table("b").columns([integer("id").primary_key()]))
                .create_table(table("c").columns([integer("id")])),
        ]));
        let report = database.run(&Migrator::new(mended)).await.unwrap();
        assert_eq!(report.applied.len(), 1);
        assert_eq!(recorded(database).await, ["001_a", "002_b"]);
    }

    async fn defaults_and_types_hold_what_is_written(database: &Database) {
        let history = Migrations::new([Migration::new("001_all", "Every default").create_table(
            table("every").columns([
                integer("id").primary_key(),
                string("quoted").default(r#"it's a "\backslash""#),
                text("long").default("long's"),
                big_integer("big").default(i64::MIN),
                double("half").default(0.5),
                decimal("price", 10, 2).default(19.99),
                boolean("yes").default(true),
                timestamp("at").default_expression(now()),
            ]),
        )]);
        database.run(&Migrator::new(history)).await.unwrap();
        database.execute("INSERT INTO every (id) VALUES (1)").await;
        let row = database.rows("SELECT quoted, \"long\", big, half, price, yes, at FROM every"
            .replace('"', if matches!(database.dialect, Dialect::MySql | Dialect::MariaDb) { "`" } else { "\"" }).as_str()).await;
        assert_eq!(row[0][..5], [r#"it's a "\backslash""#, "long's", "-9223372036854775808", "0.5", "19.99"]);
        assert!(["t", "1"].contains(&row[0][5].as_str()));
        assert!(row[0][6].starts_with("20"), "{}", row[0][6]);
    }
}

on_postgres! {
    async fn everything_goes_into_the_schema_that_is_set(database: &Database) {
        let migrator = builtin().schema("Odd Schema");
        let error = database.run(&migrator).await.unwrap_err();
        assert_eq!(error, RunError::MissingSchema { schema: Some("Odd Schema".to_owned()) });

        database.execute("CREATE SCHEMA \"Odd Schema\"").await;
        assert_eq!(database.run(&migrator).await.unwrap().applied.len(), 6);
        assert!(database.run(&migrator).await.unwrap().is_up_to_date());
        assert_eq!(database.status(&migrator).await.unwrap().pending(), 0);
        let elsewhere = "SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(database.column(elsewhere).await, ["0"]);
        // Another schema of the same database is another history.
        assert_eq!(database.migrate().await, ALL_SIX);
        assert_schema(database).await;
    }

    async fn a_borrowed_connection_comes_back_as_it_was(database: &Database) {
        use sqlx::Connection as _;
        let mut connection = sqlx::PgConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql("SET search_path TO public, pg_catalog").execute(&mut connection).await.unwrap();
        assert_eq!(builtin().run(&mut connection).await.unwrap().applied.len(), 6);
        let path: String = sqlx::query_scalar("SHOW search_path").fetch_one(&mut connection).await.unwrap();
        assert_eq!(path, "public, pg_catalog");
        let locks: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
            .fetch_one(&mut connection).await.unwrap();
        assert_eq!(locks, 0);
    }

    async fn a_connection_in_a_transaction_is_refused(database: &Database) {
        use sqlx::Connection as _;
        let mut connection = sqlx::PgConnection::connect(&database.url).await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        let error = builtin().run(&mut *transaction).await.unwrap_err();
        assert_eq!(error, RunError::InTransaction);
        transaction.rollback().await.unwrap();
        // Also one that was begun behind sqlx's back.
        sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
        sqlx::raw_sql("SELECT 1").execute(&mut connection).await.unwrap();
        let error = builtin().status(&mut connection).await;
        assert!(error.is_ok(), "{error:?}");
        sqlx::raw_sql("ROLLBACK; BEGIN; SELECT 1").execute(&mut connection).await.unwrap();
        sqlx::raw_sql("CREATE TABLE hammerwork_migrations (migration_id VARCHAR); \
                       CREATE TABLE hammerwork_migrations_journal (migration_id VARCHAR, step INT, checksum VARCHAR)")
            .execute(&mut connection).await.unwrap();
        let error = builtin().run(&mut connection).await.unwrap_err();
        assert_eq!(error, RunError::InTransaction);
    }

    async fn a_pool_gets_no_used_connection_back(database: &Database) {
        let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
        assert_eq!(builtin().run(&pool).await.unwrap().applied.len(), 6);
        assert!(builtin().run(&pool).await.unwrap().is_up_to_date());
        assert_eq!(builtin().status(&pool).await.unwrap().pending(), 0);
        let path: String = sqlx::query_scalar("SHOW search_path").fetch_one(&pool).await.unwrap();
        assert_eq!(path, "\"$user\", public");
        pool.close().await;
    }
}

on_mysql_and_mariadb! {
    async fn a_pool_and_a_single_connection_will_do(database: &Database) {
        use sqlx::Connection as _;
        let pool = sqlx::MySqlPool::connect(&database.url).await.unwrap();
        assert_eq!(builtin().run(&pool).await.unwrap().applied.len(), 6);
        assert_eq!(builtin().status(&pool).await.unwrap().pending(), 0);
        pool.close().await;

        let mut connection = sqlx::MySqlConnection::connect(&database.url).await.unwrap();
        assert!(builtin().run(&mut connection).await.unwrap().is_up_to_date());
        sqlx::raw_sql("DELETE FROM hammerwork_migrations").execute(&mut connection).await.unwrap();
        assert_eq!(builtin().run(&mut connection).await.unwrap().applied.len(), 6);
    }

    async fn a_url_without_a_database_is_refused(database: &Database) {
        let (server, _) = database.url.rsplit_once('/').unwrap();
        let driver = hammerwork_migrations::run::driver::connect_mysql(server).await.unwrap();
        assert_eq!(builtin().run(driver).await.unwrap_err(), RunError::MissingDatabase);
        let driver = hammerwork_migrations::run::driver::connect_mysql(server).await.unwrap();
        assert_eq!(builtin().status(driver).await.unwrap_err(), RunError::MissingDatabase);
    }
}

#[tokio::test]
async fn a_pool_of_sqlite_in_memory_keeps_its_database() {
    let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
    assert_eq!(builtin().run(&pool).await.unwrap().applied.len(), 6);
    assert!(builtin().run(&pool).await.unwrap().is_up_to_date());
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM hammerwork_jobs")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(count, 0);
}

/// A run can be spawned: its future is Send, on every engine.
#[tokio::test]
async fn the_futures_are_send() {
    fn assert_send<T: Send>(_: T) {}
    let migrator = builtin();
    let postgres = sqlx::PgPool::connect_lazy("postgres://localhost/x").unwrap();
    let mysql = sqlx::MySqlPool::connect_lazy("mysql://localhost/x").unwrap();
    let sqlite = sqlx::SqlitePool::connect_lazy("sqlite::memory:").unwrap();
    assert_send(migrator.run(&postgres));
    assert_send(migrator.run(&mysql));
    assert_send(migrator.run(&sqlite));
    assert_send(migrator.status(&postgres));
}
