//! The catalog of MySQL and MariaDB.

use super::{Live, LiveColumn, LiveIndex, LivePart, Values, Wanted};
use crate::run::driver::{Driver, DriverError};

pub(super) async fn read<D: Driver>(driver: &mut D, wanted: &Wanted) -> Result<Live, DriverError> {
    let tables = wanted.table_list(driver.dialect());
    let columns = format!(
        "SELECT t.TABLE_NAME, t.TABLE_TYPE, \
             REPLACE(v.VIEW_DEFINITION, CONCAT('`', DATABASE(), '`.'), ''), \
             c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT, \
             CASE WHEN c.EXTRA LIKE '%auto_increment%' THEN 'counter' \
                 WHEN c.GENERATION_EXPRESSION <> '' THEN 'expression' END, \
             CONCAT_WS(' ', c.EXTRA, c.CHARACTER_SET_NAME, c.GENERATION_EXPRESSION) \
         FROM information_schema.TABLES t \
         LEFT JOIN information_schema.COLUMNS c \
             ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME \
         LEFT JOIN information_schema.VIEWS v \
             ON v.TABLE_SCHEMA = t.TABLE_SCHEMA AND v.TABLE_NAME = t.TABLE_NAME \
         WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME IN ({tables}) \
         ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION"
    );
    let mut live = Live::default();
    for row in driver.rows(&columns).await? {
        add_column(&mut live, Values::of(row));
    }
    // Without tables there are no indexes: a new database is asked one thing less.
    if live.tables.is_empty() {
        return Ok(live);
    }
    // MariaDB has no indexes over expressions, and no column that would show them.
    let text = if driver.dialect().features().expression_indexes {
        "COALESCE(COLUMN_NAME, EXPRESSION)"
    } else {
        "COLUMN_NAME"
    };
    let indexes = format!(
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, {text}, COLLATION, SUB_PART, LOWER(INDEX_TYPE) \
         FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({tables}) \
         ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
    );
    for row in driver.rows(&indexes).await? {
        add_index(&mut live, Values::of(row));
    }
    // Index names are the table's own here: that another table has one of that name says nothing.
    live.index_owners.clear();
    Ok(live)
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
}

fn add_index(live: &mut Live, mut values: Values) {
    let table = values.text();
    let name = values.text();
    let unique = !values.flag();
    let column = values.optional();
    if name == "PRIMARY" {
        if let Some(table) = live.tables.get_mut(&table) {
            table.primary_key.extend(column);
        }
        return;
    }
    let part = LivePart {
        column,
        text: values.text(),
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
    };
    live.add_index_part(&table, index, part);
}
