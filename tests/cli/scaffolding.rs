//! A crate that `init` begins, and migrations that `new` begins.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{CARGO, Directory, Ended, command, run};

const LIBRARY: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn new_writes_a_file_and_its_lines() {
    let directory = Directory::new();
    let list = "//! Ours.\n\nmod m009_users;\n\npub fn all() -> Migrations {\n    migrations![m009_users]\n}\n";
    directory.write("src/migrations/mod.rs", list);
    directory.write(
        "src/migrations/m009_users.rs",
        "//! X.\nuse crate::dsl::*;\n\npub fn migration() -> Migration {\n    todo\n}\n",
    );
    let new = |words: &[&str]| run(command(directory.path()).arg("new").args(words));
    let ended = new(&["add", "colour"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (
            0,
            "src/migrations/m010_add_colour.rs\nsrc/migrations/mod.rs\n",
            ""
        )
    );
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    assert_eq!(
        read("src/migrations/m010_add_colour.rs"),
        "//! Add colour.\n\nuse crate::dsl::*;\n\npub fn migration() -> Migration {\n    \
         Migration::new(\"010_add_colour\", \"Add colour\")\n}\n"
    );
    assert_eq!(
        read("src/migrations/mod.rs"),
        "//! Ours.\n\nmod m009_users;\nmod m010_add_colour;\n\npub fn all() -> Migrations {\n    migrations![\n        \
         m009_users,\n        m010_add_colour,\n    ]\n}\n"
    );
    assert_eq!(new(&["--dir", "src/migrations", "x"]).code, 0);
    assert!(read("src/migrations/mod.rs").contains("m011_x,\n"));
}

#[test]
fn init_overwrites_nothing() {
    let directory = Directory::new();
    directory.write("migration/notes.txt", "mine");
    let ended = run(command(directory.path()).arg("init"));
    ended.failed_with(&["error: migration is there already\n", "help: name another"]);
    assert!(!directory.path().join("Cargo.toml").exists());
}

/// Builds a crate, with all that it depends on: `scripts/test` runs it.
#[test]
#[ignore = "builds a crate: run scripts/test"]
fn what_init_begins_compiles_and_its_test_passes() {
    let directory = Directory::new();
    let here = directory.path();
    let ended = run(command(here).args(["init", "our-db", "--library", LIBRARY]));
    assert_eq!(ended.code, 0, "{ended:?}");
    // The versions that this package is tested with, and nothing from a network.
    std::fs::copy(
        Path::new(LIBRARY).join("Cargo.lock"),
        here.join("Cargo.lock"),
    )
    .unwrap();

    let tested = cargo(here, &["test", "--offline", "--quiet"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    assert!(tested.stdout.contains("2 passed"), "{tested:?}");

    // `cargo hammerwork` runs the program of the workspace from here on, with one more migration.
    let hammerwork = |words: &[&str]| {
        let mut command = program(CARGO, here);
        run(command.arg("hammerwork").args(words))
    };
    let ended = hammerwork(&["new", "add", "colour", "--dir", "our-db/src"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let ended = hammerwork(&["--database-url", "sqlite://things.db", "migrate"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("002_add_colour"), "{ended:?}");
    // It has nothing in it yet, and once it is applied that is for ever.
    let warning = "warning: 002_add_colour has no operations: once it is recorded";
    assert!(ended.stderr.contains(warning), "{ended:?}");
    let ended = hammerwork(&["status", "--check", "--database-url", "sqlite://things.db"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.ends_with("2 applied, 0 pending\n"),
        "{ended:?}"
    );
    // It does nothing without a command, and its exit codes come through.
    let ended = hammerwork(&[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("Usage: cargo hammerwork"),
        "{ended:?}"
    );
}

fn cargo(here: &Path, words: &[&str]) -> Ended {
    run(program(env!("CARGO"), here).args(words))
}

fn program(name: &str, here: &Path) -> Command {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scaffold");
    let mut command = Command::new(name);
    command
        .current_dir(here)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("DATABASE_URL", "");
    command
}
