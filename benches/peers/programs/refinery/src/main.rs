//! A program that runs migrations with refinery, and does nothing else.

use std::error::Error;

use refinery_core::postgres::{Client, NoTls};

mod embedded {
    refinery::embed_migrations!();
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let runner = embedded::migrations::runner();
    #[cfg(feature = "all")]
    {
        if url.starts_with("mysql:") {
            let options = refinery_core::mysql::Opts::from_url(&url)?;
            runner.run(&mut refinery_core::mysql::Conn::new(options)?)?;
            return Ok(());
        }
        if let Some(path) = url.strip_prefix("sqlite:") {
            runner.run(&mut refinery_core::rusqlite::Connection::open(path)?)?;
            return Ok(());
        }
    }
    runner.run(&mut Client::connect(&url, NoTls)?)?;
    Ok(())
}
