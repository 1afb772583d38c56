//! How many rows a history leaves in each table, and what of an operation those rows allow: which values meet, or are of
//! which type, no fold knows, and an engine finds out.

use std::collections::BTreeMap;

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

use super::History;
use super::values::{is_told_apart, value_of};

/// The number of rows of each table that has some.
#[derive(Debug, Default)]
pub(crate) struct Population(BTreeMap<String, usize>);

impl Population {
    /// What is there once all of them are run, each as [`peopled`] made it.
    pub(crate) fn after(history: &History) -> Population {
        let mut population = Population::default();
        for (operation, before) in history {
            population.follow(operation, before);
        }
        population
    }

    pub(crate) fn of(&self, table: &str) -> usize {
        self.0.get(table).copied().unwrap_or(0)
    }

    fn follow(&mut self, operation: &Operation, before: &Catalog) {
        match operation {
            Operation::Insert(it) => {
                *self.0.entry(it.table.clone()).or_default() += it.rows.len();
            }
            Operation::Delete(it) => {
                let all = before.table(&it.table).is_some_and(|table| {
                    let predicate = it.rows.predicate.as_ref();
                    predicate.is_none_or(|it| holds_of_all(table).contains(it))
                });
                if all {
                    self.0.remove(&it.table);
                }
            }
            Operation::DropTable(it) => {
                self.0.remove(&it.table);
            }
            Operation::RenameTable(it) => {
                if let Some(rows) = self.0.remove(&it.table) {
                    self.0.insert(it.to.clone(), rows);
                }
            }
            _ => {}
        }
    }
}

/// The operation with rows and values that its table takes, if what is in the tables lets it be done.
pub(crate) fn peopled(
    dialect: Dialect,
    operation: Operation,
    history: &History,
    catalog: &Catalog,
) -> Option<Operation> {
    let population = Population::after(history);
    let number = 10 * history.len() + 10;
    let table = operation.table().and_then(|it| catalog.table(it));
    let rows = operation.table().map_or(0, |it| population.of(it));
    match operation {
        Operation::Insert(mut it) => {
            let table = table?;
            let most = if has_room(dialect, table) { 2 } else { 1 };
            let count = it.rows.len().clamp(1, most);
            if rows + count > most && most == 1 {
                return None;
            }
            let numbers = number..number + count;
            let made = numbers.map(|it| new_row(dialect, table, catalog, it));
            it.rows = made.collect::<Option<_>>()?;
            Some(it.into())
        }
        Operation::Update(mut it) => {
            it.rows = changed(dialect, it.rows, table?, catalog, rows, number)?;
            Some(it.into())
        }
        Operation::Backfill(mut it) => {
            it.rows = changed(dialect, it.rows, table?, catalog, rows, number)?;
            Some(it.into())
        }
        Operation::Delete(mut it) => {
            let all = holds_of_all(table?);
            it.rows.predicate = match (it.rows.predicate, all.first()) {
                (Some(_), Some(all)) if number.is_multiple_of(20) => Some(all.clone()),
                (Some(_), Some(all)) => Some(all.clone().not()),
                _ => None,
            };
            Some(it.into())
        }
        // Of several rows some may be equal, and none refers to another.
        Operation::AddUnique(_) | Operation::AddPrimaryKey(_) if rows > 1 => None,
        // An integer that is SQLite's key must be one, and what is computed there may be anything.
        Operation::AddPrimaryKey(it)
            if rows > 0 && dialect == Sqlite && is_computed(table?, &it.columns) =>
        {
            None
        }
        Operation::CreateIndex(it) if it.index.unique && rows > 1 => None,
        Operation::AddForeignKey(_) if rows > 0 => None,
        Operation::AddCheck(mut it) if rows > 0 => {
            it.check.expression = holds_of_all(table?).first()?.clone();
            Some(it.into())
        }
        Operation::AddColumn(it) if rows > 0 => {
            let may_be_null = it.column.generated.is_none() || it.column.nullable;
            (may_be_null || dialect != Sqlite).then(|| it.into())
        }
        Operation::AlterColumn(it) if rows > 0 => {
            let column = table?.column_named(&it.change.column)?;
            let mut after = catalog.clone();
            Operation::from(it.clone()).apply(&mut after).ok()?;
            let changed = after.table(&it.table)?.column_named(&column.name)?;
            let may_be_null = column.nullable && !changed.nullable;
            let keeps = keeps_values(column.type_on(dialect), changed.type_on(dialect));
            (!may_be_null && keeps && it.change.using.is_none()).then(|| it.into())
        }
        // It may be the value that they have.
        Operation::DropEnumValue(it) => {
            let mut peopled = catalog.tables().filter(|it| population.of(&it.name) > 0);
            let uses = |column: &Column| matches!(column.type_on(dialect), ColumnType::Enum { name, .. } if *name == it.name);
            let is_used = peopled.any(|table| table.columns.iter().any(uses));
            (!is_used).then(|| it.into())
        }
        other => Some(other),
    }
}

