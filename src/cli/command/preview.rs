//! `preview`: prints the SQL that a new database gets, or the way back: all of it, or a part.

use super::context::Context;
use crate::cli::args::Preview;
use crate::cli::error::Error;
use crate::cli::highlight;
use crate::cli::url::DatabaseUrl;
use crate::dsl::Migrations;
use crate::run::RunError;

pub(super) fn preview(args: &Preview, context: &Context<'_>) -> Result<(), Error> {
    let dialect = match (args.dialect, context.url) {
        (Some(dialect), _) => dialect,
        (None, Some(url)) => DatabaseUrl::parse(url)?.dialect(),
        (None, None) => return Err(Error::NoDialect),
    };
    args.database.check_schema(dialect)?;
    let wanted = args.wanted(context.migrations)?;
    let migrator = args.database.migrator(context.migrations);
    let plan = if args.down {
        migrator.preview_down(dialect)
    } else {
        migrator.preview(dialect)
    };
    let plan = plan.map_err(|error| Error::Run {
        file: None,
        error: RunError::from(error),
    })?;
    let plan = plan.only(|it| wanted.contains(&it.id.as_str()));
    let console = context.console;
    console.print(highlight::sql(&plan.to_string(), console.paint()))
}

impl Preview {
    /// The ids of the migrations that are to be shown.
    fn wanted<'m>(&self, migrations: &'m Migrations) -> Result<Vec<&'m str>, Error> {
        let ids: Vec<&str> = migrations.iter().map(|it| it.id.as_str()).collect();
        let position = |id: &Option<String>| match id {
            None => Ok(None),
            Some(id) => ids
                .iter()
                .position(|it| it == id)
                .map(Some)
                .ok_or_else(|| Error::NoMigration { id: id.clone() }),
        };
        let only = position(&self.only)?;
        let from = only.or(position(&self.from)?).unwrap_or(0);
        let to = only.or(position(&self.to)?);
        let end = to.map_or(ids.len(), |it| it + 1);
        match ids.get(from..end) {
            Some(wanted) if from < end || ids.is_empty() => Ok(wanted.to_vec()),
            Some(_) | None => Err(Error::NoRange {
                from: self.from.clone().unwrap_or_default(),
                to: self.to.clone().unwrap_or_default(),
            }),
        }
    }
}
