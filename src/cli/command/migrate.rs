//! `migrate`: runs what is pending.

use super::context::Context;
use crate::cli::args::{Limits, Migrate};
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::report;
use crate::dialect::Dialect;
use crate::run::{Migrator, Report, RunError, Source};

pub(super) fn migrate(args: &Migrate, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, true)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let (migrator, progress) = context.observed(args.migrator(context.migrations));
    let report = perform(Run(&migrator), &target)?;
    for warning in &report.warnings {
        context.console.warning(warning);
    }
    progress.finish()?;
    let known = context.migrations.iter().count();
    context.console.print(report::of_run(&report, known))
}

impl Limits {
    /// Who limits a statement counts on it.
    pub(super) fn check_statement_timeout(&self, dialect: Dialect) -> Result<(), Error> {
        match (self.statement_timeout, dialect) {
            (Some(_), Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
                Err(Error::NoStatementTimeout { dialect })
            }
            (Some(_), Dialect::Postgres) | (None, _) => Ok(()),
        }
    }
}

struct Run<'m>(&'m Migrator);

impl Task for Run<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.0.run(source).await
    }
}
