//! `status`: shows what is applied and what is pending.

use super::context::Context;
use crate::cli::args::Status;
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::report;
use crate::run::{self, Migrator, RunError, Source};

pub(super) fn status(args: &Status, context: &Context<'_>) -> Result<(), Error> {
    let migrator = args.database.migrator(context.migrations);
    let target = context.target(&args.database, &args.connection, false)?;
    let status = perform(Look(&migrator), &target)?;
    context.console.print(report::of_status(&status))
}

/// Reads the tracking table.
pub(super) struct Look<'m>(pub(super) &'m Migrator);

impl Task for Look<'_> {
    type Output = run::Status;

    async fn on<S: Source>(self, source: S) -> Result<run::Status, RunError> {
        self.0.status(source).await
    }
}
