//! Databases that have the schema but no tracking rows: how much of the history they already hold.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{VIEW, comment_warning, extension_difference};
use super::live::{
    IndexDifference, Live, column_difference, foreign_key_difference, index_difference,
    unique_difference,
};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    AddEnumValue, Check, Column, CreateEnum, CreateFunction, CreateTrigger, CreateView,
    DropEnumValue, Extension, ForeignKey, Index, Migrations, Operation, ReplaceFunction,
    ReplaceTrigger, Table, Trigger, Unique, View,
};

/// How much of a history a database holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Adoption {
    /// So many migrations, from the start of the history, have left exactly what is there.
    pub(crate) migrations: usize,
    /// What differs and is kept, because it only concerns speed.
    pub(crate) warnings: Vec<String>,
}

/// Finds the newest migration after which the history has exactly the objects that are there: all of its
/// state, at least one object, and none that it dropped.
///
/// One pass over the history: each operation changes only what it touches.
pub(crate) fn adoption(history: &Migrations, dialect: Dialect, live: &Live) -> Adoption {
    let mut state = State {
        dialect,
        live,
        wrong: BTreeSet::new(),
        stale: BTreeSet::new(),
        slow: BTreeMap::new(),
    };
    let mut catalog = Catalog::default();
    let mut found = Adoption::default();
    let mut dropped = BTreeSet::new();
    for (count, migration) in (1..).zip(history) {
        for operation in &migration.operations {
            // Whether rows were changed, or SQL in the author's own words was run, no catalog tells; nor which query a
            // view should have.
            if !operation.leaves_its_mark() {
                return found;
            }
            // Nor which text has what came again: one of that name was there before.
            dropped.extend(dropped_text(operation, dialect, &catalog));
            if made_text(operation, dialect).is_some_and(|it| dropped.contains(&it)) {
                return found;
            }
            // Nor does it tell whether values were: a type that goes and comes back leaves others.
            if let Operation::AlterColumn(it) = operation
                && it.loss(&catalog).is_some()
            {
                return found;
            }
            state.apply(operation, &catalog);
            // The history has been folded before, without an error.
            if operation.apply(&mut catalog).is_err() {
                return found;
            }
        }
        // An extension or a schema alone may be there for others.
        let has_objects = catalog.tables().next().is_some()
            || catalog.views().next().is_some()
            || catalog.functions().any(|it| it.is_on(dialect));
        if state.wrong.is_empty() && state.stale.is_empty() && has_objects {
            found = Adoption {
                migrations: count,
                warnings: state.slow.values().cloned().collect(),
            };
        }
    }
    found
}

/// The kind and the name of what the operation drops on that engine, where that is the SQL of an author.
fn dropped_text(
    operation: &Operation,
    dialect: Dialect,
    before: &Catalog,
) -> Option<(&'static str, String)> {
    let (kind, name, is_on) = if let Operation::DropView(it) = operation {
        let view = before.view(&it.view)?;
        ("view", &it.view, view.is_on(dialect))
    } else if let Operation::DropTrigger(it) = operation {
        let trigger = before.trigger(&it.trigger)?;
        ("trigger", &it.trigger, trigger.is_on(dialect))
    } else if let Operation::DropFunction(it) = operation {
        let function = before.function(&it.function)?;
        ("function", &it.function, function.is_on(dialect))
    } else {
        return None;
    };
    is_on.then(|| (kind, name.clone()))
}

/// The same of what it makes.
fn made_text(operation: &Operation, dialect: Dialect) -> Option<(&'static str, String)> {
    let (kind, name, is_on) = if let Operation::CreateView(CreateView { view }) = operation {
        ("view", &view.name, view.is_on(dialect))
    } else if let Operation::CreateTrigger(CreateTrigger { trigger }) = operation {
        ("trigger", &trigger.name, trigger.is_on(dialect))
    } else if let Operation::CreateFunction(CreateFunction { function }) = operation {
        ("function", &function.name, function.is_on(dialect))
    } else {
        return None;
    };
    is_on.then(|| (kind, name.clone()))
}

