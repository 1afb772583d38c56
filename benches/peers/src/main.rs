//! This library and its peers, doing the same work on the same servers. `benches/peers/run` starts it.

mod connection;
mod history;
mod many;
mod measure;
mod meter;
mod once;
mod peer;
mod place;
#[path = "../../../tests/support/proxy.rs"]
#[expect(dead_code, reason = "tests cut connections with it; here it only counts")]
mod proxy;
mod report;
#[path = "../../../tests/support/wire.rs"]
mod wire;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
enum Command {
    /// Measure everything, and write the page.
    Measure(measure::Arguments),
    /// Many databases: one call for all, against a loop of single runs.
    Many(many::Arguments),
    /// One run of one peer, in this process; prints what it cost as JSON.
    Once(once::Arguments),
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Measure(it) => measure::run(&it),
        Command::Many(it) => many::run(&it),
        Command::Once(it) => once::run(&it),
    }
}
