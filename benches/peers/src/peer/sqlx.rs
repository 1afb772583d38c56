//! sqlx's own migrator.

use std::time::Duration;

use anyhow::{Context, Result};
use hammerwork_migrations::Dialect;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{
    Acquire, AssertSqlSafe, Connection, MySqlConnection, PgConnection, SqlSafeStr as _,
    SqliteConnection,
};

use super::Task;
use crate::history::Piece;
use crate::meter::Meter;

/// With its migrations in the program, as `sqlx::migrate!` puts them there.
pub async fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let migrations = task
        .pieces()?
        .into_iter()
        .map(migration)
        .collect::<Result<_>>()?;
    let mut migrator = Migrator::with_migrations(migrations);
    match task.dialect {
        Dialect::Postgres => {
            let connection = PgConnection::connect(&task.url).await?;
            meter.time(run_all(&migrator, connection)).await
        }
        Dialect::MySql | Dialect::MariaDb => {
            // Its lock is MySQL's alone.
            migrator.set_locking(task.dialect == Dialect::MySql);
            let connection = MySqlConnection::connect(&task.url).await?;
            meter.time(run_all(&migrator, connection)).await
        }
        Dialect::Sqlite => {
            let url = format!("{}?mode=rwc", task.url);
            let connection = SqliteConnection::connect(&url).await?;
            meter.time(run_all(&migrator, connection)).await
        }
    }
}

async fn run_all<C>(migrator: &Migrator, mut connection: C) -> Result<()>
where
    C: Connection + Migrate,
    for<'c> &'c mut C: Acquire<'c, Connection = &'c mut C>,
{
    migrator.run(&mut connection).await?;
    Ok(connection.close().await?)
}

fn migration(piece: Piece) -> Result<Migration> {
    let version = i64::try_from(piece.number).context("so many migrations have no numbers")?;
    let sql = AssertSqlSafe(piece.script()).into_sql_str();
    Ok(Migration::new(
        version,
        piece.name.into(),
        MigrationType::Simple,
        sql,
        false,
    ))
}
