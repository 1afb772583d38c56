//! diesel_migrations.

use std::time::Duration;

use anyhow::{Result, anyhow};
use diesel::{Connection, MysqlConnection, PgConnection, SqliteConnection};
use diesel_migrations::{
    EmbeddedMigration, EmbeddedMigrations, EmbeddedName, MigrationHarness, TomlMetadataWrapper,
};
use hammerwork_migrations::Dialect;

use super::Task;
use crate::history::Piece;
use crate::meter::Meter;

/// With its migrations in the program, as `embed_migrations!` puts them there.
pub fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let migrations: Vec<EmbeddedMigration> = task.pieces()?.iter().map(migration).collect();
    let source = EmbeddedMigrations::new(migrations.leak());
    match task.dialect {
        Dialect::Postgres => {
            let connection = PgConnection::establish(&task.url)?;
            meter.time_blocking(|| run_all(connection, source))
        }
        Dialect::MySql | Dialect::MariaDb => {
            let connection = MysqlConnection::establish(&task.url)?;
            meter.time_blocking(|| run_all(connection, source))
        }
        Dialect::Sqlite => {
            let path = task.url.trim_start_matches("sqlite://");
            let connection = SqliteConnection::establish(path)?;
            meter.time_blocking(|| run_all(connection, source))
        }
    }
}

/// The connection is closed as it goes.
fn run_all<B: diesel::backend::Backend>(
    mut connection: impl MigrationHarness<B>,
    source: EmbeddedMigrations,
) -> Result<()> {
    let result = connection.run_pending_migrations(source);
    result.map(drop).map_err(|error| anyhow!("{error}"))
}

fn migration(piece: &Piece) -> EmbeddedMigration {
    let name = EmbeddedName::new(format!("{:05}_{}", piece.number, piece.name).leak());
    let metadata = TomlMetadataWrapper::new(true);
    EmbeddedMigration::new(piece.script().leak(), None, name, metadata)
}
