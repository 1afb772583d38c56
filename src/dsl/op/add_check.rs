use std::fmt;

use super::{DropCheck, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Check;

#[doc = include_str!("../../../docs/operations/add_check.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AddCheck {
    /// The name of the table.
    pub table: String,
    /// The check.
    pub check: Check,
}

impl AddCheck {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_check(&self.table, &self.check)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropCheck {
                table: self.table.clone(),
                check: self.check.label.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for AddCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("add check ")?;
        f.write_str(&self.table)?;
        f.write_str(".")?;
        self.check.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn with(checks: impl IntoIterator<Item = Check>) -> Table {
        let base = table("t").columns([integer("id").primary_key(), integer("n")]);
        checks.into_iter().fold(base, Table::check)
    }

    fn create(table: Table) -> Operation {
        CreateTable { table }.into()
    }

    #[test]
    fn it_names_columns_that_are_there_and_no_moment() {
        let unknown = fold([create(with([check("c", col("nope").gt(0))]))]);
        assert!(
            matches!(unknown, Err(OperationError::UnknownColumn { .. })),
            "{unknown:?}"
        );
        for bad in [
            check("c", col("n").lt(now())),
            check("c", Expr::cust_with_exprs("$2", [col("n")])),
        ] {
            let error = fold([create(with([bad]))]);
            assert!(
                matches!(error, Err(OperationError::InvalidConstraint { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn labels_and_names_stand_once() {
        let twice = fold([create(with([
            check("c", col("n").gt(0)),
            check("C", col("n").gt(1)),
        ]))]);
        assert!(
            matches!(twice, Err(OperationError::DuplicateConstraint { .. })),
            "{twice:?}"
        );
        for taken in ["t", "t_pkey", "ck_t_c"] {
            let error = fold([create(with([
                check("c", col("n").gt(0)),
                check("d", col("n").gt(1)).named(taken),
            ]))]);
            assert!(
                matches!(error, Err(OperationError::NameCollision { .. })),
                "{taken}: {error:?}"
            );
        }
        let long = fold([create(with([check("c".repeat(60), col("n").gt(0))]))]);
        assert!(
            matches!(long, Err(OperationError::InvalidName { .. })),
            "{long:?}"
        );
    }

    #[test]
    fn no_column_has_its_name() {
        let checked = || with([check("c", col("n").gt(0)).named("room")]);
        let with_column = checked().columns([json("Room")]);
        let add = AddColumn {
            table: "t".into(),
            column: json("Room").nullable(),
        };
        let rename = RenameColumn {
            table: "t".into(),
            column: "free".into(),
            to: "Room".into(),
        };
        let with_free = || create(checked().columns([json("free")]));
        for (histories, told) in [
            (vec![create(with_column)], "it is named as column Room is"),
            (vec![with_free(), add.into()], "check c has that name"),
            (vec![with_free(), rename.into()], "check c has that name"),
        ] {
            let error = fold(histories).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert!(fold([with_free()]).is_ok());
    }

    #[test]
    fn a_column_that_it_names_stays_as_it_is() {
        let rename = RenameColumn {
            table: "t".into(),
            column: "n".into(),
            to: "m".into(),
        };
        let drop = DropColumn {
            table: "t".into(),
            column: "n".into(),
        };
        for change in [Operation::from(rename), drop.into()] {
            let error = fold([create(with([check("c", col("n").gt(0))])), change]);
            assert!(
                matches!(error, Err(OperationError::ColumnInUse { .. })),
                "{error:?}"
            );
        }
    }
}
