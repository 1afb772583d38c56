//! What one run costs: time, round trips, syncs, memory.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde::{Deserialize, Serialize};

use crate::turns::Turns;

/// Counts while the work is done, and not before.
#[derive(Default)]
pub struct Meter {
    turns: Option<Turns>,
    counted: Mutex<Option<Counts>>,
}

/// What was counted during one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// None where nobody stood between.
    pub round_trips: Option<usize>,
    /// Waits for the disk in this process; none where nobody counted.
    pub syncs: Option<u64>,
}

impl Meter {
    /// Counts the round trips through a proxy.
    pub fn behind(turns: Turns) -> Meter {
        Meter {
            turns: Some(turns),
            counted: Mutex::default(),
        }
    }

    pub async fn time<T, E: Debug>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<Duration> {
        let before = self.counts();
        let start = Instant::now();
        let result = work.await;
        self.stop(start, before, result)
    }

    pub fn time_blocking<T, E: Debug>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<Duration> {
        let before = self.counts();
        let start = Instant::now();
        let result = work();
        self.stop(start, before, result)
    }

    /// What was counted in the latest run.
    pub fn counted(&self) -> Counts {
        self.counted
            .lock()
            .ok()
            .and_then(|it| *it)
            .unwrap_or_default()
    }

    fn stop<T, E: Debug>(
        &self,
        start: Instant,
        before: Counts,
        result: Result<T, E>,
    ) -> Result<Duration> {
        let elapsed = start.elapsed();
        let after = self.counts();
        let counts = Counts {
            round_trips: after
                .round_trips
                .zip(before.round_trips)
                .map(|(a, b)| a - b),
            syncs: after.syncs.zip(before.syncs).map(|(a, b)| a - b),
        };
        if let Ok(mut counted) = self.counted.lock() {
            *counted = Some(counts);
        }
        result.map_err(|error| anyhow!("{error:?}"))?;
        Ok(elapsed)
    }

    fn counts(&self) -> Counts {
        Counts {
            round_trips: self.turns.as_ref().map(Turns::count),
            syncs: syncs(),
        }
    }
}

/// The most memory that this process ever had, in KiB.
pub fn peak_memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|it| it.split_whitespace().next());
    Ok(number.ok_or_else(|| anyhow!("no VmHWM"))?.parse()?)
}

/// Asks the preloaded counter, where there is one.
fn syncs() -> Option<u64> {
    // SAFETY: the one library that has a function of this name gives it this type.
    unsafe {
        let function = libc::dlsym(libc::RTLD_DEFAULT, c"syncs_so_far".as_ptr());
        if function.is_null() {
            return None;
        }
        let function: extern "C" fn() -> u64 = std::mem::transmute(function);
        Some(function())
    }
}
