//! A program that runs migrations with hammerwork-migrations, and does nothing else.

use std::error::Error;

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::driver::connect_postgres;
#[cfg(feature = "all")]
use hammerwork_migrations::run::driver::{connect_mysql, connect_sqlite};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(migrate(&url))
}

async fn migrate(url: &str) -> Result<(), Box<dyn Error>> {
    let notes = table("notes").columns([big_integer("id").primary_key()]);
    let migrator = Migrator::new(Migrations::new([
        Migration::new("001_notes", "Notes").create_table(notes)
    ]));
    #[cfg(feature = "all")]
    {
        if url.starts_with("mysql:") {
            migrator.run(connect_mysql(url).await?).await?;
            return Ok(());
        }
        if url.starts_with("sqlite:") {
            migrator.run(connect_sqlite(url, true).await?).await?;
            return Ok(());
        }
    }
    migrator.run(connect_postgres(url).await?).await?;
    Ok(())
}
