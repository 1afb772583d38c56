//! Keys and checks as words, the same in CREATE TABLE and in ALTER TABLE.

use super::RenderError;
use super::expression::expression;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Action, Check, ForeignKey, Table, Timing, Unique};

pub(super) fn primary_key(dialect: Dialect, columns: &[String]) -> String {
    format!("PRIMARY KEY ({})", dialect.quote_list(columns))
}

pub(super) fn unique(dialect: Dialect, table: &str, unique: &Unique) -> String {
    format!(
        "CONSTRAINT {} UNIQUE ({})",
        dialect.quote(&unique.physical_name(table)),
        dialect.quote_list(&unique.columns)
    )
}

/// `condition` is MariaDB's `IF NOT EXISTS`, with a blank after it.
pub(super) fn check(
    dialect: Dialect,
    table: &str,
    check: &Check,
    condition: &str,
) -> Result<String, RenderError> {
    Ok(format!(
        "CONSTRAINT {condition}{} CHECK ({})",
        dialect.quote(&check.physical_name(table)),
        expression(dialect, &check.expression)?
    ))
}

/// `condition` is MariaDB's `IF NOT EXISTS`, with a blank after it.
pub(super) fn foreign_key(
    dialect: Dialect,
    table: &str,
    key: &ForeignKey,
    condition: &str,
) -> Result<String, RenderError> {
    let mut sql = format!(
        "CONSTRAINT {} FOREIGN KEY {condition}({}) REFERENCES {} ({})",
        dialect.quote(&key.physical_name(table)),
        dialect.quote_list(&key.columns),
        dialect.quote(&key.table),
        dialect.quote_list(&key.referenced)
    );
    let unsupported = |what: &str, hint: &str| {
        let what = format!("foreign key {} of {table} {what}", key.label);
        Err(RenderError::unsupported(dialect, what, hint))
    };
    if key.has_action(Action::SetDefault) && !dialect.features().set_default {
        return unsupported(
            "that sets a default",
            "let it cascade, set NULL or refuse, and write the default from the program",
        );
    }
    let changes_rows = match key.on_update {
        Action::NoAction | Action::Restrict => false,
        Action::Cascade | Action::SetNull | Action::SetDefault => true,
    };
    if key.table == table && changes_rows && !dialect.features().self_updates {
        return unsupported(
            "that follows an update within its own table",
            "leave .on_update(..) out: there the engine would refuse the update",
        );
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != Action::NoAction {
            sql += &format!(" ON {event} {}", action.sql());
        }
    }
    let timing = match key.timing {
        Timing::Immediate => return Ok(sql),
        Timing::Deferrable => " DEFERRABLE",
        Timing::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    };
    if !dialect.features().deferrable_constraints {
        return unsupported(
            "that is deferrable",
            "leave .deferrable() and .initially_deferred() out, and write rows in the order of their references",
        );
    }
    Ok(sql + timing)
}

/// The constraints of a table, in the order of their words in CREATE TABLE, its primary key first.
pub(super) fn of_table(dialect: Dialect, table: &Table) -> Result<Vec<String>, RenderError> {
    let name = &table.name;
    let mut items = Vec::new();
    if !table.primary_key.is_empty() {
        items.push(primary_key(dialect, &table.primary_key));
    }
    items.extend(table.uniques.iter().map(|it| unique(dialect, name, it)));
    for it in &table.checks {
        items.push(check(dialect, name, it, "")?);
    }
    for it in &table.foreign_keys {
        items.push(foreign_key(dialect, name, it, "")?);
    }
    Ok(items)
}

pub(super) fn find_table<'c>(before: &'c Catalog, name: &str) -> Result<&'c Table, RenderError> {
    before
        .table(name)
        .ok_or_else(|| RenderError::Schema(format!("there is no table {name}")))
}

/// The physical name of a table's constraint, which `found` looks up.
pub(super) fn name_of(
    table: &str,
    label: &str,
    before: &Catalog,
    found: impl Fn(&Table) -> Option<String>,
) -> Result<String, RenderError> {
    found(find_table(before, table)?)
        .ok_or_else(|| RenderError::Schema(format!("table {table} has no constraint {label}")))
}

pub(super) fn unique_name(
    table: &str,
    label: &str,
    before: &Catalog,
) -> Result<String, RenderError> {
    name_of(table, label, before, |it| {
        Some(it.unique_labelled(label)?.physical_name(table))
    })
}

pub(super) fn foreign_key_name(
    table: &str,
    label: &str,
    before: &Catalog,
) -> Result<String, RenderError> {
    name_of(table, label, before, |it| {
        Some(it.foreign_key_labelled(label)?.physical_name(table))
    })
}

pub(super) fn check_name(
    table: &str,
    label: &str,
    before: &Catalog,
) -> Result<String, RenderError> {
    name_of(table, label, before, |it| {
        Some(it.check_labelled(label)?.physical_name(table))
    })
}
