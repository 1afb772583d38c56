//! What a session must be like before it changes a schema, and what it must be told about the server.

use super::driver::{Driver, DriverError};
use super::error::RunError;
use super::tracking::Tracking;
use crate::dialect::Dialect;

/// The session's settings that a borrowed connection gets back.
#[derive(Debug, Default)]
pub(crate) struct Session {
    search_path: Option<String>,
    /// Whether NOT NULL timestamps without a default stay without one.
    pub(crate) explicit_timestamps: bool,
}

impl Session {
    /// Finds out what the server is, and settles in which schema everything happens.
    pub(crate) async fn open<D: Driver>(
        driver: &mut D,
        tracking: &Tracking,
    ) -> Result<Session, RunError> {
        match driver.dialect() {
            Dialect::Postgres => open_postgres(driver, tracking).await,
            Dialect::MySql | Dialect::MariaDb => open_mysql(driver).await,
            Dialect::Sqlite => Ok(Session {
                explicit_timestamps: true,
                ..Session::default()
            }),
        }
    }

    /// Makes sure that NOT NULL timestamps stay as they are written.
    pub(crate) async fn make_timestamps_explicit<D: Driver>(
        &mut self,
        driver: &mut D,
    ) -> Result<(), RunError> {
        if self.explicit_timestamps {
            return Ok(());
        }
        driver
            .execute("SET SESSION explicit_defaults_for_timestamp = ON")
            .await
            .map_err(|source| RunError::ImplicitTimestamps { source })?;
        self.explicit_timestamps = true;
        Ok(())
    }

    /// Gives a borrowed connection its settings back.
    pub(crate) async fn restore<D: Driver>(self, driver: &mut D) {
        if let Some(path) = self.search_path {
            let sql = format!(
                "SELECT pg_catalog.set_config('search_path', {}, false)",
                Dialect::Postgres.quote_text(&path)
            );
            if let Err(error) = driver.execute(&sql).await {
                tracing::warn!(%error, "the connection's search_path could not be restored");
            }
        }
    }
}

/// One round trip: the path is set to one schema, with temporary tables last, so that nothing shadows it.
async fn open_postgres<D: Driver>(
    driver: &mut D,
    tracking: &Tracking,
) -> Result<Session, RunError> {
    let path = match &tracking.schema {
        Some(schema) => Dialect::Postgres.quote_text(&Dialect::Postgres.quote(schema)),
        None => "pg_catalog.quote_ident(pg_catalog.current_schema())".to_owned(),
    };
    let sql = format!(
        "SELECT pg_catalog.current_setting('search_path'), pg_catalog.current_schema(), \
             pg_catalog.set_config('search_path', {path} || ', pg_temp', false); \
         SELECT pg_catalog.current_schema()"
    );
    let rows = driver.rows(&sql).await.map_err(failed)?;
    let value = |row: usize, column: usize| {
        rows.get(row)
            .and_then(|row| row.get(column))
            .cloned()
            .flatten()
    };
    // With the schema missing, the temporary one would be current, and all would be gone with the session.
    let wanted = tracking.schema.clone().or_else(|| value(0, 1));
    if wanted.is_none() || value(1, 0) != wanted {
        return Err(RunError::MissingSchema {
            schema: tracking.schema.clone(),
        });
    }
    Ok(Session {
        search_path: value(0, 0),
        explicit_timestamps: true,
    })
}

async fn open_mysql<D: Driver>(driver: &mut D) -> Result<Session, RunError> {
    let rows = driver
        .rows("SELECT VERSION(), DATABASE(), @@explicit_defaults_for_timestamp")
        .await
        .map_err(failed)?;
    let mut values = rows.into_iter().next().unwrap_or_default().into_iter();
    driver.identify(&values.next().flatten().unwrap_or_default());
    if values.next().flatten().is_none() {
        return Err(RunError::MissingDatabase);
    }
    Ok(Session {
        search_path: None,
        explicit_timestamps: values.next().flatten().as_deref() == Some("1"),
    })
}

fn failed(source: DriverError) -> RunError {
    RunError::Database {
        doing: "prepare the session",
        source,
    }
}
