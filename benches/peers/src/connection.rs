//! Plain connections to the engines.

use anyhow::Result;
use hammerwork_migrations::Dialect;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, Row, SqliteConnection};

pub enum Connection {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Connection {
    pub async fn open(dialect: Dialect, url: &str) -> Result<Connection> {
        Ok(match dialect {
            Dialect::Postgres => Connection::Postgres(PgConnection::connect(url).await?),
            Dialect::MySql | Dialect::MariaDb => {
                Connection::MySql(MySqlConnection::connect(url).await?)
            }
            Dialect::Sqlite => {
                Connection::Sqlite(SqliteConnection::connect(&format!("{url}?mode=rwc")).await?)
            }
        })
    }

    pub async fn close(self) -> Result<()> {
        match self {
            Connection::Postgres(it) => it.close().await?,
            Connection::MySql(it) => it.close().await?,
            Connection::Sqlite(it) => it.close().await?,
        }
        Ok(())
    }

    pub async fn execute(&mut self, sql: AssertSqlSafe<String>) -> Result<()> {
        match self {
            Connection::Postgres(it) => sqlx::raw_sql(sql).execute(it).await.map(drop)?,
            Connection::MySql(it) => sqlx::raw_sql(sql).execute(it).await.map(drop)?,
            Connection::Sqlite(it) => sqlx::raw_sql(sql).execute(it).await.map(drop)?,
        }
        Ok(())
    }

    /// The first column of a query.
    pub async fn texts(&mut self, sql: &'static str) -> Result<Vec<String>> {
        Ok(match self {
            Connection::Postgres(it) => {
                let rows = sqlx::raw_sql(sql).fetch_all(it).await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
            Connection::MySql(it) => {
                let rows = sqlx::raw_sql(sql).fetch_all(it).await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
            Connection::Sqlite(it) => {
                let rows = sqlx::raw_sql(sql).fetch_all(it).await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
        })
    }
}
