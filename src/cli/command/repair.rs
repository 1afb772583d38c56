//! `repair`: accepts edited migrations, or says what became of steps that were cut off.

use super::context::Context;
use crate::cli::args::Repair;
use crate::cli::engine::{Target, Task, perform};
use crate::cli::error::Error;
use crate::cli::report;
use crate::cli::step::Step;
use crate::dsl::Migrations;
use crate::run::{Migrator, Report, Resolution, RunError, Source};

pub(super) fn repair(args: &Repair, context: &Context<'_>) -> Result<(), Error> {
    let steps = args.steps()?;
    for (step, _) in &steps {
        check_known(step, context.migrations)?;
    }
    let target = context.target(&args.database, &args.connection, false)?;
    let migrator = args
        .locking
        .apply(args.database.migrator(context.migrations));
    let (migrator, progress) = context.observed(migrator, false);
    if steps.is_empty() {
        let report = context.perform_in_steps(Accept(&migrator), &target)?;
        progress.finish()?;
        return context.console.print(report::of_repair(&report));
    }
    resolve(&migrator, &target, &steps, context)
}

fn resolve(
    migrator: &Migrator,
    target: &Target,
    steps: &[(&Step, Resolution)],
    context: &Context<'_>,
) -> Result<(), Error> {
    let dialect = target.url.dialect();
    if dialect.features().transactional_ddl {
        return Err(Error::NoHalfSteps { dialect });
    }
    for (step, resolution) in steps {
        let task = Resolve {
            migrator,
            step,
            resolution: *resolution,
        };
        perform(task, target)?;
        context.console.print(report::of_step(step, *resolution))?;
    }
    Ok(())
}

impl Repair {
    /// The steps that are named, each with what became of it.
    fn steps(&self) -> Result<Vec<(&Step, Resolution)>, Error> {
        if let Some(step) = self.done.iter().find(|step| self.undone.contains(step)) {
            return Err(Error::DoneAndUndone { step: step.clone() });
        }
        let done = self.done.iter().map(|step| (step, Resolution::Done));
        let undone = self.undone.iter().map(|step| (step, Resolution::Undone));
        Ok(done.chain(undone).collect())
    }
}

/// Before anything is written, so that of several steps all are, or none.
fn check_known(step: &Step, migrations: &Migrations) -> Result<(), Error> {
    let migration = migrations.get(&step.migration);
    // How many steps the way back has, only the library knows; it says so before it writes.
    let known = migration.is_some_and(|it| {
        usize::try_from(step.number).is_ok_and(|number| number <= it.operations.len())
            || step.number < 0
    });
    if known {
        return Ok(());
    }
    Err(Error::Run {
        file: None,
        error: RunError::UnknownStep {
            migration: step.migration.clone(),
            step: step.number,
        },
    })
}

struct Accept<'m>(&'m Migrator);

impl Task for Accept<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.0.repair(source).await
    }
}

struct Resolve<'r> {
    migrator: &'r Migrator,
    step: &'r Step,
    resolution: Resolution,
}

impl Task for Resolve<'_> {
    type Output = ();

    async fn on<S: Source>(self, source: S) -> Result<(), RunError> {
        let Step { migration, number } = self.step;
        self.migrator
            .repair_step(source, migration, *number, self.resolution)
            .await
    }
}
