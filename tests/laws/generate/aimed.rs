//! Operations are pointed at what is there.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

use super::columns::computed;
use super::constraints;
use super::enums::{aimed_at_enum, of_known_enum};
use super::indexes::index_of;
use super::predicates::{Predicate, expression};
use super::tables::mended;
use super::values::value_of;
use super::views::reading;

/// Points an operation that speaks of what is not there at something that is, makes what it asks for where there is none
/// yet, and leaves out of a table what does not fit it: else few operations would fold.
pub(crate) fn aimed(
    operation: Operation,
    predicate: &Predicate,
    catalog: &Catalog,
    aim: usize,
) -> Operation {
    let tables: Vec<&Table> = catalog.tables().collect();
    let views: Vec<&View> = catalog.views().collect();
    let read = |names: &mut Vec<String>| {
        let known = tables
            .iter()
            .map(|it| &it.name)
            .chain(views.iter().map(|it| &it.name));
        let known: Vec<&String> = known.collect();
        match known.get(aim / 3 % known.len().max(1)) {
            Some(name) => names.iter_mut().for_each(|it| it.clone_from(name)),
            None => names.clear(),
        }
    };
    let a_view = views.get(aim % views.len().max(1));
    let triggers: Vec<&Trigger> = catalog.triggers().collect();
    let a_trigger = triggers.get(aim % triggers.len().max(1));
    let functions: Vec<&Function> = catalog.functions().collect();
    let a_function = functions.get(aim % functions.len().max(1));
    let operation = match operation {
        Operation::CreateTable(it) => return mended(it.table, predicate, catalog, aim).into(),
        Operation::DropSchema(mut it) => {
            let known: Vec<&str> = catalog.schemas().collect();
            if known.is_empty() {
                return CreateSchema { schema: it.schema }.into();
            }
            it.schema = known[aim % known.len()].to_owned();
            return it.into();
        }
        Operation::DropExtension(mut it) => {
            let known: Vec<&Extension> = catalog.extensions().collect();
            if known.is_empty() {
                let extension = extension(it.extension);
                return CreateExtension { extension }.into();
            }
            it.extension.clone_from(&known[aim % known.len()].name);
            return it.into();
        }
        Operation::CreateSchema(it) => return it.into(),
        Operation::CreateExtension(it) => return it.into(),
        Operation::CreateView(mut it) => {
            read(&mut it.view.depends_on);
            it.view = reading(it.view);
            return it.into();
        }
        Operation::ReplaceView(mut it) => {
            read(&mut it.view.depends_on);
            it.view = reading(it.view);
            let Some(known) = a_view else {
                return CreateView { view: it.view }.into();
            };
            it.view.name.clone_from(&known.name);
            return it.into();
        }
        Operation::DropView(mut it) => {
            it.view = a_view.map_or(it.view, |view| view.name.clone());
            return it.into();
        }
        Operation::CreateFunction(it) => return it.into(),
        Operation::ReplaceFunction(mut it) => {
            let Some(known) = a_function else {
                let function = it.function;
                return CreateFunction { function }.into();
            };
            it.function.name.clone_from(&known.name);
            return it.into();
        }
        Operation::DropFunction(mut it) => {
            it.function = a_function.map_or(it.function, |known| known.name.clone());
            return it.into();
        }
        Operation::DropTrigger(mut it) => {
            it.trigger = a_trigger.map_or(it.trigger, |trigger| trigger.name.clone());
            return it.into();
        }
        Operation::ReplaceTrigger(mut it) => match a_trigger {
            Some(known) => {
                it.trigger.name.clone_from(&known.name);
                it.into()
            }
            None => CreateTrigger {
                trigger: it.trigger,
            }
            .into(),
        },
        other => other,
    };
    let Some(table) = tables.get(aim % tables.len().max(1)) else {
        return operation;
    };
    if let Some(operation) = constraints::aimed(&operation, predicate, catalog, table, aim) {
        return operation;
    }
    let value = |known: &Column, number: usize| {
        value_of(Sqlite, known, catalog, number % 10_000).unwrap_or_else(null)
    };
    let column = |position: usize| table.columns[position % table.columns.len()].name.clone();
    let table_name = table.name.clone();
    match operation {
        Operation::CreateTrigger(mut it) => {
            it.trigger.table = table_name;
            it.into()
        }
        Operation::ReplaceTrigger(mut it) => {
            it.trigger.table = table_name;
            it.into()
        }
        Operation::AddColumn(mut it) => {
            it.table = table_name;
            it.column.nullable |= it.column.default.is_none();
            it.column = of_known_enum(computed(it.column, predicate, table), catalog, aim);
            it.into()
        }
        Operation::DropColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::CreateIndex(mut it) => {
            it.index = index_of(it.index, predicate, table, aim);
            it.table = table_name;
            it.into()
        }
        Operation::DropIndex(mut it) => {
            if let Some(index) = table.indexes.get(aim % table.indexes.len().max(1)) {
                it.index.clone_from(&index.label);
            }
            it.table = table_name;
            it.into()
        }
        Operation::DropTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::RenameColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::CommentTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::CommentColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::Update(mut it) => {
            let named = column(aim / 7);
            if let Some(known) = table.column_named(&named) {
                it.rows.changes = vec![(named.clone(), value(known, aim / 11))];
                it.rows.predicate = expression(predicate, &[named]);
            }
            it.table = table_name;
            it.into()
        }
        Operation::RenameTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::RenameIndex(mut it) => {
            if let Some(index) = table.indexes.get(aim % table.indexes.len().max(1)) {
                it.index.clone_from(&index.label);
            }
            it.table = table_name;
            it.into()
        }
        Operation::Backfill(mut it) => {
            let named = column(aim / 7);
            if let Some(known) = table.column_named(&named) {
                it.rows.changes = vec![(named.clone(), value(known, aim / 11))];
                it.rows.predicate = expression(predicate, &[named]);
            }
            it.table = table_name;
            it.into()
        }
        Operation::Delete(mut it) => {
            it.rows.changes = Vec::new();
            it.rows.predicate = expression(predicate, &[column(aim / 7)]);
            it.table = table_name;
            it.into()
        }
        Operation::Insert(it) => {
            let given = table.columns.iter();
            let given = given.filter(|it| it.generated.is_none() && !it.auto_increment);
            let full = given.fold(row(), |row, it| row.set(&it.name, value(it, aim / 7)));
            let rows = vec![full; it.rows.len()];
            Insert {
                table: table_name,
                rows,
            }
            .into()
        }
        Operation::AlterColumn(mut it) => {
            it.change.column = column(aim / 7);
            it.change.using = it
                .change
                .using
                .map(|_| Box::new(col(it.change.column.clone()).is_not_null()));
            it.table = table_name;
            it.into()
        }
        it @ (Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)) => aimed_at_enum(it, catalog, aim),
        Operation::RunSql(it) => it.into(),
        other => panic!("teach this test the operation {other}"),
    }
}
