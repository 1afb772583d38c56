//! What goes wrong in production, done on purpose: connections that are cut, programs and servers that are
//! killed, runners by the dozen, runs that fail, are cancelled or panic. Each time the next ordinary run must
//! bring the database to the exact schema, and the one after it must find nothing to do.
//!
//! SQLite always runs. The servers' tests are ignored in a plain `cargo test`; `scripts/test` starts the
//! servers and runs everything. A test whose server is missing fails. No test judges by how long something
//! took, but for generous limits, past which a run counts as one that hangs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect fails"
)]

#[macro_use]
#[path = "../support/database.rs"]
#[expect(dead_code, unused_macros, reason = "other tests need more of it")]
mod database;
#[macro_use]
#[path = "../support/forwarding.rs"]
mod forwarding;
#[path = "../support/expected.rs"]
mod expected;
#[path = "../support/parallel.rs"]
mod parallel;
#[path = "../support/proxy.rs"]
mod proxy;
#[path = "../support/random.rs"]
mod random;
#[path = "../support/stopping.rs"]
mod stopping;
#[path = "../support/wire.rs"]
mod wire;

mod crowding;
mod cutting;
mod healing;
mod interrupting;
mod killing_runners;
mod killing_servers;
mod runner;
