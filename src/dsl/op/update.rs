use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Rows;

/// Changes rows: [`Migration::update`](crate::dsl::Migration::update).
///
#[doc = include_str!("../../../docs/operations/update.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The name of the table.
    pub table: String,
    /// Which rows, and what they are given.
    pub rows: Rows,
}

impl Update {
    pub(super) fn apply(&self, catalog: &Catalog) -> Result<(), OperationError> {
        catalog.check_update(&self.table, &self.rows)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::None {
            reason: format!(
                "the update of {} does not keep the values that were there",
                self.table
            ),
        }
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "update {}{}", self.table, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    fn update(rows: Rows) -> Result<(), String> {
        let jobs = table("jobs").columns([
            integer("id").primary_key(),
            integer("a").default(1),
            integer("b").nullable(),
            string("s").length(3).nullable(),
        ]);
        let create = CreateTable { table: jobs };
        let update = Update {
            table: "jobs".into(),
            rows,
        };
        fold([create.into(), update.into()])
            .map(drop)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_set_is_there_and_fits() {
        for good in [
            rows().set("a", 2),
            rows()
                .set("a", col("a").add(1))
                .only_where(col("b").is_null()),
            rows().set("b", null()).set("s", "abc"),
            // What is read is set later, so that every engine sees the old value.
            rows().set("a", col("b")).set("b", 1),
        ] {
            assert_eq!(update(good.clone()), Ok(()), "{good}");
        }
        for (bad, reason) in [
            (rows(), "sets nothing"),
            (rows().set("a", null()), "NOT NULL"),
            (rows().set("a", "x"), "no value of the type integer"),
            (rows().set("s", "abcd"), "does not fit"),
            (rows().set("a", 1).set("a", 2), "twice"),
            (rows().set("nope", 1), "no column nope"),
            (rows().set("a", col("nope")), "no column nope"),
            (
                rows().set("a", 1).only_where(col("nope").eq(1)),
                "no column nope",
            ),
            (rows().set("b", 1).set("a", col("b")), "set b after it"),
            (
                rows().set("b", 1).set("a", Expr::cust("b + 1")),
                "set b after it",
            ),
            (rows().set("a", f64::NAN), "no value of the type integer"),
            (rows().set("a", 1).in_batches(5), "in_batches"),
        ] {
            let error = update(bad.clone()).unwrap_err();
            assert!(error.contains(reason), "{bad}: {error}");
        }
    }
}
