use std::fmt;

use super::{CreateSchema, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a schema with nothing in it: [`Migration::drop_schema`](crate::dsl::Migration::drop_schema).
///
#[doc = include_str!("../../../docs/operations/drop_schema.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropSchema {
    /// The name of the schema.
    pub schema: String,
}

impl DropSchema {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_schema(&self.schema)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        let create = CreateSchema {
            schema: self.schema.clone(),
        };
        Inverse::Exact(vec![create.into()])
    }
}

impl fmt::Display for DropSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop schema {}", self.schema)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn drop_audit() -> Operation {
        let schema = "audit".to_owned();
        DropSchema { schema }.into()
    }

    fn create_audit() -> Operation {
        let schema = "audit".to_owned();
        CreateSchema { schema }.into()
    }

    #[test]
    fn only_what_a_migration_made_is_dropped() {
        let error = fold([drop_audit()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no schema audit; no migration made one"
        );
        assert!(fold([create_audit(), drop_audit(), create_audit()]).is_ok());
    }

    #[test]
    fn not_while_an_extension_is_in_it() {
        let create = CreateExtension {
            extension: extension("citext").in_schema("audit"),
        };
        let error = fold([create_audit(), create.into(), drop_audit()]);
        assert!(
            matches!(error, Err(OperationError::SchemaInUse { .. })),
            "{error:?}"
        );
    }
}
