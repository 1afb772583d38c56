//! One connection for all the runs of a worker: a new one each time would cost more than the runs.

use hammerwork_migrations::run::{Difference, Rollback};
use hammerwork_migrations::{Dialect, Migrator, Report, RunError};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, Row};

use super::database::Database;

/// A function that a trigger can call, in a schema that is never emptied.
pub(super) const NOTHING: &str = "laws.nothing";

pub(super) enum Session {
    Postgres(PgConnection),
    MySql(MySqlConnection),
}

/// Calls a method of the migrator with the connection.
macro_rules! with {
    ($session:expr, $connection:ident => $call:expr) => {
        match $session {
            Session::Postgres($connection) => $call.await,
            Session::MySql($connection) => $call.await,
        }
    };
}

impl Session {
    pub(super) async fn of(database: &Database) -> Session {
        let url = &database.url;
        match database.dialect {
            Dialect::Postgres => {
                let mut session = Session::Postgres(PgConnection::connect(url).await.unwrap());
                // Nobody kills the server here.
                let make = format!(
                    "SET synchronous_commit = off; CREATE SCHEMA laws; CREATE FUNCTION {NOTHING}() RETURNS trigger \
                     LANGUAGE plpgsql AS 'BEGIN RETURN COALESCE(NEW, OLD); END'"
                );
                session.execute(&make).await;
                session
            }
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
                Session::MySql(MySqlConnection::connect(url).await.unwrap())
            }
        }
    }

    /// Leaves nothing in the database.
    pub(super) async fn empty(&mut self, database: &Database) {
        let sql = match self {
            Session::Postgres(_) => "DO $$ DECLARE it text; BEGIN \
                     FOR it IN SELECT nspname FROM pg_namespace \
                         WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'laws') LOOP \
                         EXECUTE format('DROP SCHEMA %I CASCADE', it); \
                     END LOOP; \
                 END $$; CREATE SCHEMA public"
                .to_owned(),
            Session::MySql(_) => {
                let (_, name) = database.url.rsplit_once('/').unwrap();
                format!("DROP DATABASE {name}; CREATE DATABASE {name}; USE {name}")
            }
        };
        self.execute(&sql).await;
    }

    pub(super) async fn execute(&mut self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Session::Postgres(it) => drop(sql.execute(it).await.unwrap()),
            Session::MySql(it) => drop(sql.execute(it).await.unwrap()),
        }
    }

    /// The first column of a query.
    pub(super) async fn column(&mut self, sql: &str) -> Vec<String> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Session::Postgres(it) => {
                let rows = sql.fetch_all(it).await.unwrap();
                rows.iter().map(|it| it.get_unchecked(0)).collect()
            }
            Session::MySql(it) => {
                let rows = sql.fetch_all(it).await.unwrap();
                rows.iter().map(|it| it.get_unchecked(0)).collect()
            }
        }
    }

    pub(super) async fn run(&mut self, migrator: &Migrator) -> Result<Report, RunError> {
        with!(self, it => migrator.run(it))
    }

    pub(super) async fn verify(
        &mut self,
        migrator: &Migrator,
    ) -> Result<Vec<Difference>, RunError> {
        with!(self, it => migrator.verify(it))
    }

    pub(super) async fn roll_back(&mut self, migrator: &Migrator) -> Result<Report, RunError> {
        with!(self, it => migrator.rollback(it, Rollback::All))
    }
}
