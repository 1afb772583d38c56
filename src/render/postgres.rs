//! PostgreSQL.

use super::constraint::{
    check, check_name, foreign_key, foreign_key_name, of_table, primary_key, unique, unique_name,
};
mod alter_column;

use super::comment;
use super::enums;
use super::expression::expression;
use super::function::{create_function, drop_function, replace_function};
use super::generated;
use super::index::{create_index, drop_index};
use super::moment::in_utc;
use super::own_words::run_sql;
use super::rename::{rename_index, rename_table};
use super::trigger::{create_trigger, drop_trigger, replace_trigger};
use super::types::collated_type;
use super::view::{create_view, drop_view, replace_view};
use super::{Guard, RenderError, Statement, batches, rows};
use crate::catalog::{Catalog, names};
use crate::dialect::Dialect;
use crate::dsl::{
    Column, ColumnType, DefaultValue, Extension, ForeignKey, Literal, Operation, RenameColumn,
    Storage, Table,
};

const SELF: Dialect = Dialect::Postgres;

pub(super) fn render(
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let mut guards = Vec::new();
    let mut notes = Vec::new();
    let sql = match operation {
        Operation::CreateTable(it) => return create_table(step, &it.table),
        Operation::DropTable(it) => vec![format!("DROP TABLE IF EXISTS {}", SELF.quote(&it.table))],
        Operation::AddColumn(it) => {
            notes.extend(note(&it.column));
            let mut sql = vec![format!(
                "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}",
                SELF.quote(&it.table),
                column(&it.column)?
            )];
            sql.extend(comment::of_new_column(&it.table, &it.column));
            sql
        }
        Operation::DropColumn(it) => vec![format!(
            "ALTER TABLE {} DROP COLUMN IF EXISTS {}",
            SELF.quote(&it.table),
            SELF.quote(&it.column)
        )],
        Operation::CreateIndex(it) => {
            let create = create_index(SELF, step, &it.table, &it.index)?;
            return Ok(create.into_iter().collect());
        }
        Operation::DropIndex(it) => {
            let drop = drop_index(SELF, step, &it.table, &it.index, before)?;
            return Ok(drop.into_iter().collect());
        }
        Operation::RenameColumn(it) => {
            guards.push(Guard::Present(format!("column {}", it.column)));
            let mut sql = vec![rename_column(SELF, it)];
            sql.extend(rename_sequence(it, before));
            sql
        }
        Operation::Insert(it) => return Ok(vec![rows::insert(SELF, step, it, before)?]),
        Operation::Update(it) => return Ok(vec![rows::update(SELF, step, it, before)?]),
        Operation::Delete(it) => return Ok(vec![rows::delete(SELF, step, it)?]),
        Operation::Backfill(it) => return Ok(vec![batches::backfill(SELF, step, it, before)?]),
        Operation::RenameIndex(it) => return rename_index(SELF, step, it, before),
        Operation::RenameTable(it) => return rename_table(SELF, step, it, before),
        Operation::CreateView(it) => return create_view(SELF, step, &it.view, before),
        Operation::ReplaceView(it) => return replace_view(SELF, step, &it.view, before),
        Operation::DropView(it) => return drop_view(SELF, step, &it.view, before),
        Operation::CreateTrigger(it) => return create_trigger(SELF, step, &it.trigger),
        Operation::ReplaceTrigger(it) => return replace_trigger(SELF, step, &it.trigger, before),
        Operation::DropTrigger(it) => return drop_trigger(SELF, step, &it.trigger, before),
        Operation::CreateFunction(it) => return create_function(SELF, step, &it.function),
        Operation::ReplaceFunction(it) => {
            return replace_function(SELF, step, &it.function, before);
        }
        Operation::DropFunction(it) => return drop_function(SELF, step, &it.function, before),
        Operation::AddPrimaryKey(it) => {
            guards.push(Guard::Missing("the primary key".to_owned()));
            let name = SELF.quote(&names::key(&it.table));
            let key = primary_key(SELF, &it.columns);
            vec![add(&it.table, &format!("CONSTRAINT {name} {key}"))]
        }
        Operation::DropPrimaryKey(it) => {
            let name = names::key(&it.table);
            vec![drop(&it.table, &name)]
        }
        Operation::AddUnique(it) => {
            let name = it.unique.physical_name(&it.table);
            guards.push(Guard::Missing(format!("unique constraint {name}")));
            vec![add(&it.table, &unique(SELF, &it.table, &it.unique))]
        }
        Operation::DropUnique(it) => {
            vec![drop(
                &it.table,
                &unique_name(&it.table, &it.unique, before)?,
            )]
        }
        Operation::AddForeignKey(it) => {
            let name = it.foreign_key.physical_name(&it.table);
            guards.push(Guard::Missing(format!("foreign key {name}")));
            let words = foreign_key(SELF, &it.table, &it.foreign_key, "")?;
            vec![add(&it.table, &words)]
        }
        Operation::DropForeignKey(it) => {
            let name = foreign_key_name(&it.table, &it.foreign_key, before)?;
            vec![drop(&it.table, &name)]
        }
        Operation::AddCheck(it) => {
            let name = it.check.physical_name(&it.table);
            guards.push(Guard::Missing(format!("check {name}")));
            vec![add(&it.table, &check(SELF, &it.table, &it.check, "")?)]
        }
        Operation::DropCheck(it) => {
            vec![drop(&it.table, &check_name(&it.table, &it.check, before)?)]
        }
        Operation::AlterColumn(it) => alter_column::alter_column(it, before)?
            .into_iter()
            .collect(),
        Operation::CommentTable(it) => vec![comment::on_table(&it.table, it.comment.as_deref())],
        Operation::CommentColumn(it) => {
            vec![comment::on_column(
                &it.table,
                &it.column,
                it.comment.as_deref(),
            )]
        }
        Operation::CreateSchema(it) => vec![format!(
            "CREATE SCHEMA IF NOT EXISTS {}",
            SELF.quote(&it.schema)
        )],
        Operation::DropSchema(it) => {
            vec![format!("DROP SCHEMA IF EXISTS {}", SELF.quote(&it.schema))]
        }
        Operation::CreateExtension(it) => vec![create_extension(&it.extension)],
        Operation::DropExtension(it) => vec![format!(
            "DROP EXTENSION IF EXISTS {}",
            SELF.quote(&it.extension)
        )],
        Operation::CreateEnum(it) => {
            guards.push(Guard::Missing(format!("enum {}", it.name)));
            vec![format!(
                "CREATE TYPE {} AS ENUM ({})",
                SELF.quote(&it.name),
                enums::value_list(SELF, &it.values)
            )]
        }
        Operation::DropEnum(it) => vec![format!("DROP TYPE IF EXISTS {}", SELF.quote(&it.name))],
        Operation::AddEnumValue(it) => {
            let place = it
                .before
                .as_ref()
                .map(|it| format!(" BEFORE {}", SELF.quote_text(it)));
            vec![format!(
                "ALTER TYPE {} ADD VALUE IF NOT EXISTS {}{}",
                SELF.quote(&it.name),
                SELF.quote_text(&it.value),
                place.unwrap_or_default()
            )]
        }
        Operation::DropEnumValue(it) => {
            return enums::drop_value_on_postgres(step, operation, it, before);
        }
        Operation::RunSql(it) => return Ok(run_sql(SELF, step, it)?.into_iter().collect()),
    };
    let statement = |sql| Statement {
        guards: guards.clone(),
        notes: std::mem::take(&mut notes),
        ..Statement::of(step, sql, true)
    };
    Ok(sql.into_iter().map(statement).collect())
}

