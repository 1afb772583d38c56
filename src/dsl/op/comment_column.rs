use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/comment_column.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentColumn {
    /// The name of the table.
    pub table: String,
    /// The name of the column.
    pub column: String,
    /// What is said of it; nothing where there is none.
    pub comment: Option<String>,
}

impl CommentColumn {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.comment_column(&self.table, &self.column, self.comment.as_deref())
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let column = before
            .table(&self.table)
            .and_then(|table| table.column_named(&self.column));
        match column {
            Some(column) => Inverse::Exact(vec![
                CommentColumn {
                    table: self.table.clone(),
                    column: self.column.clone(),
                    comment: column.comment.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!("there is no column {}.{}", self.table, self.column),
            },
        }
    }
}

impl fmt::Display for CommentColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.comment {
            Some(comment) => write!(
                f,
                "comment column {}.{}: {comment:?}",
                self.table, self.column
            ),
            None => write!(f, "uncomment column {}.{}", self.table, self.column),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, OperationError, tests::fold};
    use crate::dsl::*;

    fn before() -> Catalog {
        let jobs = table("jobs").columns([integer("id"), text("note").comment("old")]);
        fold([CreateTable { table: jobs }.into()]).unwrap()
    }

    fn comment(column: &str, comment: Option<&str>) -> Operation {
        CommentColumn {
            table: "jobs".into(),
            column: column.into(),
            comment: comment.map(str::to_owned),
        }
        .into()
    }

    #[test]
    fn a_comment_takes_the_place_of_the_last_and_gives_it_back() {
        for text in [Some("it's \\ \"new\" größe\n"), None] {
            let operation = comment("note", text);
            let mut after = before();
            operation.apply(&mut after).unwrap();
            let column = after.table("jobs").unwrap().column_named("note").unwrap();
            assert_eq!(column.comment.as_deref(), text);
            assert_eq!(
                operation.inverse(&before()),
                Inverse::Exact(vec![comment("note", Some("old"))])
            );
        }
        assert_eq!(
            comment("id", Some("key")).inverse(&before()),
            Inverse::Exact(vec![comment("id", None)])
        );
    }

    #[test]
    fn a_change_of_the_column_keeps_it() {
        let mut after = before();
        let alter = AlterColumn {
            table: "jobs".into(),
            change: alter("note").set_nullable(),
        };
        Operation::from(alter).apply(&mut after).unwrap();
        let column = after.table("jobs").unwrap().column_named("note").unwrap();
        assert_eq!(*column, text("note").comment("old").nullable());
    }

    #[test]
    fn what_some_engine_would_not_keep_is_refused() {
        let apply = |text: &str| comment("note", Some(text)).apply(&mut before());
        assert_eq!(apply(&"ä".repeat(1024)), Ok(()));
        for bad in ["", "old", "a\0b", "a 🦀", &"ä".repeat(1025)] {
            let error = apply(bad);
            assert!(
                matches!(error, Err(OperationError::InvalidComment { .. })),
                "{bad}: {error:?}"
            );
            let made = table("t").columns([text("a").comment(bad)]);
            let made = fold([CreateTable { table: made }.into()]);
            assert_eq!(made.is_ok(), bad == "old", "{bad}");
        }
        assert!(comment("id", None).apply(&mut before()).is_err());
        assert!(matches!(
            comment("nope", None).apply(&mut before()),
            Err(OperationError::UnknownColumn { .. })
        ));
    }
}
