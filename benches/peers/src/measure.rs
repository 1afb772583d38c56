//! All peers on all engines, each run in a process of its own, in random order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use hammerwork_migrations::Dialect;
use rand::seq::SliceRandom;
use tokio::runtime::Runtime;

use crate::once::Cost;
use crate::peer::Peer;
use crate::place::{self, Place};
use crate::samples::{All, Cell, Samples};
use crate::{history, page, plot};

/// So often a run with nothing to do is repeated in one process.
const NO_OPS: usize = 21;
/// So many new databases of a short history are made in one process; of a long one it is one.
const NEW_DATABASES: usize = 5;
const SHORT: usize = 100;
/// A run that takes longer has failed.
const LONGEST_SECONDS: usize = 240;
/// After so many failures a cell is given up.
const FAILURES: usize = 2;

#[derive(Args)]
pub struct Arguments {
    /// How many migrations: 6 are the built-in ones, others are generated.
    #[arg(long, value_delimiter = ',', default_value = "6,1000")]
    sizes: Vec<usize>,
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "postgres,mysql,mariadb,sqlite"
    )]
    dialects: Vec<Dialect>,
    #[arg(long, value_delimiter = ',')]
    peers: Option<Vec<Peer>>,
    /// How often each is measured at most.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// How often each is measured at least, however long it takes.
    #[arg(long, default_value_t = 3)]
    at_least: usize,
    /// What takes long is measured no more often than fits into so many seconds.
    #[arg(long, default_value_t = 22.0)]
    seconds: f64,
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

pub fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut bench = Bench {
        arguments,
        pieces: BTreeMap::new(),
        all: All::default(),
        runtime,
        number: 0,
    };
    bench.prepare()?;
    let start = Instant::now();
    bench.round(true);
    for round in 1..=arguments.rounds {
        eprintln!(
            "{:.0} s: round {round} of {}",
            start.elapsed().as_secs_f64(),
            arguments.rounds
        );
        bench.round(false);
    }
    eprintln!("{:.0} s: measured", start.elapsed().as_secs_f64());
    page::write(&bench.all, &arguments.page)?;
    plot::write(&bench.all, &arguments.plot)
}

struct Bench<'a> {
    arguments: &'a Arguments,
    /// The work as SQL, a file for each engine and number of migrations.
    pieces: BTreeMap<(Dialect, usize), PathBuf>,
    all: All,
    runtime: Runtime,
    /// Of the latest database.
    number: usize,
}

