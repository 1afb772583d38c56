//! This library.

use std::time::Duration;

use anyhow::Result;
use hammerwork_migrations::run::driver::{connect_mysql, connect_postgres, connect_sqlite};
use hammerwork_migrations::{Dialect, Migrator};

use super::Task;
use crate::history;
use crate::meter::Meter;

pub async fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let migrator = Migrator::new(history::migrations(task.size));
    match task.dialect {
        Dialect::Postgres => {
            let driver = connect_postgres(&task.url).await?;
            meter.time(migrator.run(driver)).await
        }
        Dialect::MySql | Dialect::MariaDb => {
            let driver = connect_mysql(&task.url).await?;
            meter.time(migrator.run(driver)).await
        }
        Dialect::Sqlite => {
            let driver = connect_sqlite(&task.url, true).await?;
            meter.time(migrator.run(driver)).await
        }
    }
}
