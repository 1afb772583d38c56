//! `lock`: shows who has the migration lock.

use serde_json::json;

use super::context::Context;
use crate::cli::args::Lock;
use crate::cli::engine::{Task, perform};
use crate::cli::error::Error;
use crate::cli::report;
use crate::run::{Holder, Migrator, RunError, Source};

pub(super) fn lock(args: &Lock, context: &Context<'_>) -> Result<(), Error> {
    // Who only asks keeps nobody out, so a cluster is as good as a single server.
    let migrator = args
        .database
        .migrator(context.migrations)
        .allow_cluster(true);
    let target = context.target(&args.database, &args.connection, false)?;
    let holder = perform(Ask(&migrator), &target)?;
    context.print(
        args.json,
        || report::of_lock(holder.as_ref()),
        || vec![json!({"holder": holder})],
    )
}

struct Ask<'m>(&'m Migrator);

impl Task for Ask<'_> {
    type Output = Option<Holder>;

    async fn on<S: Source>(self, source: S) -> Result<Option<Holder>, RunError> {
        self.0.lock_holder(source).await
    }
}
