//! Random conditions, of columns that are known only later.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;

use super::texts::text_value;

/// Comparisons of columns that are chosen by number once the table is known, joined by AND or OR.
pub(crate) type Predicate = Vec<(usize, u8, String, bool)>;

pub(crate) fn predicate() -> impl Strategy<Value = Predicate> {
    prop_oneof![
        Just(Vec::new()),
        vec((any::<usize>(), 0..6_u8, text_value(), any::<bool>()), 1..4),
    ]
}

pub(crate) fn expression(predicate: &Predicate, columns: &[String]) -> Option<Expr> {
    predicate
        .iter()
        .map(|(column, kind, text, both)| {
            let column = col(columns[column % columns.len()].clone());
            let comparison = match kind {
                0 => column.is_null(),
                1 => column.is_not_null(),
                2 => column.eq(text),
                3 => column.is_in([text, "other"]),
                4 => column.gt(3).not(),
                _ => Expr::expr(Func::lower(column)).like(text),
            };
            (comparison, *both)
        })
        .reduce(|(a, _), (b, both)| (if both { a.and(b) } else { a.or(b) }, both))
        .map(|(expression, _)| expression)
}
