//! Whether an index that is there is the one that a migration makes.

use super::LiveIndex;
use crate::dialect::Dialect;
use crate::dsl::{Direction, Index};
use crate::render::hidden_column;

/// In what way an index that is there is another than the one that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IndexDifference {
    /// Rows are found as before, only in another time: it is kept.
    Speed(String),
    /// Other rows are allowed than should be.
    Meaning(String),
}

/// What differs; none where the index that is there will do. Predicates count by their presence.
pub(crate) fn index_difference(
    dialect: Dialect,
    table: &str,
    expected: &Index,
    live: &LiveIndex,
) -> Option<IndexDifference> {
    if expected.unique != live.unique {
        let word = |unique| if unique { "unique" } else { "not unique" };
        return Some(IndexDifference::Meaning(format!(
            "it is {}, and should be {}",
            word(live.unique),
            word(expected.unique)
        )));
    }
    let difference = parts_difference(dialect, table, expected, live)
        .or_else(|| predicate_difference(dialect, expected, live))?;
    Some(if expected.unique {
        IndexDifference::Meaning(difference)
    } else {
        IndexDifference::Speed(difference)
    })
}

fn parts_difference(
    dialect: Dialect,
    table: &str,
    expected: &Index,
    live: &LiveIndex,
) -> Option<String> {
    let wanted: Vec<(Option<String>, bool)> = expected
        .columns
        .iter()
        .map(|part| {
            let column = live_column(dialect, table, expected, &part.name);
            (column, part.direction == Direction::Descending)
        })
        .collect();
    let found: Vec<(Option<String>, bool)> = live
        .parts
        .iter()
        .map(|part| (part.column.clone(), part.descending))
        .collect();
    (wanted != found).then(|| {
        format!(
            "it is over ({}), and should be over ({})",
            shown(&found),
            shown(&wanted)
        )
    })
}

/// What the catalog shows for a column of the index: itself, or what stands for it where the engine has no
/// partial indexes and the index is unique.
fn live_column(dialect: Dialect, table: &str, index: &Index, column: &str) -> Option<String> {
    let features = dialect.features();
    if !index.unique || index.predicate.is_none() || features.partial_indexes {
        Some(column.to_owned())
    } else if features.expression_indexes {
        None
    } else {
        Some(hidden_column(dialect, table, index, column))
    }
}

fn predicate_difference(dialect: Dialect, expected: &Index, live: &LiveIndex) -> Option<String> {
    let wanted = expected.predicate.is_some() && dialect.features().partial_indexes;
    match (wanted, live.predicate.is_some()) {
        (true, true) | (false, false) => None,
        (true, false) => Some("it covers all rows, and should be partial".to_owned()),
        (false, true) => Some("it is partial, and should cover all rows".to_owned()),
    }
}

fn shown(parts: &[(Option<String>, bool)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(column, descending)| {
            let column = column.as_deref().unwrap_or("an expression");
            format!("{column}{}", if *descending { " DESC" } else { "" })
        })
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::LivePart;
    use super::*;
    use crate::dsl::{col, index};
    use sea_query::ExprTrait;

    fn live(parts: &[&str], unique: bool, partial: bool) -> LiveIndex {
        LiveIndex {
            name: "idx_i".to_owned(),
            parts: parts
                .iter()
                .map(|part| LivePart {
                    column: Some(part.trim_end_matches(" DESC").to_owned()),
                    text: String::new(),
                    descending: part.ends_with(" DESC"),
                })
                .collect(),
            unique,
            predicate: partial.then(|| "(b = 1)".to_owned()),
            valid: true,
        }
    }

    #[test]
    fn a_partial_index_is_a_full_one_where_there_are_none() {
        let expected = index("i").desc("a").only_where(col("b").eq(1));
        let difference = |dialect, live| index_difference(dialect, "t", &expected, &live);
        assert_eq!(
            difference(Dialect::Postgres, live(&["a DESC"], false, true)),
            None
        );
        assert_eq!(
            difference(Dialect::MySql, live(&["a DESC"], false, false)),
            None
        );
        assert!(matches!(
            difference(Dialect::Postgres, live(&["a DESC"], false, false)),
            Some(IndexDifference::Speed(_))
        ));
        assert!(matches!(
            difference(Dialect::Postgres, live(&["a"], false, true)),
            Some(IndexDifference::Speed(_))
        ));
    }

    #[test]
    fn what_a_unique_index_allows_is_its_meaning() {
        let expected = index("i").columns(["a"]).unique();
        for other in [
            live(&["a"], false, false),
            live(&["b"], true, false),
            live(&["a"], true, true),
        ] {
            assert!(matches!(
                index_difference(Dialect::Postgres, "t", &expected, &other),
                Some(IndexDifference::Meaning(_))
            ));
        }
    }
}
