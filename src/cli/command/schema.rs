//! `schema`: shows the schema that the migrations make.

use super::context::Context;
use crate::cli::args::{Schema, SchemaFormat};
use crate::cli::error::Error;
use crate::cli::{highlight, json, schema};
use crate::run::{PlanError, RunError};

pub(super) fn schema(args: &Schema, context: &Context<'_>) -> Result<(), Error> {
    let of_plan = |error: PlanError| Error::Run {
        file: None,
        error: RunError::from(error),
    };
    let last = context.migrations.iter().last().map(|it| it.id.as_str());
    let at = args.at.as_deref().or(last);
    let catalog = match at {
        Some(id) => context
            .migrations
            .schema_at(id)
            .map_err(|error| of_plan(error.into()))?
            .ok_or_else(|| Error::NoMigration { id: id.to_owned() })?,
        None => Default::default(),
    };
    let console = context.console;
    let dialect = args.dialect;
    match args.format {
        SchemaFormat::Table => console.print(schema::as_text(&catalog, dialect, console.paint())),
        SchemaFormat::Json => console.print(json::document(schema::as_json(&catalog, at))),
        SchemaFormat::Mermaid => console.print(schema::as_mermaid(&catalog, dialect)),
        SchemaFormat::Dot => console.print(schema::as_dot(&catalog, dialect)),
        SchemaFormat::Sql => {
            let dialect = dialect.ok_or(Error::NoSchemaDialect)?;
            let migrations = context.migrations.iter();
            let until = migrations.clone().position(|it| Some(it.id.as_str()) == at);
            let made = migrations.take(until.map_or(0, |it| it + 1));
            let sql = schema::as_sql(&catalog, made, dialect).map_err(of_plan)?;
            console.print(highlight::sql(&sql, console.paint()))
        }
    }
}
