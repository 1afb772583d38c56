use std::time::Duration;

use anyhow::Result;
use hammerwork_migrations::Dialect;
use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::{MySqlConnection, PgConnection, SqliteConnection};

use super::Task;
use crate::history;
use crate::meter::Meter;

pub async fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let directory = tempfile::tempdir()?;
    for piece in history::pieces(task.size, task.dialect)? {
        let name = format!("{:05}_{}.sql", piece.number, piece.name);
        std::fs::write(directory.path().join(name), piece.script())?;
    }
    let mut migrator = Migrator::new(directory.path()).await?;
    match task.dialect {
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(&task.url).await?;
            meter.time(migrator.run(&mut connection)).await
        }
        Dialect::MySql | Dialect::MariaDb => {
            // Its lock is MySQL's alone.
            migrator.set_locking(task.dialect == Dialect::MySql);
            let mut connection = MySqlConnection::connect(&task.url).await?;
            meter.time(migrator.run(&mut connection)).await
        }
        Dialect::Sqlite => {
            let url = format!("{}?mode=rwc", task.url);
            let mut connection = SqliteConnection::connect(&url).await?;
            meter.time(migrator.run(&mut connection)).await
        }
    }
}
