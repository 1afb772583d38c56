//! Random keys, foreign keys and checks, and how they are made to fit what is there.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::predicates::{Predicate, expression};
use super::texts::name;

fn named() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.2, name())
}

pub(crate) fn unique_value() -> impl Strategy<Value = Unique> {
    (name(), vec(name(), 1..3), named()).prop_map(|(label, columns, named)| {
        let mut unique = unique(label).columns(columns);
        unique.name = named;
        unique
    })
}

pub(crate) fn check_value() -> impl Strategy<Value = Check> {
    (name(), name(), named()).prop_map(|(label, column, named)| {
        let mut check = check(label, col(column).is_not_null());
        check.name = named;
        check
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(NoAction),
        1 => select(&[Restrict, Cascade, SetNull, SetDefault][..]),
    ]
}

pub(crate) fn foreign_key_value() -> impl Strategy<Value = ForeignKey> {
    (
        (name(), vec(name(), 1..3)),
        (name(), vec(name(), 1..3)),
        (action(), action()),
        0..6_u8,
        named(),
    )
        .prop_map(
            |((label, columns), (table, referenced), (on_delete, on_update), timing, named)| {
                let mut key = foreign_key(label)
                    .columns(columns)
                    .references(table, referenced)
                    .on_delete(on_delete)
                    .on_update(on_update);
                key = match timing {
                    0 => key.deferrable(),
                    1 => key.initially_deferred(),
                    _ => key,
                };
                key.name = named;
                key
            },
        )
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        10 => (name(), foreign_key_value())
            .prop_map(|(table, foreign_key)| AddForeignKey { table, foreign_key }.into()),
        12 => (name(), name())
            .prop_map(|(table, foreign_key)| DropForeignKey { table, foreign_key }.into()),
        3 => (name(), check_value()).prop_map(|(table, check)| AddCheck { table, check }.into()),
        2 => (name(), name()).prop_map(|(table, check)| DropCheck { table, check }.into()),
        3 => (name(), unique_value()).prop_map(|(table, unique)| AddUnique { table, unique }.into()),
        1 => (name(), name()).prop_map(|(table, unique)| DropUnique { table, unique }.into()),
        3 => (name(), vec(name(), 1..3))
            .prop_map(|(table, columns)| AddPrimaryKey { table, columns }.into()),
        1 => name().prop_map(|table| DropPrimaryKey { table }.into()),
    ]
}

/// Points an operation about a constraint of `table` at what is there; none where it is about something else.
pub(crate) fn aimed(
    operation: &Operation,
    predicate: &Predicate,
    catalog: &Catalog,
    table: &Table,
    aim: usize,
) -> Option<Operation> {
    let label = |labels: Vec<&String>, label: &String| match labels.len() {
        0 => label.clone(),
        count => labels[aim % count].clone(),
    };
    let name = table.name.clone();
    Some(match operation.clone() {
        Operation::AddForeignKey(mut it) => {
            match referring(it.foreign_key.clone(), table, catalog.tables(), aim) {
                Some(key) => {
                    it.foreign_key = key;
                    it.table = name;
                    it.into()
                }
                None => match column_to_refer_by(&it.foreign_key, catalog, aim) {
                    Some(column) => AddColumn {
                        table: name,
                        column,
                    }
                    .into(),
                    None => it.into(),
                },
            }
        }
        Operation::DropForeignKey(it) if catalog.tables().all(|it| it.foreign_keys.is_empty()) => {
            let key = foreign_key(it.foreign_key).columns([it.table]);
            match referring(key.clone(), table, catalog.tables(), aim) {
                Some(foreign_key) => AddForeignKey {
                    table: name,
                    foreign_key,
                }
                .into(),
                None => AddColumn {
                    table: name,
                    column: column_to_refer_by(&key, catalog, aim)
                        .unwrap_or_else(|| integer("refers").nullable()),
                }
                .into(),
            }
        }
        Operation::DropForeignKey(mut it) => {
            let labels = table.foreign_keys.iter().map(|it| &it.label).collect();
            it.foreign_key = label(labels, &it.foreign_key);
            it.table = name;
            it.into()
        }
        Operation::AddCheck(mut it) => {
            it.check = check_of(it.check, predicate, table);
            it.table = name;
            it.into()
        }
        Operation::DropCheck(mut it) => {
            let labels = table.checks.iter().map(|it| &it.label).collect();
            it.check = label(labels, &it.check);
            it.table = name;
            it.into()
        }
        Operation::AddUnique(mut it) => {
            it.unique = unique_of(it.unique, table, aim);
            it.table = name;
            it.into()
        }
        Operation::DropUnique(mut it) => {
            let labels = table.uniques.iter().map(|it| &it.label).collect();
            it.unique = label(labels, &it.unique);
            it.table = name;
            it.into()
        }
        Operation::AddPrimaryKey(mut it) => {
            let set = table.columns.iter().filter(|it| !it.nullable);
            let set: Vec<String> = set.map(|it| it.name.clone()).collect();
            if !set.is_empty() {
                it.columns = picked(&set, it.columns.len(), aim);
            }
            it.table = name;
            it.into()
        }
        Operation::DropPrimaryKey(mut it) => {
            it.table = name;
            it.into()
        }
        _ => return None,
    })
}

