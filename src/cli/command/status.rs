//! `status`: shows what is applied and what is pending.

use serde_json::json;

use super::context::Context;
use crate::cli::args::Status;
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::{exit, json, report};
use crate::run::{self, Migrator, RunError, Source};

pub(super) fn status(args: &Status, context: &Context<'_>) -> Result<u8, Error> {
    let migrator = args.database.migrator(context.migrations);
    let target = context.target(&args.database, &args.connection, false)?;
    let status = perform(Look(&migrator), &target)?;
    let counts = || {
        json!({
            "applied": status.applied(), "pending": status.pending(), "unknown": status.unknown()
        })
    };
    context.print(
        args.json,
        || report::of_status(&status, context.console.paint()),
        || vec![counts(), json::value(&status)],
    )?;
    Ok(match status.pending() {
        1.. if args.check => exit::PENDING,
        _ => exit::OK,
    })
}

/// Reads the tracking table.
pub(super) struct Look<'m>(pub(super) &'m Migrator);

impl Task for Look<'_> {
    type Output = run::Status;

    async fn on<S: Source>(self, source: S) -> Result<run::Status, RunError> {
        self.0.status(source).await
    }
}