fn is_computed(table: &Table, columns: &[String]) -> bool {
    let mut columns = columns.iter().filter_map(|it| table.column_named(it));
    columns.any(|it| matches!(it.default, Some(DefaultValue::Expression(_))))
}

/// What is true of every row, for each column of which the catalog says so.
fn holds_of_all(table: &Table) -> Vec<Expr> {
    let set = table
        .columns
        .iter()
        .filter(|it| !it.nullable && it.generated.is_none());
    set.map(|it| col(it.name.clone()).is_not_null()).collect()
}

/// Whether rows whose values have different numbers are told apart by all keys of the table.
fn has_room(dialect: Dialect, table: &Table) -> bool {
    let key = Some(&table.primary_key).filter(|it| !it.is_empty());
    let constraints = key
        .into_iter()
        .chain(table.uniques.iter().map(|it| &it.columns));
    let indexes = table.indexes.iter().filter(|it| it.unique).map(|index| {
        let whole = index.columns.iter();
        let whole = whole.filter(|it| matches!(it.key, IndexKey::Column(_)));
        whole.filter_map(IndexColumn::column).collect()
    });
    let mut keys = constraints
        .map(|it| it.iter().map(String::as_str).collect())
        .chain(indexes);
    keys.all(|key: Vec<&str>| {
        let mut columns = key.iter().filter_map(|it| table.column_named(it));
        columns.any(|it| !refers(table, it) && is_told_apart(dialect, it))
    })
}

fn refers(table: &Table, column: &Column) -> bool {
    let mut keys = table.foreign_keys.iter();
    keys.any(|it| it.columns.contains(&column.name))
}

/// The value of that number for a column that no other one is asked about.
fn own_value(
    dialect: Dialect,
    table: &Table,
    column: &Column,
    catalog: &Catalog,
    number: usize,
) -> Option<Expr> {
    let value = Some(())
        .filter(|()| !refers(table, column))
        .and_then(|()| value_of(dialect, column, catalog, number));
    value.or_else(|| column.nullable.then(null))
}

fn new_row(dialect: Dialect, table: &Table, catalog: &Catalog, number: usize) -> Option<Row> {
    let mut made = row();
    let mut set = Vec::new();
    for column in &table.columns {
        if column.generated.is_some() {
            // What is computed there of any value may be anything.
            if dialect == Sqlite && !column.nullable {
                return None;
            }
            continue;
        }
        // Which number it will have, and so to what it would refer, nobody knows.
        if column.auto_increment && refers(table, column) {
            return None;
        }
        if !column.auto_increment {
            let value = own_value(dialect, table, column, catalog, number)?;
            let is_null = value == null();
            made = made.set(&column.name, value);
            if is_null {
                continue;
            }
        }
        set.push(col(column.name.clone()).is_not_null());
    }
    let mut checks = table.checks.iter();
    let holds = checks.all(|it| set.contains(&it.expression));
    (holds && !made.values.is_empty()).then_some(made)
}

/// The change with a value that its column takes in all of so many rows.
fn changed(
    dialect: Dialect,
    mut change: Rows,
    table: &Table,
    catalog: &Catalog,
    rows: usize,
    number: usize,
) -> Option<Rows> {
    for (name, value) in &mut change.changes {
        let column = table.column_named(name)?;
        let is_key = table.primary_key.contains(name)
            || table.uniques.iter().any(|it| it.columns.contains(name))
            || table.indexes.iter().any(|it| it.unique);
        if column.auto_increment || is_key && rows > 1 {
            return None;
        }
        *value = own_value(dialect, table, column, catalog, number)?;
        if *value == null() && !table.checks.is_empty() {
            return None;
        }
    }
    // SQLite compares anything with anything.
    if dialect != Sqlite && change.predicate.is_some() {
        change.predicate = holds_of_all(table).into_iter().next();
    }
    Some(change)
}

/// Whether every value of [`value_of`] becomes a value of the other type, and none two become the same.
fn keeps_values(from: &ColumnType, to: &ColumnType) -> bool {
    let is_whole = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
        )
    };
    let is_text = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Uuid
        )
    };
    from == to
        || is_whole(from) && (is_whole(to) || *to == ColumnType::Text)
        || is_text(from) && *to == ColumnType::Text
}
