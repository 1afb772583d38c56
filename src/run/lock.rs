//! The lock that lets one runner at a time change a database.
//!
//! It is never waited for in the server: a session that blocks there would deadlock with the holder's
//! `CREATE INDEX CONCURRENTLY` on PostgreSQL, and hang unnoticed behind a connection pooler. A try-lock is
//! polled instead, and the holder's connection is the one that runs the DDL, so that the lock ends with it.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::driver::{Driver, DriverError, DriverErrorKind};
use super::error::RunError;
use super::tracking::Tracking;
use crate::dialect::Dialect;

/// How long the first and the longest pause between two tries are.
const PAUSES: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(5)..=Duration::from_millis(200);

/// Takes the lock of the database, the schema and the tracking table that `driver` is connected to. On
/// SQLite that is the write lock of the transaction in which everything happens.
pub(crate) async fn acquire<D: Driver>(
    driver: &mut D,
    tracking: &Tracking,
    timeout: Duration,
) -> Result<(), RunError> {
    let start = Instant::now();
    let mut pause = *PAUSES.start();
    let mut told = false;
    loop {
        let taken = attempt(driver, tracking)
            .await
            .map_err(|source| RunError::Database {
                doing: "take the migration lock",
                source,
            })?;
        if taken {
            return Ok(());
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(RunError::Locked {
                waited: start.elapsed(),
            });
        }
        if !std::mem::replace(&mut told, true) {
            tracing::info!("waiting for another runner's migration lock");
        }
        sleep(pause.mul_f64(jitter()).min(left)).await;
        pause = (pause * 2).min(*PAUSES.end());
    }
}

async fn attempt<D: Driver>(driver: &mut D, tracking: &Tracking) -> Result<bool, DriverError> {
    let key = key(&tracking.table, driver.dialect());
    let sql = match driver.dialect() {
        Dialect::Postgres => format!("SELECT pg_try_advisory_lock({key})"),
        Dialect::MySql | Dialect::MariaDb => format!("SELECT GET_LOCK({key}, 0)"),
        Dialect::Sqlite => {
            return match driver.begin().await {
                Ok(()) => Ok(true),
                Err(error) if error.kind == DriverErrorKind::Busy => Ok(false),
                Err(error) => Err(error),
            };
        }
    };
    // Anything but a clear yes is no lock: MariaDB answers NULL where it could not even try.
    let rows = driver.rows(&sql).await?;
    let answer = rows.first().and_then(|row| row.first()).cloned().flatten();
    Ok(matches!(answer.as_deref(), Some("1" | "t" | "true")))
}

/// Gives the lock back. Only a connection that goes on living needs it: on every other the lock ends with
/// the session, and on SQLite with the transaction.
pub(crate) async fn release<D: Driver>(driver: &mut D, tracking: &Tracking) {
    let key = key(&tracking.table, driver.dialect());
    let sql = match driver.dialect() {
        Dialect::Postgres => format!("SELECT pg_advisory_unlock({key})"),
        Dialect::MySql | Dialect::MariaDb => format!("SELECT RELEASE_LOCK({key})"),
        Dialect::Sqlite => return,
    };
    if let Err(error) = driver.execute(&sql).await {
        tracing::warn!(%error, "the migration lock could not be released; it ends with the connection");
    }
}

/// The key as SQL. PostgreSQL's advisory locks are the database's own; MySQL's are the server's, so the
/// database is part of the name, hashed to fit into 64 characters.
fn key(table: &str, dialect: Dialect) -> String {
    let name = format!("hammerwork-migrations/{table}/");
    let name = dialect.quote_text(&name);
    match dialect {
        Dialect::Postgres => {
            format!("pg_catalog.hashtextextended({name} || pg_catalog.current_schema(), 0)")
        }
        Dialect::MySql | Dialect::MariaDb => {
            format!("CONCAT('hammerwork-', LEFT(SHA2(CONCAT({name}, DATABASE()), 256), 40))")
        }
        Dialect::Sqlite => name,
    }
}

/// Between a half and one and a half, so that runners who started together do not try together.
fn jitter() -> f64 {
    let random = RandomState::new().hash_one(Instant::now().elapsed());
    0.5 + (random % 1024) as f64 / 1024.0
}
