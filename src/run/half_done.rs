//! Which migration a run that was cut off has left half done.

use super::driver::Driver;
use super::error::RunError;
use super::found::Found;
use super::migrator::Migrator;
use super::plan::PlannedMigration;
use super::report::{State, Status};

impl Migrator {
    /// The status with the step at which a cut-off run left off. Only the first migration that is pending can be
    /// half done, and only where DDL commits by itself.
    pub(super) async fn with_half_done<D: Driver>(
        &self,
        mut status: Status,
        driver: &mut D,
    ) -> Status {
        // What is recorded nowhere is taken over whole, or run.
        let begun = !status.migrations.is_empty() && status.pending() > 0;
        if !begun || driver.dialect().features().transactional_ddl {
            return status;
        }
        // Who only looks keeps nobody out, so a cluster is as good as a single server.
        let looking = self.clone().allow_cluster(true).allow_unknown(true);
        driver.dedicate();
        let found = match looking.look_ahead(driver).await {
            Ok(plan) if !plan.create_tracking.is_empty() => None,
            Ok(plan) => plan.migrations.first().and_then(cut_at),
            Err(RunError::Unfinished {
                migration, step, ..
            }) => usize::try_from(step).ok().map(|step| (migration, step)),
            // What stands in a run's way is for the run to tell.
            Err(_) => None,
        };
        if let Some((migration, step)) = found {
            let line = status.migrations.iter_mut().find(|it| it.id == migration);
            if let Some(line) = line.filter(|it| it.state == State::Pending) {
                line.state = State::HalfDone { step };
            }
        }
        status
    }
}

/// The first step that is left to do of a migration of which another is done.
fn cut_at(migration: &PlannedMigration) -> Option<(String, usize)> {
    let is_left = |found: &Found| matches!(found, Found::Needed | Found::Partly);
    let left = migration.steps.iter().find(|it| is_left(&it.found))?;
    let begun = migration
        .steps
        .iter()
        .any(|it| matches!(it.found, Found::Satisfied | Found::Partly));
    begun.then(|| (migration.id.clone(), left.step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{PlannedStep, Way};

    #[test]
    fn a_migration_is_half_done_where_a_part_of_it_is() {
        let planned = |found: &[Found]| PlannedMigration {
            id: "002".to_owned(),
            summary: String::new(),
            statements: Vec::new(),
            left_out: Vec::new(),
            steps: (1..)
                .zip(found)
                .map(|(step, found)| PlannedStep {
                    step,
                    operation: String::new(),
                    found: found.clone(),
                })
                .collect(),
            warnings: Vec::new(),
            way: Way::Up,
            checksum: String::new(),
        };
        for (found, step) in [
            (&[Found::Needed, Found::Needed][..], None),
            (&[Found::Satisfied, Found::Satisfied], None),
            (&[Found::Satisfied, Found::Needed], Some(2)),
            (&[Found::Needed, Found::Satisfied], Some(1)),
            (&[Found::Partly], Some(1)),
            (&[], None),
        ] {
            assert_eq!(cut_at(&planned(found)).map(|it| it.1), step, "{found:?}");
        }
    }
}
