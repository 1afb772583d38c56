use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/comment_table.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentTable {
    /// The name of the table.
    pub table: String,
    /// What is said of it; nothing where there is none.
    pub comment: Option<String>,
}

impl CommentTable {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.comment_table(&self.table, self.comment.as_deref())
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.table(&self.table) {
            Some(table) => Inverse::Exact(vec![
                CommentTable {
                    table: self.table.clone(),
                    comment: table.comment.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!("there is no table {}", self.table),
            },
        }
    }
}

impl fmt::Display for CommentTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.comment {
            Some(comment) => write!(f, "comment table {}: {comment:?}", self.table),
            None => write!(f, "uncomment table {}", self.table),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, OperationError, tests::fold};
    use crate::dsl::*;

    fn before() -> Catalog {
        let jobs = table("jobs").columns([integer("id")]).comment("old");
        fold([CreateTable { table: jobs }.into()]).unwrap()
    }

    fn comment(comment: Option<&str>) -> Operation {
        CommentTable {
            table: "jobs".into(),
            comment: comment.map(str::to_owned),
        }
        .into()
    }

    #[test]
    fn a_comment_takes_the_place_of_the_last_and_gives_it_back() {
        for text in [Some("it's \\ \"new\" größe\n"), None] {
            let operation = comment(text);
            let mut after = before();
            operation.apply(&mut after).unwrap();
            assert_eq!(after.table("jobs").unwrap().comment.as_deref(), text);
            assert_eq!(
                operation.inverse(&before()),
                Inverse::Exact(vec![comment(Some("old"))])
            );
        }
    }

    #[test]
    fn what_some_engine_would_not_keep_is_refused() {
        let apply = |text: &str| comment(Some(text)).apply(&mut before());
        assert_eq!(apply(&"ä".repeat(2048)), Ok(()));
        for bad in ["", "old", "a\0b", "a 🦀", &"ä".repeat(2049)] {
            let error = apply(bad);
            assert!(
                matches!(error, Err(OperationError::InvalidComment { .. })),
                "{bad}: {error:?}"
            );
            let made = table("t").columns([integer("id")]).comment(bad);
            let made = fold([CreateTable { table: made }.into()]);
            assert_eq!(made.is_ok(), bad == "old", "{bad}");
        }
        let mut none = before();
        comment(None).apply(&mut none).unwrap();
        assert!(comment(None).apply(&mut none).is_err());
    }

    #[test]
    fn its_text_tells_none_from_some() {
        assert_eq!(comment(None).to_string(), "uncomment table jobs");
        assert_eq!(
            comment(Some("a\n\"b\"")).to_string(),
            "comment table jobs: \"a\\n\\\"b\\\"\""
        );
    }
}
