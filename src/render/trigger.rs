//! Triggers.

use super::own_words::text_on;
use super::{Guard, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::Trigger;

/// Nothing where there is to be no such trigger on this engine.
pub(super) fn create_trigger(
    dialect: Dialect,
    step: usize,
    trigger: &Trigger,
) -> Result<Vec<Statement>, RenderError> {
    let (create, guards) = match dialect {
        Dialect::MariaDb | Dialect::Sqlite => ("CREATE TRIGGER IF NOT EXISTS", Vec::new()),
        Dialect::Postgres | Dialect::MySql => (
            "CREATE TRIGGER",
            vec![Guard::Missing(format!("trigger {}", trigger.name))],
        ),
    };
    let sql = definition(dialect, create, trigger)?;
    let statement = sql.map(|sql| Statement {
        guards,
        ..Statement::written(dialect, step, sql)
    });
    Ok(statement.into_iter().collect())
}

pub(super) fn replace_trigger(
    dialect: Dialect,
    step: usize,
    trigger: &Trigger,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let old = known(&trigger.name, before)?;
    let can_replace = match dialect {
        // It refuses to, where the trigger is another table's.
        Dialect::MariaDb => old.table == trigger.table,
        // PostgreSQL can since version 14, and not everywhere is that.
        Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => false,
    };
    let (create, drops) = if can_replace {
        ("CREATE OR REPLACE TRIGGER", None)
    } else {
        ("CREATE TRIGGER", Some(dropped(dialect, old)))
    };
    let Some(sql) = definition(dialect, create, trigger)? else {
        return drop_trigger(dialect, step, &trigger.name, before);
    };
    Ok(drops
        .into_iter()
        .chain([sql])
        .map(|sql| Statement::written(dialect, step, sql))
        .collect())
}

/// Nothing where there was no such trigger on this engine.
pub(super) fn drop_trigger(
    dialect: Dialect,
    step: usize,
    name: &str,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let trigger = known(name, before)?;
    if !trigger.is_on(dialect) {
        return Ok(Vec::new());
    }
    Ok(vec![Statement::written(
        dialect,
        step,
        dropped(dialect, trigger),
    )])
}

fn dropped(dialect: Dialect, trigger: &Trigger) -> String {
    let name = dialect.quote(&trigger.name);
    match dialect {
        Dialect::Postgres => {
            let table = dialect.quote(&trigger.table);
            format!("DROP TRIGGER IF EXISTS {name} ON {table}")
        }
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
            format!("DROP TRIGGER IF EXISTS {name}")
        }
    }
}

fn definition(
    dialect: Dialect,
    create: &str,
    trigger: &Trigger,
) -> Result<Option<String>, RenderError> {
    let body = text_on(
        dialect,
        &trigger.bodies,
        &format!("trigger {}", trigger.name),
    )?;
    let [name, table] = [&trigger.name, &trigger.table].map(|it| dialect.quote(it));
    let moment = trigger.moment.sql();
    Ok(body.map(|body| format!("{create} {name} {moment} ON {table} FOR EACH ROW {body}")))
}

fn known<'c>(name: &str, before: &'c Catalog) -> Result<&'c Trigger, RenderError> {
    before
        .trigger(name)
        .ok_or_else(|| RenderError::Schema(format!("there is no trigger {name}")))
}
