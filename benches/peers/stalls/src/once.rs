//! One run under load.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use hammerwork_migrations::Dialect;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use crate::connection::Connection;
use crate::load::{Load, Sample, Seen};
use crate::way::{self, Starts, Way};

/// How long the load is watched before the migrations start, and after.
const BEFORE: Duration = Duration::from_secs(3);
const AFTER: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct Arguments {
    pub dialect: Dialect,
    pub url: String,
    pub way: Way,
    pub rows: u64,
}

/// All times in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub dialect: String,
    pub way: Way,
    pub rows: u64,
    pub total: f64,
    pub readers: Waits,
    pub writers: Waits,
    /// How long each migration took.
    pub took: BTreeMap<String, f64>,
}

/// What connections of one kind waited.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waits {
    /// From when the migrations started until they were through.
    pub longest: f64,
    /// The same from when it was sent: without what waited before it on its connection.
    pub longest_statement: f64,
    pub p99: f64,
    /// The longest in each migration, which is the one that made the most of it.
    pub by_migration: BTreeMap<String, f64>,
    /// Before the migrations started.
    pub longest_before: f64,
    pub errors: BTreeMap<String, usize>,
}

pub async fn run(arguments: &Arguments) -> Result<()> {
    let &Arguments {
        dialect,
        ref url,
        way,
        rows,
    } = arguments;
    warm(dialect, url).await?;
    let load = Load::start(dialect, url, rows).await?;
    tokio::time::sleep(BEFORE).await;
    let start = Instant::now();
    let result = way.run(dialect, url).await;
    let end = Instant::now();
    let [readers, writers] = load.finish(end + AFTER).await?;
    let starts = result?;
    way::check(dialect, url).await?;
    let spans = Spans { start, end, starts };
    let run = Run {
        dialect: dialect.to_string(),
        way,
        rows,
        total: milliseconds(end - start),
        readers: spans.waits(readers),
        writers: spans.waits(writers),
        took: spans
            .each()
            .map(|(name, from, to)| (name.to_owned(), milliseconds(to - from)))
            .collect(),
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// A server that was started just now has nothing in its memory.
async fn warm(dialect: Dialect, url: &str) -> Result<()> {
    let sql = "SELECT COUNT(*) FROM hammerwork_jobs WHERE attempts > 0";
    Connection::open(dialect, url)
        .await?
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
}

/// When the migrations ran.
struct Spans {
    start: Instant,
    end: Instant,
    starts: Starts,
}

impl Spans {
    fn each(&self) -> impl Iterator<Item = (&str, Instant, Instant)> {
        let ends = self
            .starts
            .iter()
            .skip(1)
            .map(|(_, next)| *next)
            .chain([self.end]);
        self.starts
            .iter()
            .zip(ends)
            .map(|((name, from), to)| (name.as_str(), *from, to))
    }

    fn waits(&self, seen: Seen) -> Waits {
        let is_during = |it: &&Sample| it.due + it.latency >= self.start && it.due < self.end;
        let (during, before): (Vec<&Sample>, Vec<&Sample>) =
            seen.samples.iter().partition(is_during);
        let mut by_migration = BTreeMap::new();
        for sample in &during {
            let Some(name) = self.most_of(sample) else {
                continue;
            };
            let longest: &mut f64 = by_migration.entry(name.to_owned()).or_default();
            *longest = longest.max(milliseconds(sample.latency));
        }
        let mut sorted: Vec<f64> = during.iter().map(|it| milliseconds(it.latency)).collect();
        sorted.sort_by(f64::total_cmp);
        Waits {
            longest_statement: during
                .iter()
                .map(|it| milliseconds(it.statement))
                .fold(0.0, f64::max),
            longest: sorted.last().copied().unwrap_or_default(),
            p99: sorted
                .get(sorted.len() * 99 / 100)
                .copied()
                .unwrap_or_default(),
            by_migration,
            longest_before: before
                .iter()
                .filter(|it| it.due < self.start)
                .map(|it| milliseconds(it.latency))
                .fold(0.0, f64::max),
            errors: seen.errors,
        }
    }

    /// The migration during which it waited longest.
    fn most_of(&self, sample: &Sample) -> Option<&str> {
        let done = sample.due + sample.latency;
        let shared = |from: Instant, to: Instant| {
            done.min(to).saturating_duration_since(sample.due.max(from))
        };
        self.each()
            .max_by_key(|(_, from, to)| shared(*from, *to))
            .map(|(name, ..)| name)
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
