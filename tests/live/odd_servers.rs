//! Servers that are set up otherwise: the same schema, or a clear stop.

use hammerwork_migrations::dsl::{Migration, Migrations, function};
use hammerwork_migrations::run::Source;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};
use hammerwork_migrations::{Dialect, Migrator, RunError};

use crate::database::{Connection, Database, builtin};
use crate::expected::assert_schema;
use crate::server::Server;

const ODD: &[&str] = &[
    "--explicit_defaults_for_timestamp=OFF",
    "--sql_mode=",
    "--character-set-server=latin1",
    "--default-time-zone=+05:30",
];

async fn six_are_applied(dialect: Dialect, engine: &str, name: &str, options: &[&str]) {
    let server = Server::private(engine, name, options);
    let database = Database::at(dialect, &server.url);
    assert_eq!(database.migrate().await.len(), 6);
    assert_schema(&database).await;
    assert_eq!(database.migrate().await.len(), 0);
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mysql_that_is_odd_in_every_way() {
    six_are_applied(Dialect::MySql, "mysql", "all", ODD).await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mariadb_that_is_odd_in_every_way() {
    six_are_applied(Dialect::MariaDb, "mariadb", "all", ODD).await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mysql_with_lower_case_table_names() {
    let options = ["--lower_case_table_names=1"];
    six_are_applied(Dialect::MySql, "mysql", "lower", &options).await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mariadb_with_lower_case_table_names() {
    let options = ["--lower_case_table_names=1"];
    six_are_applied(Dialect::MariaDb, "mariadb", "lower", &options).await;
}

/// Setting it back takes no special right on this version.
#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mysql_with_implicit_timestamps_and_an_ordinary_role() {
    let server = Server::private("mysql", "role", &["--explicit_defaults_for_timestamp=OFF"]);
    let root = Database::at(Dialect::MySql, &server.url);
    let (_, address) = server.url.rsplit_once('@').unwrap();
    let schema = address.rsplit_once('/').unwrap().1;
    root.execute("CREATE USER plain@'%' IDENTIFIED BY 'secret'")
        .await;
    root.execute(&format!("GRANT ALL ON {schema}.* TO plain@'%'"))
        .await;
    let plain = Database::at(Dialect::MySql, &format!("mysql://plain:secret@{address}"));
    assert_eq!(plain.migrate().await.len(), 6);
    assert_schema(&plain).await;
}

/// A lock that only one node knows of keeps nobody out: who runs there says that only one runner does.
#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn a_galera_cluster_is_refused_unless_allowed() {
    let server = Server::private("mariadb-galera", "cluster", &[]);
    let database = Database::at(Dialect::MariaDb, &server.url);
    let error = database.run(&builtin()).await.unwrap_err();
    assert_eq!(error, RunError::Cluster { cluster: "Galera" });
    let allowed = builtin().allow_cluster(true);
    assert_eq!(database.run(&allowed).await.unwrap().applied.len(), 6);
    assert_schema(&database).await;
}

/// Asks for variables that no server has, in place of those that a MariaDB without Galera has not.
struct WithoutGalera<D> {
    inner: D,
}

impl<D: Driver> Driver for WithoutGalera<D> {
    forward_the_rest! {}
    forward_transactions! {}

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.inner.execute(sql).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        let sql = sql.replace("@@GLOBAL.wsrep_", "@@GLOBAL.unknown_");
        self.inner.rows(&sql).await
    }
}

impl<D: Driver> Source for WithoutGalera<D> {
    type Driver = Self;
    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn a_mariadb_that_was_built_without_galera_is_no_cluster() {
    let database = Database::create(Dialect::MariaDb).await;
    let Connection::MySql(inner) = database.connect().await else {
        unreachable!()
    };
    let report = builtin().run(WithoutGalera { inner }).await.unwrap();
    assert_eq!(report.applied.len(), 6);
    assert_schema(&database).await;
    database.destroy().await;
}

/// As a server that was started with `skip-grant-tables`: it has one name for everybody, and tells of no grants.
struct WithoutGrants<D> {
    inner: D,
    everybody: &'static str,
}

impl<D: Driver> Driver for WithoutGrants<D> {
    forward_the_rest! {}
    forward_transactions! {}

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.inner.execute(sql).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        if sql.contains("SHOW GRANTS") {
            return self.inner.rows("a server without grants").await;
        }
        let everybody = format!("'{}'", self.everybody);
        let sql = sql.replace("CURRENT_USER()", &everybody);
        self.inner.rows(&sql).await
    }
}

impl<D: Driver> Source for WithoutGrants<D> {
    type Driver = Self;
    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn a_server_without_grants_is_not_asked_for_them() {
    for (dialect, everybody) in [
        (Dialect::MySql, "skip-grants user@skip-grants host"),
        (Dialect::MariaDb, "@"),
    ] {
        let runs =
            |ids: &[&str]| -> Vec<Migrator> { ids.iter().map(|id| builtin().up_to(*id)).collect() };
        // All of a new database, and what is added to one that has something.
        for runs in [
            vec![builtin()],
            runs(&["003_add_timeouts", "006_add_result_storage"]),
        ] {
            let database = Database::create(dialect).await;
            for migrator in &runs {
                let Connection::MySql(inner) = database.connect().await else {
                    unreachable!()
                };
                let report = migrator.run(WithoutGrants { inner, everybody }).await;
                assert_eq!(report.unwrap().applied.len() * runs.len(), 6, "{dialect}");
            }
            assert_schema(&database).await;
            database.destroy().await;
        }
    }
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn a_member_of_group_replication_is_refused() {
    let options = [
        "--plugin-load-add=group_replication.so",
        "--loose-group-replication-group-name=aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
        "--loose-group-replication-start-on-boot=OFF",
    ];
    let server = Server::private("mysql", "group", &options);
    let database = Database::at(Dialect::MySql, &server.url);
    let cluster = "Group Replication";
    assert_eq!(
        database.run(&builtin()).await.unwrap_err(),
        RunError::Cluster { cluster }
    );
}

/// On PostgreSQL, what the time zone and the encoding of messages are changes nothing.
#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn postgres_that_is_odd() {
    let options = [
        "-c",
        "TimeZone=Asia/Kolkata",
        "-c",
        "DateStyle=German",
        "-c",
        "standard_conforming_strings=off",
        "-c",
        "default_transaction_isolation=serializable",
        "-c",
        "idle_in_transaction_session_timeout=5s",
    ];
    six_are_applied(Dialect::Postgres, "postgres", "all", &options).await;
}

/// A replica, or a server that is being moved: what is up to date starts, what is behind says why it can't.
async fn a_read_only_server(dialect: Dialect, engine: &str) {
    let server = Server::private(engine, "readonly", &[]);
    let root = Database::at(dialect, &server.url);
    let (_, address) = server.url.rsplit_once('@').unwrap();
    let schema = address.rsplit_once('/').unwrap().1;
    root.execute("CREATE USER plain@'%' IDENTIFIED BY 'secret'")
        .await;
    root.execute(&format!("GRANT ALL ON {schema}.* TO plain@'%'"))
        .await;
    let plain = Database::at(dialect, &format!("mysql://plain:secret@{address}"));
    assert_eq!(
        plain
            .run(&builtin().up_to("005_add_batches"))
            .await
            .unwrap()
            .applied
            .len(),
        5
    );
    root.execute("SET GLOBAL read_only = ON").await;
    let behind = plain.run(&builtin()).await.unwrap_err();
    let RunError::Rights { missing } = &behind else {
        panic!("{behind:?}")
    };
    assert_eq!(
        missing,
        &["a server that can be written to: this one is read-only"]
    );
    let current = builtin().up_to("005_add_batches");
    assert!(plain.run(&current).await.unwrap().is_up_to_date());
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mysql_that_is_read_only() {
    a_read_only_server(Dialect::MySql, "mysql").await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mariadb_that_is_read_only() {
    a_read_only_server(Dialect::MariaDb, "mariadb").await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mysql_with_a_binary_log() {
    wants_to_know_what_functions_do(Dialect::MySql, "mysql").await;
}

#[tokio::test]
#[ignore = "needs servers: run scripts/test"]
async fn mariadb_with_a_binary_log() {
    wants_to_know_what_functions_do(Dialect::MariaDb, "mariadb").await;
}

async fn wants_to_know_what_functions_do(dialect: Dialect, engine: &str) {
    let server = Server::private(engine, "binlog", &["--log-bin=binlog", "--server-id=1"]);
    let database = Database::at(dialect, &server.url);
    let made = |text: &str| {
        let function = function("gives_one").on(Dialect::MySql, text);
        let migration = Migration::new("001_one", "One").create_function(function);
        Migrator::new(Migrations::new([migration]))
    };
    let error = database.run(&made("() RETURNS INT RETURN 1")).await;
    let help = error.unwrap_err().help().unwrap_or_default();
    assert!(help.contains("DETERMINISTIC"), "{help}");
    let said = made("() RETURNS INT NO SQL RETURN 1");
    database.run(&said).await.unwrap();
    assert_eq!(database.rows("SELECT gives_one()").await, [["1"]]);
}
