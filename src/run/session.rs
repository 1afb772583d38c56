//! What a session must be like before it changes a schema, and what it must be told about the server.
//!
//! On PostgreSQL nothing is set for the session, unless it is proven ours alone: every transaction sets what it
//! needs for itself. So a connection that is lent to us comes back as it was, and one behind a pooler leaks nothing. MySQL and
//! MariaDB have no such settings: the session is set, and set back where its owner keeps it.

use std::time::Duration;

use super::driver::{DriverError, DriverErrorKind, DynDriver, MARK, Row};
use super::error::RunError;
use super::patience::Patience;
use super::tracking::Tracking;
use crate::dialect::Dialect;

/// The mode in which MySQL and MariaDB read our SQL, whatever the server's is: strict, with quotes and
/// backslashes as the renderers write them.
pub(crate) const SQL_MODE: &str = "STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// For how long MySQL and MariaDB keep a session, and so its lock, that has gone silent.
const SILENCE: Duration = Duration::from_secs(60);

/// What is known of a session.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) dialect: Dialect,
    /// The schema of PostgreSQL that everything is in.
    pub(crate) schema: Option<String>,
    /// Whether the session is surely ours alone, so that it can hold a lock from one transaction to the next.
    pub(crate) exclusive: bool,
    /// Whether NOT NULL timestamps without a default stay without one.
    explicit_timestamps: bool,
    /// Whether the server knows of grants: one of MySQL or MariaDB may have been started without.
    pub(crate) knows_grants: bool,
    /// What is to be set, as SQL.
    settings: Option<String>,
    /// What the session's owner had set, as SQL that sets it again.
    restore: Option<String>,
    patience: Patience,
}

impl Session {
    /// Finds out what the server is, and in which schema everything happens. What is to be set is [set](Self::prepare)
    /// later, or together with the lock.
    pub(crate) async fn open(
        driver: &mut dyn DynDriver,
        tracking: &Tracking,
        patience: Patience,
        allow_cluster: bool,
    ) -> Result<Session, RunError> {
        match driver.dialect() {
            Dialect::Postgres => open_postgres(driver, tracking, patience).await,
            Dialect::MySql | Dialect::MariaDb => open_mysql(driver, patience, allow_cluster).await,
            Dialect::Sqlite => Ok(Session::of_sqlite(patience)),
        }
    }

    /// One of SQLite, of which there is nothing to ask.
    pub(crate) fn of_sqlite(patience: Patience) -> Session {
        Session {
            dialect: Dialect::Sqlite,
            exclusive: true,
            ..Session::unknown(patience)
        }
    }

    /// One of PostgreSQL that has not been asked anything: it may be anybody's, and in any schema.
    pub(crate) fn unknown(patience: Patience) -> Session {
        Session {
            dialect: Dialect::Postgres,
            schema: None,
            exclusive: false,
            explicit_timestamps: true,
            knows_grants: true,
            settings: None,
            restore: None,
            patience,
        }
    }

    /// What is to be set, as SQL.
    pub(crate) fn settings(&self) -> Option<&str> {
        self.settings.as_deref()
    }

    /// Makes the session what it must be. What its owner had set is set again if the run is dropped.
    pub(crate) async fn prepare(&self, driver: &mut dyn DynDriver) -> Result<(), RunError> {
        let Some(settings) = &self.settings else {
            return Ok(());
        };
        driver.at_parting(self.restore.clone());
        driver.execute(settings).await.map_err(failed)
    }

    /// PostgreSQL: what every transaction sets for itself. Temporary tables come last, so that none shadows
    /// what is meant.
    pub(crate) fn transaction_settings(&self) -> String {
        self.search_path("SET LOCAL") + &self.timeouts("SET LOCAL", self.patience.table_lock)
    }

    /// Those of them that say how long to wait.
    pub(crate) fn transaction_timeouts(&self) -> String {
        self.timeouts("SET LOCAL", self.patience.table_lock)
    }

    /// PostgreSQL: what is set for the session, where it is ours alone, before what can't be in a transaction. Such
    /// a statement keeps no reader and no writer waiting behind it, so it may wait longer itself.
    pub(crate) fn concurrent_settings(&self) -> String {
        self.search_path("SET") + &self.timeouts("SET", self.patience.retries)
    }

