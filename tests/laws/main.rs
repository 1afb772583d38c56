//! What holds of every history: random ones of all operations, with names and values that mean harm.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and the library's enums may grow"
)]

mod distribution;
mod generate;
#[cfg(all(feature = "postgres", feature = "mysql", feature = "sqlite"))]
mod servers;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::collections::BTreeMap;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, OperationError, RenderError, SchemaError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use generate::{history, operation, own_words};

/// The same histories every time: what a further search finds is no reason for a change to fail that has nothing to do with
/// it. `PROPTEST_RNG_SEED` starts elsewhere, and `PROPTEST_CASES` goes further.
fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let goes_further = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if goes_further { default.cases } else { cases },
        // A failure prints its smallest history; a file of old ones would be nobody's.
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed()),
        ..default
    }
}

/// Where nobody says where to start.
const SEED: u64 = 1;

fn seed() -> u64 {
    match ProptestConfig::default().rng_seed {
        RngSeed::Fixed(it) => it,
        RngSeed::Random => SEED,
    }
}

/// Operations that fold one after another may lead back to names in one migration, or use a value of an enum in the one
/// that adds it.
fn is_ambiguous(error: &SchemaError) -> bool {
    match error {
        SchemaError::Operation { source, .. } => {
            matches!(&**source, OperationError::AmbiguousRenaming { .. })
                || matches!(&**source, OperationError::InvalidEnum { reason, .. } if reason.contains("in the migration that adds it"))
        }
        _ => false,
    }
}

/// The history as a person reads it.
fn written(migrations: &Migrations) -> String {
    let migrations = migrations.iter().map(|migration| {
        let operations: Vec<String> = migration
            .operations
            .iter()
            .map(|it| format!("    {it}\n"))
            .collect();
        format!("{}:\n{}", migration.id, operations.concat())
    });
    migrations.collect()
}

