use std::time::Duration;

use anyhow::{Result, anyhow};
use diesel::{Connection, MysqlConnection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use hammerwork_migrations::Dialect;

use super::Task;
use crate::history;
use crate::meter::Meter;

pub fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let directory = tempfile::tempdir()?;
    for piece in history::pieces(task.size, task.dialect)? {
        let place = directory
            .path()
            .join(format!("{:05}_{}", piece.number, piece.name));
        std::fs::create_dir(&place)?;
        std::fs::write(place.join("up.sql"), piece.script())?;
        std::fs::write(place.join("down.sql"), "SELECT 1;")?;
    }
    let source = FileBasedMigrations::from_path(directory.path())?;
    match task.dialect {
        Dialect::Postgres => {
            let mut connection = PgConnection::establish(&task.url)?;
            meter.time_blocking(|| run_all(&mut connection, source))
        }
        Dialect::MySql | Dialect::MariaDb => {
            let mut connection = MysqlConnection::establish(&task.url)?;
            meter.time_blocking(|| run_all(&mut connection, source))
        }
        Dialect::Sqlite => {
            let path = task.url.trim_start_matches("sqlite://");
            let mut connection = SqliteConnection::establish(path)?;
            meter.time_blocking(|| run_all(&mut connection, source))
        }
    }
}

fn run_all<B: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<B>,
    source: FileBasedMigrations,
) -> Result<()> {
    let result = connection.run_pending_migrations(source);
    result.map(drop).map_err(|error| anyhow!("{error}"))
}
