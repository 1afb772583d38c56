//! What every command works with.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::cli::call::Call;
use crate::cli::console::Console;
use crate::cli::engine::{self, Target, Task};
use crate::cli::error::Error;
use crate::cli::json;
use crate::cli::many::{On, UrlList};
use crate::cli::options::{Connection, Database};
use crate::cli::progress::Progress;
use crate::cli::tls;
use crate::cli::url::{DatabaseUrl, UrlText};
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::each::Errand;
use crate::run::{Migrator, Report, Stop};

pub(super) struct Context<'c> {
    pub(super) migrations: &'c Migrations,
    pub(super) url: Option<&'c UrlText>,
    /// The databases that are asked for in place of that one.
    pub(super) list: Option<&'c UrlList>,
    pub(super) console: &'c Console,
    /// How the program was called.
    pub(super) call: &'c Call,
    /// The wish that a run ends.
    pub(super) stop: Stop,
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
        if let Some(warning) = self.tls_warning(&url) {
            self.console.warning(&warning);
        }
        Ok(self.target_of(url, connection, creates))
    }

    /// The database of that URL.
    pub(super) fn target_of(
        &self,
        url: DatabaseUrl,
        connection: &Connection,
        creates: bool,
    ) -> Target {
        Target {
            url,
            timeout: connection.timeout(),
            wait: connection.wait(),
            stop: self.stop.clone(),
            creates,
        }
    }

    /// What to know before a password is sent in the clear.
    pub(super) fn tls_warning(&self, url: &DatabaseUrl) -> Option<String> {
        tls::warning(url, engine::has_tls()).filter(|_| engine::is_built_in(url.dialect()))
    }

    /// What tells of a run: nothing on stdout where that is to be JSON.
    pub(super) fn progress(&self, json: bool) -> Arc<Progress> {
        Arc::new(Progress::new(self.console.clone(), self.migrations, json))
    }

    /// The migrator, and what it tells while it runs: nothing on stdout where that is to be JSON.
    pub(super) fn observed(&self, migrator: Migrator, json: bool) -> (Migrator, Arc<Progress>) {
        let progress = self.progress(json);
        let observer = Arc::clone(&progress);
        let migrator = migrator
            .observe(move |event| observer.tell(event))
            .stop_on(&self.stop);
        (migrator, progress)
    }

    /// Does what can be stopped between two steps.
    pub(super) fn perform_in_steps<T: Task>(
        &self,
        task: T,
        target: &Target,
    ) -> Result<T::Output, Error> {
        engine::perform_in_steps(task, target, self.console)
    }

    /// Changes the database, and tells what is done: with JSON all of it in one document, which of a run that fails has what
    /// was done before, and why it ended.
    pub(super) fn change(
        &self,
        migrator: Migrator,
        errand: &impl Errand<Output = Report>,
        target: &Target,
        json: bool,
        text: impl FnOnce(&Report) -> String,
    ) -> Result<(), Error> {
        let (migrator, progress) = self.observed(migrator, json);
        let task = On {
            migrator: &migrator,
            errand,
        };
        let result = self.perform_in_steps(task, target);
        progress.end();
        match result {
            Ok(report) => {
                progress.finish()?;
                if json {
                    self.print_json([json::value(&report)])
                } else {
                    self.console.tell(text(&report))
                }
            }
            Err(error) if json => {
                let reason = json!({ "error": self.console.json(&error) });
                // What went wrong first is what the program ends with.
                drop(self.print_json([json::value(&progress.so_far()), reason]));
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    fn print_json(&self, parts: impl IntoIterator<Item = Value>) -> Result<(), Error> {
        self.console.print(json::document(parts))
    }

    /// Prints a result, as text or as JSON.
    pub(super) fn print(
        &self,
        json: bool,
        text: impl FnOnce() -> String,
        parts: impl FnOnce() -> Vec<Value>,
    ) -> Result<(), Error> {
        if json {
            self.print_json(parts())
        } else {
            self.console.print(text())
        }
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
