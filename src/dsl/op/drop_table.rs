use std::fmt;

use super::{CreateTable, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a table, with its rows and indexes: [`Migration::drop_table`](crate::dsl::Migration::drop_table).
///
#[doc = include_str!("../../../docs/operations/drop_table.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropTable {
    /// The name of the table.
    pub table: String,
}

impl DropTable {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_table(&self.table)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.table(&self.table) {
            Some(table) => Inverse::Lossy {
                operations: vec![
                    CreateTable {
                        table: table.clone(),
                    }
                    .into(),
                ],
                loss: format!("the rows that {} had", self.table),
            },
            None => Inverse::None {
                reason: format!("the schema before it has no table {}", self.table),
            },
        }
    }
}

impl fmt::Display for DropTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop table {}", self.table)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn an_unknown_table_cannot_be_dropped() {
        let error = fold([DropTable {
            table: "jobs".into(),
        }
        .into()]);
        assert!(matches!(error, Err(OperationError::UnknownTable { .. })));
    }

    #[test]
    fn its_names_are_free_again() {
        let jobs = CreateTable {
            table: table("jobs")
                .columns([uuid("id").primary_key()])
                .index(index("id").columns(["id"])),
        };
        let drop = DropTable {
            table: "jobs".into(),
        };
        assert!(fold([jobs.clone().into(), drop.into(), jobs.into()]).is_ok());
    }

    /// PostgreSQL names a primary key for its table.
    #[test]
    fn a_name_that_its_key_would_have_stays_with_its_owner() {
        let made = |name: &str| table(name).columns([integer("id")]);
        let owner = made("others").index(index("id").columns(["id"]).named("jobs_pkey"));
        let create = |table: Table| Operation::from(CreateTable { table });
        let drop = DropTable {
            table: "jobs".into(),
        };
        let rename = RenameTable {
            table: "jobs".into(),
            to: "tasks".into(),
        };
        for gone in [Operation::from(drop), rename.into()] {
            let made = [create(owner.clone()), create(made("jobs")), gone.clone()];
            let anew = create(table("jobs_pkey").columns([integer("id")]));
            let error = fold(made.into_iter().chain([anew]));
            assert!(
                matches!(error, Err(OperationError::NameCollision { .. })),
                "{gone}: {error:?}"
            );
        }
    }
}
