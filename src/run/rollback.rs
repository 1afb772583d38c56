//! The way back: which migrations are undone, what is lost with them, and the plan for it.

use std::collections::BTreeSet;

use super::decide::{Decider, Decision};
use super::error::RunError;
use super::live::Live;
use super::plan::{Plan, PlannedMigration, Steps, Way, undoing, way_back};
use super::resolve::conflict_at;
use super::tracking::Tracking;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Inverse, Migration, Migrations, Operation};
use crate::run::PlanError;

/// How far back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// So many of the newest applied migrations are undone.
    Steps(usize),
    /// All that came after this migration are undone; it stays.
    To(String),
    /// All are undone.
    All,
}

impl Rollback {
    /// The same, by the migration that stays: a number of steps would mean others after each of them.
    pub(crate) fn pinned(&self, history: &Migrations, applied: &BTreeSet<String>) -> Rollback {
        match self {
            Rollback::Steps(steps) => {
                let applied: Vec<&Migration> = history
                    .iter()
                    .filter(|it| applied.contains(&it.id))
                    .collect();
                let kept = applied
                    .len()
                    .checked_sub(*steps)
                    .and_then(|it| it.checked_sub(1));
                kept.and_then(|kept| applied.get(kept))
                    .map_or(Rollback::All, |it| Rollback::To(it.id.clone()))
            }
            Rollback::To(_) | Rollback::All => self.clone(),
        }
    }
}

/// A migration that is to be undone, with its way back.
struct Undo<'h> {
    migration: &'h Migration,
    back: Vec<Operation>,
    loss: Option<String>,
}

/// Plans the way back for a database that has the `applied` migrations, and what `live` says.
pub(crate) fn resolve_rollback(
    history: &Migrations,
    applied: &BTreeSet<String>,
    rollback: &Rollback,
    accept_data_loss: bool,
    live: Live,
    dialect: Dialect,
    tracking: Tracking,
) -> Result<Plan, RunError> {
    let (undos, mut catalog) = undos(history, applied, rollback)?;
    let losses: Vec<String> = undos.iter().filter_map(|it| it.loss.clone()).collect();
    if !losses.is_empty() && !accept_data_loss {
        return Err(RunError::DataLoss { losses });
    }
    let mut plan = Plan::empty(dialect, tracking)?;
    let found = live.clone();
    // On the way back no later shape is awaited.
    let nothing_later = Migrations::default();
    let mut decider = Decider::new(dialect, live, &nothing_later);
    for undo in undos {
        let undone = undoing(undo.migration, undo.back);
        let mut steps = Steps::new(&undone, dialect);
        decider.begin(&undone, &catalog);
        for (step, operation) in (1..).zip(&undone.operations) {
            let decision = decider
                .decide(0, operation, &catalog)
                .map_err(|difference| conflict_at(&undone, step, operation, difference))?;
            match decision {
                Decision::Satisfied => steps.apply(step, operation, &mut catalog)?,
                Decision::Needed => {
                    steps.run(step, operation, &catalog)?;
                    plan.needs.add(operation, &found);
                    steps.apply(step, operation, &mut catalog)?;
                }
                Decision::Rest(rest) => {
                    steps.apply(step, operation, &mut catalog)?;
                    for operation in rest {
                        steps.run(step, &operation, &catalog)?;
                        plan.needs.add(&operation, &found);
                    }
                }
            }
        }
        plan.look_at_timestamps(&undone.operations);
        let planned = steps.finish(std::mem::take(&mut decider.warnings));
        plan.push(PlannedMigration {
            way: Way::Down,
            ..planned
        });
    }
    Ok(plan)
}

/// What is to be undone, newest first, and the schema that the applied migrations have made.
fn undos<'h>(
    history: &'h Migrations,
    applied: &BTreeSet<String>,
    rollback: &Rollback,
) -> Result<(Vec<Undo<'h>>, Catalog), RunError> {
    let applied: Vec<&Migration> = history
        .iter()
        .filter(|it| applied.contains(&it.id))
        .collect();
    let kept = match rollback {
        Rollback::All => 0,
        Rollback::Steps(steps) => applied.len().saturating_sub(*steps),
        Rollback::To(id) => {
            let position = applied.iter().position(|it| it.id == *id);
            position.ok_or_else(|| RunError::UnknownMigration {
                id: id.clone(),
                applied: true,
            })? + 1
        }
    };
    let mut catalog = Catalog::default();
    let mut undos = Vec::new();
    for (index, migration) in applied.into_iter().enumerate() {
        if index < kept {
            migration
                .fold_into(&mut catalog)
                .map_err(PlanError::Schema)?;
            continue;
        }
        let back = way_back(migration, &mut catalog)?;
        let loss = match &back {
            Inverse::Lossy { loss, .. } => Some(loss.clone()),
            Inverse::Exact(_) | Inverse::None { .. } => None,
        };
        undos.push(Undo {
            migration,
            back: back.operations().to_vec(),
            loss,
        });
    }
    undos.reverse();
    Ok((undos, catalog))
}
