//! SQLite.

use super::expression::expression;
use super::own_words::run_sql;
use super::postgres::{create_index, create_table_with, drop_index, literal, rename_column};
use super::rename::{rename_index, rename_table};
use super::view::{create_view, drop_view, replace_view};
use super::{Guard, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType, DefaultValue, Operation, Table};

const SELF: Dialect = Dialect::Sqlite;

pub(super) fn render(
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let mut guards = Vec::new();
    let sql = match operation {
        Operation::CreateTable(it) => create_table(&it.table)?,
        Operation::DropTable(it) => vec![format!("DROP TABLE IF EXISTS {}", SELF.quote(&it.table))],
        Operation::AddColumn(it) => {
            guards.push(Guard::Missing(format!("column {}", it.column.name)));
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
        Operation::RenameIndex(it) => return rename_index(SELF, step, it, before),
        Operation::RenameTable(it) => return rename_table(SELF, step, it, before),
        Operation::CreateView(it) => return create_view(SELF, step, &it.view),
        Operation::ReplaceView(it) => return replace_view(SELF, step, &it.view, before),
        Operation::DropView(it) => return drop_view(SELF, step, &it.view, before),
        Operation::RunSql(it) => return Ok(run_sql(SELF, step, it)?.into_iter().collect()),
    };
    Ok(sql
        .into_iter()
        .map(|sql| Statement {
            guards: guards.clone(),
            ..Statement::of(step, sql, true)
        })
        .collect())
}

fn create_table(table: &Table) -> Result<Vec<String>, RenderError> {
    let mut statements = vec![create_table_with(SELF, table, column)?];
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
    Ok(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        SELF.quote(table),
        column(added)?
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
        | ColumnType::Text => "TEXT".to_owned(),
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => {
            "INTEGER".to_owned()
        }
        ColumnType::Real | ColumnType::Double => "REAL".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Bytes => "BLOB".to_owned(),
        ColumnType::Native(sql) => sql.clone(),
    }
}
