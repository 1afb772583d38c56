use std::fmt;

use super::{CreateExtension, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Takes an extension away from PostgreSQL: [`Migration::drop_extension`](crate::dsl::Migration::drop_extension).
///
#[doc = include_str!("../../../docs/operations/drop_extension.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropExtension {
    /// The name of the extension.
    pub extension: String,
}

impl DropExtension {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_extension(&self.extension)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.extension(&self.extension) {
            Some(extension) => Inverse::Exact(vec![
                CreateExtension {
                    extension: extension.clone(),
                }
                .into(),
            ]),
            None => Inverse::None {
                reason: format!("the schema before it has no extension {}", self.extension),
            },
        }
    }
}

impl fmt::Display for DropExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop extension {}", self.extension)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    #[test]
    fn it_comes_back_to_its_schema() {
        let create = Operation::from(CreateExtension {
            extension: extension("citext").in_schema("tools"),
        });
        let drop = Operation::from(DropExtension {
            extension: "citext".to_owned(),
        });
        let error = fold([drop.clone()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no extension citext; no migration made one"
        );
        let catalog = fold([create.clone()]).unwrap();
        assert_eq!(drop.inverse(&catalog), Inverse::Exact(vec![create.clone()]));
        assert!(fold([create.clone(), drop, create]).is_ok());
    }
}
