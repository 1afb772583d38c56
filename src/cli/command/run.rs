//! From the command that was asked for to the function that does it.

use super::context::Context;
use super::{
    baseline, completions, init, lock, man, migrate, new, preview, repair, rollback, schema,
    status, validate, verify,
};
use crate::cli::args::{
    Baseline, Command, Lock, Migrate, Preview, Repair, Rollback, Status, Verify,
};
use crate::cli::call::Call;
use crate::cli::console::Console;
use crate::cli::error::Error;
use crate::cli::exit;
use crate::cli::many::UrlList;
use crate::cli::options::{Database, Many};
use crate::cli::url::UrlText;
use crate::dsl::Migrations;
use crate::run::Stop;

impl Command {
    /// The list of databases that is asked for in place of one.
    pub(in crate::cli) fn url_list(&self) -> Result<Option<UrlList>, Error> {
        let file = self.many().and_then(|it| it.each.as_ref());
        file.map(|file| UrlList::read(file)).transpose()
    }

    fn many(&self) -> Option<&Many> {
        match self {
            Command::Migrate(Migrate { many, .. })
            | Command::Status(Status { many, .. })
            | Command::Verify(Verify { many, .. })
            | Command::Rollback(Rollback { many, .. }) => Some(many),
            Command::Preview(_)
            | Command::Lock(_)
            | Command::Baseline(_)
            | Command::Repair(_)
            | Command::Validate(_)
            | Command::Schema(_)
            | Command::New(_)
            | Command::Init(_)
            | Command::Completions(_)
            | Command::Man(_) => None,
        }
    }

    /// The URL of the database that is asked for, where the command has a use for one.
    pub(in crate::cli) fn database_url(&self) -> Result<Option<UrlText>, Error> {
        if self.many().is_some_and(|it| it.each.is_some()) {
            return Ok(None);
        }
        match self {
            Command::Preview(Preview {
                dialect: Some(_), ..
            }) => Ok(None),
            Command::Migrate(Migrate { database, .. })
            | Command::Status(Status { database, .. })
            | Command::Verify(Verify { database, .. })
            | Command::Preview(Preview { database, .. })
            | Command::Lock(Lock { database, .. })
            | Command::Rollback(Rollback { database, .. })
            | Command::Baseline(Baseline { database, .. })
            | Command::Repair(Repair { database, .. }) => database.url(),
            Command::Validate(_)
            | Command::Schema(_)
            | Command::New(_)
            | Command::Init(_)
            | Command::Completions(_)
            | Command::Man(_) => Ok(None),
        }
    }

    /// Does what is asked for, and gives the exit code.
    pub(in crate::cli) fn run(
        &self,
        migrations: &Migrations,
        url: Option<&UrlText>,
        list: Option<&UrlList>,
        console: &Console,
        call: &Call,
    ) -> Result<u8, Error> {
        let context = Context {
            migrations,
            url,
            list,
            console,
            call,
            stop: Stop::new(),
        };
        match self {
            Command::Migrate(args) => return migrate::migrate(args, &context),
            Command::Status(args) => return status::status(args, &context),
            Command::Verify(args) => return verify::verify(args, &context),
            Command::Preview(args) => preview::preview(args, &context)?,
            Command::Lock(args) => lock::lock(args, &context)?,
            Command::Rollback(args) => return rollback::rollback(args, &context),
            Command::Repair(args) => repair::repair(args, &context)?,
            Command::Baseline(args) => return baseline::baseline(args, &context),
            Command::Validate(args) => validate::validate(args, &context)?,
            Command::Schema(args) => schema::schema(args, &context)?,
            Command::New(args) => new::new(args, &context)?,
            Command::Init(args) => init::init(args, &context)?,
            Command::Completions(args) => completions::completions(args, &context)?,
            Command::Man(args) => man::man(args, &context)?,
        }
        Ok(exit::OK)
    }
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
}
