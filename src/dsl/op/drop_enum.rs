use std::fmt;

use super::{CreateEnum, Inverse};
use crate::catalog::{Catalog, OperationError};

#[doc = include_str!("../../../docs/operations/drop_enum.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropEnum {
    /// The name of the enum.
    pub name: String,
}

impl DropEnum {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_enum(&self.name)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.enum_values(&self.name) {
            Some(values) => {
                let create = CreateEnum {
                    name: self.name.clone(),
                    values: values.to_vec(),
                };
                Inverse::Exact(vec![create.into()])
            }
            None => Inverse::None {
                reason: format!("the schema before it has no enum {}", self.name),
            },
        }
    }
}

impl fmt::Display for DropEnum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop enum {}", self.name)
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
    fn it_goes_when_no_column_is_of_it() {
        let drop = || {
            DropEnum {
                name: "status".into(),
            }
            .into()
        };
        assert!(fold([status(), drop(), status()]).is_ok());
        let error = fold([status(), jobs(), drop()]);
        assert!(
            matches!(error, Err(OperationError::InvalidEnum { .. })),
            "{error:?}"
        );
        let error = fold([drop()]);
        assert!(
            matches!(error, Err(OperationError::UnknownEnum { .. })),
            "{error:?}"
        );
    }
}