impl Bench<'_> {
    fn prepare(&mut self) -> Result<()> {
        let arguments = self.arguments;
        let peers = arguments.peers.as_deref().unwrap_or(Peer::value_variants());
        for &dialect in &arguments.dialects {
            match self.runtime.block_on(place::version(dialect)) {
                Ok(version) => self.all.versions.push(version),
                Err(error) => eprintln!("{dialect}: {error:#}"),
            }
            for &size in &arguments.sizes {
                let file = arguments.directory.join(format!("{dialect}-{size}.json"));
                history::write_pieces(size, dialect, &file)?;
                self.pieces.insert((dialect, size), file);
                for &peer in peers {
                    let cell = Cell {
                        dialect,
                        size,
                        peer,
                    };
                    self.all.cells.insert(cell, Samples::default());
                }
            }
        }
        Ok(())
    }

    /// Every cell that is due once, in random order. What fails is noted, and the others go on.
    fn round(&mut self, counting: bool) {
        let is_due = |(_, samples): &(&Cell, &Samples)| counting || self.is_due(samples);
        let mut due: Vec<Cell> = self
            .all
            .cells
            .iter()
            .filter(is_due)
            .map(|it| *it.0)
            .collect();
        due.shuffle(&mut rand::rng());
        for cell in due {
            let start = Instant::now();
            let result = self.measure(cell, counting);
            let samples = self.all.cells.entry(cell).or_default();
            match result {
                Ok((fresh, again)) if counting => samples.counted = Some((fresh, again)),
                Ok((fresh, again)) => {
                    samples.spent += start.elapsed().as_secs_f64();
                    samples.fresh.add(&fresh);
                    samples.memory.push(fresh.peak_memory as f64);
                    if let Some(again) = again {
                        samples.nothing_to_do.add(&again);
                    }
                }
                Err(error) => {
                    eprintln!(
                        "{} on {}, {}: {error:#}",
                        cell.peer.name(),
                        cell.dialect,
                        cell.size
                    );
                    samples.failures.push(format!("{error:#}"));
                }
            }
        }
    }

    fn is_due(&self, samples: &Samples) -> bool {
        let count = samples.fresh.medians.len();
        let next = samples.spent / count.max(1) as f64;
        let fits =
            count < self.arguments.at_least || samples.spent + next <= self.arguments.seconds;
        fits && samples.failures.len() < FAILURES
    }

    /// New databases, one after the other, and then the first of them with nothing to do.
    fn measure(&mut self, cell: Cell, counting: bool) -> Result<(Cost, Option<Cost>)> {
        let databases = if counting || cell.size > SHORT {
            1
        } else {
            NEW_DATABASES
        };
        let mut places = Vec::new();
        for _ in 0..databases {
            self.number += 1;
            let place = Place::create(cell.dialect, self.number, &self.arguments.directory);
            let place = self.runtime.block_on(place);
            places.push(place.context("no database could be made")?);
        }
        let result = self.both(cell, &places, counting);
        for place in places {
            self.runtime
                .block_on(place.remove())
                .context("the database could not be removed")?;
        }
        result
    }

    fn both(&self, cell: Cell, places: &[Place], counting: bool) -> Result<(Cost, Option<Cost>)> {
        let fresh = self.start(cell, places, counting, 1)?;
        let first = places.get(..1).unwrap_or_default();
        let again = match (cell.peer.keeps_records(), counting) {
            (false, _) => None,
            (true, true) => Some(self.start(cell, first, counting, 1)?),
            (true, false) => Some(self.start(cell, first, counting, NO_OPS)?),
        };
        Ok((fresh, again))
    }

    /// One process.
    fn start(&self, cell: Cell, places: &[Place], counting: bool, times: usize) -> Result<Cost> {
        let peer = cell
            .peer
            .to_possible_value()
            .context("every peer has a word")?;
        let pieces = self
            .pieces
            .get(&(cell.dialect, cell.size))
            .context("no work was written")?;
        let (first, further) = places.split_first().context("no database was made")?;
        let mut command = Command::new("timeout");
        command
            .arg(LONGEST_SECONDS.to_string())
            .arg(std::env::current_exe()?)
            .args([
                "once",
                peer.get_name(),
                &cell.dialect.to_string(),
                &first.url,
            ])
            .args([Path::new(&cell.size.to_string()), pieces])
            .arg(format!("--times={times}"))
            .args(further.iter().map(|it| format!("--then={}", it.url)))
            .env("RUST_BACKTRACE", "0");
        if counting {
            command
                .arg("--count")
                .env("LD_PRELOAD", &self.arguments.syncs);
        }
        let output = command.output()?;
        if output.status.code() == Some(124) {
            bail!("it took longer than {LONGEST_SECONDS} s");
        }
        if !output.status.success() {
            bail!(
                "{}: {}",
                output.status,
                reason(&String::from_utf8_lossy(&output.stderr))
            );
        }
        // A peer may print, too.
        let text = String::from_utf8(output.stdout)?;
        Ok(serde_json::from_str(
            text.lines().last().unwrap_or_default(),
        )?)
    }
}

/// One line that says why.
fn reason(stderr: &str) -> &str {
    let line = stderr
        .lines()
        .find(|it| it.starts_with("Error:") || it.contains("panicked"));
    line.or(stderr.lines().next()).unwrap_or("it said nothing")
}