/// The sequence that numbers the rows goes by the name of its column.
fn rename_sequence(rename: &RenameColumn, before: &Catalog) -> Option<String> {
    let table = before.table(&rename.table)?;
    let is_numbered = table.column_named(&rename.column)?.auto_increment;
    let quoted = |column: &str| SELF.quote(&names::sequence(&rename.table, column));
    is_numbered.then(|| {
        format!(
            "ALTER SEQUENCE IF EXISTS {} RENAME TO {}",
            quoted(&rename.column),
            quoted(&rename.to)
        )
    })
}

fn note(column: &Column) -> Option<String> {
    generated::note(
        column,
        Storage::Stored,
        "PostgreSQL before 18 can only store it",
    )
}

/// Its indexes come after the table, and what refers to one of them after that.
fn create_table(step: usize, table: &Table) -> Result<Vec<Statement>, RenderError> {
    let mut at_once = table.clone();
    let refers_to_index = |key: &ForeignKey| {
        key.table == table.name
            && key.referenced != table.primary_key
            && !table.uniques.iter().any(|it| it.columns == key.referenced)
    };
    let last: Vec<ForeignKey> = at_once
        .foreign_keys
        .extract_if(.., |key| refers_to_index(key))
        .collect();
    let notes = table.columns.iter().filter_map(note);
    let create = Statement {
        notes: notes.collect(),
        ..Statement::of(step, create_table_with(SELF, &at_once, column)?, true)
    };
    let mut statements = with_indexes(SELF, step, create, table)?;
    for key in &last {
        let words = foreign_key(SELF, &table.name, key, "")?;
        statements.push(Statement::of(step, add(&table.name, &words), true));
    }
    let comments = comment::of_new_table(table).into_iter();
    statements.extend(comments.map(|sql| Statement::of(step, sql, true)));
    Ok(statements)
}