    fn search_path(&self, set: &str) -> String {
        let schema = self.schema.as_deref().unwrap_or_default();
        let path = self.dialect.quote(schema);
        format!("{set} search_path TO {path}, pg_temp;\n")
    }

    fn timeouts(&self, set: &str, lock_timeout: Duration) -> String {
        // To PostgreSQL, zero is for ever.
        let milliseconds = |time: Option<Duration>| time.map_or(0, |it| it.as_millis().max(1));
        format!(
            "{set} lock_timeout = {};\n\
             {set} statement_timeout = {};\n",
            milliseconds(Some(lock_timeout)),
            milliseconds(self.patience.statement),
        )
    }

    /// Makes sure that NOT NULL timestamps stay as they are written.
    pub(crate) async fn make_timestamps_explicit(
        &self,
        driver: &mut dyn DynDriver,
    ) -> Result<(), RunError> {
        if self.explicit_timestamps {
            return Ok(());
        }
        driver
            .execute("SET SESSION explicit_defaults_for_timestamp = ON")
            .await
            .map_err(|source| RunError::ImplicitTimestamps { source })
    }

    /// SQL that sets what the connection's owner had set.
    pub(crate) fn parting(&self) -> Option<&str> {
        self.restore.as_deref()
    }

    /// Gives a connection that was lent to us its settings back.
    pub(crate) async fn restore(&self, driver: &mut dyn DynDriver) {
        let Some(sql) = &self.restore else {
            return;
        };
        let mut result = driver.execute(sql).await;
        if result.is_ok() && !self.explicit_timestamps {
            result = restore_timestamps(driver).await;
        }
        if let Err(error) = result {
            tracing::warn!(%error, "the connection's settings could not be restored");
        }
    }
}

/// Only where it has been set, because setting it takes a privilege.
async fn restore_timestamps(driver: &mut dyn DynDriver) -> Result<(), DriverError> {
    let rows = driver
        .rows("SELECT @@SESSION.explicit_defaults_for_timestamp")
        .await?;
    let now = rows.first().and_then(|row| row.first()).cloned().flatten();
    if is_on(now.as_deref()) {
        driver
            .execute("SET SESSION explicit_defaults_for_timestamp = OFF")
            .await?;
    }
    Ok(())
}

fn is_on(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "ON"))
}

async fn open_postgres(
    driver: &mut dyn DynDriver,
    tracking: &Tracking,
    patience: Patience,
) -> Result<Session, RunError> {
    let schema = tracking.postgres_schema();
    let rows = driver
        .rows(&format!(
            "SELECT {schema}, pg_catalog.current_setting('{MARK}', true), \
             pg_catalog.now() <> pg_catalog.statement_timestamp()"
        ))
        .await
        .map_err(failed)?;
    let mut values = rows.into_iter().next().unwrap_or_default().into_iter();
    let mut next = || values.next().flatten();
    let schema = next()
        // What goes into a session's own temporary schema is gone with the session.
        .filter(|schema| !schema.starts_with("pg_temp"));
    driver.identify(&next().unwrap_or_default());
    // A transaction that was begun behind sqlx's back.
    if next().as_deref() == Some("t") {
        return Err(RunError::InTransaction);
    }
    if schema.is_none() {
        return Err(RunError::MissingSchema {
            schema: tracking.schema.clone(),
        });
    }
    Ok(Session {
        dialect: Dialect::Postgres,
        schema,
        exclusive: driver.is_exclusive().await.map_err(failed)?,
        explicit_timestamps: true,
        knows_grants: true,
        settings: None,
        restore: None,
        patience,
    })
}

