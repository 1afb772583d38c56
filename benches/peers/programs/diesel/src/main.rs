//! A program that runs migrations with diesel_migrations, and does nothing else.

use std::error::Error;

use diesel::{Connection, PgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    #[cfg(feature = "all")]
    {
        if url.starts_with("mysql:") {
            return run(&mut diesel::MysqlConnection::establish(&url)?);
        }
        if let Some(path) = url.strip_prefix("sqlite:") {
            return run(&mut diesel::SqliteConnection::establish(path)?);
        }
    }
    run(&mut PgConnection::establish(&url)?)
}

fn run<B: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<B>,
) -> Result<(), Box<dyn Error>> {
    connection
        .run_pending_migrations(MIGRATIONS)
        .map(drop)
        .map_err(|error| error.to_string().into())
}
