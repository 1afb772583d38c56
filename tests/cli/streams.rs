//! What goes to stdout and stderr, and what happens when nobody reads it.

use std::process::Stdio;

use hammerwork_migrations::{Dialect, register_builtin_migrations};

use crate::program::{Directory, command, migrate, run};

#[test]
fn preview_is_the_plan_and_nothing_else() {
    for dialect in Dialect::ALL {
        let plan = register_builtin_migrations().preview(dialect).unwrap();
        let ended = migrate(&["preview", "--dialect", dialect.name()]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        assert_eq!(ended.stdout, plan.to_string());
    }
}

#[test]
fn preview_takes_the_dialect_of_the_url_and_connects_to_nothing() {
    for (url, product) in [
        ("postgres://app:hammerwork@192.0.2.1/jobs", "PostgreSQL"),
        ("postgresql:///jobs", "PostgreSQL"),
        ("mysql://192.0.2.1", "MySQL"),
        ("mariadb://192.0.2.1", "MariaDB"),
        ("sqlite://there-is-none.db?mode=ro", "SQLite"),
    ] {
        let ended = migrate(&["preview", "--database-url", url]);
        let first = format!("-- 6 migrations for {product}\n");
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.stdout.starts_with(&first), "{ended:?}");
        // The password is also what the tables are named after: a result is never masked.
        assert!(ended.stdout.contains("hammerwork_jobs"), "{ended:?}");
    }
    let both = [
        "preview",
        "--dialect",
        "mysql",
        "--database-url",
        "nonsense",
    ];
    assert_eq!(migrate(&both).code, 0);
}

#[test]
fn preview_uses_the_names_that_are_set() {
    let names = ["--schema", "app", "--tracking-table", "applied"];
    let ended = migrate(&[&["preview", "--dialect", "postgres"][..], &names].concat());
    assert!(
        ended.stdout.contains(r#"SET search_path TO "app""#),
        "{ended:?}"
    );
    assert!(
        ended.stdout.contains(r#"INSERT INTO "applied""#),
        "{ended:?}"
    );
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let directory = Directory::new();
    for words in [
        &["preview", "--dialect", "postgres"][..],
        &["--help"],
        &["--database-url", "sqlite::memory:"],
    ] {
        let mut child = command(directory.path())
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Before it can have written anything that fits into the pipe, or while it does.
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?} {output:?}");
        assert_eq!(output.stderr, b"", "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_can_not_be_written_is_an_error() {
    let directory = Directory::new();
    for words in [&["preview", "--dialect", "mysql"][..], &["--help"]] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let ended = run(command(directory.path()).args(words).stdout(full));
        ended.failed_with(&["can't write the result", "caused by: No space left"]);
    }
}
