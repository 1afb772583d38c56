//! `rollback`: undoes what is applied.

use super::context::Context;
use super::each::{Options, each};
use crate::cli::args::Rollback;
use crate::cli::error::Error;
use crate::cli::{exit, report};

pub(super) fn rollback(args: &Rollback, context: &Context<'_>) -> Result<u8, Error> {
    if args.many.are_asked_for() {
        let options = Options {
            many: &args.many,
            database: &args.database,
            connection: &args.connection,
            limits: Some(&args.limits),
            json: args.json,
            known: None,
            creates: false,
        };
        let migrator = args.migrator(context.migrations);
        return each(&options, &migrator, args.how_far(), context);
    }
    rollback_one(args, context).map(|()| exit::OK)
}

fn rollback_one(args: &Rollback, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, false)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let migrator = args.migrator(context.migrations);
    context.change(
        migrator,
        &args.how_far(),
        &target,
        args.json,
        report::of_rollback,
    )
}
