//! What is left to do for each operation: nothing, all, a part; or a conflict with what is there.

mod alter_column;
mod comment;
mod constraint;
mod database;
mod enums;
mod function;
mod rename;
mod rewind;
mod trigger;
mod view;

use std::collections::BTreeMap;

pub(crate) use comment::{comment_warning, told_comment};
use constraint::Labelled;
pub(crate) use database::extension_difference;
use rewind::Rewound;
pub(super) use view::VIEW;

use super::difference::{Difference, there_is};
use super::live::{IndexDifference, Live, LiveColumn, LiveIndex, LiveTable, Source};
use super::live::{column_difference, index_difference};
use crate::catalog::Catalog;
use crate::dialect::{Dialect, IndexNamespace};
use crate::dsl::{
    Column, CreateIndex, DropIndex, Extension, ForeignKey, Index, Migration, Migrations, Operation,
    Table, Unique,
};

/// What is left to do for one operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Its effect is there, in the shape that it or a later operation gives it.
    Satisfied,
    /// It must run.
    Needed,
    /// These must run in its place: the rest of what it does is there.
    Rest(Vec<Operation>),
}

/// Decides operation by operation, in the order of the history, and keeps book of what those before will
/// have done.
#[derive(Debug)]
pub(crate) struct Decider<'h> {
    dialect: Dialect,
    live: Live,
    later: LaterShapes<'h>,
    /// What of the migration that is decided about was found to be renamed.
    rewound: Rewound,
    /// How many of its operations have been decided about.
    decided: usize,
    /// What differs and is kept, since the last time it was taken.
    pub(crate) warnings: Vec<String>,
}

impl<'h> Decider<'h> {
    pub(crate) fn new(dialect: Dialect, live: Live, history: &'h Migrations) -> Self {
        Decider {
            dialect,
            live,
            later: LaterShapes::of(history),
            rewound: Rewound::default(),
            decided: 0,
            warnings: Vec::new(),
        }
    }

    /// Comes to a migration: all of its operations are then decided about, in their order.
    pub(crate) fn begin(&mut self, migration: &Migration, before: &Catalog) {
        self.rewound = Rewound::of(migration, before, self.dialect, &mut self.live);
        self.decided = 0;
    }

    /// Decides about the next operation of the migration, which is the one at `position` in the whole history.
    pub(crate) fn decide(
        &mut self,
        position: usize,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        let place = self.decided;
        self.decided += 1;
        if self.rewound.redo(place, &mut self.live) {
            return Ok(Decision::Satisfied);
        }
        self.look(position, operation, before)
    }

