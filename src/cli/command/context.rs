//! What every command works with.

use std::sync::Arc;

use crate::cli::args::{Connection, Database};
use crate::cli::console::Console;
use crate::cli::engine::{self, Target};
use crate::cli::error::Error;
use crate::cli::progress::Progress;
use crate::cli::tls;
use crate::cli::url::{DatabaseUrl, UrlText};
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::Migrator;

pub(super) struct Context<'c> {
    pub(super) migrations: &'c Migrations,
    pub(super) url: Option<&'c UrlText>,
    pub(super) console: &'c Console,
}

impl Context<'_> {
    /// The database that is asked for. Who would send a password in the clear is warned, before it is sent.
    pub(super) fn target(
        &self,
        database: &Database,
        connection: &Connection,
        creates: bool,
    ) -> Result<Target, Error> {
        let url = DatabaseUrl::parse(self.url.ok_or(Error::NoUrl)?)?;
        database.check_schema(url.dialect())?;
        if engine::is_built_in(url.dialect())
            && let Some(warning) = tls::warning(&url)
        {
            self.console.warning(&warning);
        }
        Ok(Target {
            url,
            timeout: connection.timeout(),
            creates,
        })
    }

    /// The migrator, and what it tells while it runs.
    pub(super) fn observed(&self, migrator: Migrator) -> (Migrator, Arc<Progress>) {
        let progress = Arc::new(Progress::new(self.console.clone(), self.migrations));
        let observer = Arc::clone(&progress);
        let migrator = migrator.observe(move |event| observer.tell(event));
        (migrator, progress)
    }
}

impl Database {
    /// Who names a schema means that nothing should land elsewhere.
    pub(super) fn check_schema(&self, dialect: Dialect) -> Result<(), Error> {
        match (&self.schema, dialect) {
            (Some(_), Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
                Err(Error::NoSchemas { dialect })
            }
            (Some(_), Dialect::Postgres) | (None, _) => Ok(()),
        }
    }
}
