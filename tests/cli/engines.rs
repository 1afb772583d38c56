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
        for command in ["migrate", "status"] {
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