async fn open_mysql(
    driver: &mut dyn DynDriver,
    patience: Patience,
    allow_cluster: bool,
) -> Result<Session, RunError> {
    let cluster = if allow_cluster { "" } else { CLUSTER };
    let mut answer = driver.rows(&format!("{SESSION}{cluster}")).await;
    // A MariaDB that was built without Galera.
    if matches!(&answer, Err(it) if it.code.as_deref() == Some(UNKNOWN_VARIABLE)) {
        answer = driver.rows(SESSION).await;
    }
    let mut rows = answer.map_err(failed)?.into_iter();
    let mut values = rows.next().unwrap_or_default().into_iter();
    let mut next = || values.next().flatten();
    driver.identify(&next().unwrap_or_default());
    let dialect = driver.dialect();
    if next().is_none() {
        return Err(RunError::MissingDatabase);
    }
    let explicit_timestamps = is_on(next().as_deref());
    let [lock, row_lock, silence] = [next(), next(), next()].map(number);
    let [mode, zone] = [next(), next()].map(|text| dialect.quote_text(&text.unwrap_or_default()));
    let knows_grants = !next().is_some_and(|it| GRANTLESS.contains(&it.as_str()));
    let restore = driver
        .is_borrowed()
        .then(|| mysql_settings(&lock, &row_lock, &silence, &mode, &zone));
    refuse_cluster(dialect, rows.collect())?;
    // Whole seconds, and at least one: zero would not wait at all.
    let seconds = patience.table_lock.as_secs().max(1).to_string();
    let settings = mysql_settings(
        &seconds,
        &seconds,
        &SILENCE.as_secs().to_string(),
        &dialect.quote_text(SQL_MODE),
        "'+00:00'",
    );
    Ok(Session {
        dialect,
        schema: None,
        exclusive: true,
        explicit_timestamps,
        knows_grants,
        settings: Some(settings),
        restore,
        patience,
    })
}

fn mysql_settings(lock: &str, row_lock: &str, silence: &str, mode: &str, zone: &str) -> String {
    format!(
        "SET SESSION lock_wait_timeout = {lock}, SESSION innodb_lock_wait_timeout = {row_lock}, \
         SESSION wait_timeout = {silence}, SESSION sql_mode = {mode}, SESSION time_zone = {zone}"
    )
}

/// What the server says is a number goes back to it as one, and as nothing else.
fn number(text: Option<String>) -> String {
    text.and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(1)
        .to_string()
}

/// What MySQL and MariaDB are asked of a session.
const SESSION: &str = "SELECT VERSION(), DATABASE(), @@SESSION.explicit_defaults_for_timestamp, @@SESSION.lock_wait_timeout, \
                       @@SESSION.innodb_lock_wait_timeout, @@SESSION.wait_timeout, @@SESSION.sql_mode, @@SESSION.time_zone, CURRENT_USER()";

/// Whom MySQL and MariaDB take everybody for where they were started with `skip-grant-tables`; they refuse to tell of grants then.
const GRANTLESS: [&str; 2] = ["skip-grants user@skip-grants host", "@"];

/// ER_UNKNOWN_SYSTEM_VARIABLE
const UNKNOWN_VARIABLE: &str = "1193";

/// What a server knows of a cluster that it is part of. To go through all variables takes MariaDB as long as to make a table,
/// so it is asked for two by their names; MySQL would not know them, and each of both servers passes over what is for the other.
const CLUSTER: &str = concat!(
    "; /*M!100100 SELECT @@GLOBAL.wsrep_on, @@GLOBAL.wsrep_cluster_address */",
    "/*!50700 SHOW GLOBAL VARIABLES WHERE Variable_name IN \
     ('wsrep_on', 'wsrep_cluster_address', 'group_replication_group_name') */"
);

/// A lock of `GET_LOCK` is one node's own: on a cluster that is written to in several places it keeps nobody
/// out.
fn refuse_cluster(dialect: Dialect, rows: Vec<Row>) -> Result<(), RunError> {
    let value = |name: &str| {
        let mut named = rows.iter().map(|row| (text(row, 0), text(row, 1)));
        named.find(|(it, _)| *it == name).map_or("", |(_, it)| it)
    };
    let first = rows.first();
    let (galera, address, group) = match dialect {
        Dialect::MariaDb => (
            first.map_or("", |it| text(it, 0)),
            first.map_or("", |it| text(it, 1)),
            "",
        ),
        Dialect::MySql | Dialect::Postgres | Dialect::Sqlite => (
            value("wsrep_on"),
            value("wsrep_cluster_address"),
            value("group_replication_group_name"),
        ),
    };
    let cluster = if is_on(Some(galera)) && !address.is_empty() {
        "Galera"
    } else if !group.is_empty() {
        "Group Replication"
    } else {
        return Ok(());
    };
    Err(RunError::Cluster { cluster })
}

fn text(row: &Row, column: usize) -> &str {
    row.get(column)
        .and_then(Option::as_deref)
        .unwrap_or_default()
}

fn failed(source: DriverError) -> RunError {
    match (source.kind, source.code.as_deref()) {
        (DriverErrorKind::Other, Some("1046")) => RunError::MissingDatabase,
        (_, _) => RunError::Database {
            doing: "prepare the session",
            source,
        },
    }
}
