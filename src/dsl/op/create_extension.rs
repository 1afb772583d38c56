use std::fmt;

use super::{DropExtension, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Extension;

/// Gives PostgreSQL an extension: [`Migration::create_extension`](crate::dsl::Migration::create_extension).
///
#[doc = include_str!("../../../docs/operations/create_extension.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateExtension {
    /// The extension.
    pub extension: Extension,
}

impl CreateExtension {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_extension(&self.extension)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        let drop = DropExtension {
            extension: self.extension.name.clone(),
        };
        Inverse::Exact(vec![drop.into()])
    }
}

impl fmt::Display for CreateExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create extension {}", self.extension)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(extension: Extension) -> Operation {
        CreateExtension { extension }.into()
    }

    #[test]
    fn a_database_has_an_extension_once() {
        let twice = [
            create(extension("citext")),
            create(extension("citext").in_schema("tools")),
        ];
        let error = fold(twice).unwrap_err();
        assert_eq!(error.to_string(), "there is an extension citext already");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../x", "a--b", "-a", "a-", "a\"b", ""] {
            let error = fold([create(extension(name))]);
            assert!(
                matches!(error, Err(OperationError::InvalidName { .. })),
                "{name}: {error:?}"
            );
        }
        assert!(fold([create(extension("uuid-ossp"))]).is_ok());
        assert!(fold([create(extension("citext").in_schema(""))]).is_err());
    }
}
