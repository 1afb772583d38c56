use std::fmt;

use super::{Inverse, drop_function::unknown};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Function;

/// Gives a function another text: [`Migration::replace_function`](crate::dsl::Migration::replace_function).
///
#[doc = include_str!("../../../docs/operations/replace_function.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceFunction {
    /// The function as it is to be.
    pub function: Function,
}

impl ReplaceFunction {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.replace_function(&self.function)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.function(&self.function.name) {
            Some(function) => Inverse::Exact(vec![
                ReplaceFunction {
                    function: function.clone(),
                }
                .into(),
            ]),
            None => unknown(&self.function.name),
        }
    }
}

impl fmt::Display for ReplaceFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replace function {}", self.function)
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn returns(arguments: &str, value: u8) -> Function {
        let on_mysql = format!("{arguments} RETURNS INT NO SQL RETURN {value}");
        function("f")
            .on(
                Postgres,
                format!("{arguments} RETURNS int LANGUAGE sql AS 'SELECT {value}'"),
            )
            .on(MySql, on_mysql)
            .nothing_on(Sqlite)
    }

    fn before(function: Function) -> Catalog {
        fold([CreateFunction { function }.into()]).unwrap()
    }

    fn replace(function: Function) -> Operation {
        ReplaceFunction { function }.into()
    }

    fn sql(dialect: Dialect, before: &Catalog, function: Function) -> Vec<String> {
        let statements = dialect.render(&replace(function), before).unwrap();
        statements.into_iter().map(|it| it.sql).collect()
    }

    #[test]
    fn the_way_back_is_the_function_as_it_was() {
        let mut catalog = before(returns("()", 1));
        let new = returns("(n INT)", 2);
        assert_eq!(
            replace(new.clone()).inverse(&catalog),
            Inverse::Exact(vec![replace(returns("()", 1))])
        );
        replace(new.clone()).apply(&mut catalog).unwrap();
        assert_eq!(catalog.function("f"), Some(&new));
    }

    #[test]
    fn it_must_be_there() {
        let error = fold([replace(returns("()", 1))]);
        assert!(matches!(error, Err(OperationError::UnknownFunction { .. })));
    }

    /// Else PostgreSQL would have two.
    #[test]
    fn with_other_arguments_the_old_one_goes() {
        let there = before(returns("(n INT = 0)", 1));
        let same = sql(Postgres, &there, returns("(n INT = 0)", 2));
        assert!(
            same.len() == 1 && same[0].starts_with("CREATE OR REPLACE"),
            "{same:?}"
        );
        let other = sql(Postgres, &there, returns("(n BIGINT)", 2));
        assert_eq!(other[0], r#"DROP FUNCTION IF EXISTS "f"(n INT)"#);
        assert!(
            other[1].starts_with(r#"CREATE FUNCTION "f"(n BIGINT)"#),
            "{other:?}"
        );
        let on_mariadb = sql(MariaDb, &there, returns("(n BIGINT)", 2));
        assert!(
            on_mariadb.len() == 1 && on_mariadb[0].starts_with("CREATE OR REPLACE"),
            "{on_mariadb:?}"
        );
    }

    #[test]
    fn it_may_come_and_go() {
        let there = before(returns("()", 1));
        let goes = sql(Postgres, &there, returns("()", 1).nothing_on(Postgres));
        assert_eq!(goes, [r#"DROP FUNCTION IF EXISTS "f"()"#]);
        let nowhere = before(returns("()", 1).nothing_on(Postgres));
        let comes = sql(Postgres, &nowhere, returns("()", 1));
        assert!(
            comes.len() == 1 && comes[0].contains(r#"FUNCTION "f"()"#),
            "{comes:?}"
        );
        assert!(sql(Sqlite, &there, returns("()", 2)).is_empty());
    }
}
