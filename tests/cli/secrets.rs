//! A password is never printed, whatever is wrong with the URL that it is in.

use crate::program::{Directory, command, migrate, run};

/// Passwords, each as a URL has it and as it is.
const PASSWORDS: [(&str, &str); 9] = [
    ("hunter2", "hunter2"),
    ("p%40ss%2Fw%23rd", "p@ss/w#rd"),
    ("p@ssw0rd-at", "p@ssw0rd-at"),
    ("12/s3cret", "12/s3cret"),
    ("12?s3cret", "12?s3cret"),
    ("12#s3cret", "12#s3cret"),
    ("s3cr%C3%A9t", "s3cr\u{e9}t"),
    ("s3cret%ff", "s3cret"),
    ("%68unter2", "hunter2"),
];

/// URLs around `{}`, right and wrong. Nothing listens at port 1.
const URLS: [&str; 15] = [
    "postgres://app:{}@127.0.0.1:1/jobs",
    "postgres://:{}@127.0.0.1:1/jobs",
    "postgres://127.0.0.1:1/jobs?password={}",
    "postgres://127.0.0.1:1/jobs?sslmode=nonsense&password={}",
    "postgres://app:{}@127.0.0.1:1/jobs?sslmode=nonsense",
    "mysql://app:{}@127.0.0.1:1/jobs",
    "mysql://app:{}@127.0.0.1:1/jobs?ssl-mode=nonsense",
    "mysql://127.0.0.1:1/jobs?pwd={}",
    "mariadb://app:{}@127.0.0.1:1/jobs",
    "sqlite://app:{}@nowhere/jobs",
    "sqlite://nowhere/jobs.db?password={}",
    "oracle://app:{}@127.0.0.1:1/jobs",
    "postgres://app:{}@127.0.0.1:port/jobs",
    "postgres:app:{}@127.0.0.1/jobs",
    "app:{}@127.0.0.1/jobs",
];

#[test]
fn no_output_has_the_password() {
    let directory = Directory::new();
    let mut commands = ["status", "verify", "lock", "repair", "baseline", "rollback"]
        .iter()
        .cycle();
    for template in URLS {
        for (written, meant) in PASSWORDS {
            let command_word = commands.next().unwrap();
            let url = template.replace("{}", written);
            let outputs = [
                migrate(&["--connect-timeout", "2", "--database-url", &url]),
                migrate(&[
                    command_word,
                    "--connect-timeout",
                    "2",
                    "--database-url",
                    &url,
                ]),
                // In the wrong place, and misspelt.
                migrate(&[&url]),
                migrate(&[&format!("--database-ulr={url}")]),
                migrate(&["--schema", "jobs", "--lock-timeout", &url]),
                migrate(&["repair", "--done", &url]),
                migrate(&["preview", "--dialect", "sqlite", &url]),
                migrate(&["preview", "--dialect", "sqlite", "--from", &url]),
                migrate(&["schema", "--at", &url]),
                migrate(&["schema", "--dialect", &url]),
                migrate(&["validate", "--dialect", &url]),
                migrate(&["new", &url]),
                migrate(&["new", "a name", "--dir", &url]),
                migrate(&["completions", &url]),
                migrate(&[
                    "--dry-run",
                    "--json",
                    "--connect-timeout",
                    "2",
                    "--database-url",
                    &url,
                ]),
                migrate(&[
                    "-vvv",
                    "--wait",
                    "0",
                    "--connect-timeout",
                    "2",
                    "--database-url",
                    &url,
                ]),
                migrate(&[
                    "baseline",
                    "--to",
                    &url,
                    "--database-url",
                    "sqlite::memory:",
                ]),
                // From the environment, with help that names the variable.
                run(command(directory.path())
                    .env("DATABASE_URL", &url)
                    .arg("--help")),
                run(command(directory.path())
                    .env("DATABASE_URL", &url)
                    .arg("--nonsense")),
                run(command(directory.path())
                    .env("DATABASE_URL", &url)
                    .args(["--connect-timeout", "2"])
                    .env("RUST_LOG", "trace")
                    .env("RUST_BACKTRACE", "1")),
            ];
            for ended in outputs {
                for secret in [written, meant, "s3cret", "unter2"] {
                    assert!(!ended.stdout.contains(secret), "{url}\n{ended:?}");
                    assert!(!ended.stderr.contains(secret), "{url}\n{ended:?}");
                }
                assert!(!ended.stderr.contains("panicked"), "{url}\n{ended:?}");
            }
        }
    }
}
