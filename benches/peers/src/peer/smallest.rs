//! As little as a migrator can do and still be right where nobody else is at work: it asks what is applied, and sends what is missing
//! together with its records in one message.

use std::collections::BTreeSet;
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
    let mut connection = Connection::open(task.dialect, &task.url).await?;
    meter
        .time(async {
            migrate(&mut connection, task.dialect, &pieces).await?;
            connection.close().await
        })
        .await
}

async fn migrate(connection: &mut Connection, dialect: Dialect, pieces: &[Piece]) -> Result<()> {
    let applied = connection.texts("SELECT id FROM applied").await;
    let known: BTreeSet<String> = applied
        .as_ref()
        .ok()
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut script = match applied {
        Ok(_) => String::new(),
        Err(_) => "CREATE TABLE applied (id VARCHAR(255) NOT NULL PRIMARY KEY);\n".to_owned(),
    };
    for piece in pieces {
        let id = format!("{:05}_{}", piece.number, piece.name);
        if !known.contains(&id) {
            script += &piece.script();
            script += &format!("INSERT INTO applied VALUES ('{id}');\n");
        }
    }
    if script.is_empty() {
        return Ok(());
    }
    if dialect == Dialect::Sqlite {
        script = format!("BEGIN IMMEDIATE;\n{script}COMMIT;\n");
    }
    connection.execute(AssertSqlSafe(script)).await
}
