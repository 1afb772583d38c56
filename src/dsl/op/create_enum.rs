use std::fmt;

use super::{DropEnum, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/create_enum.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateEnum {
    /// The name of the enum.
    pub name: String,
    /// Its values, in their order.
    pub values: Vec<String>,
}

impl CreateEnum {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_enum(&self.name, &self.values)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        let drop = DropEnum {
            name: self.name.clone(),
        };
        Inverse::Exact(vec![drop.into()])
    }
}

impl fmt::Display for CreateEnum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(|it| format!("{it:?}")).collect();
        write!(f, "create enum {} ({})", self.name, values.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn status() -> Operation {
        CreateEnum {
            name: "status".into(),
            values: vec!["Pending".into(), "Done".into()],
        }
        .into()
    }

    fn jobs() -> Operation {
        CreateTable {
            table: table("jobs").columns([
                integer("id").primary_key(),
                enumerated("status", "status").default("Done"),
            ]),
        }
        .into()
    }

    #[test]
    fn columns_of_it_have_its_values() {
        let catalog = fold([status(), jobs()]).unwrap();
        assert_eq!(catalog.enum_values("status").unwrap(), ["Pending", "Done"]);
        let column = &catalog.table("jobs").unwrap().columns[1];
        let ColumnType::Enum { values, .. } = &column.column_type else {
            panic!("{column}");
        };
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn a_column_needs_its_enum_and_a_default_that_is_in_it() {
        let error = fold([jobs()]);
        assert!(
            matches!(error, Err(OperationError::UnknownEnum { .. })),
            "{error:?}"
        );
        let other = table("t").columns([enumerated("s", "status").default("Gone")]);
        let error = fold([status(), CreateTable { table: other }.into()]);
        assert!(
            matches!(error, Err(OperationError::InvalidColumn { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn values_that_some_engine_would_change_are_refused() {
        for values in [
            &[][..],
            &[""],
            &["a "],
            &["a", "A"],
            &["a\n"],
            &["🦀"],
            &[&"x".repeat(64)],
        ] {
            let bad = CreateEnum {
                name: "e".into(),
                values: values.iter().map(ToString::to_string).collect(),
            };
            let error = fold([bad.into()]);
            assert!(
                matches!(error, Err(OperationError::InvalidEnum { .. })),
                "{values:?}"
            );
        }
    }

    #[test]
    fn its_name_is_no_tables() {
        let table = CreateTable {
            table: table("Status").columns([integer("id")]),
        };
        let error = fold([status(), table.into()]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
    }
}
