//! `rollback`: undoes what is applied.

use super::context::Context;
use crate::cli::args::Rollback;
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::report;
use crate::run::{self, Migrator, Report, RunError, Source};

pub(super) fn rollback(args: &Rollback, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, false)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let (migrator, progress) = context.observed(args.migrator(context.migrations));
    let back = Back {
        migrator: &migrator,
        how_far: args.how_far(),
    };
    let report = perform(back, &target)?;
    for warning in &report.warnings {
        context.console.warning(warning);
    }
    progress.finish()?;
    context.console.print(report::of_rollback(&report))
}

struct Back<'m> {
    migrator: &'m Migrator,
    how_far: run::Rollback,
}

impl Task for Back<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.migrator.rollback(source, self.how_far).await
    }
}
