//! All peers on all engines, each run in a process of its own, in random order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use hammerwork_migrations::Dialect;
use rand::seq::SliceRandom;

use crate::once::Cost;
use crate::peer::Peer;
use crate::place::Place;
use crate::report;

/// So often a run with nothing to do is repeated in one process.
const NO_OPS: usize = 21;

#[derive(Args)]
pub struct Arguments {
    /// How many migrations: 6 are the built-in ones, others are generated.
    #[arg(long, value_delimiter = ',', default_value = "6,1000")]
    sizes: Vec<usize>,
    #[arg(long, value_delimiter = ',', default_value = "postgres,mysql,mariadb,sqlite")]
    dialects: Vec<Dialect>,
    #[arg(long, value_delimiter = ',')]
    peers: Option<Vec<Peer>>,
    /// How often up to 100 migrations are measured; more of them: a fifth as often, but three times.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// The page whose tables are written, between the marks that it has for them.
    #[arg(long)]
    page: PathBuf,
    /// The plot.
    #[arg(long)]
    plot: PathBuf,
    /// The library that counts syncs.
    #[arg(long)]
    syncs: PathBuf,
    /// Where the files of SQLite go: on the same kind of disk as the servers' data.
    #[arg(long)]
    directory: PathBuf,
}

/// What is measured of one peer: the same work, on the same engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub size: usize,
    pub dialect: Dialect,
    pub peer: Peer,
}

/// All that was measured of it.
#[derive(Debug, Default)]
pub struct Samples {
    /// In milliseconds, a new database each.
    pub fresh: Vec<f64>,
    /// In milliseconds: the median of each process.
    pub nothing_to_do: Vec<f64>,
    /// In KiB.
    pub memory: Vec<f64>,
    /// Counted once: for a new database, and with nothing to do.
    pub counted: Option<(Cost, Option<Cost>)>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut samples: BTreeMap<Cell, Samples> = BTreeMap::new();
    let mut number = 0;
    for (cell, counting) in schedule(arguments) {
        number += 1;
        let place = runtime.block_on(Place::create(cell.dialect, number, &arguments.directory))?;
        let result = one(arguments, cell, &place, counting);
        runtime.block_on(place.remove())?;
        let (fresh, again) = result.with_context(|| format!("{cell:?}"))?;
        let of_cell = samples.entry(cell).or_default();
        if counting {
            of_cell.counted = Some((fresh, again));
            continue;
        }
        eprintln!("{number}: {} on {}, {}: {:.1} ms", cell.peer.name(), cell.dialect, cell.size, fresh.milliseconds[0]);
        of_cell.fresh.extend(&fresh.milliseconds);
        of_cell.memory.push(fresh.peak_memory as f64);
        of_cell.nothing_to_do.extend(again.map(|it| report::median(&it.milliseconds)));
    }
    report::write(&samples, &arguments.page, &arguments.plot)
}

/// Every cell once to be counted, then so many times to be measured, all of them in a new order each time.
fn schedule(arguments: &Arguments) -> Vec<(Cell, bool)> {
    let peers = arguments.peers.clone().unwrap_or_else(|| Peer::value_variants().to_vec());
    let mut cells = Vec::new();
    for &size in &arguments.sizes {
        for &dialect in &arguments.dialects {
            cells.extend(peers.iter().map(|&peer| Cell { size, dialect, peer }));
        }
    }
    let mut all: Vec<(Cell, bool)> = cells.iter().map(|cell| (*cell, true)).collect();
    for round in 0..arguments.rounds {
        let is_due = |cell: &Cell| cell.size <= 100 || round < (arguments.rounds / 5).max(3);
        let mut due: Vec<Cell> = cells.iter().copied().filter(is_due).collect();
        due.shuffle(&mut rand::rng());
        all.extend(due.into_iter().map(|cell| (cell, false)));
    }
    all
}

fn one(arguments: &Arguments, cell: Cell, place: &Place, counting: bool) -> Result<(Cost, Option<Cost>)> {
    let start = |times: usize| -> Result<Cost> {
        let mut command = Command::new(std::env::current_exe()?);
        let peer = cell.peer.to_possible_value().context("every peer has a word")?;
        command
            .args(["once", peer.get_name(), &cell.dialect.to_string(), &place.url])
            .args([cell.size.to_string(), format!("--times={times}")]);
        if counting {
            command.arg("--count").env("LD_PRELOAD", &arguments.syncs);
        }
        let output = command.output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        // A peer may print, too.
        let text = String::from_utf8(output.stdout)?;
        Ok(serde_json::from_str(text.lines().last().unwrap_or_default())?)
    };
    let fresh = start(1)?;
    let again = match (cell.peer.keeps_records(), counting) {
        (false, _) => None,
        (true, true) => Some(start(1)?),
        (true, false) => Some(start(NO_OPS)?),
    };
    Ok((fresh, again))
}
