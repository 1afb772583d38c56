use std::fmt;

use super::{AddPrimaryKey, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_primary_key.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropPrimaryKey {
    /// The name of the table.
    pub table: String,
}

impl DropPrimaryKey {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_primary_key(&self.table)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let table = before.table(&self.table);
        match table.filter(|table| !table.primary_key.is_empty()) {
            Some(table) => Inverse::Exact(vec![
                AddPrimaryKey {
                    table: self.table.clone(),
                    columns: table.primary_key.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!("the schema before it has no primary key on {}", self.table),
            },
        }
    }
}

impl fmt::Display for DropPrimaryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop primary key {}", self.table)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn the_way_back_is_the_key_in_its_order() {
        let made = table("t")
            .columns([integer("a"), integer("b")])
            .primary_key(["b", "a"]);
        let before = fold([CreateTable { table: made }.into()]).unwrap();
        let drop = Operation::from(DropPrimaryKey { table: "t".into() });
        let add = AddPrimaryKey {
            table: "t".into(),
            columns: vec!["b".into(), "a".into()],
        };
        assert_eq!(drop.inverse(&before), Inverse::Exact(vec![add.into()]));
        let mut after = before;
        drop.apply(&mut after).unwrap();
        assert_eq!(after.table("t").unwrap().columns.len(), 2);
        let error = drop.apply(&mut after);
        assert!(
            matches!(error, Err(OperationError::NoPrimaryKey { .. })),
            "{error:?}"
        );
        // Its name is free, too.
        let table = table("t_pkey").columns([integer("id")]);
        Operation::from(CreateTable { table })
            .apply(&mut after)
            .unwrap();
    }
}
