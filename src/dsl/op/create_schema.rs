use std::fmt;

use super::{DropSchema, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Makes a schema: [`Migration::create_schema`](crate::dsl::Migration::create_schema).
///
#[doc = include_str!("../../../docs/operations/create_schema.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateSchema {
    /// The name of the schema.
    pub schema: String,
}

impl CreateSchema {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_schema(&self.schema)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        let drop = DropSchema {
            schema: self.schema.clone(),
        };
        Inverse::Exact(vec![drop.into()])
    }
}

impl fmt::Display for CreateSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create schema {}", self.schema)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(schema: &str) -> Operation {
        let schema = schema.to_owned();
        CreateSchema { schema }.into()
    }

    #[test]
    fn a_schema_is_made_once() {
        let error = fold([create("audit"), create("Audit")]);
        assert!(
            matches!(error, Err(OperationError::DuplicateSchema { .. })),
            "{error:?}"
        );
        assert_eq!(
            fold([create("audit")])
                .unwrap()
                .schemas()
                .collect::<Vec<_>>(),
            ["audit"]
        );
    }

    #[test]
    fn it_comes_before_what_is_put_into_it() {
        let citext = extension("citext").in_schema("tools");
        let put = Operation::from(CreateExtension { extension: citext });
        let error = fold([put.clone(), create("tools")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "extension citext was put into schema tools before: make the schema first"
        );
        assert!(fold([put, create("audit")]).is_ok());
    }

    #[test]
    fn what_the_server_has_already_is_refused() {
        for name in [
            "pg_mine",
            "PG_x",
            "information_schema",
            "public",
            "",
            "a\"b",
        ] {
            let error = fold([create(name)]);
            assert!(
                matches!(error, Err(OperationError::InvalidName { .. })),
                "{name}: {error:?}"
            );
        }
    }
}
