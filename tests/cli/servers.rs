//! What the command line says of a server that does not let it in, or does not let it do its work. Each test
//! makes a database and a user of its own, and drops them.

#![expect(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test that meets what it did not expect fails, and MySQL and MariaDB are mostly one"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use hammerwork_migrations::Dialect;
use hammerwork_migrations::run::driver::{Driver, Source, connect_mysql, connect_postgres};

use crate::program::{Ended, migrate};

/// The password of the user, as it is and as a URL has it.
const PASSWORD: (&str, &str) = ("p@ss/w#rd?", "p%40ss%2Fw%23rd%3F");

/// A database that is its owner's, and a user that may do nothing in it.
pub(crate) struct Server {
    pub(crate) dialect: Dialect,
    /// The URL of the tests' own user, up to the name of the database.
    admin: String,
    /// Host and port.
    host: String,
    /// The name of the database and of the user.
    pub(crate) name: String,
}

/// A test on each of the servers.
macro_rules! on_each_server {
    ($(fn $name:ident($server:ident: &Server) $body:block)+) => {
        $(mod $name {
            use super::*;

            async fn test($server: &Server) $body

            #[tokio::test]
            #[ignore = "needs servers: run scripts/test"]
            async fn postgres() {
                on(Dialect::Postgres, "TEST_POSTGRES_URL").await;
            }

            #[tokio::test]
            #[ignore = "needs servers: run scripts/test"]
            async fn mysql() {
                on(Dialect::MySql, "TEST_MYSQL_URL").await;
            }

            #[tokio::test]
            #[ignore = "needs servers: run scripts/test"]
            async fn mariadb() {
                on(Dialect::MariaDb, "TEST_MARIADB_URL").await;
            }

            async fn on(dialect: Dialect, variable: &str) {
                let server = Server::prepare(dialect, variable).await;
                test(&server).await;
                server.clean().await;
            }
        })+
    };
}

