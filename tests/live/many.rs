//! One history for many databases.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hammerwork_migrations::run::driver::{Driver as _, PostgresDriver, connect_postgres};
use hammerwork_migrations::run::{
    Databases, DriverError, Event, Outcomes, Rollback, RunError, Schemas, Source, Stop,
};
use hammerwork_migrations::{Dialect, Migrator, Report};

use crate::database::{Connection, Database, builtin};
use crate::new_databases::lock_key;

/// How many of each were applied; none where it failed.
fn applied(outcomes: &Outcomes<Report>) -> Vec<Option<usize>> {
    let count = |report: &Report| report.applied.len();
    let databases = outcomes.databases.iter();
    databases
        .map(|it| it.result.as_ref().filter(|_| it.error.is_none()).map(count))
        .collect()
}

/// All of them, on connections of their own.
async fn run(migrator: &Migrator, databases: &[Database], jobs: usize) -> Outcomes<Report> {
    let mut postgres = Vec::new();
    let mut mysql = Vec::new();
    let mut sqlite = Vec::new();
    for (number, database) in databases.iter().enumerate() {
        let name = number.to_string();
        match database.connect().await {
            Connection::Postgres(it) => postgres.push((name, it)),
            Connection::MySql(it) => mysql.push((name, it)),
            Connection::Sqlite(it) => sqlite.push((name, it)),
        }
    }
    match databases[0].dialect {
        Dialect::Postgres => {
            migrator
                .each(Databases::new(postgres))
                .jobs(jobs)
                .run()
                .await
        }
        Dialect::MySql | Dialect::MariaDb => {
            migrator.each(Databases::new(mysql)).jobs(jobs).run().await
        }
        Dialect::Sqlite => migrator.each(Databases::new(sqlite)).jobs(jobs).run().await,
    }
}

on_every_engine! {
    async fn one_that_fails_keeps_none_from_being_done(first: &Database) {
        let mut databases = Vec::new();
        for _ in 0..4 {
            databases.push(Database::create(first.dialect).await);
        }
        databases[1].execute("CREATE TABLE hammerwork_batches (surprise INTEGER)").await;
        for jobs in [1, 8] {
            let outcomes = run(&builtin(), &databases, jobs).await;
            let expected = match jobs {
                1 => [Some(6), None, Some(6), Some(6)],
                _ => [Some(0), None, Some(0), Some(0)],
            };
            assert_eq!(applied(&outcomes), expected, "{outcomes:#?}");
            let failed: Vec<_> = outcomes.failed().collect();
            assert_eq!(failed.len(), 1);
            assert_eq!(failed[0].name, "1");
            assert!(matches!(failed[0].error, Some(RunError::Conflict { .. })), "{outcomes:#?}");
        }
        databases[1].execute("DROP TABLE hammerwork_batches").await;
        assert_eq!(applied(&run(&builtin(), &databases, 3).await), [Some(0), Some(6), Some(0), Some(0)]);
        for database in databases {
            database.destroy().await;
        }
    }

    async fn a_stop_ends_all_and_begins_no_other(first: &Database) {
        let mut databases = Vec::new();
        for _ in 0..3 {
            databases.push(Database::create(first.dialect).await);
        }
        let stop = Stop::new();
        let wish = stop.clone();
        let migrator = builtin().stop_on(&stop).observe(move |event| {
            if matches!(event, Event::Started { migration, .. } if migration == "003_add_timeouts") {
                wish.request();
            }
        });
        let outcomes = run(&migrator, &databases, 1).await;
        let before: Vec<Option<&String>> = outcomes
            .databases
            .iter()
            .map(|it| match &it.error {
                Some(RunError::Stopped { migration, .. }) => migration.as_ref(),
                other => panic!("{other:?}"),
            })
            .collect();
        // The first says where it stands, and what it has done; the others were not begun.
        assert!(before[0].is_some(), "{outcomes:#?}");
        assert_eq!(&before[1..], [None, None]);
        let done = outcomes.databases[0].result.as_ref().unwrap().applied.len();
        assert_eq!(databases[0].status(&builtin()).await.unwrap().applied(), done);
        assert!(done >= 2);
        assert_eq!(databases[1].status(&builtin()).await.unwrap().applied(), 0);
        for database in databases {
            database.destroy().await;
        }
    }
}

