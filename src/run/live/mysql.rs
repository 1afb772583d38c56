//! The catalog of MySQL and MariaDB.

use super::constraints::action;
use super::{
    Live, LiveCheck, LiveColumn, LiveForeignKey, LiveIndex, LivePart, Values, Wanted, list,
};
use crate::dialect::Dialect;
use crate::dsl::foreign_key;
use crate::run::driver::{Driver, DriverError};

pub(super) async fn read<D: Driver>(driver: &mut D, wanted: &Wanted) -> Result<Live, DriverError> {
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
    // Without tables there are no indexes: a new database is asked one thing less.
    if live.tables.is_empty() {
        return Ok(live);
    }
    // One answer, and one round trip, for all that a table has besides columns.
    let triggers = list(driver.dialect(), &wanted.triggers);
    let rest = rest(driver.dialect(), &tables, &triggers);
    for row in driver.rows(&rest).await? {
        let mut values = Values::of(row);
        match values.text().as_str() {
            "index" => add_index(&mut live, values),
            "foreign key" => add_foreign_key(&mut live, values),
            "trigger" => live.add_trigger(values),
            _ => add_check(&mut live, values),
        }
    }
    // Index names are the table's own here: that another table has one of that name says nothing.
    live.index_owners.clear();
    Ok(live)
}

/// A query for indexes, foreign keys, checks and triggers; the first value of a row says what it is about.
fn rest(dialect: Dialect, tables: &str, triggers: &str) -> String {
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
         WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE IN ({tables}) AND TRIGGER_NAME IN ({triggers}) \
         ORDER BY 1, 2, 3, 10"
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
