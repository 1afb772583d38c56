//! What is done with each of many databases.

use std::future::Future;

use crate::run::difference::Difference;
use crate::run::driver::Source;
use crate::run::error::RunError;
use crate::run::migrator::Migrator;
#[cfg(feature = "cli")]
use crate::run::plan::Plan;
use crate::run::report::{Report, Status};
use crate::run::rollback::Rollback;

/// Something that is done with one database as with all others.
pub trait Errand: Sync {
    /// What is known afterwards.
    type Output: Send;

    /// Does it.
    fn on<S: Source>(
        &self,
        migrator: &Migrator,
        source: S,
    ) -> impl Future<Output = Result<Self::Output, RunError>> + Send;

    /// What is known where it failed, after `done` had been told.
    fn cut_short(&self, done: Report) -> Option<Self::Output>;
}

/// Brings them up to date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run;

impl Errand for Run {
    type Output = Report;

    async fn on<S: Source>(&self, migrator: &Migrator, source: S) -> Result<Report, RunError> {
        migrator.run(source).await
    }

    fn cut_short(&self, done: Report) -> Option<Report> {
        Some(done)
    }
}

/// Asks what a run would do.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookAhead;

#[cfg(feature = "cli")]
impl Errand for LookAhead {
    type Output = Plan;

    async fn on<S: Source>(&self, migrator: &Migrator, source: S) -> Result<Plan, RunError> {
        migrator.dry_run(source).await
    }

    fn cut_short(&self, _done: Report) -> Option<Plan> {
        None
    }
}

/// Asks where they stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look;

impl Errand for Look {
    type Output = Status;

    async fn on<S: Source>(&self, migrator: &Migrator, source: S) -> Result<Status, RunError> {
        migrator.status(source).await
    }

    fn cut_short(&self, _done: Report) -> Option<Status> {
        None
    }
}

/// Compares them with their migrations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compare;

impl Errand for Compare {
    type Output = Vec<Difference>;

    async fn on<S: Source>(
        &self,
        migrator: &Migrator,
        source: S,
    ) -> Result<Vec<Difference>, RunError> {
        migrator.verify(source).await
    }

    fn cut_short(&self, _done: Report) -> Option<Vec<Difference>> {
        None
    }
}

impl Errand for Rollback {
    type Output = Report;

    async fn on<S: Source>(&self, migrator: &Migrator, source: S) -> Result<Report, RunError> {
        migrator.rollback(source, self.clone()).await
    }

    fn cut_short(&self, done: Report) -> Option<Report> {
        Some(done)
    }
}
