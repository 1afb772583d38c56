//! Random histories of operations that fold.

mod aimed;
mod columns;
mod constraints;
mod enums;
mod functions;
mod indexes;
mod operations;
mod own_words;
mod predicates;
mod rows;
mod tables;
mod texts;
mod triggers;
mod views;

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;

use aimed::aimed;
pub(crate) use operations::operation;
pub(crate) use own_words::own_words;
use predicates::predicate;

/// Operations that fold, each with the catalog before it: what does not fit is left out.
pub(crate) fn history() -> impl Strategy<Value = Vec<(Operation, Catalog)>> {
    history_where(|_, _| true)
}

pub(crate) fn history_where(
    keep: impl Fn(&Operation, &Catalog) -> bool,
) -> impl Strategy<Value = Vec<(Operation, Catalog)>> {
    history_of(30, move |operation, catalog| {
        keep(&operation, catalog).then_some(operation)
    })
}

/// From fewer than `most` operations, each as `settle` makes it, those that fold.
pub(crate) fn history_of(
    most: usize,
    settle: impl Fn(Operation, &Catalog) -> Option<Operation>,
) -> impl Strategy<Value = Vec<(Operation, Catalog)>> {
    vec((operation(), predicate(), any::<usize>()), 1..most).prop_map(move |candidates| {
        let mut catalog = Catalog::default();
        let mut history = Vec::new();
        for (operation, predicate, aim) in candidates {
            let operation = match aim % 8 {
                0 => operation,
                _ => aimed(operation, &predicate, &catalog, aim / 8),
            };
            // Much of what does not fold has no meaning for an engine.
            if operation.apply(&mut catalog.clone()).is_err() {
                continue;
            }
            let Some(operation) = settle(operation, &catalog) else {
                continue;
            };
            let mut after = catalog.clone();
            if operation.apply(&mut after).is_ok() {
                history.push((operation, catalog));
                catalog = after;
            }
        }
        history
    })
}

/// The history as several migrations.
pub(crate) fn cut(history: Vec<(Operation, Catalog)>, cuts: Vec<usize>) -> Migrations {
    let mut operations = history
        .into_iter()
        .map(|(operation, _)| operation)
        .peekable();
    let mut migrations = Vec::new();
    for (number, size) in cuts.into_iter().enumerate() {
        if operations.peek().is_none() {
            break;
        }
        let id = format!("{number:03}");
        let mut migration = Migration::new(id, "some");
        for operation in operations.by_ref().take(size) {
            // A new value of an enum comes last.
            let is_last = matches!(operation, Operation::AddEnumValue(_));
            migration = migration.operation(operation);
            if is_last {
                break;
            }
        }
        migrations.push(migration);
    }
    Migrations::new(migrations)
}
