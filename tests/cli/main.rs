//! The command line, as those see it who call it: words in; text and an exit code out.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it did not expect fails"
)]

#[cfg(all(feature = "postgres", feature = "mysql"))]
#[macro_use]
mod servers;

mod documented;
mod engines;
#[cfg(all(feature = "postgres", feature = "mysql"))]
mod locks;
mod many;
#[cfg(all(feature = "postgres", feature = "mysql"))]
mod many_servers;
mod program;
mod repairing;
mod scaffolding;
mod secrets;
#[cfg(unix)]
mod signals;
mod sqlite;
mod streams;
mod verifying;
mod waiting;

/// What each command prints, as files that read like a terminal. `TRYCMD=overwrite` writes them anew.
#[test]
fn snapshots() {
    trycmd::TestCases::new()
        .register_bin("migrate", std::path::Path::new(program::MIGRATE))
        .register_bin("cargo-hammerwork", std::path::Path::new(program::CARGO))
        // Empty is none, whatever the shell has that the tests run in.
        .env("DATABASE_URL", "")
        .case("tests/cli/snapshots/*.trycmd");
}
