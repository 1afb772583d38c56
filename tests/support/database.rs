//! A database of a test's own, on one of the engines.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use hammerwork_migrations::run::driver::{
    Driver, DriverError, connect_mysql, connect_postgres, connect_sqlite,
};
use hammerwork_migrations::{Dialect, Migrator, Report, RunError, Status};

/// Makes each test four: one for each engine. It gets a database of its own, which goes with success and
/// stays for a look after a failure.
macro_rules! on_every_engine {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {
        $(test_on! { $name, $database, $body, sqlite: Sqlite, postgres: Postgres, mysql: MySql, mariadb: MariaDb })+
    };
}

/// As [`on_every_engine`], without SQLite.
macro_rules! on_servers {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {
        $(test_on! { $name, $database, $body, postgres: Postgres, mysql: MySql, mariadb: MariaDb })+
    };
}

/// As [`on_every_engine`], where DDL commits by itself.
macro_rules! on_mysql_and_mariadb {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {
        $(test_on! { $name, $database, $body, mysql: MySql, mariadb: MariaDb })+
    };
}

/// As [`on_every_engine`], on PostgreSQL alone.
macro_rules! on_postgres {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {
        $(test_on! { $name, $database, $body, postgres: Postgres })+
    };
}

/// As [`on_every_engine`], on SQLite alone.
macro_rules! on_sqlite {
    ($(async fn $name:ident($database:ident: &Database) $body:block)+) => {
        $(test_on! { $name, $database, $body, sqlite: Sqlite })+
    };
}

/// One test on the engines that are named: a module of its name, with a test for each.
macro_rules! test_on {
    ($name:ident, $database:ident, $body:block, $($engine:ident: $dialect:ident),+) => {
        mod $name {
            use super::*;

            async fn test($database: &Database) $body

            $(test_on! { @one $engine $dialect })+
        }
    };
    (@one sqlite $dialect:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn sqlite() {
            test_on! { @run $dialect }
        }
    };
    (@one $engine:ident $dialect:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "needs servers: run scripts/test"]
        async fn $engine() {
            test_on! { @run $dialect }
        }
    };
    (@run $dialect:ident) => {{
        let database = Database::create(hammerwork_migrations::Dialect::$dialect).await;
        test(&database).await;
        database.destroy().await;
    }};
}

/// A database that nothing else uses.
pub(crate) struct Database {
    pub(crate) dialect: Dialect,
    pub(crate) url: String,
    name: String,
}

/// A connection to any of the engines.
pub(crate) enum Connection {
    Postgres(hammerwork_migrations::run::driver::PostgresDriver<'static>),
    MySql(hammerwork_migrations::run::driver::MySqlDriver<'static>),
    Sqlite(hammerwork_migrations::run::driver::SqliteDriver<'static>),
}

impl Database {
    pub(crate) async fn create(dialect: Dialect) -> Database {
        let name = unused_name();
        if dialect == Dialect::Sqlite {
            let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.db"));
            drop(std::fs::remove_file(&path));
            let url = format!("sqlite://{}", path.display());
            return Database { dialect, url, name };
        }
        Database::create_on(dialect, &server_url(dialect)).await
    }

    /// As [`create`](Self::create), on another server than the tests share.
    pub(crate) async fn create_on(dialect: Dialect, server: &str) -> Database {
        let database = Database {
            dialect,
            url: String::new(),
            name: unused_name(),
        };
        let create = format!("CREATE DATABASE {}", database.name);
        connect(dialect, server).await.run(&create).await.unwrap();
        database.on_server(server)
    }

    /// The database of this name, where the server has (or now has) that URL.
    pub(crate) fn on_server(mut self, server: &str) -> Database {
        let (base, _) = server
            .rsplit_once('/')
            .expect("the URL ends with a database");
        self.url = format!("{base}/{}", self.name);
        self
    }

    /// The database that a URL names, on a server of a test's own.
    pub(crate) fn at(dialect: Dialect, url: &str) -> Database {
        Database {
            dialect,
            url: url.to_owned(),
            name: String::new(),
        }
    }

    pub(crate) async fn destroy(self) {
        match self.dialect {
            Dialect::Sqlite => std::fs::remove_file(self.path()).unwrap_or(()),
            Dialect::Postgres => {
                let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
                connect(self.dialect, &server_url(self.dialect))
                    .await
                    .run(&sql)
                    .await
                    .unwrap();
            }
            Dialect::MySql | Dialect::MariaDb => {
                let sql = format!("DROP DATABASE {}", self.name);
                connect(self.dialect, &server_url(self.dialect))
                    .await
                    .run(&sql)
                    .await
                    .unwrap();
            }
        }
    }

    /// The file of an SQLite database.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(self.url.trim_start_matches("sqlite://"))
    }

    pub(crate) async fn connect(&self) -> Connection {
        connect(self.dialect, &self.url).await
    }

    /// Runs SQL that must succeed.
    pub(crate) async fn execute(&self, sql: &str) {
        if let Err(error) = self.connect().await.run(sql).await {
            panic!("{error}\n{sql}");
        }
    }

    /// The rows of a query, each value as text.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let rows = match self.connect().await {
            Connection::Postgres(mut it) => it.rows(sql).await,
            Connection::MySql(mut it) => it.rows(sql).await,
            Connection::Sqlite(mut it) => it.rows(sql).await,
        };
        let text = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
        rows.unwrap_or_else(|error| panic!("{error}\n{sql}"))
            .into_iter()
            .map(|row| row.into_iter().map(text).collect())
            .collect()
    }

