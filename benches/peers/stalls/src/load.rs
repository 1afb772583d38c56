//! A steady load. Every operation has a time at which it is due, and its latency counts from there: one that waits keeps
//! those waiting that come after it, as requests would, and none of them is left out.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use hammerwork_migrations::Dialect;
use sqlx::AssertSqlSafe;
use tokio::task::JoinHandle;

use crate::connection::Connection;
use crate::seed;

/// Connections of each kind.
const CLIENTS: u64 = 4;
/// Between two operations of one connection.
const EVERY: Duration = Duration::from_millis(20);

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Looks at one job, by its key.
    Reader,
    /// Changes one job, by its key; the status and a moment, which indexes hold.
    Writer,
}

/// An operation.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub due: Instant,
    /// From when it was due.
    pub latency: Duration,
    /// From when it was sent, which is later where those before it on its connection had to wait.
    pub statement: Duration,
}

/// What connections of one kind saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub samples: Vec<Sample>,
    /// How often each error came.
    pub errors: BTreeMap<String, usize>,
}

/// Connections that work until they are told when to end.
pub struct Load {
    readers: Vec<JoinHandle<Result<Seen>>>,
    writers: Vec<JoinHandle<Result<Seen>>>,
    end: Arc<OnceLock<Instant>>,
}

impl Load {
    pub async fn start(dialect: Dialect, url: &str, rows: u64) -> Result<Load> {
        let end: Arc<OnceLock<Instant>> = Arc::default();
        let start = Instant::now();
        let mut load = Load {
            readers: Vec::new(),
            writers: Vec::new(),
            end: end.clone(),
        };
        for number in 0..CLIENTS {
            for kind in [Kind::Reader, Kind::Writer] {
                let mut connection = Connection::open(dialect, url).await?;
                if dialect == Dialect::Sqlite {
                    // Else it gives up after five seconds, and the longest wait would not be seen.
                    connection
                        .execute(AssertSqlSafe("PRAGMA busy_timeout = 120000".to_owned()))
                        .await?;
                }
                let client = Client {
                    kind,
                    dialect,
                    connection,
                    number,
                    rows,
                    end: end.clone(),
                };
                let task = tokio::spawn(client.work(start));
                match kind {
                    Kind::Reader => load.readers.push(task),
                    Kind::Writer => load.writers.push(task),
                }
            }
        }
        Ok(load)
    }

    /// Nothing is due from `end` on; what is due before is still done. Readers first.
    pub async fn finish(self, end: Instant) -> Result<[Seen; 2]> {
        self.end
            .set(end)
            .map_err(|_| anyhow!("the load was finished before"))?;
        Ok([all(self.readers).await?, all(self.writers).await?])
    }
}

async fn all(tasks: Vec<JoinHandle<Result<Seen>>>) -> Result<Seen> {
    let mut all = Seen::default();
    for task in tasks {
        let seen = task.await??;
        all.samples.extend(seen.samples);
        for (error, count) in seen.errors {
            *all.errors.entry(error).or_default() += count;
        }
    }
    Ok(all)
}

struct Client {
    kind: Kind,
    dialect: Dialect,
    connection: Connection,
    number: u64,
    rows: u64,
    end: Arc<OnceLock<Instant>>,
}

impl Client {
    async fn work(mut self, start: Instant) -> Result<Seen> {
        let mut seen = Seen::default();
        let mut due = start + EVERY * u32::try_from(self.number)? / u32::try_from(CLIENTS)?;
        for turn in 0.. {
            tokio::time::sleep_until(due.into()).await;
            if self.end.get().is_some_and(|end| due >= *end) {
                break;
            }
            // Far from each other, so that no two of them want the same row.
            let row = (turn * CLIENTS + self.number).wrapping_mul(2_654_435_761) % self.rows + 1;
            let sql = self.operation(row);
            let sent = Instant::now();
            if let Err(error) = self.connection.execute(AssertSqlSafe(sql)).await {
                // Only what a server answers is an error of the load's; a connection that ends ends all.
                let error = error.downcast::<sqlx::Error>()?;
                let told = error.as_database_error().map(ToString::to_string);
                *seen.errors.entry(told.ok_or(error)?).or_default() += 1;
            }
            seen.samples.push(Sample {
                due,
                latency: due.elapsed(),
                statement: sent.elapsed(),
            });
            due += EVERY;
        }
        Ok(seen)
    }

    fn operation(&self, row: u64) -> String {
        let id = seed::id(row);
        let now = match self.dialect {
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => "CURRENT_TIMESTAMP",
            Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
        };
        match self.kind {
            Kind::Reader => {
                format!("SELECT queue_name, payload, status FROM hammerwork_jobs WHERE id = '{id}'")
            }
            Kind::Writer => format!(
                "UPDATE hammerwork_jobs SET status = CASE status WHEN 'Running' THEN 'Completed' ELSE 'Running' END, \
                 started_at = {now}, attempts = attempts + 1 WHERE id = '{id}'"
            ),
        }
    }
}