/// An object of the schema, by its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Object {
    Table(String),
    Column(String, String),
    /// Of a table, by its physical name: what has that name in its place is the same object. One that keeps rows unique
    /// is an index, too.
    Index(String, String),
    View(String),
    /// With its table.
    Trigger(String, String),
    Function(String),
    ForeignKey(String, String),
    Check(String, String),
    /// What is said of a table, or of a column of it.
    Comment(String, Option<String>),
    Schema(String),
    Extension(String),
    Enum(String),
}

impl Object {
    fn table(&self) -> Option<&str> {
        match self {
            Object::Table(table)
            | Object::Column(table, _)
            | Object::Index(table, _)
            | Object::ForeignKey(table, _)
            | Object::Check(table, _)
            | Object::Comment(table, _) => Some(table),
            Object::View(view) => Some(view),
            Object::Trigger(_, table) => Some(table),
            Object::Schema(_) | Object::Extension(_) | Object::Enum(_) | Object::Function(_) => {
                None
            }
        }
    }
}

struct State<'l> {
    dialect: Dialect,
    live: &'l Live,
    /// Objects that the history has, and the database has not or otherwise.
    wrong: BTreeSet<Object>,
    /// Objects that the history has dropped, and the database still has.
    stale: BTreeSet<Object>,
    /// Objects that are there in a shape that only concerns speed, with the warning about it.
    slow: BTreeMap<Object, String>,
}

