//! A connection that is lost at a call that is chosen, on any engine.

use hammerwork_migrations::run::Source;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};
use hammerwork_migrations::{Migrator, Report, RunError};

use crate::database::{Connection, Database};

/// Loses its connection at one call: before the server has heard of it, or after it has answered.
struct Cut<D> {
    inner: D,
    left: usize,
    answered: bool,
}

impl<D: Driver> Cut<D> {
    async fn cut<T>(
        &mut self,
        sql: &str,
        result: impl AsyncFnOnce(&mut D) -> Result<T, DriverError>,
    ) -> Result<T, DriverError> {
        if self.left > 1 {
            self.left -= 1;
            return result(&mut self.inner).await;
        }
        if self.left == 1 && self.answered {
            drop(result(&mut self.inner).await);
        }
        self.left = 0;
        Err(DriverError::lost(format!(
            "the connection was cut at: {sql}"
        )))
    }
}

impl<D: Driver> Driver for Cut<D> {
    forward_the_rest! {}

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        self.inner.is_exclusive().await
    }
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.cut(sql, async |inner| inner.execute(sql).await).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        self.cut(sql, async |inner| inner.rows(sql).await).await
    }
    async fn begin(&mut self) -> Result<(), DriverError> {
        self.cut("BEGIN", async |inner| inner.begin().await).await
    }
    async fn commit(&mut self) -> Result<(), DriverError> {
        self.cut("COMMIT", async |inner| inner.commit().await).await
    }
    async fn rollback(&mut self) -> Result<(), DriverError> {
        self.cut("ROLLBACK", async |inner| inner.rollback().await)
            .await
    }
}

impl<D: Driver> Source for Cut<D> {
    type Driver = Self;

    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}

pub(crate) async fn run_cut(
    database: &Database,
    migrator: &Migrator,
    left: usize,
    answered: bool,
) -> Result<Report, RunError> {
    match database.connect().await {
        Connection::Postgres(inner) => {
            migrator
                .run(Cut {
                    inner,
                    left,
                    answered,
                })
                .await
        }
        Connection::MySql(inner) => {
            migrator
                .run(Cut {
                    inner,
                    left,
                    answered,
                })
                .await
        }
        Connection::Sqlite(inner) => {
            migrator
                .run(Cut {
                    inner,
                    left,
                    answered,
                })
                .await
        }
    }
}
