//! `migrate`: runs what is pending, or shows what that would be.

use super::context::Context;
use super::each::{Options, each};
use crate::cli::args::Migrate;
use crate::cli::engine::{Target, perform};
use crate::cli::error::Error;
use crate::cli::many::On;
use crate::cli::options::Limits;
use crate::cli::{exit, highlight, json, report};
use crate::dialect::Dialect;
use crate::run::Migrator;
use crate::run::each::{LookAhead, Run};

pub(super) fn migrate(args: &Migrate, context: &Context<'_>) -> Result<u8, Error> {
    if args.many.are_asked_for() {
        return migrate_each(args, context);
    }
    migrate_one(args, context).map(|()| exit::OK)
}

fn migrate_each(args: &Migrate, context: &Context<'_>) -> Result<u8, Error> {
    let options = Options {
        many: &args.many,
        database: &args.database,
        connection: &args.connection,
        limits: Some(&args.limits),
        json: args.json,
        known: Some(known(args, context)),
        creates: !args.dry_run,
    };
    let migrator = args.migrator(context.migrations);
    if args.dry_run {
        each(&options, &migrator, LookAhead, context)
    } else {
        each(&options, &migrator, Run, context)
    }
}

fn migrate_one(args: &Migrate, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, !args.dry_run)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let migrator = args.migrator(context.migrations);
    if args.dry_run {
        return dry_run(&migrator, &target, args, context);
    }
    context.change(migrator, &Run, &target, args.json, |report| {
        report::of_run(report, known(args, context))
    })
}

/// How many migrations there are, up to the last that is asked for.
fn known(args: &Migrate, context: &Context<'_>) -> usize {
    let ids = context.migrations.iter().map(|it| &it.id);
    let last = args.to.as_ref();
    let position = ids.clone().position(|id| Some(id) == last);
    position.map_or(ids.count(), |position| position + 1)
}

/// Shows the plan, and fails as a run would.
fn dry_run(
    migrator: &Migrator,
    target: &Target,
    args: &Migrate,
    context: &Context<'_>,
) -> Result<(), Error> {
    let console = context.console;
    let look = On {
        migrator,
        errand: &LookAhead,
    };
    let plan = perform(look, target)?;
    for warning in &plan.warnings {
        console.warning(warning);
    }
    context.print(
        args.json,
        || {
            let found = report::of_plan(&plan, console.paint());
            match plan.migrations.len() {
                0 => found,
                _ => found + "\n" + &highlight::sql(&plan.to_string(), console.paint()),
            }
        },
        || vec![json::value(&plan)],
    )?;
    match plan.refusal() {
        Some(refusal) => Err(Error::of_run(refusal, &target.url)),
        None => Ok(()),
    }
}

impl Limits {
    /// Who limits a statement counts on it.
    pub(super) fn check_statement_timeout(&self, dialect: Dialect) -> Result<(), Error> {
        match (self.statement_timeout, dialect) {
            (Some(_), Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
                Err(Error::NoStatementTimeout { dialect })
            }
            (Some(_), Dialect::Postgres) | (None, _) => Ok(()),
        }
    }
}
