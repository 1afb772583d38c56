//! Random changes of rows.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;

use super::texts::{name, text_value};

pub(crate) fn changes_of_rows() -> impl Strategy<Value = Operation> {
    let some = || {
        (
            vec((name(), value()), 0..3),
            proptest::option::of((name(), value())),
        )
    };
    let rows_of = |(changes, predicate): (Vec<Given>, Option<Given>)| {
        let all = changes
            .into_iter()
            .fold(rows(), |rows, (column, value)| rows.set(column, value));
        match predicate {
            Some((column, value)) => all.only_where(col(column).eq(value)),
            None => all,
        }
    };
    prop_oneof![
        (name(), vec(vec((name(), value()), 1..3), 0..3)).prop_map(|(table, values)| {
            let row_of = |values: Vec<Given>| {
                let given = values.into_iter();
                given.fold(row(), |row, (column, value)| row.set(column, value))
            };
            let rows = values.into_iter().map(row_of).collect();
            Insert { table, rows }.into()
        }),
        (name(), some()).prop_map(move |(table, some)| {
            let rows = rows_of(some);
            Update { table, rows }.into()
        }),
        (name(), some()).prop_map(move |(table, some)| {
            let rows = rows_of(some);
            Delete { table, rows }.into()
        }),
        (name(), some(), proptest::option::of(0..9_u32)).prop_map(move |(table, some, batch)| {
            let mut rows = rows_of(some);
            rows.batch = batch;
            Backfill { table, rows }.into()
        }),
    ]
}

/// Values of every kind, most of which fit no column that they come to.
fn value() -> impl Strategy<Value = Expr> {
    prop_oneof![
        text_value().prop_map(Expr::from),
        any::<i64>().prop_map(Expr::from),
        any::<i32>().prop_map(Expr::from),
        any::<f64>().prop_map(Expr::from),
        any::<bool>().prop_map(Expr::from),
        vec(any::<u8>(), 0..9).prop_map(Expr::from),
        Just(null()),
        Just(now()),
        name().prop_map(col),
    ]
}

/// A column and its value.
type Given = (String, Expr);
