//! A migration's statements, split at those that run outside its transaction, on engines where DDL takes part in
//! transactions.
//!
//! What comes before such a statement is committed first, and noted in the journal; the migration's record goes with
//! what comes after the last one. A run that ends between two segments is finished by the next: it finds in the
//! catalog and in the journal what was committed.

use crate::render::Statement;

/// What is sent as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'s> {
    /// These are one transaction.
    Transaction {
        statements: &'s [Statement],
        /// Whether it records the migration too.
        is_last: bool,
    },
    /// This one runs outside any transaction, or in transactions of its own.
    Outside(&'s Statement),
}

impl<'s> Segment<'s> {
    /// What it runs.
    pub(crate) fn statements(self) -> &'s [Statement] {
        match self {
            Segment::Transaction { statements, .. } => statements,
            Segment::Outside(statement) => std::slice::from_ref(statement),
        }
    }
}

/// The segments of a migration: the first and the last are transactions, which may have no statements.
pub(crate) fn segments(statements: &[Statement]) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut rest = statements;
    while let Some(position) = rest.iter().position(|it| !it.transactional) {
        let (before, after) = rest.split_at(position);
        segments.push(Segment::Transaction {
            statements: before,
            is_last: false,
        });
        if let [outside, after @ ..] = after {
            segments.push(Segment::Outside(outside));
            rest = after;
        }
    }
    segments.push(Segment::Transaction {
        statements: rest,
        is_last: true,
    });
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sql: &str) -> Statement {
        Statement {
            sql: sql.to_owned(),
            steps: vec![1],
            guards: Vec::new(),
            notes: Vec::new(),
            transactional: sql != "outside",
            opaque: None,
            batches: None,
            delimited: false,
            rebuild: None,
            leaves_behind: None,
        }
    }

    /// Each segment by its statements; the transaction that records ends with a point.
    fn shown(sql: &[&str]) -> Vec<String> {
        let statements: Vec<Statement> = sql.iter().map(|it| statement(it)).collect();
        let text = |statements: &[Statement]| -> String {
            let texts: Vec<&str> = statements.iter().map(|it| it.sql.as_str()).collect();
            texts.join(" ")
        };
        segments(&statements)
            .into_iter()
            .map(|segment| match segment {
                Segment::Transaction {
                    statements,
                    is_last,
                } => text(statements) + if is_last { "." } else { "" },
                Segment::Outside(it) => format!("({})", it.sql),
            })
            .collect()
    }

    #[test]
    fn a_migration_is_split_only_where_it_must_be() {
        assert_eq!(shown(&["a", "b"]), ["a b."]);
        assert_eq!(shown(&[]), ["."]);
        assert_eq!(shown(&["a", "outside", "b"]), ["a", "(outside)", "b."]);
        assert_eq!(
            shown(&["outside", "outside"]),
            ["", "(outside)", "", "(outside)", "."]
        );
    }
}