    fn look(
        &mut self,
        position: usize,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        // A run that was cut off may have dropped the table already, together with what this is about.
        if let Some(table) = operation.table()
            && !matches!(operation, Operation::CreateTable(_))
            && !self.live.tables.contains_key(table)
            && self.later.drops_table(position, table)
        {
            return Ok(Decision::Satisfied);
        }
        match operation {
            Operation::CreateTable(it) => self.create_table(position, &it.table),
            Operation::DropTable(it) => self.drop_table(&it.table),
            Operation::AddColumn(it) => self.add_column(position, &it.table, &it.column),
            Operation::DropColumn(it) => {
                let table = self.table_mut(&it.table)?;
                let there = table.column(&it.column).is_some();
                table.columns.retain(|column| column.name != it.column);
                Ok(needed_if(there))
            }
            Operation::CreateIndex(it) => self.create_index(position, &it.table, &it.index),
            Operation::DropIndex(it) => {
                let name = before
                    .table(&it.table)
                    .and_then(|table| table.index_labelled(&it.index))
                    .map(|index| index.physical_name(&it.table, self.dialect));
                Ok(needed_if(
                    name.is_some_and(|name| self.forget_index(&it.table, &name)),
                ))
            }
            Operation::RenameColumn(it) => self.rename_column(position, it),
            // The catalog says nothing of them.
            Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_) => Ok(Decision::Needed),
            Operation::RenameIndex(it) => self.rename_index(it, before),
            Operation::RenameTable(it) => self.rename_table(it),
            Operation::CreateView(it) => self.create_view(&it.view),
            Operation::ReplaceView(it) => self.replace_view(&it.view, before),
            Operation::DropView(it) => self.drop_view(&it.view, before),
            Operation::CreateTrigger(it) => self.create_trigger(&it.trigger),
            Operation::ReplaceTrigger(it) => Ok(self.replace_trigger(&it.trigger, before)),
            Operation::DropTrigger(it) => Ok(self.drop_trigger(&it.trigger, before)),
            Operation::CreateFunction(it) => self.create_function(&it.function),
            Operation::ReplaceFunction(it) => self.replace_function(&it.function, before),
            Operation::DropFunction(it) => self.drop_function(&it.function, before),
            Operation::AddPrimaryKey(it) => self.add_primary_key(position, it),
            Operation::DropPrimaryKey(it) => self.drop_primary_key(position, it, before),
            Operation::AddUnique(it) => self.add_unique(position, &it.table, &it.unique),
            Operation::DropUnique(it) => self.drop_unique(it, before),
            Operation::AddForeignKey(it) => {
                self.add_foreign_key(position, &it.table, &it.foreign_key)
            }
            Operation::DropForeignKey(it) => self.drop_foreign_key(it, before),
            Operation::AddCheck(it) => self.add_check(position, &it.table, &it.check),
            Operation::DropCheck(it) => self.drop_check(it, before),
            Operation::AlterColumn(it) => self.alter_column(position, it, before),
            Operation::CommentTable(it) => self.comment_table(it),
            Operation::CommentColumn(it) => self.comment_column(position, it, before),
            Operation::CreateSchema(it) => Ok(self.create_schema(&it.schema)),
            Operation::DropSchema(it) => Ok(self.drop_schema(&it.schema)),
            Operation::CreateExtension(it) => self.create_extension(position, &it.extension),
            Operation::DropExtension(it) => Ok(self.drop_extension(&it.extension)),
            Operation::CreateEnum(it) => self.create_enum(position, it),
            Operation::DropEnum(it) => Ok(self.drop_enum(it)),
            Operation::AddEnumValue(it) => Ok(self.add_enum_value(operation, it, before)),
            Operation::DropEnumValue(it) => Ok(self.drop_enum_value(operation, it, before)),
            // The catalog says nothing of it. What it stands for is there after it.
            Operation::RunSql(it) => {
                let mut after = before.clone();
                for operation in &it.stands_for {
                    self.look(position, operation, &after)?;
                    // The history has been folded before, without an error.
                    if operation.apply(&mut after).is_err() {
                        break;
                    }
                }
                Ok(Decision::Needed)
            }
        }
    }

    fn drop_table(&mut self, table: &str) -> Result<Decision, Difference> {
        let found = self.live.tables.remove(table);
        if let Some(kind) = found.as_ref().and_then(|it| it.other_kind.as_ref()) {
            return Err(Difference::new(format!("table {table}"), there_is(kind)));
        }
        self.live.triggers.retain(|(_, owner), _| owner != table);
        // One that stood in an index's way, and so was its own owner, stands there no more.
        self.live.index_owners.retain(|_, owner| owner != table);
        let there = found.is_some();
        if let Some(table) = found {
            let indexes = table.indexes.into_iter().map(|it| it.name);
            for name in indexes.chain(table.key_name) {
                self.live.free_index_name(&name);
            }
        }
        Ok(needed_if(there))
    }

    fn create_table(&mut self, position: usize, table: &Table) -> Result<Decision, Difference> {
        let Some(live) = self.live.tables.get(&table.name) else {
            let planned = LiveTable {
                columns: table.columns.iter().map(planned_column).collect(),
                primary_key: table.primary_key.clone(),
                comment: table.comment.clone(),
                ..LiveTable::default()
            };
            self.live.tables.insert(table.name.clone(), planned);
            // The table's own statement makes them; another table may have one of that name.
            for index in &table.indexes {
                self.create_index(position, &table.name, index)?;
            }
            self.constraints_of_created(position, table, false)?;
            return Ok(Decision::Needed);
        };
        if let Some(kind) = &live.other_kind {
            return Err(Difference::new(
                format!("table {}", table.name),
                there_is(kind),
            ));
        }
        for column in &table.columns {
            match live.column(&column.name) {
                Some(found) => self.compare_column(position, &table.name, column, found)?,
                // A later migration that drops it may have run already.
                None if self.later.drops(position, &table.name, &column.name) => {}
                None => {
                    return Err(Difference::new(
                        format!("table {}", table.name),
                        format!("it is there without the column {}", column.name),
                    ));
                }
            }
        }
        self.compare_comments(position, table);
        self.created_key(position, table)?;
        self.constraints_of_created(position, table, true)?;
        let mut rest = Vec::new();
        for index in &table.indexes {
            match self.create_index(position, &table.name, index)? {
                Decision::Satisfied => {}
                Decision::Needed => rest.push(
                    CreateIndex {
                        table: table.name.clone(),
                        index: index.clone(),
                    }
                    .into(),
                ),
                Decision::Rest(operations) => rest.extend(operations),
            }
        }
        Ok(if rest.is_empty() {
            Decision::Satisfied
        } else {
            Decision::Rest(rest)
        })
    }

    fn add_column(
        &mut self,
        position: usize,
        table: &str,
        column: &Column,
    ) -> Result<Decision, Difference> {
        if let Some(found) = self.table_mut(table)?.column(&column.name).cloned() {
            self.compare_column(position, table, column, &found)?;
            self.compare_comment(position, table, column, found.comment);
            return Ok(Decision::Satisfied);
        }
        let planned = planned_column(column);
        self.table_mut(table)?.columns.push(planned);
        Ok(Decision::Needed)
    }

    fn create_index(
        &mut self,
        position: usize,
        table: &str,
        index: &Index,
    ) -> Result<Decision, Difference> {
        if !index.is_made_on(self.dialect) {
            return Ok(Decision::Satisfied);
        }
        let name = index.physical_name(table, self.dialect);
        if let Some(owner) = self.live.index_owners.get(&name)
            && owner != table
        {
            let difference = if *owner == name {
                "there is a table or view of that name".to_owned()
            } else {
                format!("there is one of that name on the table {owner}")
            };
            return Err(Difference::new(format!("index {name}"), difference));
        }
        if let Some(found) = self.table_mut(table)?.index(&name).cloned() {
            if !found.valid {
                return Ok(Decision::Rest(rebuilt(table, index)));
            }
            let shapes = self.later.indexes(position, table, &index.label);
            let mut differences = std::iter::once(index)
                .chain(shapes)
                .map(|shape| index_difference(self.dialect, table, shape, &found));
            let own = differences.next().flatten();
            return match own {
                None => Ok(Decision::Satisfied),
                Some(_) if differences.any(|it| it.is_none()) => Ok(Decision::Satisfied),
                Some(IndexDifference::Speed(difference)) => {
                    self.warnings.push(format!(
                        "index {name} of {table} is kept as it is: {difference}"
                    ));
                    Ok(Decision::Satisfied)
                }
                Some(IndexDifference::Meaning(difference)) => Err(Difference::new(
                    format!("index {name} of table {table}"),
                    difference,
                )),
            };
        }
        // A later operation that drops a column of it drops the index before, and both may have happened.
        let live = self.table_mut(table)?.clone();
        if index.named_columns().into_iter().any(|column| {
            live.column(&column).is_none() && self.later.drops(position, table, &column)
        }) {
            return Ok(Decision::Satisfied);
        }
        let planned = planned_index(self.dialect, table, index);
        if self.dialect.features().index_namespace == IndexNamespace::Schema {
            self.live.index_owners.insert(name, table.to_owned());
        }
        self.table_mut(table)?.indexes.push(planned);
        Ok(Decision::Needed)
    }

    fn compare_column(
        &self,
        position: usize,
        table: &str,
        column: &Column,
        found: &LiveColumn,
    ) -> Result<(), Difference> {
        let Some(difference) = column_difference(self.dialect, column, found) else {
            return Ok(());
        };
        let later = self.later.columns(position, table, &column.name);
        if later
            .into_iter()
            .any(|shape| column_difference(self.dialect, shape, found).is_none())
        {
            return Ok(());
        }
        Err(Difference::new(
            format!("column {table}.{}", column.name),
            difference,
        ))
    }

    /// The table that an operation changes. That it is not there is no half-done run: applied migrations
    /// made it, and pending ones before this would have.
    fn table_mut(&mut self, name: &str) -> Result<&mut LiveTable, Difference> {
        self.live.tables.get_mut(name).ok_or_else(|| {
            Difference::new(
                format!("table {name}"),
                "it is missing, although the migration that makes it is recorded as applied",
            )
        })
    }

    /// Whether the index was there.
    fn forget_index(&mut self, table: &str, name: &str) -> bool {
        let Some(table) = self.live.tables.get_mut(table) else {
            return false;
        };
        let there = table.index(name).is_some();
        table.indexes.retain(|index| index.name != name);
        if there {
            self.live.free_index_name(name);
        }
        there
    }
}

