//! Random histories of operations that fold.

mod aimed;
mod columns;
mod constraints;
mod enums;
mod functions;
mod indexes;
mod operations;
mod own_words;
mod population;
mod predicates;
mod rows;
mod tables;
mod texts;
mod triggers;
mod values;
mod views;

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;

use aimed::aimed;
use operations::create_table;
pub(crate) use operations::operation;
pub(crate) use own_words::own_words;
pub(crate) use population::{Population, peopled};
use predicates::predicate;

/// So often is an operation pointed at something.
const TRIES: usize = 8;

/// Operations that fold, each with the catalog before it.
pub(crate) type History = Vec<(Operation, Catalog)>;

/// Random ones: what does not fit is left out.
pub(crate) fn history() -> impl Strategy<Value = History> {
    history_of(30, |operation, _, _| Some(operation))
}

/// From fewer than `most` operations, each as `settle` makes it of the history before it and the catalog that this
/// leads to, those that fold.
pub(crate) fn history_of(
    most: usize,
    settle: impl Fn(Operation, &History, &Catalog) -> Option<Operation>,
) -> impl Strategy<Value = History> {
    // What else is there to do without a table?
    let first = vec((create_table(), predicate(), any::<usize>()), 1..3);
    let others = vec((operation(), predicate(), any::<usize>()), 0..most);
    // Where rows are changed there is often no way back, and nothing that a catalog could tell: half of the histories
    // have neither.
    (first, others, any::<bool>()).prop_map(move |(first, others, with_rows)| {
        let candidates = first.into_iter().chain(others);
        let mut catalog = Catalog::default();
        let mut history = History::new();
        for (operation, predicate, aim) in candidates {
            if !with_rows && changes_rows(&operation) {
                continue;
            }
            let fits = |aim| {
                let operation = aimed(operation.clone(), &predicate, &catalog, aim);
                // Much of what does not fold has no meaning for an engine.
                operation.apply(&mut catalog.clone()).ok()?;
                let operation = settle(operation, &history, &catalog)?;
                let mut after = catalog.clone();
                operation.apply(&mut after).ok()?;
                Some((operation, after))
            };
            // What is there may be too small for it, or in use: then it is pointed at something else.
            let mut aims = (0..TRIES).map(|it| aim.wrapping_add(it.wrapping_mul(8_191)));
            if let Some((operation, after)) = aims.find_map(fits) {
                history.push((operation, std::mem::replace(&mut catalog, after)));
            }
        }
        history
    })
}

fn changes_rows(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
            | Operation::RunSql(_)
    )
}

/// The history as several migrations.
pub(crate) fn cut(history: History, cuts: Vec<usize>) -> Migrations {
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
