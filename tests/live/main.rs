//! One suite, run on every engine: what the library promises, asked of real servers.
//!
//! SQLite always runs. The servers' tests are ignored in a plain `cargo test`; `scripts/test` starts the
//! servers and runs everything. A test whose server is missing fails.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect fails"
)]

#[macro_use]
#[path = "../support/database.rs"]
mod database;
#[macro_use]
#[path = "../support/forwarding.rs"]
mod forwarding;
#[macro_use]
mod statements;
#[path = "../support/expected.rs"]
mod expected;
#[expect(dead_code, reason = "the snapshots of the histories are for others")]
#[path = "../histories/mod.rs"]
mod histories;
#[path = "../support/server.rs"]
mod server;
#[path = "../support/stopping.rs"]
mod stopping;

mod adopting;
mod altering;
mod backfilling;
mod baselining;
mod budgets;
mod busy;
mod concurrently;
mod conflicts;
mod constraining;
mod cutting;
mod dry_running;
mod ending;
mod functions;
mod journal;
mod long_histories;
mod many;
mod new_databases;
mod odd_servers;
mod operations;
mod pooling;
mod previewing;
mod racing;
mod rebuilding;
mod renaming;
mod renaming_linked;
mod rights;
mod rolling_back;
mod running;
mod scripting;
mod tampering;
mod verifying;