/// Makes so many of them: schemas, or databases of the server.
async fn tenants(database: &Database, prefix: &str, count: usize) -> Vec<String> {
    let object = match database.dialect {
        Dialect::Postgres => "SCHEMA",
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => "DATABASE",
    };
    let mut names = Vec::new();
    for number in 0..count {
        let name = format!("{prefix}_{number}");
        database.execute(&format!("CREATE {object} {name}")).await;
        names.push(name);
    }
    names
}

async fn drop_tenants(database: &Database, names: &[String]) {
    if database.dialect != Dialect::Postgres {
        for name in names {
            database.execute(&format!("DROP DATABASE {name}")).await;
        }
    }
}

on_postgres! {
    async fn schemas_share_as_many_connections_as_jobs(database: &Database) {
        let names = tenants(database, "tenant", 12).await;
        let opened = Arc::new(Mutex::new(0));
        let source = Counted { url: database.url.clone(), opened: Arc::clone(&opened) };
        let migrator = builtin();
        let found = migrator.schemas_like(source.clone(), "tenant\\_%").await.unwrap();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(found, sorted);
        *opened.lock().unwrap() = 0;
        let outcomes = migrator.each(Schemas::new(source.clone(), found)).jobs(3).run().await;
        assert_eq!(applied(&outcomes), [Some(6); 12], "{outcomes:#?}");
        assert_eq!(*opened.lock().unwrap(), 3);
        // Each has its own tables and records, and nothing is anywhere else.
        let tables = "SELECT schemaname, count(*)::TEXT FROM pg_catalog.pg_tables \
            WHERE tablename LIKE 'hammerwork%' GROUP BY 1 ORDER BY 1";
        let tables = database.rows(tables).await;
        assert_eq!(tables.len(), 12, "{tables:?}");
        assert!(tables.iter().all(|it| it[1] == "4"), "{tables:?}");
        // No lock is left behind.
        let locks = "SELECT count(*)::TEXT FROM pg_catalog.pg_locks l \
            JOIN pg_catalog.pg_database d ON d.oid = l.database \
            WHERE locktype = 'advisory' AND datname = current_database()";
        assert_eq!(database.column(locks).await, ["0"]);
        let again = migrator.each(Schemas::new(source.clone(), &names)).run().await;
        assert_eq!(applied(&again), [Some(0); 12]);
        let drift = migrator.each(Schemas::new(source.clone(), &names)).verify().await;
        assert!(drift.databases.iter().all(|it| it.result == Some(Vec::new())), "{drift:#?}");
        let lossy = builtin().accept_data_loss(true);
        let back = lossy.each(Schemas::new(source, &names)).rollback(Rollback::Steps(2)).await;
        assert!(back.are_well(), "{back:#?}");
        let left = "SELECT count(*)::TEXT FROM tenant_7.hammerwork_migrations";
        assert_eq!(database.column(left).await, ["4"]);
    }

    // The lock of one schema keeps the run of no other waiting.
    async fn each_schema_has_a_lock_of_its_own(database: &Database) {
        let names = tenants(database, "tenant", 3).await;
        let first = names[0].clone();
        let told = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&told);
        let url = database.url.clone();
        let mut holder = connect_postgres(&url).await.unwrap();
        holder
            .execute(&format!("SELECT pg_advisory_lock({})", lock_key("tenant_1")))
            .await
            .unwrap();
        let source = Counted { url, opened: Arc::default() };
        let migrator = builtin().lock_timeout(Duration::from_millis(50));
        let each = migrator.each(Schemas::new(source, names)).jobs(1).observe(move |name, event| {
            if let Event::Waiting { .. } = event {
                hears.lock().unwrap().push(name.to_owned());
            }
        });
        let outcomes = each.run().await;
        assert_eq!(applied(&outcomes), [Some(6), None, Some(6)], "{outcomes:#?}");
        assert!(matches!(outcomes.databases[1].error, Some(RunError::Locked { .. })));
        assert_eq!(*told.lock().unwrap(), ["tenant_1"]);
        assert_eq!(outcomes.databases[0].name, first);
        holder.close().await;
    }

    // A session that the server ends takes no other schema with it.
    async fn a_connection_that_is_lost_is_opened_anew(database: &Database) {
        let names = tenants(database, "tenant", 3).await;
        let opened = Arc::new(Mutex::new(0));
        let source = Counted { url: database.url.clone(), opened: Arc::clone(&opened) };
        let url = database.url.clone();
        let killed = Mutex::new(false);
        let migrator = builtin().observe(move |event| {
            if !matches!(event, Event::Planned { .. }) || std::mem::replace(&mut *killed.lock().unwrap(), true) {
                return;
            }
            let url = url.clone();
            let kill = async move {
                let mut other = connect_postgres(&url).await.unwrap();
                let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
                other.execute(sql).await.unwrap();
            };
            std::thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(kill)).join().unwrap();
        });
        let outcomes = migrator.each(Schemas::new(source, names)).jobs(1).run().await;
        assert_eq!(applied(&outcomes), [None, Some(6), Some(6)], "{outcomes:#?}");
        assert_eq!(*opened.lock().unwrap(), 2);
    }
}

