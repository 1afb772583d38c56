//! `validate`: checks the migrations, without a database.

use serde_json::json;

use super::context::Context;
use crate::cli::args::Validate;
use crate::cli::error::Error;
use crate::cli::report;
use crate::dialect::Dialect;
use crate::run::RunError;

pub(super) fn validate(args: &Validate, context: &Context<'_>) -> Result<(), Error> {
    let dialects: Vec<Dialect> = if args.dialect.is_empty() {
        Dialect::ALL.to_vec()
    } else {
        args.dialect.clone()
    };
    for dialect in &dialects {
        let plan = context.migrations.preview(*dialect);
        plan.map_err(|error| Error::Run {
            file: None,
            error: RunError::from(error),
        })?;
    }
    for warning in context.migrations.warnings() {
        context.console.warning(&warning);
    }
    let count = context.migrations.iter().count();
    let names: Vec<&str> = dialects.iter().map(|it| it.name()).collect();
    context.print(
        args.json,
        || report::of_validation(count, &dialects),
        || vec![json!({"migrations": count, "dialects": names})],
    )
}