/// What a catalog has, columns and indexes without their order.
fn contents(catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
    let of = |table: &Table| {
        let mut parts: Vec<String> = table
            .columns
            .iter()
            .map(|it| format!("column {it}"))
            .chain(table.indexes.iter().map(|it| format!("index {it}")))
            .chain(table.uniques.iter().map(|it| format!("unique {it}")))
            .chain(table.foreign_keys.iter().map(|it| format!("refers {it}")))
            .chain(table.checks.iter().map(|it| format!("check {it}")))
            .collect();
        parts.sort();
        parts.push(format!("key {:?}", table.primary_key));
        parts.push(format!("comment {:?}", table.comment));
        parts
    };
    let tables = catalog
        .tables()
        .map(|table| (table.name.clone(), of(table)));
    let views = catalog
        .views()
        .map(|view| (view.name.clone(), vec![view.to_string()]));
    let triggers = catalog.triggers().map(|trigger| {
        let name = format!("trigger {}", trigger.name);
        (name, vec![trigger.to_string()])
    });
    let functions = catalog.functions().map(|function| {
        let name = format!("function {}", function.name);
        (name, vec![function.to_string()])
    });
    tables
        .chain(views)
        .chain(triggers)
        .chain(functions)
        .collect()
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn the_way_back_gives_the_catalog_back(history in history()) {
        for (operation, before) in history {
            let mut catalog = before.clone();
            operation.apply(&mut catalog).unwrap();
            let inverse = operation.inverse(&before);
            if let Inverse::None { reason } = &inverse {
                prop_assert!(inverse.operations().is_empty() && !reason.is_empty());
                continue;
            }
            for back in inverse.operations() {
                back.apply(&mut catalog).unwrap();
            }
            prop_assert_eq!(contents(&catalog), contents(&before), "{}", operation);
            prop_assert!(catalog.schemas().eq(before.schemas()), "{}", operation);
            prop_assert!(catalog.extensions().eq(before.extensions()), "{}", operation);
            // Names are free again, too.
            operation.apply(&mut catalog).unwrap();
        }
    }

    #[test]
    fn a_migration_turned_round_gives_the_catalog_back(history in history()) {
        let migration = history
            .iter()
            .fold(Migration::new("001", "all"), |it, (operation, _)| it.operation(operation.clone()));
        let before = Catalog::default();
        // Folded here: a value of an enum may come in the midst of it.
        let mut catalog = before.clone();
        for operation in &migration.operations {
            operation.apply(&mut catalog).unwrap();
        }
        let history = Migrations::new([migration.clone()]);
        let mut catalog = match history.validate() {
            Ok(catalog) => catalog,
            Err(error) => {
                prop_assert!(is_ambiguous(&error), "{error:?}");
                return Ok(());
            }
        };
        let inverse = migration.inverse(&before).unwrap();
        if let Inverse::None { .. } = inverse {
            return Ok(());
        }
        for back in inverse.operations() {
            let folded = back.apply(&mut catalog);
            prop_assert!(folded.is_ok(), "{folded:?}: {back}, on the way back of\n{}", written(&history));
        }
        prop_assert_eq!(catalog, before);
    }

    #[test]
    fn what_folds_renders_or_is_unsupported(history in history()) {
        for (operation, before) in history {
            for dialect in Dialect::ALL {
                match dialect.render(&operation, &before) {
                    Ok(statements) => {
                        // Only an author may say that there is nothing to do, and an engine that has no such index, or
                        // tells nothing of the column apart.
                        let may_be_empty = match &operation {
                            // Without columns it has no place.
                            Operation::CreateEnum(_) | Operation::DropEnum(_) | Operation::AddEnumValue(_) | Operation::DropEnumValue(_) => true,
                            // Views that are not on this engine; a label is no engine's.
                            Operation::RunSql(_)
                            | Operation::AlterColumn(_)
                            | Operation::RenameIndex(_)
                            | Operation::CreateView(_)
                            | Operation::ReplaceView(_)
                            | Operation::DropView(_)
                            | Operation::CreateTrigger(_)
                            | Operation::ReplaceTrigger(_)
                            | Operation::DropTrigger(_) | Operation::CreateFunction(_) | Operation::ReplaceFunction(_) | Operation::DropFunction(_) => true,
                            Operation::CommentTable(_) | Operation::CommentColumn(_) => !dialect.features().comments,
                            Operation::CreateIndex(it) => !it.index.is_made_on(dialect),
                            Operation::DropIndex(it) => before
                                .table(&it.table)
                                .and_then(|table| table.index_labelled(&it.index))
                                .is_some_and(|index| !index.is_made_on(dialect)),
                            Operation::CreateExtension(_) | Operation::DropExtension(_) => {
                                !dialect.features().extensions
                            }
                            _ => false,
                        };
                        prop_assert!(may_be_empty || !statements.is_empty());
                    }
                    Err(error @ RenderError::Unsupported { .. }) => prop_assert!(!error.help().is_empty()),
                    Err(error) => prop_assert!(false, "{dialect}: {operation}: {error}"),
                }
            }
        }
    }

    #[test]
    fn texts_that_differ_have_checksums_that_differ(one in own_words(), other in own_words()) {
        let checksum = |it: &RunSql| Migration::new("001", "x").run_sql(it.clone()).checksum();
        prop_assert_eq!(checksum(&one) == checksum(&other), one == other);
    }

    #[test]
    fn what_does_not_fold_is_an_error_and_never_a_panic(
        operations in vec(operation(), 1..6),
        history in history(),
    ) {
        let mut catalog = history.into_iter().next_back().map(|(_, before)| before).unwrap_or_default();
        for operation in operations {
            for dialect in Dialect::ALL {
                let _either = dialect.render(&operation, &catalog);
            }
            let _inverse = operation.inverse(&catalog);
            let _text = operation.to_string();
            let mut after = catalog.clone();
            match operation.apply(&mut after) {
                Ok(()) => catalog = after,
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
