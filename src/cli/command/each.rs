//! What a command does with many databases in place of one.

use super::context::Context;
use crate::cli::engine::{self, Target};
use crate::cli::error::Error;
use crate::cli::many::{InSchemas, Shown, Tally, Targets};
use crate::cli::options::{Connection, Database, Limits, Many};
use crate::cli::url::DatabaseUrl;
use crate::dialect::Dialect;
use crate::run::Migrator;
use crate::run::each::Errand;

/// What the options say of many databases.
pub(super) struct Options<'o> {
    pub(super) many: &'o Many,
    pub(super) database: &'o Database,
    pub(super) connection: &'o Connection,
    pub(super) limits: Option<&'o Limits>,
    pub(super) json: bool,
    /// How many migrations a run is to bring each up to; none where it is no run.
    pub(super) known: Option<usize>,
    /// Whether database files that are missing are made.
    pub(super) creates: bool,
}

/// Does it with each, tells of all, and gives the exit code.
pub(super) fn each<E>(
    options: &Options<'_>,
    migrator: &Migrator,
    errand: E,
    context: &Context<'_>,
) -> Result<u8, Error>
where
    E: Errand + Send,
    E::Output: Shown,
{
    let migrator = migrator.clone().stop_on(&context.stop);
    let tally = Tally::new(
        context.console,
        context.progress(options.json),
        options.json,
        options.known,
    );
    let jobs = options.many.jobs();
    let result = match &options.many.each_schema {
        Some(pattern) => {
            let target = context.target(options.database, options.connection, options.creates)?;
            options.check(&target.url)?;
            check_schemas(target.url.dialect())?;
            let schemas = InSchemas {
                migrator: &migrator,
                pattern,
                jobs,
                url: &target.url,
                errand,
                tally: &tally,
            };
            let task = engine::perform_on_engine(schemas, &target);
            engine::perform_on_many(task, &context.stop, context.console)
        }
        None => {
            let targets = Targets(options.targets(context)?);
            let each = tally.listen(migrator.each(targets).jobs(jobs));
            let task = async { Ok(each.perform(errand, |it| tally.tell(it)).await) };
            engine::perform_on_many(task, &context.stop, context.console)
        }
    };
    let (outcomes, signal) = result?;
    let code = tally.finish(&outcomes)?;
    let left = outcomes.failed().filter(|it| it.is_stopped()).count();
    match signal {
        Some(signal) if left > 0 => Err(Error::SomeStopped {
            signal,
            left,
            all: outcomes.databases.len(),
        }),
        Some(_) | None => Ok(code),
    }
}

impl Options<'_> {
    /// The databases of the list, each with what is to be known of the way there told once.
    fn targets(&self, context: &Context<'_>) -> Result<Vec<Target>, Error> {
        let list = context.list.ok_or(Error::NoUrl)?;
        let targets = list.each(|url| {
            self.check(&url)?;
            Ok(context.target_of(url, self.connection, self.creates))
        })?;
        let mut warned = Vec::new();
        for warning in targets.iter().filter_map(|it| context.tls_warning(&it.url)) {
            if !warned.contains(&warning) {
                context.console.warning(&warning);
                warned.push(warning);
            }
        }
        Ok(targets)
    }

    /// Whether the options are for a database of that engine.
    fn check(&self, url: &DatabaseUrl) -> Result<(), Error> {
        self.database.check_schema(url.dialect())?;
        match self.limits {
            Some(limits) => limits.check_statement_timeout(url.dialect()),
            None => Ok(()),
        }
    }
}

fn check_schemas(dialect: Dialect) -> Result<(), Error> {
    match dialect {
        Dialect::Sqlite => Err(Error::NoSchemasEach { dialect }),
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => Ok(()),
    }
}
