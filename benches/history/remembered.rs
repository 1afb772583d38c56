//! A database that answers from memory, so that what is measured is what the library does with the answers.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hammerwork_migrations::run::driver::Row;
use hammerwork_migrations::run::{Driver, DriverError, RunError, Source};
use hammerwork_migrations::{Dialect, Migrations, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqliteSynchronous};
use tokio::runtime::{Builder, Runtime};

use crate::made::id;

/// What a database has of a history before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Has {
    Nothing,
    Half,
    All,
    /// The tables, and no record of where they come from.
    AllUnrecorded,
}

/// A history, and a database that has something of it.
#[derive(Debug)]
pub(crate) struct Remembered {
    pub(crate) migrations: Migrations,
    pub(crate) migrator: Migrator,
    pub(crate) database: Database,
    has: Has,
    runtime: Runtime,
}

impl Remembered {
    pub(crate) fn new(migrations: Migrations, has: Has) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let pool = runtime.block_on(database(&migrations, has));
        Remembered {
            migrator: Migrator::new(migrations.clone()),
            migrations,
            database: Database {
                pool: pool.expect("a database"),
                answers: Arc::default(),
            },
            has,
            runtime,
        }
    }

    /// How many migrations have no record.
    pub(crate) fn pending(&self) -> usize {
        let all = self.migrations.iter().count();
        match self.has {
            Has::Nothing | Has::AllUnrecorded => all,
            Has::Half => all - all / 2,
            Has::All => 0,
        }
    }

    pub(crate) fn answer<T>(&self, question: impl Future<Output = Result<T, RunError>>) -> T {
        self.runtime.block_on(question).expect("an answer")
    }
}

async fn database(
    migrations: &Migrations,
    has: Has,
) -> Result<SqlitePool, Box<dyn std::error::Error>> {
    // It is kept for the next time: with each table SQLite reads the names of all, so that 10,000 take it a minute.
    let all = migrations.iter().count();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("history-{has:?}-{all}.db"));
    let options = SqliteConnectOptions::new().filename(&file);
    let options = options
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePool::connect_with(options).await?;
    let migrator = Migrator::new(migrations.clone());
    let migrator = match has {
        Has::Nothing => return Ok(pool),
        Has::Half => migrator.up_to(id(all / 2)),
        Has::All | Has::AllUnrecorded => migrator,
    };
    migrator.run(&pool).await?;
    if has == Has::AllUnrecorded {
        let forget = "DROP TABLE hammerwork_migrations; DROP TABLE hammerwork_migrations_journal;";
        sqlx::raw_sql(forget).execute(&pool).await?;
    }
    Ok(pool)
}

/// A database of SQLite that is asked each question once. It is for what changes nothing: what is to be executed, is not.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pool: SqlitePool,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
}

type Answer = Result<Vec<Row>, DriverError>;

impl Database {
    fn remembered(&self, question: &str) -> Option<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(question).cloned()
    }

    async fn asked(&self, question: &str) -> Answer {
        let mut driver = self.pool.driver().await?;
        let answer = driver.rows(question).await;
        driver.close().await;
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(question.to_owned(), answer.clone());
        answer
    }
}

impl Source for &Database {
    type Driver = Database;

    async fn driver(self) -> Result<Database, DriverError> {
        Ok(self.clone())
    }
}

impl Driver for Database {
    type Scratch = Self;

    async fn rows(&mut self, sql: &str) -> Answer {
        match self.remembered(sql) {
            Some(answer) => answer,
            None => self.asked(sql).await,
        }
    }

    async fn execute(&mut self, _sql: &str) -> Result<(), DriverError> {
        Ok(())
    }

    /// What is replayed there is what is here, so the answers are the same.
    async fn scratch(&mut self) -> Result<Option<Self>, DriverError> {
        Ok(Some(self.clone()))
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn identify(&mut self, _told: &str) {}

    fn dedicate(&mut self) {}

    fn is_borrowed(&self) -> bool {
        false
    }

    fn at_parting(&mut self, _sql: Option<String>) {}

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        Ok(true)
    }

    async fn schemas_like(&mut self, _pattern: &str) -> Result<Option<Vec<String>>, DriverError> {
        Ok(None)
    }

    async fn begin(&mut self) -> Result<(), DriverError> {
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), DriverError> {
        Ok(())
    }

    async fn close(self) {}
}
