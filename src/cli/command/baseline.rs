//! `baseline`: records what a database has already.

use super::context::Context;
use crate::cli::args::Baseline;
use crate::cli::engine::Task;
use crate::cli::error::Error;
use crate::cli::{exit, json, report};
use crate::run::{Migrator, Report, RunError, Source};

pub(super) fn baseline(args: &Baseline, context: &Context<'_>) -> Result<u8, Error> {
    let target = context.target(&args.database, &args.connection, false)?;
    let (migrator, progress) = context.observed(args.migrator(context.migrations), args.json);
    let result = context.perform_in_steps(Record(&migrator), &target);
    progress.end();
    let report = match result {
        Err(Error::Run {
            error: RunError::Baseline { until, differences },
            ..
        }) => {
            context.print(
                args.json,
                || report::of_refused_baseline(&until, &differences),
                || {
                    let nothing = json::value(&Report::default());
                    vec![nothing, serde_json::json!({"drift": differences})]
                },
            )?;
            return Ok(exit::DRIFT);
        }
        result => result?,
    };
    progress.finish()?;
    if args.json {
        let none = serde_json::json!({"drift": []});
        context
            .console
            .print(json::document([json::value(&report), none]))?;
    } else {
        context.console.tell(report::of_baseline(&report))?;
    }
    Ok(exit::OK)
}

struct Record<'m>(&'m Migrator);

impl Task for Record<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.0.baseline(source).await
    }
}
