//! The same DDL in one message, without a record: the least that can be done.

use std::time::Duration;

use anyhow::Result;
use hammerwork_migrations::Dialect;
use sqlx::AssertSqlSafe;

use super::Task;
use crate::connection::Connection;
use crate::history::Piece;
use crate::meter::Meter;

pub async fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let pieces = task.pieces()?;
    let mut script: String = pieces.iter().map(Piece::script).collect();
    // PostgreSQL makes one transaction of a message by itself; MySQL has none for DDL.
    if task.dialect == Dialect::Sqlite {
        script = format!("BEGIN IMMEDIATE;\n{script}COMMIT;\n");
    }
    let mut connection = Connection::open(task.dialect, &task.url).await?;
    meter
        .time(async {
            connection.execute(AssertSqlSafe(script)).await?;
            connection.close().await
        })
        .await
}
