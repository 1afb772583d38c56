use std::fmt;

use super::{AddEnumValue, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_enum_value.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropEnumValue {
    /// The name of the enum.
    pub name: String,
    /// The value.
    pub value: String,
}

impl DropEnumValue {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_value(&self.name, &self.value)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let values = before.enum_values(&self.name).unwrap_or_default();
        let Some(position) = values.iter().position(|it| *it == self.value) else {
            return Inverse::None {
                reason: format!(
                    "the schema before it has no value {} of {}",
                    self.value, self.name
                ),
            };
        };
        let add = AddEnumValue {
            name: self.name.clone(),
            value: self.value.clone(),
            before: values.get(position + 1).cloned(),
        };
        Inverse::Exact(vec![add.into()])
    }
}

impl fmt::Display for DropEnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop enum value {} {:?}", self.name, self.value)
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

    fn drop(value: &str) -> Operation {
        DropEnumValue {
            name: "status".into(),
            value: value.into(),
        }
        .into()
    }

    #[test]
    fn it_comes_back_in_its_place() {
        let before = fold([status(), jobs()]).unwrap();
        let mut catalog = before.clone();
        drop("Pending").apply(&mut catalog).unwrap();
        for back in drop("Pending").inverse(&before).operations() {
            back.apply(&mut catalog).unwrap();
        }
        assert_eq!(catalog, before);
    }

    #[test]
    fn a_default_and_the_last_value_stay() {
        for history in [
            vec![status(), jobs(), drop("Done")],
            vec![status(), drop("Done"), drop("Pending")],
            vec![status(), drop("Nope")],
        ] {
            let error = fold(history);
            assert!(
                matches!(error, Err(OperationError::InvalidEnum { .. })),
                "{error:?}"
            );
        }
    }
}
