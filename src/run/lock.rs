//! The lock that lets one runner at a time change a database.
//!
//! It is never waited for in the server: a session that blocks there would deadlock with the holder's
//! `CREATE INDEX CONCURRENTLY` on PostgreSQL, and hang unnoticed behind a connection pooler. A try-lock is
//! polled instead, and the holder's connection is the one that runs the DDL, so that the lock ends with it.

use std::fmt;
use std::time::Duration;

use super::driver::{DriverError, DriverErrorKind, DynDriver, Row};
use super::error::RunError;
use super::event::{Event, Observer};
use super::patience::Backoff;
use super::session::Session;
use super::stop::Stop;
use super::tracking::Tracking;
use crate::checksum;
use crate::dialect::Dialect;

/// The pauses between two tries.
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(200);

/// The session that has the migration lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Holder {
    /// Its number: the process id of its backend on PostgreSQL, the connection id on MySQL and MariaDB; none
    /// on SQLite, which does not say.
    pub session: Option<u64>,
    /// Where it comes from.
    pub host: Option<String>,
    /// Since when it has been connected (PostgreSQL), or for how many seconds in its present state (MySQL,
    /// MariaDB).
    pub since: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.session {
            Some(session) => write!(f, "session {session}")?,
            None => f.write_str("another process")?,
        }
        if let Some(host) = &self.host {
            write!(f, " from {host}")?;
        }
        match &self.since {
            Some(since) => write!(f, ", {since}"),
            None => Ok(()),
        }
    }
}

/// What goes to the server in one message with the lock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Along<'a> {
    /// What is set first.
    pub(crate) settings: Option<&'a str>,
    /// What is asked where the lock was had, and sent in any case.
    pub(crate) question: Option<&'a str>,
}

/// Whether the first value of a row is true, as engines say it.
pub(crate) fn is_yes(row: &Row) -> bool {
    let answer = row.first().cloned().flatten();
    matches!(answer.as_deref(), Some("1" | "t" | "true"))
}

/// The lock of one database, schema and tracking table.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    dialect: Dialect,
    /// The lock's name or number, as SQL.
    key: String,
}

impl Lock {
    pub(crate) fn of(session: &Session, tracking: &Tracking) -> Self {
        let dialect = session.dialect;
        let schema = session.schema.as_deref().unwrap_or_default();
        let name = format!("hammerwork-migrations/{schema}/{}", tracking.table);
        let name = dialect.quote_text(&name);
        let key = match dialect {
            // Advisory locks are the database's own.
            Dialect::Postgres => postgres_key(&dialect.quote_text(schema), tracking),
            // Locks are the server's: the database belongs into the name, which may have 64 characters.
            Dialect::MySql | Dialect::MariaDb => {
                format!(
                    "CONCAT('hammerwork-', LEFT(SHA2(CONCAT({name}, '/', DATABASE()), 256), 40))"
                )
            }
            Dialect::Sqlite => name,
        };
        Lock { dialect, key }
    }

    /// SQL that is true where the lock was had for the transaction it stands in, on PostgreSQL. `schema` is SQL for the name
    /// of the schema.
    pub(crate) fn try_within(schema: &str, tracking: &Tracking) -> String {
        let key = postgres_key(schema, tracking);
        format!("pg_catalog.pg_try_advisory_xact_lock({key})")
    }

    /// Takes the lock for the session. On SQLite that is the write lock of the transaction in which
    /// everything happens.
    pub(crate) async fn acquire(
        &self,
        driver: &mut dyn DynDriver,
        patience: Duration,
        observer: &Observer,
        stop: &Stop,
    ) -> Result<(), RunError> {
        self.acquire_and_ask(driver, Along::default(), patience, observer, stop)
            .await
            .map(drop)
    }

    /// The same; gives the answer to the question that goes along.
    pub(crate) async fn acquire_and_ask(
        &self,
        driver: &mut dyn DynDriver,
        along: Along<'_>,
        patience: Duration,
        observer: &Observer,
        stop: &Stop,
    ) -> Result<Vec<Row>, RunError> {
        let mut backoff = Backoff::new(patience, SHORTEST, LONGEST);
        let mut told = false;
        loop {
            stop.check(None)?;
            let taken = self
                .attempt(driver, along)
                .await
                .map_err(|source| RunError::Database {
                    doing: "take the migration lock",
                    source,
                })?;
            if let Some(rows) = taken {
                return Ok(rows);
            }
            let Some(pause) = backoff.next() else {
                return Err(RunError::Locked {
                    waited: backoff.elapsed(),
                    holder: self.waited_for(driver).await,
                });
            };
            if !std::mem::replace(&mut told, true) {
                let holder = self.waited_for(driver).await;
                observer.tell(Event::Waiting { holder });
            }
            Backoff::wait(pause).await;
        }
    }

