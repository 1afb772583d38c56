//! `preview`: prints the SQL that a new database gets, or the way back.

use super::context::Context;
use crate::cli::args::Preview;
use crate::cli::error::Error;
use crate::cli::url::DatabaseUrl;
use crate::run::RunError;

pub(super) fn preview(args: &Preview, context: &Context<'_>) -> Result<(), Error> {
    let dialect = match (args.dialect, context.url) {
        (Some(dialect), _) => dialect,
        (None, Some(url)) => DatabaseUrl::parse(url)?.dialect(),
        (None, None) => return Err(Error::NoDialect),
    };
    args.database.check_schema(dialect)?;
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
    context.console.print(plan)
}