/// An index that was left INVALID is no use to any query, and in the way of a new one.
fn rebuilt(table: &str, index: &Index) -> Vec<Operation> {
    let drop = DropIndex {
        table: table.to_owned(),
        index: index.label.clone(),
    };
    let create = CreateIndex {
        table: table.to_owned(),
        index: index.clone(),
    };
    vec![drop.into(), create.into()]
}

fn needed_if(there: bool) -> Decision {
    if there {
        Decision::Needed
    } else {
        Decision::Satisfied
    }
}

/// A column that a statement of this run will make. Only its name is ever asked for.
fn planned_column(column: &Column) -> LiveColumn {
    LiveColumn {
        name: column.name.clone(),
        type_name: String::new(),
        nullable: column.nullable,
        default: None,
        source: Source::Rows,
        collation: None,
        comment: column.comment.clone(),
        details: String::new(),
    }
}

/// An index that a statement of this run will make. Only its name is ever asked for.
fn planned_index(dialect: Dialect, table: &str, index: &Index) -> LiveIndex {
    LiveIndex {
        name: index.physical_name(table, dialect),
        parts: Vec::new(),
        unique: index.unique,
        predicate: None,
        method: String::new(),
        included: Vec::new(),
        nulls_not_distinct: false,
        valid: true,
        constraint: None,
    }
}

