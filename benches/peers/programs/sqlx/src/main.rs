//! A program that runs migrations with sqlx, and does nothing else.

use std::error::Error;

use sqlx::Connection;
use sqlx::migrate::Migrator;

static MIGRATOR: Migrator = sqlx::migrate!();

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(migrate(&url))
}

async fn migrate(url: &str) -> Result<(), Box<dyn Error>> {
    #[cfg(feature = "all")]
    {
        if url.starts_with("mysql:") {
            return Ok(MIGRATOR
                .run(&mut sqlx::MySqlConnection::connect(url).await?)
                .await?);
        }
        if url.starts_with("sqlite:") {
            return Ok(MIGRATOR
                .run(&mut sqlx::SqliteConnection::connect(url).await?)
                .await?);
        }
    }
    Ok(MIGRATOR
        .run(&mut sqlx::PgConnection::connect(url).await?)
        .await?)
}
