//! What to do about a run that failed, in the words of the command line: the library's own help names
//! functions.

use crate::run::RunError;

pub(super) fn of_run(error: &RunError) -> Option<String> {
    let help = match error {
        RunError::UnknownApplied { .. } => {
            "run a newer version of the program, or allow them: --allow-unknown"
        }
        RunError::OutOfOrder { .. } => "leave out --strict-order to run it all the same",
        RunError::Locked { .. } => {
            "wait for the other runner, or raise --lock-timeout; the lock of a runner that died goes with its \
             connection"
        }
        RunError::Cluster { .. } => {
            "make sure that only one runner runs at a time, and say so with --allow-cluster"
        }
        RunError::MissingSchema { schema: None } => "create a schema, or name one with --schema",
        RunError::DataLoss { .. } => "accept it with --accept-data-loss; nothing was changed",
        RunError::UnknownStep { .. } => "name it as the error did: MIGRATION:STEP",
        RunError::SharedSession { .. } => {
            "name the server itself in the URL, and no connection pooler; nothing was changed"
        }
        RunError::Unfinished {
            migration, step, ..
        } => {
            return Some(format!(
                "look at the database: if the step's effect is there, say so with `repair --done {migration}:{step}`, \
                 else with `repair --undone {migration}:{step}`; then run again"
            ));
        }
        RunError::Plan(_)
        | RunError::Connect { .. }
        | RunError::InTransaction
        | RunError::UnknownMigration { .. }
        | RunError::Tracking { .. }
        | RunError::Changed { .. }
        | RunError::MissingSchema { schema: Some(_) }
        | RunError::MissingDatabase
        | RunError::NoSchemaLike { .. }
        | RunError::Schemaless
        | RunError::ImplicitTimestamps { .. }
        | RunError::Conflict { .. }
        | RunError::Orphans { .. }
        | RunError::Statement { .. }
        | RunError::Rights { .. }
        | RunError::Stopped { .. }
        | RunError::Baseline { .. }
        | RunError::SeenStep { .. }
        | RunError::Scratch { .. }
        | RunError::Database { .. } => return error.help(),
    };
    Some(help.to_owned())
}
