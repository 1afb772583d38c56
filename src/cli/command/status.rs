//! `status`: shows what is applied and what is pending.

use super::context::Context;
use super::each::{Options, each};
use crate::cli::args::Status;
use crate::cli::engine::perform;
use crate::cli::error::Error;
use crate::cli::many::On;
use crate::cli::{exit, json, report};
use crate::run::Migrator;
use crate::run::each::Look;

pub(super) fn status(args: &Status, context: &Context<'_>) -> Result<u8, Error> {
    let migrator = args.database.migrator(context.migrations);
    if args.many.are_asked_for() {
        return status_of_each(args, &migrator, context);
    }
    let target = context.target(&args.database, &args.connection, false)?;
    let look = On {
        migrator: &migrator,
        errand: &Look,
    };
    let status = perform(look, &target)?;
    context.print(
        args.json,
        || report::of_status(&status, context.console.paint()),
        || vec![json::counts(&status), json::value(&status)],
    )?;
    Ok(match status.pending() {
        1.. if args.check => exit::PENDING,
        _ => exit::OK,
    })
}

fn status_of_each(args: &Status, migrator: &Migrator, context: &Context<'_>) -> Result<u8, Error> {
    let options = Options {
        many: &args.many,
        database: &args.database,
        connection: &args.connection,
        limits: None,
        json: args.json,
        known: None,
        creates: false,
    };
    let code = each(&options, migrator, Look, context)?;
    Ok(match code {
        exit::PENDING if !args.check => exit::OK,
        code => code,
    })
}
