use std::fmt;

use super::{CreateFunction, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a function: [`Migration::drop_function`](crate::dsl::Migration::drop_function).
///
#[doc = include_str!("../../../docs/operations/drop_function.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropFunction {
    /// The name of the function.
    pub function: String,
}

impl DropFunction {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_function(&self.function)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.function(&self.function) {
            Some(function) => Inverse::Exact(vec![
                CreateFunction {
                    function: function.clone(),
                }
                .into(),
            ]),
            None => unknown(&self.function),
        }
    }
}

pub(super) fn unknown(function: &str) -> Inverse {
    Inverse::None {
        reason: format!("the schema before it has no function {function}"),
    }
}

impl fmt::Display for DropFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop function {}", self.function)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn drop() -> Operation {
        DropFunction {
            function: "f".into(),
        }
        .into()
    }

    #[test]
    fn an_unknown_function_cannot_be_dropped() {
        let error = fold([drop()]);
        assert!(matches!(error, Err(OperationError::UnknownFunction { .. })));
    }

    #[test]
    fn the_way_back_is_the_function() {
        let create = CreateFunction {
            function: function("f")
                .on(Postgres, "(a int, b int = 1) RETURNS int RETURN a + b")
                .on(MySql, "(a INT, b INT) RETURNS INT NO SQL RETURN a + b")
                .nothing_on(Sqlite),
        };
        let before = fold([create.clone().into()]).unwrap();
        assert_eq!(drop().inverse(&before), Inverse::Exact(vec![create.into()]));
        let sql = |dialect: Dialect| -> Vec<String> {
            let statements = dialect.render(&drop(), &before).unwrap();
            statements.into_iter().map(|it| it.sql).collect()
        };
        assert_eq!(
            sql(Postgres),
            [r#"DROP FUNCTION IF EXISTS "f"(a int, b int)"#]
        );
        assert_eq!(sql(MySql), ["DROP FUNCTION IF EXISTS `f`"]);
        assert!(sql(Sqlite).is_empty());
    }
}
