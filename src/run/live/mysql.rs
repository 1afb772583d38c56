//! The catalog of MySQL and MariaDB.

use super::constraints::action;
use super::{
    Live, LiveCheck, LiveColumn, LiveForeignKey, LiveIndex, LivePart, Values, Wanted, list,
};
use crate::dialect::Dialect;
use crate::dsl::foreign_key;
use crate::run::driver::{DriverError, DynDriver};

pub(super) async fn read(driver: &mut dyn DynDriver, wanted: &Wanted) -> Result<Live, DriverError> {
    let tables = wanted.table_list(driver.dialect());
    // Each is read for itself: in a join of its own views MariaDB reads all tables of all databases.
    let part = |view: &str, columns: &str| {
        format!(
            "(SELECT TABLE_NAME, {columns} FROM information_schema.{view} \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({tables}) LIMIT 18446744073709551615)"
        )
    };
    let columns = format!(
        "SELECT t.TABLE_NAME, t.TABLE_TYPE, \
             REPLACE(v.VIEW_DEFINITION, CONCAT('`', DATABASE(), '`.'), ''), \
             c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT, \
             CASE WHEN c.EXTRA LIKE '%auto_increment%' THEN 'counter' \
                 WHEN c.GENERATION_EXPRESSION <> '' THEN 'expression' END, \
             c.COLLATION_NAME, c.COLUMN_COMMENT, \
             CONCAT_WS(' ', c.EXTRA, c.CHARACTER_SET_NAME, NULLIF(c.COLLATION_NAME, t.TABLE_COLLATION), c.GENERATION_EXPRESSION), \
             t.TABLE_COMMENT \
         FROM {} t \
         LEFT JOIN {} c ON c.TABLE_NAME = t.TABLE_NAME \
         LEFT JOIN {} v ON v.TABLE_NAME = t.TABLE_NAME \
         ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION",
        part("TABLES", "TABLE_TYPE, TABLE_COLLATION, TABLE_COMMENT"),
        part(
            "COLUMNS",
            "COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION, CHARACTER_SET_NAME, \
             COLLATION_NAME, COLUMN_COMMENT, ORDINAL_POSITION"
        ),
        part("VIEWS", "VIEW_DEFINITION"),
    );
    let mut live = Live::default();
    for row in driver.rows(&columns).await? {
        add_column(&mut live, Values::of(row));
    }
    // Without tables there are no indexes: a new database is asked one thing less, unless there may be functions.
    if live.tables.is_empty() && wanted.functions.is_empty() {
        return Ok(live);
    }
    // One answer, and one round trip, for all that a table has besides columns.
    let triggers = list(driver.dialect(), &wanted.triggers);
    let functions = functions(driver.dialect(), wanted);
    let rest = rest(driver.dialect(), &tables, &triggers, &functions);
    for row in driver.rows(&rest).await? {
        let mut values = Values::of(row);
        match values.text().as_str() {
            "index" => add_index(&mut live, values),
            "foreign key" => add_foreign_key(&mut live, values),
            "trigger" => live.add_trigger(values),
            "function" => {
                // Names that differ in case alone are the same function.
                let name = values.text().to_lowercase();
                let mut known = wanted.functions.iter();
                if let Some(name) = known.find(|it| it.to_lowercase() == name) {
                    live.add_function(name.clone(), values);
                }
            }
            _ => add_check(&mut live, values),
        }
    }
    // Index names are the table's own here: that another table has one of that name says nothing.
    live.index_owners.clear();
    Ok(live)
}

/// A query for indexes, foreign keys, checks, triggers and functions; the first value of a row says what it is about.
fn rest(dialect: Dialect, tables: &str, triggers: &str, functions: &str) -> String {
    let text = match dialect {
        Dialect::MySql => "COALESCE(COLUMN_NAME, EXPRESSION)",
        // These have no indexes over expressions, or no column that would show them.
        Dialect::MariaDb | Dialect::Postgres | Dialect::Sqlite => "COLUMN_NAME",
    };
    let checks = match dialect {
        // Of the table alone: that of a JSON column comes with its type.
        Dialect::MariaDb => format!(
            "SELECT 'check', TABLE_NAME, CONSTRAINT_NAME, NULL, CHECK_CLAUSE, NULL, NULL, NULL, NULL, 1 \
             FROM information_schema.CHECK_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME IN ({tables}) AND LEVEL = 'Table'"
        ),
        Dialect::MySql | Dialect::Postgres | Dialect::Sqlite => format!(
            "SELECT 'check', t.TABLE_NAME, t.CONSTRAINT_NAME, NULL, \
                 CONCAT(c.CHECK_CLAUSE, IF(t.ENFORCED = 'NO', ' NOT ENFORCED', '')), NULL, NULL, NULL, NULL, 1 \
             FROM information_schema.TABLE_CONSTRAINTS t \
             JOIN information_schema.CHECK_CONSTRAINTS c \
                 ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME \
             WHERE t.CONSTRAINT_SCHEMA = DATABASE() AND t.TABLE_NAME IN ({tables}) \
                 AND t.CONSTRAINT_TYPE = 'CHECK'"
        ),
    };
    format!(
        "SELECT 'index', TABLE_NAME, INDEX_NAME, COLUMN_NAME, {text}, NON_UNIQUE, COLLATION, SUB_PART, \
             LOWER(INDEX_TYPE), SEQ_IN_INDEX AS position \
         FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({tables}) \
         UNION ALL SELECT 'foreign key', k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, \
             r.DELETE_RULE, r.UPDATE_RULE, \
             CONCAT(IF(k.REFERENCED_TABLE_SCHEMA = DATABASE(), '', CONCAT(k.REFERENCED_TABLE_SCHEMA, '.')), \
                 k.REFERENCED_TABLE_NAME), NULL, k.ORDINAL_POSITION \
         FROM information_schema.KEY_COLUMN_USAGE k \
         JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
             ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME \
             AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
         WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME IN ({tables}) \
             AND k.REFERENCED_TABLE_NAME IS NOT NULL \
         UNION ALL {checks} \
         UNION ALL SELECT 'trigger', EVENT_OBJECT_TABLE, TRIGGER_NAME, \
             CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', ACTION_STATEMENT), NULL, NULL, NULL, NULL, NULL, 1 \
         FROM information_schema.TRIGGERS \
         WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE IN ({tables}) AND TRIGGER_NAME IN ({triggers}) {functions} \
         ORDER BY 1, 2, 3, 10"
    )
}

