//! Whether the random histories have all operations in them: what is never made is never tried.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use hammerwork_migrations::dsl::*;
use proptest::prelude::ProptestConfig;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::generate::History;
use crate::{SEED, config, generate};

/// The operations that there are, by the names of their files.
pub(crate) fn all() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/dsl/op");
    let files = fs::read_dir(folder).expect("a folder of operations");
    let names = files.map(|it| it.expect("a file").file_name());
    names
        .filter_map(|it| Some(it.to_str()?.strip_suffix(".rs")?.to_owned()))
        .filter(|it| it != "mod")
        .collect()
}

/// How often each operation is in the histories; SQL that stands for others counts as `run_sql`.
pub(crate) fn counted(histories: impl IntoIterator<Item = History>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (operation, _) in histories.into_iter().flatten() {
        *counts.entry(name_of(&operation)).or_default() += 1;
    }
    counts
}

/// Fails with those of the operations that come less often than `least`, but for what is not to be done there.
pub(crate) fn assert_all(
    where_: &str,
    counts: &BTreeMap<String, usize>,
    least: usize,
    not: &[&str],
) {
    let rare: Vec<String> = all()
        .into_iter()
        .filter(|it| !not.contains(&it.as_str()))
        .filter(|it| counts.get(it).copied().unwrap_or(0) < least)
        .collect();
    assert!(
        rare.is_empty(),
        "{where_}: the random histories hardly ever have {rare:?}: teach tests/laws/generate to make them fit; {counts:?}"
    );
    for it in not {
        assert!(!counts.contains_key(*it), "{where_}: {it} is there now");
    }
}

/// `create_table` for a `CreateTable`.
fn name_of(operation: &Operation) -> String {
    let text = format!("{operation:?}");
    let variant = text.split('(').next().unwrap_or_default();
    let mut name = String::new();
    for character in variant.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

#[test]
fn histories_have_every_operation_in_them() {
    let made = generated(first_runner(), &generate::history(), 300);
    assert_all("all", &counted(made), 5, &[]);
}

/// Makes the histories that are tried where nobody asks for others.
pub(crate) fn first_runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        rng_seed: RngSeed::Fixed(SEED),
        ..config(1)
    })
}

/// So many values of the strategy, as the runner would make them.
pub(crate) fn generated<S: proptest::strategy::Strategy>(
    mut runner: TestRunner,
    strategy: &S,
    count: u32,
) -> Vec<S::Value> {
    let mut one = |_| strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(&mut one).collect()
}
