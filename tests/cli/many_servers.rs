//! `--each-schema`: the schemas of a database, or the databases of a server.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "MySQL and MariaDB are mostly one"
)]

use hammerwork_migrations::Dialect;
use serde_json::Value;

use crate::program::{Ended, migrate};
use crate::servers::Server;

/// What a hostile tenant may be called: three that a run takes, and two that PostgreSQL's runs refuse because of
/// their quotes.
const NAMES: [&str; 5] = [
    "a_1",
    "a_%; -- x",
    "a_x y",
    "a_q\"; DROP SCHEMA x; --",
    "a_'q",
];

/// The tenants of one test. Databases are the server's, so their names begin with that of the test's own.
struct Tenants<'s> {
    server: &'s Server,
    prefix: String,
}

impl Tenants<'_> {
    async fn make(server: &Server) -> Tenants<'_> {
        let prefix = match server.dialect {
            Dialect::Postgres => String::new(),
            _ => format!("{}_", server.name),
        };
        let tenants = Tenants { server, prefix };
        for name in NAMES.into_iter().chain(["ax1"]) {
            let object = match server.dialect {
                Dialect::Postgres => "SCHEMA",
                _ => "DATABASE",
            };
            tenants
                .execute(&format!("CREATE {object} {}", tenants.quoted(name)))
                .await;
        }
        tenants
    }

    async fn execute(&self, sql: &str) {
        self.server.execute(sql).await;
    }

    fn quoted(&self, name: &str) -> String {
        self.server.dialect.quote(&format!("{}{name}", self.prefix))
    }

    /// Each whose name begins with `a_`; of the underscores, only that one is to be itself alone.
    fn each(&self, words: &[&str]) -> Ended {
        let pattern = format!("{}a\\_%", self.prefix);
        let url = self.server.url();
        let each = ["--each-schema", &pattern, "--database-url", &url];
        migrate(&[words, &each].concat())
    }

    async fn drop(self) {
        if self.server.dialect != Dialect::Postgres {
            for name in NAMES.into_iter().chain(["ax1"]) {
                self.execute(&format!("DROP DATABASE {}", self.quoted(name)))
                    .await;
            }
        }
    }
}

on_each_server! {
    fn every_schema_that_is_like_it_is_migrated(server: &Server) {
        let tenants = Tenants::make(server).await;
        let refused = match server.dialect {
            // Quotes are for no name of ours.
            Dialect::Postgres => 2,
            _ => 0,
        };
        let code = if refused > 0 { 3 } else { 0 };
        for (jobs, word) in [("1", "changed"), ("8", "unchanged")] {
            let ended = tenants.each(&["--jobs", jobs]);
            assert_eq!(ended.code, code, "{ended:?}");
            let sum = match refused {
                0 => format!("\n5 databases: 5 {word}\n"),
                _ => format!("\n5 databases: 3 {word}, 2 failed\n"),
            };
            assert!(ended.stdout.ends_with(&sum), "{ended:?}");
            let first: Vec<&str> = ended.stdout.lines().filter_map(|it| it.split_once(": ")).map(|it| it.0).collect();
            let mut sorted = first.clone();
            sorted[..5].sort_unstable();
            assert_eq!(first, sorted, "{ended:?}");
            assert_eq!(ended.stderr.matches("can't be used: it has the character").count(), refused, "{ended:?}");
        }
        let told: Value = serde_json::from_str(&tenants.each(&["verify", "--json"]).stdout).unwrap();
        assert_eq!(told["succeeded"], 5 - refused, "{told}");
        for database in told["databases"].as_array().unwrap() {
            assert!(database["error"].is_object() || database["result"]["drift"] == serde_json::json!([]), "{told}");
        }
        // The one that is not like it has nothing.
        let pattern = format!("{}ax_", tenants.prefix);
        let url = server.url();
        let ended = migrate(&["status", "--check", "--each-schema", &pattern, "--database-url", &url]);
        assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{ended:?}");
        assert_eq!(ended.stdout, format!("{}ax1: 0 applied, 6 pending\n1 database: 1 pending\n", tenants.prefix));
        tenants.drop().await;
    }

    fn one_that_fails_keeps_no_schema_from_being_done(server: &Server) {
        let tenants = Tenants::make(server).await;
        let table = |name| format!("{}.hammerwork_jobs", tenants.quoted(name));
        tenants.execute(&format!("CREATE TABLE {} (surprise INT)", table("a_1"))).await;
        let ended = tenants.each(&["--json", "--jobs", "2"]);
        assert_eq!(ended.code, 3, "{ended:?}");
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        let of = |name: &str| {
            let name = format!("{}{name}", tenants.prefix);
            let databases = told["databases"].as_array().unwrap();
            databases.iter().find(|it| it["name"] == name.as_str()).unwrap().clone()
        };
        assert!(of("a_1")["error"]["message"].as_str().unwrap().contains("is in conflict"), "{told}");
        assert_eq!(of("a_1")["result"]["applied"], serde_json::json!([]));
        for name in ["a_%; -- x", "a_x y"] {
            assert_eq!(of(name)["result"]["applied"].as_array().unwrap().len(), 6, "{told}");
        }
        tenants.execute(&format!("DROP TABLE {}", table("a_1"))).await;
        assert!(tenants.each(&[]).stdout.contains("a_1: 6 applied in"));
        let back = tenants.each(&["rollback", "--all", "--accept-data-loss"]);
        assert!(back.stdout.contains("a_x y: 6 undone in"), "{back:?}");
        tenants.drop().await;
    }

    fn nothing_that_is_like_it_is_an_error(server: &Server) {
        let url = server.url();
        for pattern in ["no such tenant%", "'; DROP TABLE x; --", "pg\\_%", "information\\_schema", "MYSQL"] {
            migrate(&["--each-schema", pattern, "--database-url", &url]).failed_with(&[
                "error: no schema has a name like ",
                "help: % stands for any text",
            ]);
        }
        server.holds_nothing().await;
    }

    fn a_server_that_can_not_be_reached_is_one_error(server: &Server) {
        let (before, host, after) = server.parts();
        let url = format!("{before}127.0.0.1:1{after}");
        let ended = migrate(&["--each-schema", "%", "--database-url", &url]);
        ended.failed_with(&["error: can't connect to ", "help: check host and port"]);
        assert!(!ended.stderr.contains(&host), "{ended:?}");
    }
}