/// The shapes that operations give to columns and indexes, each with its place in the whole history. Tables go by
/// their last names.
#[derive(Debug, Default)]
struct LaterShapes<'h> {
    columns: BTreeMap<(String, String), Vec<(usize, Column)>>,
    indexes: BTreeMap<(&'h str, &'h str), Vec<(usize, &'h Index)>>,
    dropped_columns: BTreeMap<(&'h str, &'h str), usize>,
    dropped_tables: BTreeMap<&'h str, usize>,
    renamed_tables: Vec<(usize, &'h str, &'h str)>,
    keys: BTreeMap<&'h str, Vec<(usize, &'h Vec<String>)>>,
    dropped_keys: BTreeMap<&'h str, usize>,
    uniques: BTreeMap<(&'h str, &'h str), Vec<(usize, &'h Unique)>>,
    foreign_keys: BTreeMap<(String, String), Vec<(usize, ForeignKey)>>,
    dropped_constraints: BTreeMap<(&'h str, Labelled<'h>), usize>,
    /// Where what was said of a table, or of a column of it, changes for the last time.
    comments: BTreeMap<(&'h str, Option<&'h str>), usize>,
    extensions: BTreeMap<&'h str, Vec<(usize, &'h Extension)>>,
    enums: enums::LaterEnums,
}

