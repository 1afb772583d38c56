//! `repair`: accepts edited migrations, or says what became of steps that were cut off.

use serde_json::Value;

use super::context::Context;
use crate::cli::args::Repair;
use crate::cli::engine::{Target, Task, perform};
use crate::cli::error::Error;
use crate::cli::step::Step;
use crate::cli::{json, report};
use crate::dsl::Migrations;
use crate::run::{Migrator, Report, Resolution, RunError, Source, is_seen};

pub(super) fn repair(args: &Repair, context: &Context<'_>) -> Result<(), Error> {
    let steps = args.steps()?;
    for (step, _) in &steps {
        check_known(step, context.migrations)?;
    }
    let target = context.target(&args.database, &args.connection, false)?;
    let migrator = args
        .locking
        .apply(args.database.migrator(context.migrations));
    let (migrator, progress) = context.observed(migrator, args.json);
    let mut accepted = Report::default();
    if steps.is_empty() {
        accepted = context.perform_in_steps(Accept(&migrator), &target)?;
        progress.finish()?;
        if !args.json {
            return context.console.print(report::of_repair(&accepted));
        }
    }
    resolve(&migrator, &target, &steps, args.json, context)?;
    if args.json {
        let ids: Vec<&str> = accepted.applied.iter().map(|it| it.id.as_str()).collect();
        let parts = serde_json::json!({"accepted": ids, "steps": json_of(&steps)});
        return context.console.print(json::document([parts]));
    }
    Ok(())
}

/// Writes what the person says of each step, and tells of it at once where that is not JSON.
fn resolve(
    migrator: &Migrator,
    target: &Target,
    steps: &[(&Step, Resolution)],
    is_json: bool,
    context: &Context<'_>,
) -> Result<(), Error> {
    for (step, resolution) in steps {
        let task = Resolve {
            migrator,
            step,
            resolution: *resolution,
        };
        perform(task, target)?;
        if !is_json {
            context.console.print(report::of_step(step, *resolution))?;
        }
    }
    Ok(())
}

fn json_of(steps: &[(&Step, Resolution)]) -> Vec<Value> {
    let of = |(step, resolution): &(&Step, Resolution)| {
        let word = match resolution {
            Resolution::Done => "done",
            Resolution::Undone => "undone",
        };
        serde_json::json!({"migration": step.migration, "step": step.number, "resolution": word})
    };
    steps.iter().map(of).collect()
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
    let found = migrations.get(&step.migration);
    let position = usize::try_from(step.number).ok();
    let operation = position.and_then(|it| found?.operations.get(it.checked_sub(1)?));
    let (migration, number) = (step.migration.clone(), step.number);
    let error = match operation {
        Some(operation) if !is_seen(operation) => return Ok(()),
        Some(_) => RunError::SeenStep {
            migration,
            step: number,
        },
        // Which steps the way back has, only the library knows; it says so before it writes.
        None if number < 0 && found.is_some() => return Ok(()),
        None => RunError::UnknownStep {
            migration,
            step: number,
        },
    };
    Err(Error::Run { file: None, error })
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