/// Adds to `made` those of the constraints of `wanted` that `fits` takes, once they are about its columns.
pub(crate) fn mended(
    mut made: Table,
    wanted: &Table,
    predicate: &Predicate,
    catalog: &Catalog,
    aim: usize,
    fits: impl Fn(&Table) -> bool,
) -> Table {
    if made.columns.is_empty() {
        return made;
    }
    for unique in wanted.uniques.iter().cloned() {
        let more = made.clone().unique(unique_of(unique, &made, aim));
        made = if fits(&more) { more } else { made };
    }
    for check in wanted.checks.iter().cloned() {
        let more = made.clone().check(check_of(check, predicate, &made));
        made = if fits(&more) { more } else { made };
    }
    for key in wanted.foreign_keys.iter().cloned() {
        let Some(key) = referring(key, &made, catalog.tables().chain([&made]), aim) else {
            continue;
        };
        let more = made.clone().foreign_key(key);
        made = if fits(&more) { more } else { made };
    }
    made
}

fn unique_of(mut unique: Unique, table: &Table, aim: usize) -> Unique {
    let columns: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    unique.columns = picked(&columns, unique.columns.len(), aim);
    unique
}

fn check_of(mut check: Check, predicate: &Predicate, table: &Table) -> Check {
    let columns: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    check.expression =
        expression(predicate, &columns).unwrap_or_else(|| col(columns[0].clone()).is_not_null());
    check
}

fn picked(names: &[String], count: usize, aim: usize) -> Vec<String> {
    let count = count.min(names.len());
    (0..count)
        .map(|it| names[(aim + it) % names.len()].clone())
        .collect()
}

/// A new column that a key could refer by next time.
fn column_to_refer_by(key: &ForeignKey, catalog: &Catalog, aim: usize) -> Option<Column> {
    let keys = catalog
        .tables()
        .filter_map(|it| match it.primary_key.as_slice() {
            [only] => it.column_named(only),
            _ => None,
        });
    let keys: Vec<&Column> = keys.collect();
    let referenced = keys.get(aim % keys.len().max(1))?;
    let name = key.columns.first()?.clone();
    let mut column = Column::new(name, referenced.column_type.clone()).nullable();
    column.overrides.clone_from(&referenced.overrides);
    Some(column)
}

/// Lets the key refer from columns of `table` to a key of one of `parents` that has the same types, if there is one.
fn referring<'t>(
    mut key: ForeignKey,
    table: &Table,
    parents: impl Iterator<Item = &'t Table>,
    aim: usize,
) -> Option<ForeignKey> {
    let mut found = Vec::new();
    for parent in parents {
        let keys = std::iter::once(&parent.primary_key)
            .chain(parent.uniques.iter().map(|it| &it.columns))
            .filter(|it| !it.is_empty());
        for referenced in keys {
            let mut columns = Vec::new();
            for other in referenced {
                let Some(other) = parent.column_named(other) else {
                    continue;
                };
                let fits = |it: &&Column| {
                    Dialect::ALL
                        .iter()
                        .all(|dialect| it.type_on(*dialect) == other.type_on(*dialect))
                        && !columns.contains(&it.name)
                };
                let own = table.columns.iter().rev().find(fits);
                columns.extend(own.map(|it| it.name.clone()));
            }
            if columns.len() == referenced.len() {
                found.push((parent.name.clone(), referenced.clone(), columns));
            }
        }
    }
    if found.is_empty() {
        return None;
    }
    (key.table, key.referenced, key.columns) = found.swap_remove(aim % found.len());
    let is_set = |name: &String| table.column_named(name).is_some_and(|it| !it.nullable);
    if key.columns.iter().any(is_set) {
        for action in [&mut key.on_delete, &mut key.on_update] {
            if *action == SetNull {
                *action = Cascade;
            }
        }
    }
    Some(key)
}