impl State<'_> {
    fn apply(&mut self, operation: &Operation, before: &Catalog) {
        match operation {
            Operation::CreateTable(it) => self.create_table(&it.table),
            Operation::DropTable(it) => self.drop_table(&it.table),
            Operation::AddColumn(it) => self.create_column(&it.table, &it.column),
            Operation::DropColumn(it) => {
                let there = self
                    .live
                    .tables
                    .get(&it.table)
                    .is_some_and(|table| table.column(&it.column).is_some());
                self.gone(Object::Column(it.table.clone(), it.column.clone()), there);
                let comment = Object::Comment(it.table.clone(), Some(it.column.clone()));
                self.gone(comment, false);
            }
            Operation::CreateIndex(it) => self.create_index(&it.table, &it.index),
            Operation::DropIndex(it) => {
                let old = before.table(&it.table);
                if let Some(index) = old.and_then(|table| table.index_labelled(&it.index)) {
                    self.drop_index(&it.table, index.physical_name(&it.table, self.dialect));
                }
            }
            Operation::RenameColumn(it) => {
                let mut after = before.clone();
                // The history has been folded before, without an error.
                if operation.apply(&mut after).is_ok()
                    && let Some(table) = after.table(&it.table)
                {
                    let old = self.live.tables.get(&it.table);
                    let there = old.is_some_and(|table| table.column(&it.column).is_some());
                    self.gone(Object::Column(it.table.clone(), it.column.clone()), there);
                    let comment =
                        |name: &String| Object::Comment(it.table.clone(), Some(name.clone()));
                    let is_wrong = self.wrong.contains(&comment(&it.column));
                    self.gone(comment(&it.column), false);
                    self.create_table(table);
                    if is_wrong {
                        // It may be there under the new name: the old one is seen nowhere.
                        let column = table.column_named(&it.to);
                        let wanted = column.and_then(|it| it.comment.as_deref());
                        let right = self.live.comment(&it.table, Some(&it.to)) == wanted;
                        self.made(comment(&it.to), right);
                    }
                    for (referring, key) in after.references_to(&it.table) {
                        self.create_foreign_key(&referring.name, key);
                    }
                }
            }
            // Whether a table has its key is a part of what it is.
            Operation::AddPrimaryKey(it) => self.change_key(&it.table, &it.columns),
            Operation::DropPrimaryKey(it) => self.change_key(&it.table, &[]),
            Operation::AddUnique(it) => self.create_unique(&it.table, &it.unique),
            Operation::DropUnique(it) => {
                let old = before.table(&it.table);
                if let Some(unique) = old.and_then(|table| table.unique_labelled(&it.unique)) {
                    self.drop_index(&it.table, unique.physical_name(&it.table));
                }
            }
            Operation::AddForeignKey(it) => self.create_foreign_key(&it.table, &it.foreign_key),
            Operation::DropForeignKey(it) => {
                let old = before.table(&it.table);
                let key = old.and_then(|table| table.foreign_key_labelled(&it.foreign_key));
                if let Some(key) = key {
                    let name = key.physical_name(&it.table);
                    let live = self.live.tables.get(&it.table);
                    let there = live.is_some_and(|table| table.foreign_key(&name).is_some());
                    self.gone(Object::ForeignKey(it.table.clone(), name), there);
                }
            }
            Operation::AddCheck(it) => self.create_check(&it.table, &it.check),
            Operation::DropCheck(it) => {
                let old = before.table(&it.table);
                if let Some(check) = old.and_then(|table| table.check_labelled(&it.check)) {
                    let name = check.physical_name(&it.table);
                    let live = self.live.tables.get(&it.table);
                    let there = live.is_some_and(|table| table.check(&name).is_some());
                    self.gone(Object::Check(it.table.clone(), name), there);
                }
            }
            Operation::AlterColumn(it) => {
                // The history has been folded before, without an error.
                if let Some((_, column)) = it.columns(before) {
                    self.create_column(&it.table, &column);
                }
            }
            Operation::CommentTable(it) => self.change_comment(&it.table, None, &it.comment),
            Operation::CommentColumn(it) => {
                self.change_comment(&it.table, Some(&it.column), &it.comment);
            }
            Operation::CreateSchema(it) => {
                let there = self.live.schemas.contains(&it.schema);
                self.made(Object::Schema(it.schema.clone()), there);
            }
            Operation::DropSchema(it) => {
                let there = self.live.schemas.contains(&it.schema);
                self.gone(Object::Schema(it.schema.clone()), there);
            }
            Operation::CreateExtension(it) => self.create_extension(&it.extension),
            Operation::DropExtension(it) => {
                let there = self.live.extensions.contains_key(&it.extension);
                self.gone(Object::Extension(it.extension.clone()), there);
            }
            Operation::CreateEnum(CreateEnum { name, .. })
            | Operation::AddEnumValue(AddEnumValue { name, .. })
            | Operation::DropEnumValue(DropEnumValue { name, .. }) => {
                let mut after = before.clone();
                // The history has been folded before, without an error.
                if operation.apply(&mut after).is_ok()
                    && let Some(values) = after.enum_values(name)
                {
                    let right = self.live.enum_is(self.dialect, &after, name, values);
                    self.made(Object::Enum(name.clone()), right);
                }
            }
            Operation::DropEnum(it) => {
                let there = self.live.enums.contains_key(&it.name);
                self.gone(Object::Enum(it.name.clone()), there);
            }
            Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_) => {}
            Operation::RenameIndex(it) => {
                let old = before
                    .table(&it.table)
                    .and_then(|table| table.index_labelled(&it.index));
                if let Some(old) = old {
                    self.drop_index(&it.table, old.physical_name(&it.table, self.dialect));
                    self.create_index(&it.table, &it.renamed(old));
                }
            }
            Operation::RenameTable(it) => {
                let mut after = before.clone();
                // The history has been folded before, without an error.
                if operation.apply(&mut after).is_ok()
                    && let Some(table) = after.table(&it.to)
                {
                    // What it should have lost before, it has under the new name.
                    let live = self.live.tables.get(&it.to);
                    let dropped = self.stale.iter().filter_map(|object| match object {
                        Object::Column(table, column) if *table == it.table => Some(column),
                        Object::Table(_)
                        | Object::Column(..)
                        | Object::Index(..)
                        | Object::ForeignKey(..)
                        | Object::Check(..)
                        | Object::Comment(..)
                        | Object::Enum(_)
                        | Object::Schema(_)
                        | Object::Extension(_)
                        | Object::Trigger(..)
                        | Object::Function(_)
                        | Object::View(_) => None,
                    });
                    let stale: Vec<String> = dropped
                        .filter(|column| live.is_some_and(|it| it.column(column).is_some()))
                        .cloned()
                        .collect();
                    self.drop_table(&it.table);
                    self.create_table(table);
                    for (referring, key) in after.references_to(&it.to) {
                        self.create_foreign_key(&referring.name, key);
                    }
                    let columns = stale
                        .into_iter()
                        .map(|it| Object::Column(table.name.clone(), it));
                    self.stale.extend(columns);
                }
            }
            Operation::CreateView(it) => self.create_view(&it.view),
            Operation::ReplaceView(it) => self.create_view(&it.view),
            Operation::DropView(it) => {
                let there = self.has_view(&it.view);
                self.gone(Object::View(it.view.clone()), there);
            }
            Operation::CreateTrigger(CreateTrigger { trigger })
            | Operation::ReplaceTrigger(ReplaceTrigger { trigger }) => {
                let object = Object::Trigger(trigger.name.clone(), trigger.table.clone());
                let right = !trigger.is_on(self.dialect) || self.has_trigger(trigger);
                self.made(object, right);
            }
            Operation::DropTrigger(it) => {
                if let Some(trigger) = before.trigger(&it.trigger) {
                    let object = Object::Trigger(trigger.name.clone(), trigger.table.clone());
                    self.gone(object, self.has_trigger(trigger));
                }
            }
            Operation::CreateFunction(CreateFunction { function })
            | Operation::ReplaceFunction(ReplaceFunction { function }) => {
                let right = !function.is_on(self.dialect) || self.live.has_function(&function.name);
                self.made(Object::Function(function.name.clone()), right);
            }
            Operation::DropFunction(it) => {
                let there = self.live.has_function(&it.function);
                self.gone(Object::Function(it.function.clone()), there);
            }
            Operation::RunSql(it) => {
                for operation in &it.stands_for {
                    self.apply(operation, before);
                }
            }
        }
    }

    fn create_table(&mut self, table: &Table) {
        self.change_key(&table.name, &table.primary_key);
        self.compare_comment(&table.name, None, table.comment.as_deref());
        for column in &table.columns {
            self.create_column(&table.name, column);
        }
        for index in &table.indexes {
            self.create_index(&table.name, index);
        }
        for unique in &table.uniques {
            self.create_unique(&table.name, unique);
        }
        for key in &table.foreign_keys {
            self.create_foreign_key(&table.name, key);
        }
        for check in &table.checks {
            self.create_check(&table.name, check);
        }
    }

    fn change_key(&mut self, table: &str, key: &[String]) {
        let live = self.live.tables.get(table);
        let right = live.is_some_and(|it| it.other_kind.is_none() && it.primary_key == key);
        self.made(Object::Table(table.to_owned()), right);
    }

    fn create_unique(&mut self, table: &str, unique: &Unique) {
        let name = unique.physical_name(table);
        let live = self.live.index(table, &name);
        let right = live.is_some_and(|it| unique_difference(unique, it).is_none());
        self.made(Object::Index(table.to_owned(), name), right);
    }

    fn create_foreign_key(&mut self, table: &str, key: &ForeignKey) {
        let name = key.physical_name(table);
        let live = self.live.tables.get(table);
        let right = live
            .and_then(|it| it.foreign_key(&name))
            .is_some_and(|it| foreign_key_difference(self.dialect, table, key, it).is_none());
        self.made(Object::ForeignKey(table.to_owned(), name), right);
    }

    fn create_check(&mut self, table: &str, check: &Check) {
        let live = self.live.tables.get(table);
        let name = check.physical_name(table);
        let right = live.is_some_and(|it| it.check(&name).is_some());
        self.made(Object::Check(table.to_owned(), name), right);
    }

    fn drop_table(&mut self, table: &str) {
        self.wrong.retain(|object| object.table() != Some(table));
        self.stale.retain(|object| object.table() != Some(table));
        self.slow.retain(|object, _| object.table() != Some(table));
        // A view may have the name since.
        let live = self.live.tables.get(table);
        let there = live.is_some_and(|it| it.other_kind.is_none());
        self.gone(Object::Table(table.to_owned()), there);
    }

    fn create_column(&mut self, table: &str, column: &Column) {
        let right = self
            .live
            .tables
            .get(table)
            .and_then(|table| table.column(&column.name))
            .is_some_and(|live| column_difference(self.dialect, column, live).is_none());
        self.made(Object::Column(table.to_owned(), column.name.clone()), right);
        self.compare_comment(table, Some(&column.name), column.comment.as_deref());
    }

    /// A comment that came with its table or column is kept where it is another: it is for people alone.
    fn compare_comment(&mut self, table: &str, column: Option<&str>, wanted: Option<&str>) {
        let object = Object::Comment(table.to_owned(), column.map(str::to_owned));
        self.slow.remove(&object);
        // Who asked for none has nothing to say against one.
        let Some(wanted) = wanted.filter(|_| self.dialect.features().comments) else {
            return;
        };
        let live = self.live.comment(table, column);
        if live != Some(wanted) {
            self.slow
                .insert(object, comment_warning(table, column, live));
        }
    }

    /// One that was changed by an operation of its own tells whether that was run.
    fn change_comment(&mut self, table: &str, column: Option<&str>, comment: &Option<String>) {
        let object = Object::Comment(table.to_owned(), column.map(str::to_owned));
        self.slow.remove(&object);
        let right = !self.dialect.features().comments
            || self.live.comment(table, column) == comment.as_deref();
        self.made(object, right);
    }

    fn create_index(&mut self, table: &str, index: &Index) {
        let name = index.physical_name(table, self.dialect);
        let object = Object::Index(table.to_owned(), name.clone());
        // What the engine has no form of is not missing.
        if !index.is_made_on(self.dialect) {
            return self.made(object, true);
        }
        // It may have had another shape before.
        self.slow.remove(&object);
        let right = match self.live.index(table, &name) {
            Some(live) if live.valid => match index_difference(self.dialect, table, index, live) {
                None => true,
                Some(IndexDifference::Meaning(_)) => false,
                Some(IndexDifference::Speed(difference)) => {
                    let warning = format!("index {name} of {table} is kept as it is: {difference}");
                    self.slow.insert(object.clone(), warning);
                    true
                }
            },
            Some(_) | None => false,
        };
        self.made(object, right);
    }

    fn drop_index(&mut self, table: &str, name: String) {
        let there = self.live.index(table, &name).is_some();
        self.gone(Object::Index(table.to_owned(), name), there);
    }

    fn create_extension(&mut self, extension: &Extension) {
        let live = self.live.extensions.get(&extension.name);
        // What the engine has no form of is not missing.
        let right = !self.dialect.features().extensions
            || live.is_some_and(|it| extension_difference(extension, it).is_none());
        self.made(Object::Extension(extension.name.clone()), right);
    }

    fn create_view(&mut self, view: &View) {
        let right = !view.is_on(self.dialect) || self.has_view(&view.name);
        self.made(Object::View(view.name.clone()), right);
    }

    fn has_trigger(&self, trigger: &Trigger) -> bool {
        let key = (trigger.name.clone(), trigger.table.clone());
        self.live.triggers.contains_key(&key)
    }

    fn has_view(&self, name: &str) -> bool {
        let found = self.live.tables.get(name);
        found.is_some_and(|it| it.other_kind.as_deref() == Some(VIEW))
    }

    fn made(&mut self, object: Object, right: bool) {
        self.stale.remove(&object);
        if right {
            self.wrong.remove(&object);
        } else {
            self.wrong.insert(object);
        }
    }

    fn gone(&mut self, object: Object, still_there: bool) {
        self.wrong.remove(&object);
        self.slow.remove(&object);
        if still_there {
            self.stale.insert(object);
        }
    }
}
