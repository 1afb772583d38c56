//! The plan for a database as it is: what is pending, less what is there.

use super::adopt::adoption;
use super::applied::Pending;
use super::decide::{Decider, Decision};
use super::difference::Difference;
use super::error::RunError;
use super::found::Found;
use super::live::Live;
use super::plan::{Plan, PlannedMigration, Steps};
use super::tracking::Tracking;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Migration, Migrations, Operation};

/// Plans the migrations that are pending, for a database that has what `live` says.
pub(crate) fn resolve(
    history: &Migrations,
    pending: &Pending,
    live: Live,
    dialect: Dialect,
    tracking: Tracking,
) -> Result<Plan, RunError> {
    resolve_with(history, pending, live, dialect, tracking, Err)
}

/// The same; `on_conflict` decides whether a conflict ends it, or is kept in the plan.
pub(crate) fn resolve_with(
    history: &Migrations,
    pending: &Pending,
    live: Live,
    dialect: Dialect,
    tracking: Tracking,
    on_conflict: impl Fn(RunError) -> Result<(), RunError>,
) -> Result<Plan, RunError> {
    let mut plan = Plan::empty(dialect, tracking)?;
    plan.is_for_new = live.is_empty() && pending.applied.is_empty();
    // A new database has nothing that could be in the way or be taken over.
    let adopted = if live.is_empty() {
        Default::default()
    } else {
        adoption(history, dialect, &live)
    };
    let mut adoption_warnings = adopted.warnings;
    // Of a new database there is nothing to decide: it needs everything.
    let decider = || Decider::new(dialect, live.clone(), history);
    let mut decider = (!plan.is_for_new).then(decider);
    let mut catalog = Catalog::default();
    let mut position = 0;
    for (index, migration) in history.iter().enumerate() {
        let mut steps = Steps::new(migration, dialect);
        if index >= pending.until {
            break;
        }
        let is_pending = !pending.applied.contains(&migration.id);
        if !is_pending || index < adopted.migrations {
            for (step, operation) in (1..).zip(&migration.operations) {
                // Of what is recorded nothing is told.
                if is_pending {
                    steps.note(step, operation, Found::Satisfied);
                }
                steps.apply(step, operation, &mut catalog)?;
            }
            position += migration.operations.len();
            if is_pending {
                plan.push(steps.finish(std::mem::take(&mut adoption_warnings)));
            }
            continue;
        }
        if let Some(decider) = &mut decider {
            decider.begin(migration, &catalog);
        }
        for (step, operation) in (1..).zip(&migration.operations) {
            let decided = match &mut decider {
                Some(decider) => decider.decide(position, operation, &catalog),
                None => Ok(Decision::Needed),
            };
            let decision = match decided {
                Ok(decision) => decision,
                Err(difference) => {
                    let found = Found::Conflict(difference.clone());
                    on_conflict(conflict_at(migration, step, operation, difference))?;
                    steps.note(step, operation, found);
                    steps.apply(step, operation, &mut catalog)?;
                    position += 1;
                    continue;
                }
            };
            match decision {
                Decision::Satisfied => {
                    steps.note(step, operation, Found::Satisfied);
                    steps.apply(step, operation, &mut catalog)?;
                }
                Decision::Needed => {
                    steps.note(step, operation, Found::Needed);
                    steps.run(step, operation, &catalog)?;
                    steps.apply(step, operation, &mut catalog)?;
                    plan.needs.add(operation, &live);
                    plan.look_at_timestamps(std::slice::from_ref(operation));
                }
                // What is left is rendered for the schema after the operation, which has its objects.
                Decision::Rest(rest) => {
                    steps.note(step, operation, Found::Partly);
                    steps.apply(step, operation, &mut catalog)?;
                    for operation in rest {
                        steps.run(step, &operation, &catalog)?;
                        plan.needs.add(&operation, &live);
                    }
                }
            }
            position += 1;
        }
        let warnings = decider.as_mut().map(|it| std::mem::take(&mut it.warnings));
        plan.push(steps.finish(warnings.unwrap_or_default()));
    }
    Ok(plan)
}

/// A table that can't be rebuilt as it is.
pub(crate) fn rebuild_conflict(
    migration: &PlannedMigration,
    step: usize,
    table: &str,
    difference: Difference,
) -> RunError {
    let mut steps = migration.steps.iter();
    let operation = steps.find(|it| it.step == step);
    RunError::Conflict {
        migration: migration.id.clone(),
        step,
        operation: operation.map_or_else(
            || format!("rebuild table {table}"),
            |it| it.operation.clone(),
        ),
        difference,
    }
}

pub(crate) fn conflict_at(
    migration: &Migration,
    step: usize,
    operation: &Operation,
    difference: Difference,
) -> RunError {
    RunError::Conflict {
        migration: migration.id.clone(),
        step,
        operation: operation.headline(),
        difference,
    }
}