on_each_server! {
    fn migrates_and_says_so(server: &Server) {
        let url = server.url();
        let first = migrate(&["--database-url", &url]);
        assert_eq!((first.code, first.stderr.as_str()), (0, ""), "{first:?}");
        assert!(first.stdout.contains("\n6 applied in "), "{first:?}");
        let second = migrate(&["migrate", "--database-url", &url]);
        assert_eq!(second.stdout, "nothing to do, 6 applied\n", "{second:?}");
        let status = migrate(&["--status", "--database-url", &url]);
        assert!(status.stdout.ends_with("\n6 applied, 0 pending\n"), "{status:?}");
    }

    fn there_is_no_drift_after_a_run(server: &Server) {
        let url = server.url();
        assert_eq!(migrate(&["--database-url", &url]).code, 0);
        let verified = migrate(&["verify", "--database-url", &url]);
        assert_eq!(
            (verified.code, verified.stdout.as_str(), verified.stderr.as_str()),
            (0, "no drift: the schema is what 6 applied migrations make\n", "")
        );
        let sql = format!("DROP INDEX {}", match server.dialect {
            Dialect::Postgres => "idx_hammerwork_jobs_batch_id",
            _ => "idx_batch_id ON hammerwork_jobs",
        });
        server.execute(&sql).await;
        let verified = migrate(&["verify", "--json", "--database-url", &url]);
        assert_eq!(verified.code, 4, "{verified:?}");
        assert!(verified.stdout.contains("batch_id of hammerwork_jobs\",\"description\":\"it is missing\"}]}"), "{verified:?}");
    }

    fn a_url_that_requires_tls_gets_nothing_else(server: &Server) {
        let (parameter, refused) = match server.dialect {
            Dialect::Postgres => ("sslmode=require", true),
            // It has a certificate of its own making, which nobody asked to check.
            Dialect::MySql => ("ssl-mode=REQUIRED", !cfg!(feature = "tls")),
            _ => ("ssl-mode=REQUIRED", true),
        };
        let url = format!("{}?{parameter}", server.url());
        let ended = migrate(&["--database-url", &url]);
        if refused {
            ended.failed_with(&["error: can't connect to ", "caused by: ", "TLS"]);
            server.holds_nothing().await;
        } else {
            assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
        }
    }

    fn repairing_where_there_is_nothing_to_repair(server: &Server) {
        let url = server.url();
        assert_eq!(migrate(&["--database-url", &url]).code, 0);
        let repair = |words: &[&str]| {
            migrate(&[&["repair", "--database-url", &url], words].concat())
        };
        assert_eq!(repair(&[]).stdout, "nothing to repair\n");
        // Nothing but what a person alone can know is taken from one.
        let ended = repair(&["--done", "002_add_priority:1"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert_eq!(
            ended.stderr.lines().next(),
            Some("error: whether step 1 of migration 002_add_priority has run, the database itself tells")
        );
    }

    fn wrong_password(server: &Server) {
        let url = format!("{}://{}:hunter2@{}/{}", server.dialect, server.name, server.host, server.name);
        for command in ["migrate", "status"] {
            let ended = migrate(&[command, "--database-url", &url]);
            ended.failed_with(&[
                &format!("error: can't connect to {}://{}:***@", server.dialect, server.name),
                match server.dialect {
                    Dialect::Postgres => "caused by: password authentication failed",
                    _ => "caused by: Access denied for user",
                },
                "help: check user and password in the URL\n",
            ]);
            assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
        }
    }

    fn missing_database(server: &Server) {
        let url = format!("{}/{}_not", server.admin, server.name);
        migrate(&["--database-url", &url]).failed_with(&[
            "error: can't connect to ",
            match server.dialect {
                Dialect::Postgres => "does not exist (code 3D000)",
                _ => "Unknown database",
            },
            "help: create the database first, or name another one at the end of the URL\n",
        ]);
    }

    fn no_database(server: &Server) {
        // PostgreSQL takes the user's name for it.
        if server.dialect != Dialect::Postgres {
            for end in ["", "/"] {
                let url = format!("{}{end}", server.admin);
                for command in ["migrate", "status"] {
                    migrate(&[command, "--database-url", &url]).failed_with(&[
                        "error: the URL names no database\n",
                        "help: end the URL with the name of a database",
                    ]);
                }
            }
        }
    }

    fn missing_privilege(server: &Server) {
        server.grant(match server.dialect {
            Dialect::Postgres => "GRANT CONNECT ON DATABASE {} TO {}",
            _ => "GRANT SELECT ON {}.* TO {}",
        })
        .await;
        let ended = server.migrate_as_user();
        ended.failed_with(&[
            match server.dialect {
                Dialect::Postgres => "error: the role lacks CREATE on the schema public\n",
                _ => "error: the role lacks INSERT on the database; DELETE on the database; CREATE on the database",
            },
            "help: grant it to the role",
        ]);
        server.holds_nothing().await;
    }

    fn no_privilege_on_the_database(server: &Server) {
        if server.dialect == Dialect::Postgres {
            server.run(&format!("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", server.name)).await;
        }
        server.migrate_as_user().failed_with(&[
            "error: can't connect to ",
            match server.dialect {
                Dialect::Postgres => "User does not have CONNECT privilege",
                _ => "Access denied for user",
            },
            "help: grant the user its rights on that database",
        ]);
    }

    fn reading_is_enough_where_nothing_is_pending(server: &Server) {
        let url = format!("{}/{}", server.admin, server.name);
        assert_eq!(migrate(&["--database-url", &url]).code, 0);
        if server.dialect == Dialect::Postgres {
            let denied = server.migrate_as_user();
            denied.failed_with(&[
                "error: can't read the tracking table hammerwork_migrations\n",
                "caused by: permission denied for table hammerwork_migrations (code 42501)\n",
                "help: grant the role SELECT on that table\n",
            ]);
            let url = format!("{}/{}", server.admin, server.name);
            let sql = format!("GRANT SELECT ON hammerwork_migrations TO {}", server.name);
            connect_postgres(&url).await.unwrap().execute(&sql).await.unwrap();
        } else {
            server.grant("GRANT SELECT ON {}.* TO {}").await;
        }
        let ended = server.migrate_as_user();
        assert_eq!(ended.stdout, "nothing to do, 6 applied\n", "{ended:?}");
    }
}

impl Server {
    /// The URL up to its host, host and port, and the rest.
    pub(crate) fn parts(&self) -> (String, String, String) {
        let url = self.url();
        let (before, after) = url.split_once(&self.host).expect("the host is in it");
        (before.to_owned(), self.host.clone(), after.to_owned())
    }

    pub(crate) async fn prepare(dialect: Dialect, variable: &str) -> Server {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var(variable)
            .unwrap_or_else(|_| panic!("{variable} is not set: run scripts/test"));
        let (admin, _) = url.rsplit_once('/').expect("the URL ends with a database");
        let (_, host) = admin.rsplit_once('@').expect("the URL has a user");
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let server = Server {
            dialect,
            admin: admin.to_owned(),
            host: host.to_owned(),
            name: format!("cli_{}_{number}", std::process::id()),
        };
        let (name, password) = (&server.name, PASSWORD.0);
        server.run(&format!("CREATE DATABASE {name}")).await;
        server
            .run(&match dialect {
                Dialect::Postgres => format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'"),
                _ => format!("CREATE USER {name} IDENTIFIED BY '{password}'"),
            })
            .await;
        server
    }

    pub(crate) async fn clean(&self) {
        let name = &self.name;
        let (database, user) = match self.dialect {
            Dialect::Postgres => (format!("DROP DATABASE {name} WITH (FORCE)"), "ROLE"),
            _ => (format!("DROP DATABASE {name}"), "USER"),
        };
        self.run(&database).await;
        self.run(&format!("DROP {user} {name}")).await;
    }

    /// The URL of the database, as its owner has it.
    pub(crate) fn url(&self) -> String {
        let url = format!("{}/{}", self.admin, self.name);
        url.replace("mysql://", &format!("{}://", self.dialect))
    }

    /// Runs SQL as the tests' own user, in no particular database.
    pub(crate) async fn run(&self, sql: &str) {
        match self.dialect {
            Dialect::Postgres => execute(connect_postgres(&self.admin).await.unwrap(), sql).await,
            _ => execute(connect_mysql(&self.admin).await.unwrap(), sql).await,
        }
    }

    /// Runs SQL as the tests' own user, in the database.
    pub(crate) async fn execute(&self, sql: &str) {
        let url = format!("{}/{}", self.admin, self.name);
        match self.dialect {
            Dialect::Postgres => execute(connect_postgres(&url).await.unwrap(), sql).await,
            _ => execute(connect_mysql(&url).await.unwrap(), sql).await,
        }
    }

    /// Runs SQL with the names of database and user put in for its braces.
    async fn grant(&self, sql: &str) {
        self.run(&sql.replace("{}", &self.name)).await;
    }

    /// Neither password is ever in what this ends with.
    fn migrate_as_user(&self) -> Ended {
        let (password, encoded) = PASSWORD;
        let url = format!(
            "{}://{}:{encoded}@{}/{}",
            self.dialect, self.name, self.host, self.name
        );
        let ended = migrate(&["--database-url", &url]);
        for secret in [password, encoded] {
            assert!(!ended.stdout.contains(secret), "{ended:?}");
            assert!(!ended.stderr.contains(secret), "{ended:?}");
        }
        ended
    }

    /// Asserts that nothing was made in the database.
    pub(crate) async fn holds_nothing(&self) {
        let sql = match self.dialect {
            Dialect::Postgres => {
                "SELECT count(*)::TEXT FROM pg_catalog.pg_class WHERE relnamespace = 'public'::regnamespace"
            }
            _ => {
                "SELECT CAST(count(*) AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE()"
            }
        };
        let url = format!("{}/{}", self.admin, self.name);
        let rows = match self.dialect {
            Dialect::Postgres => connect_postgres(&url).await.unwrap().rows(sql).await,
            _ => connect_mysql(&url).await.unwrap().rows(sql).await,
        };
        assert_eq!(rows.unwrap(), [[Some("0".to_owned())]]);
    }
}

async fn execute(source: impl Source, sql: &str) {
    let mut driver = source.driver().await.unwrap();
    if let Err(error) = driver.execute(sql).await {
        panic!("{error}\n{sql}");
    }
    driver.close().await;
}
