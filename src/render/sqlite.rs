//! SQLite.

mod alter_column;
mod definition;
mod rebuild;

use std::borrow::Cow;

pub(crate) use definition::{counts_on, unknown_clause};
pub(super) use rebuild::Rebuild;

use super::batch::{Piece, alone};
use super::enums;
use super::expression::expression;
use super::function::{create_function, drop_function, replace_function};
use super::generated;
use super::index::{create_index, drop_index};
use super::own_words::run_sql;
use super::postgres::{create_table_with, literal, rename_column, with_indexes};
use super::rename::{rename_index, rename_table};
use super::trigger::{create_trigger, drop_trigger, replace_trigger};
use super::types::{check_type, collated_type};
use super::view::{create_view, drop_view, replace_view};
use super::{Guard, RenderError, Statement, batches, rows};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    AddEnumValue, Column, ColumnType, DefaultValue, DropEnumValue, Generated, Operation, Storage,
    Table,
};

const SELF: Dialect = Dialect::Sqlite;

pub(super) fn render(
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Vec<Piece>, RenderError> {
    let mut guards = Vec::new();
    let sql = match operation {
        Operation::CreateTable(it) => {
            let create = Statement::of(step, definition(&it.table)?, true);
            let made = with_indexes(SELF, step, create, &it.table)?;
            return Ok(made.into_iter().map(Piece::Statement).collect());
        }
        Operation::DropTable(it) => vec![format!("DROP TABLE IF EXISTS {}", SELF.quote(&it.table))],
        Operation::AddColumn(it) => {
            // https://www.sqlite.org/lang_altertable.html#alter_table_add_column
            if needs_rebuild(&it.column) {
                let rebuild = Rebuild::by(step, operation, before, Vec::new())?;
                return Ok(vec![Piece::Rebuild(Box::new(rebuild))]);
            }
            guards.push(Guard::Missing(format!("column {}", it.column.name)));
            vec![format!(
                "ALTER TABLE {} ADD COLUMN {}",
                SELF.quote(&it.table),
                column(&it.column)?
            )]
        }
        Operation::DropColumn(it) => {
            guards.push(Guard::Present(format!("column {}", it.column)));
            vec![format!(
                "ALTER TABLE {} DROP COLUMN {}",
                SELF.quote(&it.table),
                SELF.quote(&it.column)
            )]
        }
        Operation::CreateIndex(it) => {
            let create = create_index(SELF, step, &it.table, &it.index)?;
            return Ok(create.map(Piece::Statement).into_iter().collect());
        }
        Operation::DropIndex(it) => {
            let drop = drop_index(SELF, step, &it.table, &it.index, before)?;
            return Ok(drop.map(Piece::Statement).into_iter().collect());
        }
        Operation::RenameColumn(it) => {
            guards.push(Guard::Present(format!("column {}", it.column)));
            vec![rename_column(SELF, it)]
        }
        // It has none; the batch notes what is left out.
        Operation::CommentTable(_) | Operation::CommentColumn(_) => Vec::new(),
        Operation::Insert(it) => {
            return Ok(vec![Piece::Statement(rows::insert(
                SELF, step, it, before,
            )?)]);
        }
        Operation::Update(it) => {
            return Ok(vec![Piece::Statement(rows::update(
                SELF, step, it, before,
            )?)]);
        }
        Operation::Delete(it) => {
            return Ok(vec![Piece::Statement(rows::delete(SELF, step, it)?)]);
        }
        Operation::Backfill(it) => {
            let statement = batches::backfill(SELF, step, it, before)?;
            return Ok(vec![Piece::Statement(statement)]);
        }
        Operation::RenameIndex(it) => return alone(rename_index(SELF, step, it, before)),
        Operation::RenameTable(it) => return alone(rename_table(SELF, step, it, before)),
        Operation::CreateView(it) => return alone(create_view(SELF, step, &it.view, before)),
        Operation::ReplaceView(it) => return alone(replace_view(SELF, step, &it.view, before)),
        Operation::DropView(it) => return alone(drop_view(SELF, step, &it.view, before)),
        Operation::CreateTrigger(it) => return alone(create_trigger(SELF, step, &it.trigger)),
        Operation::ReplaceTrigger(it) => {
            return alone(replace_trigger(SELF, step, &it.trigger, before));
        }
        Operation::DropTrigger(it) => return alone(drop_trigger(SELF, step, &it.trigger, before)),
        Operation::CreateFunction(it) => return alone(create_function(SELF, step, &it.function)),
        Operation::ReplaceFunction(it) => {
            return alone(replace_function(SELF, step, &it.function, before));
        }
        Operation::DropFunction(it) => {
            return alone(drop_function(SELF, step, &it.function, before));
        }
        Operation::AddPrimaryKey(_)
        | Operation::DropPrimaryKey(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_) => {
            let rebuild = Rebuild::by(step, operation, before, Vec::new())?;
            return Ok(vec![Piece::Rebuild(Box::new(rebuild))]);
        }
        Operation::AlterColumn(it) => {
            let rebuild = alter_column::alter_column(step, it, before)?;
            return Ok(rebuild
                .map(|it| Piece::Rebuild(Box::new(it)))
                .into_iter()
                .collect());
        }
        Operation::CreateSchema(_) | Operation::DropSchema(_) => {
            return Err(RenderError::no_schemas(SELF));
        }
        // It has none, and is done without.
        Operation::CreateExtension(_) | Operation::DropExtension(_) => return Ok(Vec::new()),
        // Its values stand in the columns that are of it.
        Operation::CreateEnum(_) | Operation::DropEnum(_) => Vec::new(),
        Operation::AddEnumValue(AddEnumValue { name, .. })
        | Operation::DropEnumValue(DropEnumValue { name, .. }) => {
            let rebuild = |(table, _): (&Table, Vec<&Column>)| {
                let rebuild = Rebuild::of_table(&table.name, step, operation, before, Vec::new())?;
                Ok(Piece::Rebuild(Box::new(rebuild)))
            };
            return enums::users(SELF, name, before)
                .into_iter()
                .map(rebuild)
                .collect();
        }
        Operation::RunSql(it) => {
            let statement = run_sql(SELF, step, it)?;
            return Ok(statement.map(Piece::Statement).into_iter().collect());
        }
    };
    Ok(sql
        .into_iter()
        .map(|sql| {
            Piece::Statement(Statement {
                guards: guards.clone(),
                ..Statement::of(step, sql, true)
            })
        })
        .collect())
}

/// CREATE TABLE without the indexes.
fn definition(table: &Table) -> Result<String, RenderError> {
    create_table_with(SELF, &stated(table), column)
}

/// The table as its clauses say it: AUTOINCREMENT is said of the column, which then is the key.
fn stated(table: &Table) -> Cow<'_, Table> {
    let mut stated = Cow::Borrowed(table);
    if table.columns.iter().any(|it| it.auto_increment) {
        stated.to_mut().primary_key.clear();
    }
    stated
}

