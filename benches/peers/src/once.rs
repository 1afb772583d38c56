//! The runs of one peer in a process of its own.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use hammerwork_migrations::Dialect;
use serde::{Deserialize, Serialize};

use crate::meter::{Counts, Meter, peak_memory};
use crate::peer::{Peer, Task};
use crate::turns::Turns;

#[derive(Args)]
pub struct Arguments {
    pub peer: Peer,
    pub dialect: Dialect,
    pub url: String,
    pub size: usize,
    /// The work as SQL.
    pub pieces: PathBuf,
    /// Further databases, which have their turn after the first.
    #[arg(long = "then")]
    pub further: Vec<String>,
    /// How often in each, every time on a connection of its own: the database has it all after the first.
    #[arg(long, default_value_t = 1)]
    pub times: usize,
    /// Count round trips to the first database, through a proxy, which takes time of its own.
    #[arg(long)]
    pub count: bool,
}

/// What it cost.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cost {
    /// Each time, in milliseconds.
    pub milliseconds: Vec<f64>,
    pub counts: Counts,
    /// The most memory that the process had, in KiB.
    pub peak_memory: u64,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (url, meter) = if arguments.count && arguments.dialect != Dialect::Sqlite {
        let turns = Turns::before(&arguments.url)?;
        (turns.url.clone(), Meter::behind(turns))
    } else {
        (arguments.url.clone(), Meter::default())
    };
    let parameters = arguments.peer.parameters(arguments.dialect);
    let mut milliseconds = Vec::new();
    for url in [&url].into_iter().chain(&arguments.further) {
        let task = Task {
            dialect: arguments.dialect,
            url: format!("{url}{parameters}"),
            size: arguments.size,
            pieces: arguments.pieces.clone(),
        };
        for _ in 0..arguments.times {
            let elapsed = arguments.peer.run(&task, &meter)?;
            milliseconds.push(elapsed.as_secs_f64() * 1000.0);
        }
    }
    let cost = Cost {
        milliseconds,
        counts: meter.counted(),
        peak_memory: peak_memory()?,
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}
