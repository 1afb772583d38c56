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
            constraint: None,
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

    fn speed(expected: &Index, live: &LiveIndex) -> String {
        match index_difference(Dialect::Postgres, "t", expected, live) {
            Some(IndexDifference::Speed(difference)) => difference,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_carried_and_how_it_is_compared_concerns_speed() {
        let unique = index("i").columns(["a"]).unique().include(["b"]);
        let bare = live(&["a"], true, false);
        assert!(speed(&unique, &bare).contains("should include (b)"));
        let carrying = LiveIndex {
            included: vec!["b".to_owned()],
            ..bare.clone()
        };
        assert_eq!(
            index_difference(Dialect::Postgres, "t", &unique, &carrying),
            None
        );
        // Elsewhere nothing is carried by a unique index.
        assert_eq!(index_difference(Dialect::MySql, "t", &unique, &bare), None);
        let classed = index("i")
            .columns(["a"])
            .opclass("pg_catalog.text_pattern_ops");
        let plain = live(&["a"], false, false);
        assert!(speed(&classed, &plain).contains("should be text_pattern_ops"));
        assert_eq!(
            index_difference(Dialect::Sqlite, "t", &classed, &plain),
            None
        );
    }

    #[test]
    fn carried_columns_may_be_the_last_of_a_key() {
        let expected = index("i").columns(["a"]).include(["b", "c"]);
        for parts in [&["a"][..], &["a", "b", "c"]] {
            let found = live(parts, false, false);
            assert_eq!(
                index_difference(Dialect::MariaDb, "t", &expected, &found),
                None
            );
        }
        let other = live(&["a", "c"], false, false);
        assert!(matches!(
            index_difference(Dialect::MariaDb, "t", &expected, &other),
            Some(IndexDifference::Speed(_))
        ));
    }

    #[test]
    fn a_method_concerns_speed_but_for_the_search_for_words() {
        let gin = index("i").columns(["a"]).using(IndexMethod::Gin);
        assert!(speed(&gin, &live(&["a"], false, false)).contains("should be gin"));
        let words = index("i").columns(["a"]).using(IndexMethod::Fulltext);
        assert!(matches!(
            index_difference(Dialect::MySql, "t", &words, &live(&["a"], false, false)),
            Some(IndexDifference::Meaning(_))
        ));
        let brin = index("i").columns(["a"]).using(IndexMethod::Brin);
        assert_eq!(
            index_difference(Dialect::MySql, "t", &brin, &live(&["a"], false, false)),
            None
        );
    }

    #[test]
    fn whether_null_equals_null_and_how_much_is_compared_is_meaning() {
        let nulls = index("i").columns(["a"]).unique().nulls_not_distinct();
        let beginning = index("i").prefix("a", 4).unique();
        let whole = live(&["a"], true, false);
        for (dialect, expected) in [
            (Dialect::Postgres, &nulls),
            (Dialect::MySql, &nulls),
            (Dialect::MariaDb, &nulls),
            (Dialect::MySql, &beginning),
            (Dialect::Sqlite, &beginning),
        ] {
            assert!(
                matches!(
                    index_difference(dialect, "t", expected, &whole),
                    Some(IndexDifference::Meaning(_))
                ),
                "{dialect} {expected}"
            );
        }
        let mut hidden = live(&["idx_i_a", "idx_i_a_null"], true, false);
        assert_eq!(
            index_difference(Dialect::MariaDb, "t", &nulls, &hidden),
            None
        );
        hidden.parts.reverse();
        assert!(index_difference(Dialect::MariaDb, "t", &nulls, &hidden).is_some());
    }
}
