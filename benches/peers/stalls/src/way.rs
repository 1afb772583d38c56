//! The two ways to migrate.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use hammerwork_migrations::run::Event;
use hammerwork_migrations::run::driver::{connect_mysql, connect_postgres, connect_sqlite};
use hammerwork_migrations::{Dialect, Migrator, register_builtin_migrations};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use crate::connection::Connection;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
pub enum Way {
    Library,
    /// Files as people write them, each in one message and, where DDL takes part in transactions, in one transaction.
    Files,
}

/// When each migration began.
pub type Starts = Vec<(String, Instant)>;

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Way::Library => "this library",
            Way::Files => "plain SQL files",
        }
    }

    pub async fn run(self, dialect: Dialect, url: &str) -> Result<Starts> {
        match self {
            Way::Library => library(dialect, url).await,
            Way::Files => files(dialect, url).await,
        }
    }
}

pub fn builtin() -> Migrator {
    Migrator::new(register_builtin_migrations())
}

pub async fn migrate(dialect: Dialect, url: &str, migrator: Migrator) -> Result<usize> {
    let report = match dialect {
        Dialect::Postgres => migrator.run(connect_postgres(url).await?).await?,
        Dialect::MySql | Dialect::MariaDb => migrator.run(connect_mysql(url).await?).await?,
        Dialect::Sqlite => migrator.run(connect_sqlite(url, false).await?).await?,
    };
    Ok(report.applied.len())
}

/// Both ways end with the same schema, or there is nothing to compare.
pub async fn check(dialect: Dialect, url: &str) -> Result<()> {
    // What the files made is recorded here, as it is.
    migrate(dialect, url, builtin()).await?;
    let migrator = builtin();
    let differences = match dialect {
        Dialect::Postgres => migrator.verify(connect_postgres(url).await?).await?,
        Dialect::MySql | Dialect::MariaDb => migrator.verify(connect_mysql(url).await?).await?,
        Dialect::Sqlite => migrator.verify(connect_sqlite(url, false).await?).await?,
    };
    ensure!(
        differences.is_empty(),
        "the schema is another one: {differences:?}"
    );
    Ok(())
}

async fn library(dialect: Dialect, url: &str) -> Result<Starts> {
    let starts: Arc<Mutex<Starts>> = Arc::default();
    let heard = starts.clone();
    let migrator = builtin().observe(move |event| {
        if let Event::Started { migration, .. } = event {
            let mut starts = heard.lock().unwrap_or_else(PoisonError::into_inner);
            starts.push((migration.clone(), Instant::now()));
        }
    });
    migrate(dialect, url, migrator).await?;
    let starts = starts.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(starts.clone())
}

async fn files(dialect: Dialect, url: &str) -> Result<Starts> {
    let directory = match dialect {
        Dialect::Postgres => "postgres",
        Dialect::MySql | Dialect::MariaDb => "mysql",
        Dialect::Sqlite => "sqlite",
    };
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("files")
        .join(directory);
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        files.push(entry?.path());
    }
    files.sort();
    let mut connection = Connection::open(dialect, url).await?;
    let mut starts = Starts::new();
    for file in files {
        let mut sql = std::fs::read_to_string(&file)?;
        // PostgreSQL makes one transaction of a message by itself; MySQL has none for DDL.
        if dialect == Dialect::Sqlite {
            sql = format!("BEGIN IMMEDIATE;\n{sql}COMMIT;\n");
        }
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        starts.push((name, Instant::now()));
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    Ok(starts)
}
