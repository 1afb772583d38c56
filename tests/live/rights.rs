//! Roles that may do less: enough where nothing is to be done, one clear error where something is.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "MySQL and MariaDB are one here, and SQLite has no roles"
)]

use hammerwork_migrations::RunError;

use crate::database::{Connection, Database, builtin, connect};

/// A role of that name with SELECT alone, and the URL by which it connects.
async fn reader(database: &Database, name: &str) -> String {
    let (_, address) = database.url.rsplit_once('@').unwrap();
    match database.dialect {
        hammerwork_migrations::Dialect::Postgres => {
            database
                .execute(&format!(
                    "CREATE ROLE {name} LOGIN PASSWORD 'secret'; \
                 GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"
                ))
                .await;
            format!("postgres://{name}:secret@{address}")
        }
        _ => {
            let (_, schema) = address.split_once('/').unwrap();
            database
                .execute(&format!("CREATE USER {name}@'%' IDENTIFIED BY 'secret'"))
                .await;
            database
                .execute(&format!("GRANT SELECT ON {schema}.* TO {name}@'%'"))
                .await;
            format!("mysql://{name}:secret@{address}")
        }
    }
}

async fn drop_reader(database: &Database, name: &str) {
    match database.dialect {
        hammerwork_migrations::Dialect::Postgres => {
            database
                .execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}"))
                .await;
        }
        _ => database.execute(&format!("DROP USER {name}@'%'")).await,
    }
}

async fn run_as(database: &Database, url: &str) -> Result<hammerwork_migrations::Report, RunError> {
    match connect(database.dialect, url).await {
        Connection::Postgres(it) => builtin().run(it).await,
        Connection::MySql(it) => builtin().run(it).await,
        Connection::Sqlite(it) => builtin().run(it).await,
    }
}

on_servers! {
    async fn a_reader_is_enough_for_an_up_to_date_database(database: &Database) {
        database.migrate().await;
        let name = format!("reader_a_{}", std::process::id());
        let url = reader(database, &name).await;
        assert!(run_as(database, &url).await.unwrap().is_up_to_date());
        drop_reader(database, &name).await;
    }

    async fn a_reader_of_a_database_behind_is_told_all_that_is_missing(database: &Database) {
        let first = hammerwork_migrations::Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&hammerwork_migrations::Migrator::new(first)).await.unwrap();
        let name = format!("reader_b_{}", std::process::id());
        let url = reader(database, &name).await;
        let error = run_as(database, &url).await.unwrap_err();
        let RunError::Rights { missing } = &error else { panic!("{error:?}") };
        let expected: &[&str] = match database.dialect {
            hammerwork_migrations::Dialect::Postgres => &[
                "CREATE on the schema public",
                "ownership of hammerwork_jobs",
                "INSERT on hammerwork_migrations, hammerwork_migrations_journal",
                "UPDATE on hammerwork_migrations_journal",
            ],
            _ => &["INSERT on the database", "DELETE on the database", "CREATE on the database",
                   "ALTER on the database"],
        };
        assert_eq!(missing, expected);
        assert_eq!(crate::expected::recorded(database).await.len(), 1);
        drop_reader(database, &name).await;
    }
}

on_postgres! {
    async fn who_may_make_no_schema_is_told_before_anything_is_done(database: &Database) {
        let history = |more: hammerwork_migrations::dsl::Migration| {
            let first = hammerwork_migrations::dsl::Migration::new("001_a", "A").create_schema("audit");
            hammerwork_migrations::Migrator::new(hammerwork_migrations::Migrations::new([first, more]))
        };
        let made = hammerwork_migrations::dsl::Migration::new("002_b", "B").create_schema("more");
        let dropped = hammerwork_migrations::dsl::Migration::new("002_b", "B").drop_schema("audit");
        database.run(&history(made.clone()).up_to("001_a")).await.unwrap();
        let name = format!("reader_c_{}", std::process::id());
        let url = reader(database, &name).await;
        for (more, expected) in [(made, "CREATE on the database"), (dropped, "ownership of the schema audit")] {
            let Connection::Postgres(pool) = connect(database.dialect, &url).await else { unreachable!() };
            let error = history(more).run(pool).await.unwrap_err();
            let RunError::Rights { missing } = &error else { panic!("{error:?}") };
            assert!(missing.iter().any(|it| it == expected), "{missing:?}");
        }
        drop_reader(database, &name).await;
    }

    async fn a_read_only_server_is_enough_for_an_up_to_date_database(database: &Database) {
        database.migrate().await;
        let name = database.url.rsplit_once('/').unwrap().1;
        let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        database.execute(&read_only).await;
        assert!(database.run(&builtin()).await.unwrap().is_up_to_date());

        let more = builtin().migrations().clone().and([hammerwork_migrations::Migration::new("007_x", "X")
            .drop_table("hammerwork_batches")]);
        let error = database.run(&hammerwork_migrations::Migrator::new(more)).await.unwrap_err();
        let RunError::Rights { missing } = &error else { panic!("{error:?}") };
        assert_eq!(missing, &["a server that can be written to: this one is read-only"]);
    }
}