/// What ADD COLUMN can't say.
fn needs_rebuild(added: &Column) -> bool {
    let is_computed = matches!(added.default, Some(DefaultValue::Expression(_)));
    let is_stored = |it: &Generated| it.storage == Storage::Stored;
    is_computed || added.generated.as_ref().is_some_and(is_stored)
}

fn column(column: &Column) -> Result<String, RenderError> {
    check_type(SELF, column)?;
    let mut sql = format!(
        "{} {}",
        SELF.quote(&column.name),
        collated_type(SELF, column)
    );
    if !column.nullable {
        sql += " NOT NULL";
    }
    if column.auto_increment {
        sql += " PRIMARY KEY AUTOINCREMENT";
    }
    if let Some(generated) = &column.generated {
        sql += &generated::standard(SELF, generated, generated.storage)?;
    }
    match &column.default {
        None => {}
        Some(DefaultValue::Literal(value)) => sql += &format!(" DEFAULT {}", literal(SELF, value)),
        Some(DefaultValue::Expression(value)) => {
            sql += &format!(" DEFAULT ({})", expression(SELF, value)?);
        }
    }
    sql += &enums::check_on_sqlite(column);
    Ok(sql)
}

pub(super) fn type_name(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::Inet
        | ColumnType::Enum { .. }
        | ColumnType::Array(_) => "TEXT".to_owned(),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => {
            "INTEGER".to_owned()
        }
        ColumnType::Real | ColumnType::Double => "REAL".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "BLOB".to_owned(),
        ColumnType::Native(sql) => sql.clone(),
    }
}
