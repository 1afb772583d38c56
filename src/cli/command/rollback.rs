//! `rollback`: undoes what is applied.

use super::context::Context;
use crate::cli::args::Rollback;
use crate::cli::engine::Task;
use crate::cli::error::Error;
use crate::cli::{json, report};
use crate::run::{self, Migrator, Report, RunError, Source};

pub(super) fn rollback(args: &Rollback, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, false)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let (migrator, progress) = context.observed(args.migrator(context.migrations), args.json);
    let back = Back {
        migrator: &migrator,
        how_far: args.how_far(),
    };
    let result = context.perform_in_steps(back, &target);
    progress.end();
    let report = result?;
    progress.finish()?;
    if args.json {
        return context
            .console
            .print(json::document([json::value(&report)]));
    }
    context.console.tell(report::of_rollback(&report))
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
