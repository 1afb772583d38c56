//! Random names and texts, of which many mean harm.

use proptest::prelude::*;
use proptest::sample::select;

/// Few, so that operations meet; odd, so that what they become in SQL is put to the test.
const NAMES: [&str; 19] = [
    "t",
    "u",
    "T",
    "order",
    "größe",
    "a b",
    "x.y",
    "1st",
    "--",
    "/*",
    ";",
    "$1",
    "?",
    "100%",
    "idx_t_u",
    "t_pkey",
    "idx_u_t",
    "null",
    "63_bytes_are_the_most_that_a_name_may_have_on_every_engine_____",
];

/// These no engine gets to see.
const REFUSED: [&str; 6] = ["it's", "a`b\"c", "", "sqlite_stat", "🦀", "bell\u{7}"];

const TEXTS: [&str; 9] = [
    "",
    "Pending",
    "it's",
    "a\"b`c",
    "back\\slash\\",
    "'; DROP TABLE t; --",
    "two\nlines\t\u{1a}",
    "größer 🦀 $1 ? %s",
    "NUL \0",
];

pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![30 => select(&NAMES[..]), 1 => select(&REFUSED[..])].prop_map(str::to_owned)
}

/// Of an enum: few, so that operations meet.
pub(crate) fn enum_value() -> impl Strategy<Value = String> {
    select(
        &[
            "Pending",
            "it's",
            "back\\slash",
            "größer $1 ? %s",
            "'; DROP TABLE t; --",
            "",
            "pending",
            "two\nlines",
        ][..],
    )
    .prop_map(str::to_owned)
}

pub(crate) fn text_value() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(&TEXTS[..]).prop_map(str::to_owned), 1 => any::<String>()]
}

/// What is said of a table or a column; too much at times.
pub(crate) fn comment() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(
        0.8,
        prop_oneof![9 => text_value(), 1 => (1000..2100_usize).prop_map(|it| "ä".repeat(it))],
    )
}
