//! refinery.

use std::time::Duration;

use anyhow::Result;
use hammerwork_migrations::Dialect;
use refinery::{Migration, Runner};

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
            let mut client = refinery_core::postgres::Client::connect(
                &task.url,
                refinery_core::postgres::NoTls,
            )?;
            meter.time_blocking(|| runner.run(&mut client))
        }
        Dialect::MySql | Dialect::MariaDb => {
            let options = refinery_core::mysql::Opts::from_url(&task.url)?;
            let mut connection = refinery_core::mysql::Conn::new(options)?;
            meter.time_blocking(|| runner.run(&mut connection))
        }
        Dialect::Sqlite => {
            let path = task.url.trim_start_matches("sqlite://");
            let mut connection = refinery_core::rusqlite::Connection::open(path)?;
            meter.time_blocking(|| runner.run(&mut connection))
        }
    }
}