impl<'h> LaterShapes<'h> {
    fn of(history: &'h Migrations) -> Self {
        let mut catalog = Catalog::default();
        let mut shapes = LaterShapes {
            enums: enums::LaterEnums::of(history),
            ..LaterShapes::default()
        };
        let operations = history.iter().flat_map(|it| &it.operations);
        let operations = operations
            .enumerate()
            .flat_map(|(position, it)| it.schema_operations().iter().map(move |it| (position, it)));
        // Last names must be known before anything is found by them.
        for (position, operation) in operations.clone() {
            if let Operation::RenameTable(it) = operation {
                shapes.renamed_tables.push((position, &it.table, &it.to));
            }
        }
        for (position, operation) in operations {
            match operation {
                Operation::CreateTable(it) => {
                    for column in &it.table.columns {
                        shapes.column(position, &it.table.name, column);
                    }
                    for index in &it.table.indexes {
                        shapes.index(position, &it.table.name, index);
                    }
                }
                Operation::AddColumn(it) => shapes.column(position, &it.table, &it.column),
                Operation::CreateIndex(it) => shapes.index(position, &it.table, &it.index),
                Operation::DropColumn(it) => {
                    let key = (shapes.last_name(position, &it.table), it.column.as_str());
                    shapes.dropped_columns.insert(key, position);
                }
                // Under this name it will be gone.
                Operation::RenameColumn(it) => {
                    let key = (shapes.last_name(position, &it.table), it.column.as_str());
                    shapes.dropped_columns.insert(key, position);
                }
                Operation::DropTable(it) => {
                    let table = shapes.last_name(position, &it.table);
                    shapes.dropped_tables.insert(table, position);
                }
                Operation::AddPrimaryKey(it) => {
                    let table = shapes.last_name(position, &it.table);
                    let keys = shapes.keys.entry(table).or_default();
                    keys.push((position, &it.columns));
                }
                Operation::DropPrimaryKey(it) => {
                    let table = shapes.last_name(position, &it.table);
                    shapes.dropped_keys.insert(table, position);
                }
                Operation::AddUnique(it) => {
                    let table = shapes.last_name(position, &it.table);
                    let key = (table, it.unique.label.as_str());
                    let uniques = shapes.uniques.entry(key).or_default();
                    uniques.push((position, &it.unique));
                }
                Operation::AddForeignKey(it) => {
                    let table = shapes.last_name(position, &it.table);
                    let shape = shapes.with_last_name(position, &it.foreign_key);
                    let key = (table.to_owned(), it.foreign_key.label.clone());
                    let keys = shapes.foreign_keys.entry(key).or_default();
                    keys.push((position, shape));
                }
                Operation::DropUnique(it) => {
                    shapes.dropped_constraint(position, &it.table, Labelled::Unique(&it.unique));
                }
                Operation::DropForeignKey(it) => {
                    let dropped = Labelled::ForeignKey(&it.foreign_key);
                    shapes.dropped_constraint(position, &it.table, dropped);
                }
                Operation::DropCheck(it) => {
                    shapes.dropped_constraint(position, &it.table, Labelled::Check(&it.check));
                }
                Operation::AlterColumn(it) => {
                    if let Some((_, column)) = it.columns(&catalog) {
                        shapes.column(position, &it.table, &column);
                    }
                }
                Operation::CommentTable(it) => {
                    shapes.comments.insert((&it.table, None), position);
                }
                Operation::CommentColumn(it) => {
                    let key = (it.table.as_str(), Some(it.column.as_str()));
                    shapes.comments.insert(key, position);
                }
                Operation::AddCheck(_)
                | Operation::DropIndex(_)
                | Operation::CreateEnum(_)
                | Operation::DropEnum(_)
                | Operation::AddEnumValue(_)
                | Operation::DropEnumValue(_)
                | Operation::Insert(_)
                | Operation::Update(_)
                | Operation::Delete(_)
                | Operation::Backfill(_)
                | Operation::CreateSchema(_)
                | Operation::DropSchema(_)
                | Operation::DropExtension(_)
                | Operation::RenameIndex(_)
                | Operation::RenameTable(_)
                | Operation::CreateView(_)
                | Operation::ReplaceView(_)
                | Operation::DropView(_)
                | Operation::CreateTrigger(_)
                | Operation::ReplaceTrigger(_)
                | Operation::DropTrigger(_)
                | Operation::CreateFunction(_)
                | Operation::ReplaceFunction(_)
                | Operation::DropFunction(_)
                | Operation::RunSql(_) => {}
                Operation::CreateExtension(it) => {
                    let extensions = shapes.extensions.entry(&it.extension.name).or_default();
                    extensions.push((position, &it.extension));
                }
            }
            // The history has been folded before, without an error.
            if operation.apply(&mut catalog).is_err() {
                break;
            }
        }
        shapes
    }

