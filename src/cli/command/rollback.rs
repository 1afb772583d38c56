//! `rollback`: undoes what is applied.

use super::context::Context;
use super::each::{Options, each};
use crate::cli::args::Rollback;
use crate::cli::error::Error;
use crate::cli::many::On;
use crate::cli::{exit, json, report};

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
    let (migrator, progress) = context.observed(args.migrator(context.migrations), args.json);
    let back = On {
        migrator: &migrator,
        errand: &args.how_far(),
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
