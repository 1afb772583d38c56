//! A connection that one database after another is reached by.

use crate::dialect::Dialect;
use crate::run::driver::{Driver, DriverError, Row, Source};

/// A driver that a run has for one schema, and that is for the next one then.
#[derive(Debug)]
pub(super) struct Lent<'d, D> {
    pub(super) driver: &'d mut D,
    /// Whether the run may have set something for the session, or locked something in it.
    pub(super) is_used: &'d mut bool,
}

impl<D: Driver> Driver for Lent<'_, D> {
    type Scratch = D::Scratch;

    fn dialect(&self) -> Dialect {
        self.driver.dialect()
    }

    fn identify(&mut self, told: &str) {
        self.driver.identify(told);
    }

    fn dedicate(&mut self) {
        *self.is_used = true;
    }

    /// MySQL and MariaDB: what was set and locked is given back after each run. PostgreSQL has one word for all of
    /// it, which is said in between, and a session that is ours alone may do more.
    fn is_borrowed(&self) -> bool {
        match self.driver.dialect() {
            Dialect::MySql | Dialect::MariaDb => true,
            Dialect::Postgres | Dialect::Sqlite => self.driver.is_borrowed(),
        }
    }

    fn at_parting(&mut self, sql: Option<String>) {
        self.driver.at_parting(sql);
    }

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        self.driver.is_exclusive().await
    }

    async fn scratch(&mut self) -> Result<Option<D::Scratch>, DriverError> {
        self.driver.scratch().await
    }

    async fn schemas_like(&mut self, pattern: &str) -> Result<Option<Vec<String>>, DriverError> {
        self.driver.schemas_like(pattern).await
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.driver.execute(sql).await
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        self.driver.rows(sql).await
    }

    async fn begin(&mut self) -> Result<(), DriverError> {
        self.driver.begin().await
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        self.driver.commit().await
    }

    async fn rollback(&mut self) -> Result<(), DriverError> {
        self.driver.rollback().await
    }

    async fn close(self) {}
}

impl<D: Driver> Source for Lent<'_, D> {
    type Driver = Self;

    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}
