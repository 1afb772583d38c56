//! New databases on the servers that the environment names, and files for SQLite.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hammerwork_migrations::Dialect;
use sqlx::AssertSqlSafe;

use crate::connection::Connection;
use crate::peer::Peer;

/// A database that nothing else uses.
pub struct Place {
    dialect: Dialect,
    pub url: String,
    name: String,
}

impl Place {
    /// A new one; SQLite's file goes into `directory`.
    pub async fn create(dialect: Dialect, number: usize, directory: &Path) -> Result<Place> {
        let name = format!("peers_{}_{number}", std::process::id());
        let url = match dialect {
            Dialect::Sqlite => format!("sqlite://{}", directory.join(&name).display()),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                run_on(dialect, format!("CREATE DATABASE {name}")).await?;
                let server = server(dialect)?;
                let (base, _) = server
                    .rsplit_once('/')
                    .context("the URL names a database")?;
                format!("{base}/{name}")
            }
        };
        Ok(Place { dialect, url, name })
    }

    pub async fn remove(self) -> Result<()> {
        match self.dialect {
            Dialect::Sqlite => Ok(std::fs::remove_file(PathBuf::from(
                self.url.trim_start_matches("sqlite://"),
            ))?),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                run_on(self.dialect, format!("DROP DATABASE {}", self.name)).await
            }
        }
    }
}

/// What the engine says it is.
pub async fn version(dialect: Dialect) -> Result<String> {
    let (url, question) = match dialect {
        Dialect::Sqlite => ("sqlite::memory:".to_owned(), "SELECT sqlite_version()"),
        Dialect::Postgres => (server_without_tls(dialect)?, "SHOW server_version"),
        Dialect::MySql | Dialect::MariaDb => (server_without_tls(dialect)?, "SELECT version()"),
    };
    let answer = Connection::open(dialect, &url)
        .await?
        .texts(question)
        .await?;
    let version = answer.first().context("the engine has no version")?;
    let number = version.split([' ', '-']).next().unwrap_or_default();
    Ok(format!("{} {number}", dialect.product()))
}

async fn run_on(dialect: Dialect, sql: String) -> Result<()> {
    Connection::open(dialect, &server_without_tls(dialect)?)
        .await?
        .execute(AssertSqlSafe(sql))
        .await
}

fn server_without_tls(dialect: Dialect) -> Result<String> {
    Ok(format!(
        "{}{}",
        server(dialect)?,
        Peer::Smallest.parameters(dialect)
    ))
}

fn server(dialect: Dialect) -> Result<String> {
    let name = match dialect {
        Dialect::Postgres => "TEST_POSTGRES_URL",
        Dialect::MySql => "TEST_MYSQL_URL",
        Dialect::MariaDb => "TEST_MARIADB_URL",
        Dialect::Sqlite => "",
    };
    std::env::var(name)
        .with_context(|| format!("{name} is not set: start this with benches/peers/run"))
}
