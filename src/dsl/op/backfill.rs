use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Rows;

/// Changes the rows of a large table, some keys at a time: [`Migration::backfill`](crate::dsl::Migration::backfill).
///
#[doc = include_str!("../../../docs/operations/backfill.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct Backfill {
    /// The name of the table.
    pub table: String,
    /// Which rows, what they are given, and how many at a time.
    pub rows: Rows,
}

impl Backfill {
    pub(super) fn apply(&self, catalog: &Catalog) -> Result<(), OperationError> {
        catalog.check_backfill(&self.table, &self.rows)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::None {
            reason: format!(
                "the backfill of {} does not keep the values that were there",
                self.table
            ),
        }
    }
}

impl fmt::Display for Backfill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "backfill {}{}", self.table, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    fn backfill(key: &[&str], rows: Rows) -> Result<(), String> {
        let jobs = table("jobs")
            .columns([
                integer("id"),
                double("score").default(0),
                integer("a").nullable(),
            ])
            .primary_key(key.iter().copied());
        let backfill = Backfill {
            table: "jobs".into(),
            rows,
        };
        fold([CreateTable { table: jobs }.into(), backfill.into()])
            .map(drop)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn it_walks_a_key_that_it_leaves_alone() {
        let set = || rows().set("a", col("id"));
        assert_eq!(backfill(&["id"], set()), Ok(()));
        assert_eq!(backfill(&["id"], set().in_batches(1)), Ok(()));
        for (key, rows, reason) in [
            (&[][..], set(), "no primary key"),
            (&["score", "id"], set(), "floating-point"),
            (&["id"], rows().set("id", 1), "walks by id"),
            (&["id"], set().in_batches(0), "1 to 100000"),
            (&["id"], rows().in_batches(9), "sets nothing"),
        ] {
            let error = backfill(key, rows.clone()).unwrap_err();
            assert!(error.contains(reason), "{rows}: {error}");
        }
    }
}