on_mysql_and_mariadb! {
    async fn databases_of_a_server_are_its_schemas(database: &Database) {
        let own = database.column("SELECT DATABASE()").await.remove(0);
        let names = tenants(database, &format!("{own}_t"), 5).await;
        let pool = sqlx::MySqlPool::connect(&database.url).await.unwrap();
        let pattern = format!("{own}\\_t\\_%");
        assert_eq!(builtin().schemas_like(&pool, &pattern).await.unwrap(), names);
        let outcomes = builtin().each(Schemas::new(&pool, &names)).jobs(2).run().await;
        assert_eq!(applied(&outcomes), [Some(6); 5], "{outcomes:#?}");
        let drift = builtin().each(Schemas::new(&pool, &names)).verify().await;
        assert!(drift.databases.iter().all(|it| it.result == Some(Vec::new())), "{drift:#?}");
        let here = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()";
        assert!(database.rows(here).await.is_empty());
        // All locks are given back, though the connections went on.
        let again = builtin().lock_timeout(Duration::ZERO);
        assert_eq!(applied(&again.each(Schemas::new(&pool, &names)).run().await), [Some(0); 5]);
        let missing = builtin().each(Schemas::new(&pool, ["no_such_one"])).run().await;
        assert!(matches!(missing.databases[0].error, Some(RunError::Connect { .. })), "{missing:#?}");
        drop_tenants(database, &names).await;
    }
}

on_sqlite! {
    async fn an_engine_without_schemas_says_so(database: &Database) {
        let pool = sqlx::SqlitePool::connect(&format!("{}?mode=rwc", database.url)).await.unwrap();
        let listed = builtin().schemas_like(&pool, "%").await;
        assert_eq!(listed, Err(RunError::Schemaless));
        let outcomes = builtin().each(Schemas::new(&pool, ["main"])).run().await;
        assert_eq!(outcomes.databases[0].error, Some(RunError::Schemaless));
    }

    // It may be spawned.
    async fn it_is_a_task_like_any_other(database: &Database) {
        let pool = sqlx::SqlitePool::connect(&format!("{}?mode=rwc", database.url)).await.unwrap();
        let own = pool.clone();
        let outcomes = tokio::spawn(async move {
            builtin().each(Databases::new([("one", &own)])).run().await
        });
        assert!(outcomes.await.unwrap().are_well());
        let nothing = builtin().each(Databases::<&sqlx::SqlitePool>::new::<String>([])).run().await;
        assert!(nothing.are_well() && nothing.databases.is_empty());
    }
}

/// Counts the connections.
#[derive(Clone)]
struct Counted {
    url: String,
    opened: Arc<Mutex<usize>>,
}

impl Source for Counted {
    type Driver = PostgresDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        *self.opened.lock().unwrap() += 1;
        connect_postgres(&self.url).await
    }
}
