use std::fmt;

use super::{DropEnumValue, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/add_enum_value.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AddEnumValue {
    /// The name of the enum.
    pub name: String,
    /// The value.
    pub value: String,
    /// The value that it comes before; none where it comes last.
    pub before: Option<String>,
}

impl AddEnumValue {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_value(&self.name, &self.value, self.before.as_deref())
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        // Rows that have it stop the way back, and stay as they are.
        let drop = DropEnumValue {
            name: self.name.clone(),
            value: self.value.clone(),
        };
        Inverse::Exact(vec![drop.into()])
    }
}

impl fmt::Display for AddEnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "add enum value {} {:?}", self.name, self.value)?;
        match &self.before {
            None => Ok(()),
            Some(before) => write!(f, " before {before:?}"),
        }
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

    fn add(value: &str, before: Option<&str>) -> Operation {
        AddEnumValue {
            name: "status".into(),
            value: value.into(),
            before: before.map(str::to_owned),
        }
        .into()
    }

    #[test]
    fn it_comes_last_or_before_another() {
        let catalog = fold([
            status(),
            jobs(),
            add("Dead", None),
            add("Running", Some("Done")),
        ])
        .unwrap();
        let values = ["Pending", "Running", "Done", "Dead"];
        assert_eq!(catalog.enum_values("status").unwrap(), values);
        let ColumnType::Enum {
            values: of_column, ..
        } = &catalog.table("jobs").unwrap().columns[1].column_type
        else {
            panic!("no enum");
        };
        assert_eq!(*of_column, values);
    }

    #[test]
    fn it_is_new_and_its_place_is_there() {
        for bad in [add("done", None), add("x", Some("y"))] {
            let error = fold([status(), bad]);
            assert!(
                matches!(error, Err(OperationError::InvalidEnum { .. })),
                "{error:?}"
            );
        }
    }

    /// PostgreSQL can't use a value in the transaction that adds it.
    #[test]
    fn nothing_comes_after_it_in_its_migration() {
        let base = Migration::new("001", "x").operation(status());
        let late = Migration::new("002", "x").operation(add("Dead", None));
        let early = late.clone().add_column("jobs", integer("n").nullable());
        let base = base.operation(jobs());
        assert!(Migrations::new([base.clone(), late]).validate().is_ok());
        let error = Migrations::new([base, early]).validate();
        assert!(error.is_err(), "{error:?}");
    }
}
