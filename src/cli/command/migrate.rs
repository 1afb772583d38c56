//! `migrate`: runs what is pending, or shows what that would be.

use super::context::Context;
use crate::cli::args::Migrate;
use crate::cli::engine::{Target, Task, perform};
use crate::cli::error::Error;
use crate::cli::options::Limits;
use crate::cli::{highlight, json, report};
use crate::dialect::Dialect;
use crate::run::{Migrator, Plan, Report, RunError, Source};

pub(super) fn migrate(args: &Migrate, context: &Context<'_>) -> Result<(), Error> {
    let target = context.target(&args.database, &args.connection, !args.dry_run)?;
    args.limits.check_statement_timeout(target.url.dialect())?;
    let migrator = args.migrator(context.migrations);
    if args.dry_run {
        return dry_run(&migrator, &target, args, context);
    }
    let (migrator, progress) = context.observed(migrator, args.json);
    let result = context.perform_in_steps(Run(&migrator), &target);
    progress.end();
    let report = result?;
    progress.finish()?;
    if args.json {
        return context
            .console
            .print(json::document([json::value(&report)]));
    }
    let ids = context.migrations.iter().map(|it| &it.id);
    let last = args.to.as_ref();
    let known = ids.clone().position(|id| Some(id) == last);
    let known = known.map_or(ids.count(), |position| position + 1);
    context.console.tell(report::of_run(&report, known))
}

/// Shows the plan, and fails as a run would.
fn dry_run(
    migrator: &Migrator,
    target: &Target,
    args: &Migrate,
    context: &Context<'_>,
) -> Result<(), Error> {
    let console = context.console;
    let plan = perform(Look(migrator), target)?;
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

struct Run<'m>(&'m Migrator);

impl Task for Run<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.0.run(source).await
    }
}

struct Look<'m>(&'m Migrator);

impl Task for Look<'_> {
    type Output = Plan;

    async fn on<S: Source>(self, source: S) -> Result<Plan, RunError> {
        self.0.dry_run(source).await
    }
}
