//! What was measured.

use std::collections::{BTreeMap, BTreeSet};

use hammerwork_migrations::Dialect;

use crate::once::Cost;
use crate::peer::Peer;

/// What is measured of one peer: the same work, on the same engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub dialect: Dialect,
    pub size: usize,
    pub peer: Peer,
}

/// All that was measured of it.
#[derive(Debug, Default)]
pub struct Samples {
    /// A new database.
    pub fresh: Times,
    pub nothing_to_do: Times,
    /// In KiB.
    pub memory: Vec<f64>,
    /// Counted once: for a new database, and with nothing to do.
    pub counted: Option<(Cost, Option<Cost>)>,
    /// Why runs failed.
    pub failures: Vec<String>,
    /// In seconds, everything around the runs included.
    pub spent: f64,
}

/// In milliseconds, a value of each process.
#[derive(Debug, Default)]
pub struct Times {
    /// The median of its runs.
    pub medians: Vec<f64>,
    /// Its first run, where it has more of them.
    pub firsts: Vec<f64>,
}

impl Times {
    pub fn add(&mut self, cost: &Cost) {
        self.medians.extend(median(&cost.milliseconds));
        if let [first, _, ..] = cost.milliseconds[..] {
            self.firsts.push(first);
        }
    }
}

/// All that was measured of all.
#[derive(Debug, Default)]
pub struct All {
    pub cells: BTreeMap<Cell, Samples>,
    /// What the servers say they are.
    pub versions: Vec<String>,
}

impl All {
    pub fn peers(&self) -> BTreeSet<Peer> {
        self.cells.keys().map(|it| it.peer).collect()
    }

    /// How many times the one message a new database takes.
    pub fn fresh_ratio(&self, cell: Cell) -> Option<f64> {
        self.ratio(cell, Peer::OneMessage, |it| &it.fresh.medians)
    }

    /// The same where a process has done nothing before.
    pub fn first_fresh_ratio(&self, cell: Cell) -> Option<f64> {
        self.ratio(cell, Peer::OneMessage, |it| &it.fresh.firsts)
    }

    /// How many times the smallest honest migrator it takes to do nothing.
    pub fn nothing_ratio(&self, cell: Cell) -> Option<f64> {
        self.ratio(cell, Peer::Smallest, |it| &it.nothing_to_do.medians)
    }

    /// The same where a process has done nothing before.
    pub fn first_nothing_ratio(&self, cell: Cell) -> Option<f64> {
        self.ratio(cell, Peer::Smallest, |it| &it.nothing_to_do.firsts)
    }

    fn ratio(&self, cell: Cell, base: Peer, of: impl Fn(&Samples) -> &[f64]) -> Option<f64> {
        let of_peer = |peer| median(of(self.cells.get(&Cell { peer, ..cell })?));
        Some(of_peer(cell.peer)? / of_peer(base)?)
    }
}

/// None where there are no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*sorted.get(middle - 1)?, upper))
}