    /// Who keeps this run waiting, so far as it can be told; to be told is not worth an error.
    pub(crate) async fn waited_for(&self, driver: &mut dyn DynDriver) -> Option<Holder> {
        match self.dialect {
            // To ask would be to wait once more.
            Dialect::Sqlite => Some(Holder::default()),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                self.holder(driver).await.unwrap_or_default()
            }
        }
    }

    /// Who has the lock; none where nobody has. SQLite says no more than that somebody has.
    pub(crate) async fn holder(
        &self,
        driver: &mut dyn DynDriver,
    ) -> Result<Option<Holder>, DriverError> {
        let key = &self.key;
        let sql = match self.dialect {
            // https://www.postgresql.org/docs/current/view-pg-locks.html: a key of 64 bits is shown in halves.
            Dialect::Postgres => format!(
                "SELECT l.pid, \
                     CASE WHEN a.backend_start IS NOT NULL THEN COALESCE(host(a.client_addr), 'a local socket') END, \
                     'connected since ' || to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' \
                 FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
                     AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
                     AND ((l.classid::bigint << 32) | l.objid::bigint) = {key}"
            ),
            Dialect::MySql | Dialect::MariaDb => format!(
                "SELECT l.id, p.HOST, CONCAT('for at least ', p.TIME, ' s') \
                 FROM (SELECT IS_USED_LOCK({key}) AS id) l \
                 LEFT JOIN information_schema.PROCESSLIST p ON p.ID = l.id WHERE l.id IS NOT NULL"
            ),
            Dialect::Sqlite => {
                return match driver.begin().await {
                    Ok(()) => driver.rollback().await.map(|()| None),
                    Err(error) if error.kind == DriverErrorKind::Busy => {
                        Ok(Some(Holder::default()))
                    }
                    Err(error) => Err(error),
                };
            }
        };
        let rows = driver.rows(&sql).await?;
        Ok(rows.into_iter().next().map(read_holder))
    }

    /// SQL that takes the lock for the transaction it stands in, or fails: what is safe behind a connection
    /// pooler that gives each transaction another session.
    pub(crate) fn transaction_guard(&self) -> String {
        format!(
            "DO $hammerwork$ BEGIN \
             IF NOT pg_catalog.pg_try_advisory_xact_lock({}) THEN \
             RAISE EXCEPTION 'another runner holds the migration lock' USING ERRCODE = '{LOCKED}'; \
             END IF; END $hammerwork$",
            self.key
        )
    }

    /// SQLite: gives the lock back, and keeps what was done. Readers may keep a commit waiting.
    pub(crate) async fn commit(
        &self,
        driver: &mut dyn DynDriver,
        patience: Duration,
    ) -> Result<(), RunError> {
        let mut retries = Backoff::new(
            patience,
            Duration::from_millis(20),
            Duration::from_millis(500),
        );
        while let Err(source) = driver.commit().await {
            let pause = retries
                .next()
                .filter(|_| source.kind == DriverErrorKind::Busy);
            let Some(pause) = pause else {
                return Err(RunError::Database {
                    doing: "commit",
                    source,
                });
            };
            Backoff::wait(pause).await;
        }
        Ok(())
    }

    /// None: somebody else has it.
    async fn attempt(
        &self,
        driver: &mut dyn DynDriver,
        along: Along<'_>,
    ) -> Result<Option<Vec<Row>>, DriverError> {
        let key = &self.key;
        let lock = match self.dialect {
            // With the lock come short keepalives: a network that is cut must not keep it for hours. And no question is
            // compiled: that takes longer than to answer it, 0.1 s where 1,000 tables are asked for.
            Dialect::Postgres => format!(
                "SELECT pg_catalog.pg_try_advisory_lock({key}), \
                     pg_catalog.set_config('tcp_keepalives_idle', '3', false), \
                     pg_catalog.set_config('tcp_keepalives_interval', '1', false), \
                     pg_catalog.set_config('tcp_keepalives_count', '3', false), \
                     pg_catalog.set_config('jit', 'off', false)"
            ),
            Dialect::MySql | Dialect::MariaDb => format!("SELECT GET_LOCK({key}, 0)"),
            Dialect::Sqlite => {
                return match (driver.begin().await, along.question) {
                    (Ok(()), Some(question)) => driver.rows(question).await.map(Some),
                    (Ok(()), None) => Ok(Some(Vec::new())),
                    (Err(error), _) if error.kind == DriverErrorKind::Busy => Ok(None),
                    (Err(error), _) => Err(error),
                };
            }
        };
        let parts = [along.settings, Some(&lock), along.question];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        let mut rows = driver.rows(&parts.join("; ")).await?.into_iter();
        // Anything but a clear yes is no lock: MariaDB answers NULL where it could not even try.
        let is_taken = rows.next().is_some_and(|row| is_yes(&row));
        Ok(is_taken.then(|| rows.collect()))
    }

    /// SQL that gives the lock back on a connection that its owner keeps. Every other is closed, and the lock
    /// with it.
    pub(crate) fn release(&self) -> Option<String> {
        match self.dialect {
            Dialect::MySql | Dialect::MariaDb => Some(format!("DO RELEASE_LOCK({})", self.key)),
            // A connection that is lent to us takes the lock for single transactions only.
            Dialect::Postgres | Dialect::Sqlite => None,
        }
    }
}

/// The number of PostgreSQL's lock for a schema, whose name is given as SQL, and a tracking table. Its server, which may be alone
/// in knowing the schema, hashes that; to have it join texts first would take a new session as long as to make an index.
fn postgres_key(schema: &str, tracking: &Tracking) -> String {
    let seed = checksum::number(&format!("hammerwork-migrations/{}", tracking.table));
    format!("pg_catalog.hashtextextended({schema}, '{seed}')")
}

/// What [`Lock::transaction_guard`] fails with: a code of our own, in a class that PostgreSQL leaves free.
pub(crate) const LOCKED: &str = "HM001";

fn read_holder(row: Row) -> Holder {
    let mut values = row.into_iter();
    let mut next = || values.next().flatten();
    Holder {
        session: next().and_then(|id| id.parse().ok()),
        host: next(),
        since: next(),
    }
}
