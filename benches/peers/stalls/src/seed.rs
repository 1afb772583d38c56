//! The table of jobs at 001, with its rows. They are made in the server.

use anyhow::Result;
use clap::Args;
use hammerwork_migrations::Dialect;
use sqlx::AssertSqlSafe;

use crate::connection::Connection;
use crate::way;

#[derive(Args)]
pub struct Arguments {
    pub dialect: Dialect,
    pub url: String,
    pub rows: u64,
}

pub async fn run(arguments: &Arguments) -> Result<()> {
    let &Arguments {
        dialect,
        ref url,
        rows,
    } = arguments;
    way::migrate(dialect, url, way::builtin().up_to("001_initial_schema")).await?;
    let mut connection = Connection::open(dialect, url).await?;
    for sql in before(dialect)
        .into_iter()
        .map(str::to_owned)
        .chain([insert(dialect, rows)])
    {
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    for sql in after(dialect) {
        connection.execute(AssertSqlSafe((*sql).to_owned())).await?;
    }
    Ok(())
}

/// The id of the row of this number, counted from 1.
pub fn id(number: u64) -> String {
    format!("00000000-0000-7000-8000-{number:012x}")
}

fn before(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => None,
        Dialect::Sqlite => Some("PRAGMA journal_mode = WAL"),
    }
}

/// As a server that has had the rows for long would have it.
fn after(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &["VACUUM ANALYZE hammerwork_jobs", "CHECKPOINT"],
        Dialect::MySql | Dialect::MariaDb => &["ANALYZE TABLE hammerwork_jobs"],
        Dialect::Sqlite => &["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"],
    }
}

/// Most jobs are done, as in a queue that nobody empties; one of a hundred waits, and one has failed.
fn insert(dialect: Dialect, rows: u64) -> String {
    // Three times as many as a recursion may be deep without a setting.
    let side = (1..)
        .find(|side| side * side * side >= rows)
        .unwrap_or_default();
    let [id, moment] = match dialect {
        Dialect::Postgres => [
            "CAST('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0') AS UUID)",
            "TIMESTAMPTZ '2026-01-05 00:00:00+00' + number * INTERVAL '1 second'",
        ],
        Dialect::MySql | Dialect::MariaDb => [
            "CONCAT('00000000-0000-7000-8000-', LPAD(LOWER(HEX(number)), 12, '0'))",
            "TIMESTAMPADD(SECOND, number, '2026-01-05 00:00:00')",
        ],
        Dialect::Sqlite => [
            "printf('00000000-0000-7000-8000-%012x', number)",
            "strftime('%Y-%m-%dT%H:%M:%SZ', 1767571200 + number, 'unixepoch')",
        ],
    };
    let payload =
        r#"'{"to": "somebody@example.com", "subject": "Your order is on its way", "template": 7}'"#;
    let payload = match dialect {
        Dialect::Postgres => format!("CAST({payload} AS JSONB)"),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => payload.to_owned(),
    };
    let queue = match dialect {
        Dialect::Postgres | Dialect::Sqlite => "'queue_' || number % 10",
        Dialect::MySql | Dialect::MariaDb => "CONCAT('queue_', number % 10)",
    };
    format!(
        "INSERT INTO hammerwork_jobs \
             (id, queue_name, payload, status, attempts, created_at, scheduled_at, started_at, completed_at, failed_at) \
         WITH RECURSIVE \
             digit (d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM digit WHERE d < {side} - 1), \
             numbered (number) AS ( \
                 SELECT 1 + c.d + {side} * (b.d + {side} * a.d) FROM digit a, digit b, digit c), \
             job (number, at) AS (SELECT number, {moment} FROM numbered WHERE number <= {rows}) \
         SELECT {id}, {queue}, {payload}, \
             CASE number % 100 WHEN 0 THEN 'Pending' WHEN 1 THEN 'Failed' ELSE 'Completed' END, \
             1, at, at, at, \
             CASE WHEN number % 100 > 1 THEN at END, CASE number % 100 WHEN 1 THEN at END \
         FROM job"
    )
}
