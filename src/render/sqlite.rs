//! SQLite.

use super::expression::expression;
use super::generated;
use super::own_words::run_sql;
use super::postgres::{create_index, create_table_with, drop_index, literal, rename_column};
use super::types::check_type;
use super::{Guard, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType, DefaultValue, Operation, Storage, Table};

const SELF: Dialect = Dialect::Sqlite;

pub(super) fn render(
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let mut guards = Vec::new();
    let mut notes = Vec::new();
    let sql = match operation {
        Operation::CreateTable(it) => create_table(&it.table)?,
        Operation::DropTable(it) => vec![format!("DROP TABLE IF EXISTS {}", SELF.quote(&it.table))],
        Operation::AddColumn(it) => {
            guards.push(Guard::Missing(format!("column {}", it.column.name)));
            notes.extend(generated::note(
                &it.column,
                Storage::Virtual,
                "SQLite can't store it in a table that is there",
            ));
            vec![add_column(&it.table, &it.column)?]
        }
        Operation::DropColumn(it) => {
            guards.push(Guard::Present(format!("column {}", it.column)));
            vec![format!(
                "ALTER TABLE {} DROP COLUMN {}",
                SELF.quote(&it.table),
                SELF.quote(&it.column)
            )]
        }
        Operation::CreateIndex(it) => vec![create_index(SELF, &it.table, &it.index)?],
        Operation::DropIndex(it) => vec![drop_index(SELF, &it.table, &it.index, before)?],
        Operation::RenameColumn(it) => {
            guards.push(Guard::Present(format!("column {}", it.column)));
            vec![rename_column(SELF, it)]
        }
        Operation::RunSql(it) => return Ok(run_sql(SELF, step, it)?.into_iter().collect()),
    };
    Ok(sql
        .into_iter()
        .map(|sql| Statement {
            guards: guards.clone(),
            notes: notes.clone(),
            ..Statement::of(step, sql, true)
        })
        .collect())
}

fn create_table(table: &Table) -> Result<Vec<String>, RenderError> {
    for it in &table.columns {
        check_type(SELF, &table.name, it)?;
    }
    let mut stated = table.clone();
    // AUTOINCREMENT is said of the column, which then is the key.
    if table.columns.iter().any(|it| it.auto_increment) {
        stated.primary_key.clear();
    }
    let mut statements = vec![create_table_with(SELF, &stated, column)?];
    for index in &table.indexes {
        statements.push(create_index(SELF, &table.name, index)?);
    }
    Ok(statements)
}

fn add_column(table: &str, added: &Column) -> Result<String, RenderError> {
    if let Some(DefaultValue::Expression(_)) = added.default {
        return Err(RenderError::unsupported(
            SELF,
            format!(
                "add column {table}.{} with a default that is an expression",
                added.name
            ),
            "give it a constant default, or make it nullable, or make it with its table",
        ));
    }
    check_type(SELF, table, added)?;
    let mut added = added.clone();
    if let Some(generated) = &mut added.generated {
        generated.storage = Storage::Virtual;
    }
    Ok(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        SELF.quote(table),
        column(&added)?
    ))
}

fn column(column: &Column) -> Result<String, RenderError> {
    let mut sql = format!(
        "{} {}",
        SELF.quote(&column.name),
        type_name(column.type_on(SELF))
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
