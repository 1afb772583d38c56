//! What each command does.

use super::args::{Command, Database, Migrate, Preview, Status};
use super::console::Console;
use super::engine::{Target, Task, perform};
use super::error::Error;
use super::report;
use super::url::{DatabaseUrl, UrlText};
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::{self, Migrator, Report, RunError, Source};

impl Command {
    /// The URL of the database that is asked for, where the command has a use for one.
    pub(super) fn database_url(&self) -> Result<Option<UrlText>, Error> {
        match self {
            Command::Preview(Preview {
                dialect: Some(_), ..
            }) => Ok(None),
            Command::Migrate(Migrate { database, .. })
            | Command::Status(Status { database, .. })
            | Command::Preview(Preview { database, .. }) => database.url(),
        }
    }

    pub(super) fn run(
        &self,
        migrations: &Migrations,
        url: Option<&UrlText>,
        console: &Console,
    ) -> Result<(), Error> {
        match self {
            Command::Migrate(args) => migrate(args, migrations, url, console),
            Command::Status(args) => status(args, migrations, url, console),
            Command::Preview(args) => preview(args, migrations, url, console),
        }
    }
}

fn migrate(
    args: &Migrate,
    migrations: &Migrations,
    url: Option<&UrlText>,
    console: &Console,
) -> Result<(), Error> {
    let migrator = args.migrator(migrations);
    let target = Target {
        url: args.database.parse(url)?,
        timeout: args.connection.timeout(),
        creates: true,
    };
    let report = perform(Run(&migrator), &target)?;
    for warning in &report.warnings {
        console.warning(warning);
    }
    console.print(report::of_run(&report, migrations.iter().count()))
}

fn status(
    args: &Status,
    migrations: &Migrations,
    url: Option<&UrlText>,
    console: &Console,
) -> Result<(), Error> {
    let migrator = args.database.migrator(migrations);
    let target = Target {
        url: args.database.parse(url)?,
        timeout: args.connection.timeout(),
        creates: false,
    };
    let status = perform(Look(&migrator), &target)?;
    console.print(report::of_status(&status))
}

fn preview(
    args: &Preview,
    migrations: &Migrations,
    url: Option<&UrlText>,
    console: &Console,
) -> Result<(), Error> {
    let dialect = match (args.dialect, url) {
        (Some(dialect), _) => dialect,
        (None, Some(url)) => DatabaseUrl::parse(url)?.dialect(),
        (None, None) => return Err(Error::NoDialect),
    };
    args.database.check_schema(dialect)?;
    let plan = args
        .database
        .migrator(migrations)
        .preview(dialect)
        .map_err(|error| Error::Run {
            file: None,
            error: RunError::from(error),
        })?;
    console.print(plan)
}

impl Database {
    /// The URL of the option, of the environment, or of a `.env` file, in this order. An empty one is none:
    /// that is what an unset variable of a compose file turns into.
    fn url(&self) -> Result<Option<UrlText>, Error> {
        match &self.database_url {
            Some(url) if !url.is_empty() => Ok(Some(url.clone())),
            Some(_) | None => Ok(UrlText::from_dotenv()?.filter(|url| !url.is_empty())),
        }
    }

    fn parse(&self, url: Option<&UrlText>) -> Result<DatabaseUrl, Error> {
        let url = DatabaseUrl::parse(url.ok_or(Error::NoUrl)?)?;
        self.check_schema(url.dialect())?;
        Ok(url)
    }

    /// Who names a schema means that nothing should land elsewhere.
    fn check_schema(&self, dialect: Dialect) -> Result<(), Error> {
        match (&self.schema, dialect) {
            (Some(_), Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
                Err(Error::NoSchemas { dialect })
            }
            (Some(_), Dialect::Postgres) | (None, _) => Ok(()),
        }
    }
}

struct Run<'m>(&'m Migrator);

impl Task for Run<'_> {
    type Output = Report;

    async fn on<S: Source>(self, source: S) -> Result<Report, RunError> {
        self.0.run(source).await
    }
}

struct Look<'m>(&'m Migrator);

impl Task for Look<'_> {
    type Output = run::Status;

    async fn on<S: Source>(self, source: S) -> Result<run::Status, RunError> {
        self.0.status(source).await
    }
}
