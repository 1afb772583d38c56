//! How long readers and writers wait while a large table is migrated under them, by this library and by files of plain
//! SQL. `benches/peers/stalls/run` starts it.

#[path = "../../src/connection.rs"]
#[expect(dead_code, reason = "the peers read rows, too")]
mod connection;
mod load;
mod once;
mod report;
mod seed;
mod way;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
enum Command {
    /// Migrate a new database to 001, and fill the table of jobs.
    Seed(seed::Arguments),
    /// Migrate it from 002 to 006 under load, once; prints how long everybody waited as JSON.
    Once(once::Arguments),
    /// Read lines of JSON from standard input, and write tables in Markdown.
    Report,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    match Command::parse() {
        Command::Seed(it) => seed::run(&it).await,
        Command::Once(it) => once::run(&it).await,
        Command::Report => report::run(),
    }
}