    fn column(&mut self, position: usize, table: &str, column: &Column) {
        let table = self.last_name(position, table).to_owned();
        let shapes = self
            .columns
            .entry((table, column.name.clone()))
            .or_default();
        shapes.push((position, column.clone()));
    }

    fn index(&mut self, position: usize, table: &'h str, index: &'h Index) {
        let key = (self.last_name(position, table), index.label.as_str());
        let shapes = self.indexes.entry(key).or_default();
        shapes.push((position, index));
    }

    fn dropped_constraint(&mut self, position: usize, table: &'h str, dropped: Labelled<'h>) {
        let table = self.last_name(position, table);
        self.dropped_constraints.insert((table, dropped), position);
    }

    fn drops_constraint(&self, after: usize, table: &str, dropped: Labelled<'_>) -> bool {
        let table = self.last_name(after, table);
        let position = self.dropped_constraints.get(&(table, dropped));
        position.is_some_and(|position| *position > after)
    }

    fn drops_key(&self, after: usize, table: &str) -> bool {
        let position = self.dropped_keys.get(self.last_name(after, table));
        position.is_some_and(|position| *position > after)
    }

    fn keys(&self, after: usize, table: &str) -> impl Iterator<Item = &'h Vec<String>> + use<'h> {
        after_position(self.keys.get(self.last_name(after, table)), after).into_iter()
    }

    fn uniques(
        &self,
        after: usize,
        table: &str,
        label: &str,
    ) -> impl Iterator<Item = &'h Unique> + use<'h> {
        let table = self.last_name(after, table);
        after_position(self.uniques.get(&(table, label)), after).into_iter()
    }

    /// Those that a foreign key has later, which refer to tables by their last names.
    fn foreign_keys(&self, after: usize, table: &str, label: &str) -> Vec<&ForeignKey> {
        let key = (self.last_name(after, table).to_owned(), label.to_owned());
        later_than(self.foreign_keys.get(&key), after)
    }

    fn with_last_name(&self, position: usize, key: &ForeignKey) -> ForeignKey {
        ForeignKey {
            table: self.last_name(position, &key.table).to_owned(),
            ..key.clone()
        }
    }

    fn columns(&self, after: usize, table: &str, column: &str) -> Vec<&Column> {
        let table = self.last_name(after, table).to_owned();
        later_than(self.columns.get(&(table, column.to_owned())), after)
    }

    fn indexes(&self, after: usize, table: &str, label: &str) -> Vec<&'h Index> {
        let table = self.last_name(after, table);
        after_position(self.indexes.get(&(table, label)), after)
    }

    fn drops(&self, after: usize, table: &str, column: &str) -> bool {
        let table = self.last_name(after, table);
        self.dropped_columns
            .get(&(table, column))
            .is_some_and(|position| *position > after)
    }

    /// Whether what is said of a table, or of a column of it, is changed.
    fn comments(&self, after: usize, table: &str, column: Option<&str>) -> bool {
        self.comments
            .get(&(table, column))
            .is_some_and(|position| *position > after)
    }

    fn drops_table(&self, after: usize, table: &str) -> bool {
        let table = self.last_name(after, table);
        self.dropped_tables
            .get(table)
            .is_some_and(|position| *position > after)
    }

    /// What a table is called in the end that is called `table` after the operation at this position. A table that
    /// another one is renamed to once it is gone counts as that one, as one that is made anew does.
    fn last_name<'t>(&self, after: usize, table: &'t str) -> &'t str
    where
        'h: 't,
    {
        let later = self
            .renamed_tables
            .iter()
            .filter(|(position, ..)| *position > after);
        later.fold(
            table,
            |name, (_, from, to)| if *from == name { to } else { name },
        )
    }
}

fn later_than<T>(shapes: Option<&Vec<(usize, T)>>, after: usize) -> Vec<&T> {
    let shapes = shapes.into_iter().flatten();
    shapes
        .filter(|(position, _)| *position > after)
        .map(|(_, shape)| shape)
        .collect()
}

