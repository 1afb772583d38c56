use std::fmt;

use super::{DropFunction, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Function;

/// Makes a function: [`Migration::create_function`](crate::dsl::Migration::create_function).
///
#[doc = include_str!("../../../docs/operations/create_function.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateFunction {
    /// The function.
    pub function: Function,
}

impl CreateFunction {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_function(&self.function)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropFunction {
                function: self.function.name.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for CreateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create function {}", self.function)
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn create(function: Function) -> Operation {
        CreateFunction { function }.into()
    }

    fn one(name: &str) -> Function {
        function(name)
            .on(Postgres, "() RETURNS int LANGUAGE sql AS 'SELECT 1';")
            .on(MySql, " () RETURNS INT NO SQL RETURN 1 -- one")
    }

    #[test]
    fn its_name_is_its_own() {
        let jobs = CreateTable {
            table: table("jobs").columns([integer("id")]),
        };
        assert!(fold([jobs.into(), create(one("jobs"))]).is_ok());
        let error = fold([create(one("f")), create(one("F"))]);
        assert!(
            matches!(error, Err(OperationError::DuplicateFunction { .. })),
            "{error:?}"
        );
        for bad in ["", "a`b", "it's"] {
            assert!(fold([create(one(bad))]).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_text_begins_with_the_arguments() {
        for bad in ["f() RETURNS INT RETURN 1", "RETURNS INT RETURN 1", "(n INT"] {
            let error = fold([create(one("f").on(MariaDb, bad))]).unwrap_err();
            assert!(
                matches!(&error, OperationError::NoArguments { dialect, .. } if *dialect == MariaDb),
                "{error:?}"
            );
        }
        let error = fold([create(function("f"))]);
        assert!(matches!(error, Err(OperationError::NoSql { .. })));
    }

    #[test]
    fn what_stands_behind_the_name_is_passed_on() {
        let sql = |dialect: Dialect| {
            let statements = dialect.render(&create(one("f")), &Catalog::default());
            statements.unwrap().remove(0).sql
        };
        assert_eq!(
            sql(Postgres),
            r#"CREATE FUNCTION "f"() RETURNS int LANGUAGE sql AS 'SELECT 1'"#
        );
        assert_eq!(
            sql(MySql),
            "CREATE FUNCTION `f`() RETURNS INT NO SQL RETURN 1 -- one\n"
        );
        assert!(sql(MariaDb).starts_with("CREATE FUNCTION IF NOT EXISTS `f`()"));
    }

    #[test]
    fn sqlite_goes_without_only_where_that_is_said() {
        let render = |it: Function| Sqlite.render(&create(it), &Catalog::default());
        assert_eq!(render(one("f").nothing_on(Sqlite)).unwrap(), []);
        for refused in [one("f"), one("f").on(Sqlite, "() RETURNS INT RETURN 1")] {
            let error = render(refused).unwrap_err();
            assert!(error.help().contains("nothing_on(Sqlite)"), "{error}");
        }
        let none = function("f").nothing_on(Sqlite);
        let error = Postgres.render(&create(none), &Catalog::default());
        assert!(error.unwrap_err().help().contains("on(Postgres"));
    }
}