    /// The first column of a query.
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        self.rows(sql)
            .await
            .into_iter()
            .map(|row| row[0].clone())
            .collect()
    }

    pub(crate) async fn run(&self, migrator: &Migrator) -> Result<Report, RunError> {
        self.connect().await.migrate(migrator).await
    }

    /// Runs the built-in migrations, and says which were recorded.
    pub(crate) async fn migrate(&self) -> Vec<String> {
        let report = self
            .run(&builtin())
            .await
            .unwrap_or_else(|error| panic!("{error:#?}"));
        report.applied.into_iter().map(|it| it.id).collect()
    }

    pub(crate) async fn status(&self, migrator: &Migrator) -> Result<Status, RunError> {
        match self.connect().await {
            Connection::Postgres(it) => migrator.status(it).await,
            Connection::MySql(it) => migrator.status(it).await,
            Connection::Sqlite(it) => migrator.status(it).await,
        }
    }

    /// How the database differs from the history, in words.
    pub(crate) async fn drift(&self, migrator: &Migrator) -> Vec<String> {
        let found = match self.connect().await {
            Connection::Postgres(it) => migrator.verify(it).await,
            Connection::MySql(it) => migrator.verify(it).await,
            Connection::Sqlite(it) => migrator.verify(it).await,
        };
        found.unwrap().iter().map(ToString::to_string).collect()
    }

    /// Pipes SQL into the engine's own client, which must take all of it.
    pub(crate) fn pipe_into_client(&self, sql: &str) {
        let mut command = match self.dialect {
            Dialect::Postgres => {
                let mut command = Command::new(variable("TEST_POSTGRES_BIN"));
                command.args(["--quiet", "--set", "ON_ERROR_STOP=1", &self.url]);
                command
            }
            Dialect::MySql => self.mysql_client("TEST_MYSQL_CLIENT"),
            Dialect::MariaDb => self.mysql_client("TEST_MARIADB_CLIENT"),
            Dialect::Sqlite => {
                let client = std::env::var("TEST_SQLITE_CLIENT").unwrap_or("sqlite3".to_owned());
                let mut command = Command::new(client);
                command.arg("-bail").arg(self.path());
                command
            }
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, sql.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}\n{sql}");
        assert!(!errors.contains("ERROR"), "{errors}");
    }

    fn mysql_client(&self, variable_name: &str) -> Command {
        let url = self.url.trim_start_matches("mysql://");
        let (credentials, address) = url.rsplit_once('@').unwrap();
        let (user, password) = credentials.split_once(':').unwrap();
        let (host, database) = address.split_once('/').unwrap();
        let (host, port) = host.split_once(':').unwrap();
        let mut command = Command::new(variable(variable_name));
        command.env("MYSQL_PWD", password.replace("%25", "%"));
        command.args([
            "--protocol=tcp",
            "-h",
            host,
            "-P",
            port,
            "-u",
            user,
            database,
        ]);
        command
    }
}

impl Connection {
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), DriverError> {
        match self {
            Connection::Postgres(it) => it.execute(sql).await,
            Connection::MySql(it) => it.execute(sql).await,
            Connection::Sqlite(it) => it.execute(sql).await,
        }
    }

    pub(crate) async fn migrate(self, migrator: &Migrator) -> Result<Report, RunError> {
        match self {
            Connection::Postgres(it) => migrator.run(it).await,
            Connection::MySql(it) => migrator.run(it).await,
            Connection::Sqlite(it) => migrator.run(it).await,
        }
    }
}

fn unused_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(
        "{}_{}_{number}",
        env!("CARGO_CRATE_NAME"),
        std::process::id()
    )
}

pub(crate) fn builtin() -> Migrator {
    Migrator::new(hammerwork_migrations::register_builtin_migrations())
}

/// The URL of the server that the tests of an engine use.
pub(crate) fn server_url(dialect: Dialect) -> String {
    variable(match dialect {
        Dialect::Postgres => "TEST_POSTGRES_URL",
        Dialect::MySql => "TEST_MYSQL_URL",
        Dialect::MariaDb => "TEST_MARIADB_URL",
        Dialect::Sqlite => unreachable!("SQLite has no server"),
    })
}

pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/test"))
}

pub(crate) async fn connect(dialect: Dialect, url: &str) -> Connection {
    try_connect(dialect, url)
        .await
        .unwrap_or_else(|error| panic!("{dialect}: {error}"))
}

pub(crate) async fn try_connect(dialect: Dialect, url: &str) -> Result<Connection, DriverError> {
    match dialect {
        Dialect::Postgres => connect_postgres(url).await.map(Connection::Postgres),
        Dialect::MySql | Dialect::MariaDb => connect_mysql(url).await.map(Connection::MySql),
        Dialect::Sqlite => connect_sqlite(url, true).await.map(Connection::Sqlite),
    }
}