/// The statement that makes a table, with those that make its indexes.
pub(super) fn with_indexes(
    dialect: Dialect,
    step: usize,
    create: Statement,
    table: &Table,
) -> Result<Vec<Statement>, RenderError> {
    let mut statements = Vec::with_capacity(1 + table.indexes.len());
    statements.push(create);
    for index in &table.indexes {
        statements.extend(create_index(dialect, step, &table.name, index)?);
    }
    Ok(statements)
}

fn create_extension(extension: &Extension) -> String {
    let name = SELF.quote(&extension.name);
    match &extension.schema {
        Some(schema) => format!(
            "CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {}",
            SELF.quote(schema)
        ),
        None => format!("CREATE EXTENSION IF NOT EXISTS {name}"),
    }
}

/// PostgreSQL has no IF NOT EXISTS for constraints.
fn add(table: &str, constraint: &str) -> String {
    format!("ALTER TABLE {} ADD {constraint}", SELF.quote(table))
}

fn drop(table: &str, constraint: &str) -> String {
    format!(
        "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
        SELF.quote(table),
        SELF.quote(constraint)
    )
}

/// CREATE TABLE as PostgreSQL and SQLite both write it; `column` spells one column.
pub(super) fn create_table_with(
    dialect: Dialect,
    table: &Table,
    column: impl Fn(&Column) -> Result<String, RenderError>,
) -> Result<String, RenderError> {
    Ok(format!(
        "CREATE TABLE IF NOT EXISTS {} {}",
        dialect.quote(&table.name),
        table_items(dialect, table, column)?
    ))
}

/// What stands between the parentheses of CREATE TABLE, with them.
pub(super) fn table_items(
    dialect: Dialect,
    table: &Table,
    column: impl Fn(&Column) -> Result<String, RenderError>,
) -> Result<String, RenderError> {
    let mut items = table
        .columns
        .iter()
        .map(column)
        .collect::<Result<Vec<String>, _>>()?;
    items.extend(of_table(dialect, table)?);
    Ok(format!("(\n    {}\n)", items.join(",\n    ")))
}

/// A column's new name, as every dialect gives it.
pub(super) fn rename_column(dialect: Dialect, rename: &RenameColumn) -> String {
    format!(
        "ALTER TABLE {} RENAME COLUMN {} TO {}",
        dialect.quote(&rename.table),
        dialect.quote(&rename.column),
        dialect.quote(&rename.to)
    )
}

fn column(column: &Column) -> Result<String, RenderError> {
    let mut sql = format!(
        "{} {}",
        SELF.quote(&column.name),
        collated_type(SELF, column)
    );
    if !column.nullable {
        sql += " NOT NULL";
    }
    if column.auto_increment {
        sql += " GENERATED BY DEFAULT AS IDENTITY";
    }
    if let Some(generated) = &column.generated {
        sql += &generated::standard(SELF, generated, Storage::Stored)?;
    }
    if let Some(default) = &column.default {
        sql += &format!(" DEFAULT {}", default_of(column, default)?);
    }
    Ok(sql)
}

fn default_of(column: &Column, default: &DefaultValue) -> Result<String, RenderError> {
    match default {
        DefaultValue::Literal(Literal::Text(value))
            if *column.type_on(SELF) == ColumnType::Timestamp =>
        {
            Ok(SELF.quote_text(&in_utc(value)))
        }
        DefaultValue::Literal(value) => Ok(literal(SELF, value)),
        DefaultValue::Expression(value) => expression(SELF, value),
    }
}

/// A constant, as every dialect writes it but for texts.
pub(super) fn literal(dialect: Dialect, literal: &Literal) -> String {
    match literal {
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Integer(value) => value.to_string(),
        Literal::Double(value) => format!("{value:?}"),
        Literal::Text(value) => dialect.quote_text(value),
    }
}

pub(super) fn type_name(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Uuid => "UUID".to_owned(),
        ColumnType::Json => "JSONB".to_owned(),
        ColumnType::Timestamp => "TIMESTAMPTZ".to_owned(),
        ColumnType::DateTime => "TIMESTAMP".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time => "TIME".to_owned(),
        ColumnType::Varchar { length: None } => "VARCHAR".to_owned(),
        ColumnType::Varchar {
            length: Some(length),
        } => format!("VARCHAR({length})"),
        ColumnType::Char { length } => format!("CHAR({length})"),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::SmallInteger => "SMALLINT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::BigInteger => "BIGINT".to_owned(),
        ColumnType::Real => "REAL".to_owned(),
        ColumnType::Double => "DOUBLE PRECISION".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "BYTEA".to_owned(),
        ColumnType::Inet => "INET".to_owned(),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::Enum { name, .. } => SELF.quote(name),
        ColumnType::Array(element) => format!("{}[]", type_name(element)),
        ColumnType::Native(sql) => sql.clone(),
    }
}
