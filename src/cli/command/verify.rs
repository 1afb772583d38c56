//! `verify`: compares the schema with what the applied migrations make.

use serde_json::json;

use super::context::Context;
use super::each::{Options, each};
use crate::cli::args::Verify;
use crate::cli::engine::perform;
use crate::cli::error::Error;
use crate::cli::many::On;
use crate::cli::{exit, report};
use crate::run::each::{Compare, Look};

pub(super) fn verify(args: &Verify, context: &Context<'_>) -> Result<u8, Error> {
    // It takes no lock, so a cluster is as good as a single server.
    let migrator = args
        .database
        .migrator(context.migrations)
        .allow_cluster(true);
    if args.many.are_asked_for() {
        let options = Options {
            many: &args.many,
            database: &args.database,
            connection: &args.connection,
            limits: None,
            json: args.json,
            known: None,
            creates: false,
        };
        return each(&options, &migrator, Compare, context);
    }
    let target = context.target(&args.database, &args.connection, false)?;
    let migrator = &migrator;
    let look = On {
        migrator,
        errand: &Look,
    };
    let applied = perform(look, &target)?.applied();
    let compare = On {
        migrator,
        errand: &Compare,
    };
    let drift = perform(compare, &target)?;
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
