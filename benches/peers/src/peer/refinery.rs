//! refinery.

use std::time::Duration;

use anyhow::Result;
use hammerwork_migrations::Dialect;
use refinery::{Migration, Runner};
use refinery_core::Migrate;

use super::Task;

use crate::meter::Meter;

pub fn run(task: &Task, meter: &Meter, grouped: bool) -> Result<Duration> {
    let migrations = task
        .pieces()?
        .iter()
        .map(|it| Migration::unapplied(&format!("V{}__{}", it.number, it.name), &it.script()))
        .collect::<Result<Vec<_>, _>>()?;
    let runner = Runner::new(&migrations).set_grouped(grouped);
    match task.dialect {
        Dialect::Postgres => {
            let client = refinery_core::postgres::Client::connect(
                &task.url,
                refinery_core::postgres::NoTls,
            )?;
            meter.time_blocking(|| run_all(&runner, client))
        }
        Dialect::MySql | Dialect::MariaDb => {
            let options = refinery_core::mysql::Opts::from_url(&task.url)?;
            let connection = refinery_core::mysql::Conn::new(options)?;
            meter.time_blocking(|| run_all(&runner, connection))
        }
        Dialect::Sqlite => {
            let path = task.url.trim_start_matches("sqlite://");
            let connection = refinery_core::rusqlite::Connection::open(path)?;
            meter.time_blocking(|| run_all(&runner, connection))
        }
    }
}

/// The connection is closed as it goes.
fn run_all(runner: &Runner, mut connection: impl Migrate) -> Result<()> {
    Ok(runner.run(&mut connection).map(drop)?)
}
