//! Engines that a build has, and those that it lacks.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::program::migrate;

const ENGINES: [(&str, &str, bool); 4] = [
    ("postgres", "PostgreSQL", cfg!(feature = "postgres")),
    ("postgresql", "PostgreSQL", cfg!(feature = "postgres")),
    ("mysql", "MySQL", cfg!(feature = "mysql")),
    ("mariadb", "MariaDB", cfg!(feature = "mysql")),
];

#[test]
fn an_engine_that_the_build_lacks() {
    for (scheme, product, _) in ENGINES.iter().filter(|(.., built_in)| !built_in) {
        let feature = if *product == "PostgreSQL" {
            "postgres"
        } else {
            "mysql"
        };
        let url = format!("{scheme}://app:hunter2@127.0.0.1:1/jobs");
        for command in ["migrate", "status", "verify", "lock", "repair"] {
            let ended = migrate(&[command, "--database-url", &url]);
            ended.failed_with(&[
                &format!("error: this program was built without {product}\n"),
                &format!("help: cargo install hammerwork-migrations --features {feature}\n"),
            ]);
        }
    }
}

#[test]
fn a_server_that_is_not_there() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|it| it.local_addr())
        .unwrap()
        .port();
    for (scheme, ..) in ENGINES.iter().filter(|(.., built_in)| *built_in) {
        let url = format!("{scheme}://app:hunter2@127.0.0.1:{port}/jobs?password=hunter3");
        let ended = migrate(&["--database-url", &url]);
        ended.failed_with(&[
            &format!("error: can't connect to {scheme}://app:***@127.0.0.1:{port}/jobs\n"),
            "caused by: Connection refused",
            "help: check host and port in the URL, and that the server is up\n",
        ]);
        assert!(!ended.stderr.contains("hunter"), "{ended:?}");
    }
}

#[test]
fn a_server_that_does_not_answer() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    for (scheme, ..) in ENGINES.iter().filter(|(.., built_in)| *built_in) {
        let url = format!("{scheme}://app:hunter2@127.0.0.1:{port}/jobs");
        let start = Instant::now();
        let ended = migrate(&["status", "--database-url", &url, "--connect-timeout", "1"]);
        ended.failed_with(&[
            "caused by: no answer within 1 s\n",
            "help: check host and port",
        ]);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_server_that_is_another() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut connection in server.incoming().flatten() {
            drop(std::io::Write::write_all(
                &mut connection,
                b"HTTP/1.1 400 Bad Request\r\n\r\nhunter2\r\n",
            ));
            drop(connection.read(&mut [0; 512]));
        }
    });
    for (scheme, ..) in ENGINES.iter().filter(|(.., built_in)| *built_in) {
        let url = format!("{scheme}://app:hunter2@127.0.0.1:{port}/jobs");
        let ended = migrate(&["--database-url", &url, "--connect-timeout", "2"]);
        ended.failed_with(&["caused by: ", "help: "]);
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
        assert!(ended.stderr.lines().count() <= 4, "{ended:?}");
    }
}

#[test]
fn a_way_that_others_may_listen_on() {
    for (scheme, ..) in ENGINES.iter().filter(|(.., built_in)| *built_in) {
        let (parameter, required) = if scheme.starts_with("postgres") {
            ("sslmode=require", "sslmode=verify-full")
        } else {
            ("ssl-mode=REQUIRED", "ssl-mode=VERIFY_IDENTITY")
        };
        // An address for documentation, which nobody has.
        let url = format!("{scheme}://app:192.0.2@192.0.2.1/jobs");
        let warned = migrate(&["--connect-timeout", "1", "--database-url", &url]);
        let warning = format!(
            "warning: the database URL does not require TLS on the way to ***.1: add {parameter} to its parameters"
        );
        assert!(warned.stderr.starts_with(&warning), "{warned:?}");
        assert_eq!(warned.stderr.matches("warning: ").count(), 1, "{warned:?}");
        assert_eq!((warned.code, warned.stdout.as_str()), (3, ""), "{warned:?}");

        let url = format!("{url}?{required}");
        let ended = migrate(&["verify", "--connect-timeout", "1", "--database-url", &url]);
        ended.failed_with(&["error: can't connect to "]);
    }
}