fn after_position<'h, T: ?Sized>(shapes: Option<&Vec<(usize, &'h T)>>, after: usize) -> Vec<&'h T> {
    later_than(shapes, after).into_iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::*;

    /// The decision about each operation of a migration, on a database that has `live`.
    fn decide(migration: &Migration, live: Live, dialect: Dialect) -> Vec<Decision> {
        let history = Migrations::new([migration.clone()]);
        let mut decider = Decider::new(dialect, live, &history);
        let mut catalog = Catalog::default();
        let mut decisions = Vec::new();
        for (position, operation) in migration.operations.iter().enumerate() {
            decisions.push(decider.decide(position, operation, &catalog).unwrap());
            operation.apply(&mut catalog).unwrap();
        }
        decisions
    }

    #[test]
    fn a_name_is_free_when_the_table_of_its_index_is_gone() {
        let named = || index("i").columns(["id"]).named("i");
        let with = |name: &str| table(name).columns([integer("id")]);
        let migration = Migration::new("001", "x")
            .create_table(with("t"))
            .create_index("t", named())
            .drop_table("t")
            .create_table(with("u"))
            .create_index("u", named());
        for dialect in Dialect::ALL {
            let decisions = decide(&migration, Live::default(), dialect);
            assert!(
                decisions.iter().all(|it| *it == Decision::Needed),
                "{dialect}"
            );
        }
    }

    #[test]
    fn a_name_is_free_when_the_view_that_has_it_is_gone() {
        let migration = Migration::new("001", "x")
            .create_table(table("t").columns([integer("id")]))
            .create_view(view("i").everywhere("SELECT 1"))
            .drop_view("i")
            .create_index("t", index("i").columns(["id"]).named("i"));
        let view = LiveTable {
            other_kind: Some("view".to_owned()),
            ..LiveTable::default()
        };
        let live = Live {
            tables: [("i".to_owned(), view)].into(),
            index_owners: [("i".to_owned(), "i".to_owned())].into(),
            ..Live::default()
        };
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let [made, there, gone, named] = &decide(&migration, live.clone(), dialect)[..] else {
                panic!("{dialect}");
            };
            assert_eq!(*there, Decision::Satisfied, "{dialect}");
            for needed in [made, gone, named] {
                assert_eq!(*needed, Decision::Needed, "{dialect}");
            }
        }
    }

    #[test]
    fn a_cut_off_run_that_dropped_the_table_already_goes_on() {
        let migration = Migration::new("001", "x")
            .create_table(table("u").columns([integer("id")]))
            .create_table(table("t").columns([integer("id"), integer("n")]))
            .drop_column("t", "n")
            .add_column("t", integer("m").nullable())
            .create_index("t", index("m").columns(["m"]))
            .drop_table("t");
        // The runner comes here with the table made by an applied migration.
        let history = Migrations::new([migration.clone()]);
        let mut decider = Decider::new(Dialect::MySql, Live::default(), &history);
        let mut catalog = Catalog::default();
        for (position, operation) in migration.operations.iter().enumerate() {
            if position >= 2 {
                let decision = decider.decide(position, operation, &catalog);
                assert_eq!(decision, Ok(Decision::Satisfied), "{operation}");
            }
            operation.apply(&mut catalog).unwrap();
        }
    }

    #[test]
    fn an_index_over_a_column_that_was_dropped_since_is_not_made_again() {
        let migration = Migration::new("001", "x")
            .create_table(
                table("t")
                    .columns([integer("id").primary_key(), integer("n")])
                    .index(index("n").columns(["n"])),
            )
            .create_index("t", index("few").columns(["id"]).only_where(col("n").gt(3)))
            .drop_index("t", "n")
            .drop_index("t", "few")
            .drop_column("t", "n");
        let mut live = Live::default();
        let id = LiveColumn {
            type_name: "int".to_owned(),
            ..planned_column(&integer("id"))
        };
        let left = LiveTable {
            columns: vec![id],
            primary_key: vec!["id".to_owned()],
            ..LiveTable::default()
        };
        live.tables.insert("t".to_owned(), left);
        let decisions = decide(&migration, live, Dialect::MySql);
        assert!(
            decisions.iter().all(|it| *it == Decision::Satisfied),
            "{decisions:?}"
        );
    }
}