/// The part of the query about functions; nothing where nobody asks for some, because it is not free.
fn functions(dialect: Dialect, wanted: &Wanted) -> String {
    if wanted.functions.is_empty() {
        return String::new();
    }
    let functions = list(dialect, &wanted.functions);
    format!(
        "UNION ALL SELECT 'function', r.ROUTINE_NAME, NULL, '', \
             CONCAT('(', COALESCE((SELECT GROUP_CONCAT(p.PARAMETER_NAME, ' ', p.DTD_IDENTIFIER \
                     ORDER BY p.ORDINAL_POSITION SEPARATOR ', ') \
                 FROM information_schema.PARAMETERS p \
                 WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME \
                     AND p.ROUTINE_TYPE = 'FUNCTION' AND p.ORDINAL_POSITION > 0), ''), \
                 ') RETURNS ', r.DTD_IDENTIFIER, IF(r.IS_DETERMINISTIC = 'YES', ' DETERMINISTIC ', ' '), \
                 r.SQL_DATA_ACCESS, ' SQL SECURITY ', r.SECURITY_TYPE, \
                 IF(r.ROUTINE_COMMENT = '', '', CONCAT(' COMMENT ', QUOTE(r.ROUTINE_COMMENT))), \
                 ' ', COALESCE(r.ROUTINE_DEFINITION, '')), NULL, NULL, NULL, NULL, 1 \
         FROM information_schema.ROUTINES r \
         WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'FUNCTION' AND r.ROUTINE_NAME IN ({functions})"
    )
}

fn add_column(live: &mut Live, mut values: Values) {
    let table = values.text();
    let other_kind = match values.text().as_str() {
        "BASE TABLE" | "SYSTEM VERSIONED" => None,
        other => Some(other.to_ascii_lowercase()),
    };
    let definition = values.optional();
    let column = values.column().map(|column| LiveColumn {
        // MariaDB writes the default NULL as a word.
        default: column.default.filter(|default| default != "NULL"),
        ..column
    });
    live.add_column(&table, other_kind, definition, column);
    if let Some(table) = live.tables.get_mut(&table) {
        table.comment = values.comment();
    }
}

fn add_index(live: &mut Live, mut values: Values) {
    let table = values.text();
    let name = values.text();
    let column = values.optional();
    if name == "PRIMARY" {
        if let Some(table) = live.tables.get_mut(&table) {
            table.primary_key.extend(column);
        }
        return;
    }
    let text = values.text();
    let unique = !values.flag();
    let part = LivePart {
        column,
        text,
        descending: values.text() == "D",
        prefix: values.optional().and_then(|it| it.parse().ok()),
        opclass: None,
    };
    let index = LiveIndex {
        name,
        parts: Vec::new(),
        unique,
        predicate: None,
        method: values.text(),
        included: Vec::new(),
        nulls_not_distinct: false,
        valid: true,
        constraint: None,
    };
    live.add_index_part(&table, index, part);
}

fn add_foreign_key(live: &mut Live, mut values: Values) {
    let table = values.text();
    let key = foreign_key(values.text()).columns([values.text()]);
    let referenced = values.text();
    let key = key
        .on_delete(action(&values.text()))
        .on_update(action(&values.text()))
        .references(values.text(), [referenced]);
    if let Some(table) = live.tables.get_mut(&table) {
        table.add_foreign_key_part(LiveForeignKey { key, valid: true });
    }
}

fn add_check(live: &mut Live, mut values: Values) {
    let table = values.text();
    let name = values.text();
    values.optional();
    if let Some(table) = live.tables.get_mut(&table) {
        table.checks.push(LiveCheck {
            name,
            text: values.text(),
        });
    }
}
