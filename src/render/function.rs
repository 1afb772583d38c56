//! Functions.

use super::own_words::text_on;
use super::{Guard, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Function, arguments};

/// Nothing where there is to be no such function on this engine.
pub(super) fn create_function(
    dialect: Dialect,
    step: usize,
    function: &Function,
) -> Result<Vec<Statement>, RenderError> {
    let (create, guards) = match dialect {
        Dialect::MariaDb => ("CREATE FUNCTION IF NOT EXISTS", Vec::new()),
        Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => (
            "CREATE FUNCTION",
            vec![Guard::Missing(format!("function {}", function.name))],
        ),
    };
    let sql = definition(dialect, create, function)?;
    let statement = sql.map(|sql| Statement {
        guards,
        ..Statement::written(dialect, step, sql)
    });
    Ok(statement.into_iter().collect())
}

pub(super) fn replace_function(
    dialect: Dialect,
    step: usize,
    function: &Function,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let old = known(&function.name, before)?;
    let can_replace = match dialect {
        Dialect::MariaDb => true,
        // With other arguments it would make a second function, and leave the first. Triggers and views that use it must
        // not be in the way where it can be helped: so it is not dropped without need.
        Dialect::Postgres => {
            !old.is_on(dialect) || old.arguments_on(dialect) == function.arguments_on(dialect)
        }
        Dialect::MySql | Dialect::Sqlite => false,
    };
    let (create, drops) = if can_replace {
        ("CREATE OR REPLACE FUNCTION", None)
    } else {
        ("CREATE FUNCTION", Some(dropped(dialect, old)))
    };
    let Some(sql) = definition(dialect, create, function)? else {
        return drop_function(dialect, step, &function.name, before);
    };
    Ok(drops
        .into_iter()
        .chain([sql])
        .map(|sql| Statement::written(dialect, step, sql))
        .collect())
}

/// Nothing where there was no such function on this engine.
pub(super) fn drop_function(
    dialect: Dialect,
    step: usize,
    name: &str,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let function = known(name, before)?;
    if !function.is_on(dialect) {
        return Ok(Vec::new());
    }
    let sql = dropped(dialect, function);
    Ok(vec![Statement::written(dialect, step, sql)])
}

fn dropped(dialect: Dialect, function: &Function) -> String {
    let name = dialect.quote(&function.name);
    let arguments = match dialect {
        // A name alone may be that of functions in other schemas of the search path, too.
        Dialect::Postgres => function
            .arguments_on(dialect)
            .map(arguments::without_defaults)
            .unwrap_or_default(),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => String::new(),
    };
    format!("DROP FUNCTION IF EXISTS {name}{arguments}")
}

fn definition(
    dialect: Dialect,
    create: &str,
    function: &Function,
) -> Result<Option<String>, RenderError> {
    let what = format!("function {}", function.name);
    let is_none_on_purpose = function
        .text_on(dialect)
        .is_some_and(|text| text.trim().is_empty());
    match dialect {
        Dialect::Sqlite if !is_none_on_purpose => {
            return Err(RenderError::unsupported(
                dialect,
                format!("{what}: SQLite has no functions in SQL"),
                "say .nothing_on(Sqlite), and let the program that opens the database bring the function",
            ));
        }
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {}
    }
    let text = text_on(dialect, &function.texts, &what)?;
    let name = dialect.quote(&function.name);
    Ok(text.map(|text| format!("{create} {name}{text}")))
}

fn known<'c>(name: &str, before: &'c Catalog) -> Result<&'c Function, RenderError> {
    before
        .function(name)
        .ok_or_else(|| RenderError::Schema(format!("there is no function {name}")))
}
