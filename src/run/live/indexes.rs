//! Whether an index that is there is the one that a migration makes.

use super::LiveIndex;
use crate::dialect::Dialect;
use crate::dsl::{Index, IndexMethod};
use crate::render::{KeyPart, key_parts};

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
    if let Some(difference) = method_difference(dialect, expected, live) {
        return Some(difference);
    }
    let nulls = expected.nulls_not_distinct && dialect.features().nulls_not_distinct;
    if nulls != live.nulls_not_distinct {
        let difference = if nulls {
            "NULL never equals NULL in it, and should"
        } else {
            "NULL equals NULL in it, and never should"
        };
        return Some(IndexDifference::Meaning(difference.to_owned()));
    }
    let difference = key_difference(dialect, table, expected, live)
        .or_else(|| predicate_difference(dialect, expected, live));
    match difference {
        Some(difference) if expected.unique => Some(IndexDifference::Meaning(difference)),
        Some(difference) => Some(IndexDifference::Speed(difference)),
        None => speed_difference(dialect, expected, live).map(IndexDifference::Speed),
    }
}

/// Queries of MySQL and MariaDB that search for words need the index for it; all other methods only take another
/// time.
fn method_difference(
    dialect: Dialect,
    expected: &Index,
    live: &LiveIndex,
) -> Option<IndexDifference> {
    let wanted = method_on(dialect, expected.method);
    (live.method != wanted).then(|| {
        let difference = format!("it is a {} index, and should be {wanted}", live.method);
        if [live.method.as_str(), wanted].contains(&FULLTEXT) {
            IndexDifference::Meaning(difference)
        } else {
            IndexDifference::Speed(difference)
        }
    })
}

const FULLTEXT: &str = "fulltext";

/// How the engine's catalog calls what a method becomes there.
fn method_on(dialect: Dialect, method: IndexMethod) -> &'static str {
    let features = dialect.features();
    match method {
        IndexMethod::Fulltext if features.index_methods => "gin",
        IndexMethod::Fulltext => FULLTEXT,
        IndexMethod::BTree => "btree",
        IndexMethod::Hash if features.index_methods => "hash",
        IndexMethod::Gin if features.index_methods => "gin",
        IndexMethod::Gist if features.index_methods => "gist",
        IndexMethod::SpGist if features.index_methods => "spgist",
        IndexMethod::Brin if features.index_methods => "brin",
        IndexMethod::Hash
        | IndexMethod::Gin
        | IndexMethod::Gist
        | IndexMethod::SpGist
        | IndexMethod::Brin => "btree",
    }
}

/// What the index is over. Columns that it is only to carry may be the last of its key, where the engine can't
/// carry any.
fn key_difference(
    dialect: Dialect,
    table: &str,
    expected: &Index,
    live: &LiveIndex,
) -> Option<String> {
    let mut wanted = key_parts(dialect, table, expected);
    let found: Vec<KeyPart> = live
        .parts
        .iter()
        .map(|part| KeyPart {
            column: part.column.clone(),
            prefix: part.prefix,
            descending: part.descending,
        })
        .collect();
    if wanted == found {
        return None;
    }
    let message = format!(
        "it is over ({}), and should be over ({})",
        shown(&found),
        shown(&wanted)
    );
    if !expected.unique && !dialect.features().included_columns {
        wanted.extend(expected.include.iter().map(|column| KeyPart {
            column: Some(column.clone()),
            prefix: None,
            descending: false,
        }));
    }
    (wanted != found).then_some(message)
}

/// What concerns speed alone, whether the index is unique or not.
fn speed_difference(dialect: Dialect, expected: &Index, live: &LiveIndex) -> Option<String> {
    let features = dialect.features();
    if features.included_columns && live.included != expected.include {
        return Some(format!(
            "it includes ({}), and should include ({})",
            live.included.join(", "),
            expected.include.join(", ")
        ));
    }
    // The schema of an operator class is not told.
    let wanted = expected.columns.iter().map(|part| {
        let opclass = part.opclass.as_deref();
        opclass.map(|it| it.split_once('.').map_or(it, |(_, name)| name))
    });
    let found = live.parts.iter().map(|part| part.opclass.as_deref());
    let classes = wanted.zip(found).find(|(wanted, found)| wanted != found);
    classes
        .filter(|_| features.index_methods)
        .map(|(wanted, found)| {
            let word = |it: Option<&str>| it.unwrap_or("the default").to_owned();
            format!(
                "an operator class of it is {}, and should be {}",
                word(found),
                word(wanted)
            )
        })
}

fn predicate_difference(dialect: Dialect, expected: &Index, live: &LiveIndex) -> Option<String> {
    let wanted = expected.predicate.is_some() && dialect.features().partial_indexes;
    match (wanted, live.predicate.is_some()) {
        (true, true) | (false, false) => None,
        (true, false) => Some("it covers all rows, and should be partial".to_owned()),
        (false, true) => Some("it is partial, and should cover all rows".to_owned()),
    }
}

fn shown(parts: &[KeyPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let column = part.column.as_deref().unwrap_or("an expression");
            let prefix = part.prefix.map_or_else(String::new, |it| format!("({it})"));
            let direction = if part.descending { " DESC" } else { "" };
            format!("{column}{prefix}{direction}")
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
                    prefix: None,
                    opclass: None,
                })
                .collect(),
            unique,
            predicate: partial.then(|| "(b = 1)".to_owned()),
            method: "btree".to_owned(),
            included: Vec::new(),
            nulls_not_distinct: false,
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
