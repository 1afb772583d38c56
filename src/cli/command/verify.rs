//! `verify`: compares the schema with what the applied migrations make.

use serde_json::json;

use super::context::Context;
use super::status::Look;
use crate::cli::args::Verify;
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::{exit, report};
use crate::run::{Difference, Migrator, RunError, Source};

pub(super) fn verify(args: &Verify, context: &Context<'_>) -> Result<u8, Error> {
    // It takes no lock, so a cluster is as good as a single server.
    let migrator = args
        .database
        .migrator(context.migrations)
        .allow_cluster(true);
    let target = context.target(&args.database, &args.connection, false)?;
    let applied = perform(Look(&migrator), &target)?.applied();
    let drift = perform(Compare(&migrator), &target)?;
    context.print(
        args.json,
        || report::of_drift(applied, &drift),
        || vec![json!({"applied": applied, "drift": drift})],
    )?;
    Ok(if drift.is_empty() {
        exit::OK
    } else {
        exit::DRIFT
    })
}

struct Compare<'m>(&'m Migrator);

impl Task for Compare<'_> {
    type Output = Vec<Difference>;

    async fn on<S: Source>(self, source: S) -> Result<Vec<Difference>, RunError> {
        self.0.verify(source).await
    }
}
