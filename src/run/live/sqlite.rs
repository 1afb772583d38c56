//! SQLite's catalog.

use super::written::add_constraints;
use super::{Live, LiveIndex, LivePart, Source, Values, Wanted, list};
use crate::dialect::Dialect;
use crate::render::counts_on;
use crate::run::driver::{DriverError, DynDriver};

pub(super) async fn read(driver: &mut dyn DynDriver, wanted: &Wanted) -> Result<Live, DriverError> {
    let tables = wanted.table_list(Dialect::Sqlite);
    let indexes = wanted.index_list(Dialect::Sqlite);
    let columns = format!(
        "SELECT m.name, m.type, iif(m.type = 'view', m.sql, NULL), c.name, c.type, c.\"notnull\" = 0 AS nullable, c.dflt_value, \
             iif(c.hidden IN (2, 3), 'expression', NULL), NULL, NULL, \
             CASE c.hidden WHEN 1 THEN 'hidden' WHEN 2 THEN 'virtual' WHEN 3 THEN 'stored' END, \
             c.pk, m.sql \
         FROM main.sqlite_schema m LEFT JOIN pragma_table_xinfo(m.name) c \
         WHERE m.type IN ('table', 'view') AND m.name IN ({tables}, {indexes}) ORDER BY m.name, c.cid"
    );
    let mut live = Live::default();
    for row in driver.rows(&columns).await? {
        add_column(&mut live, Values::of(row));
    }
    for table in live.tables.values_mut() {
        table.primary_key = key_in_order(std::mem::take(&mut table.primary_key));
    }
    // Of an expression the catalog tells no text but that of the whole index.
    let indexes = format!(
        "SELECT m.tbl_name, l.name, l.\"unique\", \
             iif(l.partial, substr(m.sql, instr(upper(m.sql), ' WHERE ') + 7), NULL), x.name, \
             COALESCE(x.name, substr(m.sql, instr(upper(m.sql), ' ON ') + 4)), x.\"desc\" \
         FROM main.sqlite_schema m \
         JOIN pragma_index_list(m.tbl_name) l ON l.name = m.name \
         JOIN pragma_index_xinfo(l.name) x ON x.\"key\" = 1 \
         WHERE m.type = 'index' AND l.origin = 'c' AND (m.tbl_name IN ({tables}) OR m.name IN ({indexes})) \
         ORDER BY m.tbl_name, l.name, x.seqno"
    );
    for row in driver.rows(&indexes).await? {
        add_index(&mut live, Values::of(row));
    }
    let triggers = list(Dialect::Sqlite, &wanted.triggers);
    let definitions = format!(
        "SELECT type, tbl_name, name, sql FROM main.sqlite_schema \
         WHERE (type = 'table' AND name IN ({tables})) OR (type = 'trigger' AND name IN ({triggers})) \
         ORDER BY type, name"
    );
    for row in driver.rows(&definitions).await? {
        let mut values = Values::of(row);
        if values.text() == "trigger" {
            live.add_trigger(values);
            continue;
        }
        let table = values.text();
        values.optional();
        if let Some(table) = live.tables.get_mut(&table) {
            add_constraints(table, &values.text());
        }
    }
    live.forget_unwanted(wanted);
    Ok(live)
}

fn add_column(live: &mut Live, mut values: Values) {
    let table = values.text();
    let kind = values.text();
    let definition = values.optional();
    let mut column = values.column();
    let position = values.text();
    let written = values.text();
    if let (Some(column), false) = (&mut column, position.is_empty() || position == "0") {
        // Only the key can be, and no pragma says so.
        if counts_on(&written) {
            column.source = Source::Counter;
            column.details += "autoincrement";
        }
        let key = &mut live.tables.entry(table.clone()).or_default().primary_key;
        key.push(format!("{position:0>5} {}", column.name));
    }
    live.add_column(
        &table,
        (kind != "table").then_some(kind),
        definition,
        column,
    );
    if let Some(table) = live.tables.get_mut(&table) {
        table.written = written;
    }
}

/// The key's columns come in the table's order, each behind its position in the key.
fn key_in_order(mut key: Vec<String>) -> Vec<String> {
    key.sort();
    key.into_iter()
        .map(|numbered| match numbered.split_once(' ') {
            Some((_, name)) => name.to_owned(),
            None => numbered,
        })
        .collect()
}

fn add_index(live: &mut Live, mut values: Values) {
    let table = values.text();
    let index = LiveIndex {
        name: values.text(),
        parts: Vec::new(),
        unique: values.flag(),
        predicate: values.optional(),
        method: "btree".to_owned(),
        included: Vec::new(),
        nulls_not_distinct: false,
        valid: true,
        constraint: Some(false),
    };
    let part = LivePart {
        column: values.optional(),
        text: values.text(),
        descending: values.flag(),
        prefix: None,
        opclass: None,
    };
    live.add_index_part(&table, index, part);
}
