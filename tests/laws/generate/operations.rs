//! A random operation: every one that there is.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;

use super::columns::{column, column_change};
use super::constraints;
use super::functions::function_value;
use super::indexes::index_value;
use super::own_words::own_words;
use super::rows::changes_of_rows;
use super::texts::{comment, enum_value, name};
use super::triggers::trigger_value;
use super::views::view_value;

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        1 => create_table(),
        24 => constraints::operation(),
        1 => name().prop_map(|table| DropTable { table }.into()),
        4 => (name(), column()).prop_map(|(table, mut column)| {
            column.primary_key = false;
            AddColumn { table, column }.into()
        }),
        3 => (name(), name()).prop_map(|(table, column)| DropColumn { table, column }.into()),
        4 => (name(), index_value()).prop_map(|(table, index)| CreateIndex { table, index }.into()),
        2 => (name(), name()).prop_map(|(table, index)| DropIndex { table, index }.into()),
        3 => (name(), name(), name())
            .prop_map(|(table, column, to)| RenameColumn { table, column, to }.into()),
        2 => (name(), name()).prop_map(|(table, to)| RenameTable { table, to }.into()),
        2 => (name(), name(), name()).prop_map(|(table, index, to)| RenameIndex::new(table, index, to).into()),
        4 => (name(), column_change())
            .prop_map(|(table, change)| AlterColumn { table, change }.into()),
        1 => (name(), vec(enum_value(), 1..4)).prop_map(|(name, values)| CreateEnum { name, values }.into()),
        3 => name().prop_map(|name| DropEnum { name }.into()),
        6 => (name(), enum_value(), proptest::option::weighted(0.4, enum_value()))
            .prop_map(|(name, value, before)| AddEnumValue { name, value, before }.into()),
        1 => (name(), comment()).prop_map(|(table, comment)| CommentTable { table, comment }.into()),
        2 => (name(), name(), comment())
            .prop_map(|(table, column, comment)| CommentColumn { table, column, comment }.into()),
        9 => (name(), enum_value()).prop_map(|(name, value)| DropEnumValue { name, value }.into()),
        2 => own_words().prop_map(Operation::from),
        10 => changes_of_rows(),
        7 => of_the_database(),
        1 => view_value().prop_map(|view| CreateView { view }.into()),
        3 => view_value().prop_map(|view| ReplaceView { view }.into()),
        3 => name().prop_map(|view| DropView { view }.into()),
        1 => trigger_value().prop_map(|trigger| CreateTrigger { trigger }.into()),
        3 => trigger_value().prop_map(|trigger| ReplaceTrigger { trigger }.into()),
        3 => name().prop_map(|trigger| DropTrigger { trigger }.into()),
        7 => of_functions(),
    ]
}

fn of_functions() -> impl Strategy<Value = Operation> {
    prop_oneof![
        1 => function_value().prop_map(|function| CreateFunction { function }.into()),
        3 => function_value().prop_map(|function| ReplaceFunction { function }.into()),
        3 => name().prop_map(|function| DropFunction { function }.into()),
    ]
}

pub(crate) fn create_table() -> impl Strategy<Value = Operation> {
    let indexes = vec(index_value(), 0..3);
    (
        name(),
        vec(column(), 1..6),
        indexes,
        constraints_of_a_table(),
    )
        .prop_map(
            |(name, columns, indexes, (uniques, foreign_keys, checks))| {
                let table = table(name).columns(columns);
                let mut table = indexes.into_iter().fold(table, Table::index);
                table.uniques = uniques;
                table.foreign_keys = foreign_keys;
                table.checks = checks;
                CreateTable { table }.into()
            },
        )
}

fn of_the_database() -> impl Strategy<Value = Operation> {
    prop_oneof![
        1 => name().prop_map(|schema| CreateSchema { schema }.into()),
        10 => name().prop_map(|schema| DropSchema { schema }.into()),
        4 => (name(), proptest::option::of(name())).prop_map(|(name, schema)| {
            let mut extension = extension(name);
            extension.schema = schema;
            CreateExtension { extension }.into()
        }),
        10 => name().prop_map(|extension| DropExtension { extension }.into()),
    ]
}

fn constraints_of_a_table() -> impl Strategy<Value = (Vec<Unique>, Vec<ForeignKey>, Vec<Check>)> {
    (
        vec(constraints::unique_value(), 0..2),
        vec(constraints::foreign_key_value(), 0..2),
        vec(constraints::check_value(), 0..2),
    )
}
