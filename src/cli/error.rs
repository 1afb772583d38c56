//! Why a command ended without doing what it was asked to.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

use super::signals::Signal;
use super::step::Step;
use super::url::{DatabaseUrl, UrlError};
use super::{exit, help};
use crate::dialect::Dialect;
use crate::run::{DriverError, DriverErrorKind, RunError};

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("no database URL is given")]
    NoUrl,
    #[error("no dialect is given")]
    NoDialect,
    #[error("--schema is for PostgreSQL: {} has no schemas", dialect.product())]
    NoSchemas { dialect: Dialect },
    #[error("--statement-timeout is for PostgreSQL: {} has no such thing", dialect.product())]
    NoStatementTimeout { dialect: Dialect },
    #[error("step {step} can't be both done and undone")]
    DoneAndUndone { step: Step },
    #[error(transparent)]
    Url(#[from] UrlError),
    #[error("--each-schema is for servers: {} has no schemas", dialect.product())]
    NoSchemasEach { dialect: Dialect },
    #[error("{list}, line {line}: {error}")]
    InList {
        list: String,
        line: usize,
        error: Box<Error>,
    },
    #[error("{list} names no database")]
    EmptyList { list: String },
    /// What it says is how far it had come.
    #[error("stopped as asked: {left} of {all} databases are not done")]
    SomeStopped {
        signal: Signal,
        left: usize,
        all: usize,
    },
    /// What is wrong in it is not shown: it may be a secret.
    #[error("the .env file can't be read")]
    DotEnv,
    #[error("this program was built without {}", dialect.product())]
    Lacking {
        dialect: Dialect,
        feature: &'static str,
    },
    #[error("there is no database file {}", path.display())]
    MissingFile { path: PathBuf, mode: Option<String> },
    #[error("can't {} {database}", if file.is_some() { "open" } else { "connect to" })]
    Connect {
        /// The URL without its password.
        database: String,
        file: Option<PathBuf>,
        source: DriverError,
    },
    #[error("{error}")]
    Run {
        /// Where the database is, if it is SQLite's.
        file: Option<PathBuf>,
        error: RunError,
    },
    /// What it says is where it stopped.
    #[error("{error}")]
    Signalled { signal: Signal, error: Box<Error> },
    #[error("stopped at once")]
    Killed { signal: Signal },
    #[error("there is no migration {id}")]
    NoMigration { id: String },
    #[error("--format sql needs a dialect")]
    NoSchemaDialect,
    #[error("{from} comes after {to}")]
    NoRange { from: String, to: String },
    #[error("{name:?} can't be the name of a migration")]
    BadName { name: String },
    #[error("{name:?} can't be the name of a crate")]
    BadPackage { name: String },
    #[error("{} is there already", path.display())]
    Exists { path: PathBuf },
    #[error("there are no migrations in {}", path.display())]
    NoFolder { path: PathBuf },
    #[error("{} has no list of migrations that a line could be added to", path.display())]
    NoList { path: PathBuf },
    #[error("can't {doing} {}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("can't run cargo")]
    Cargo(#[source] io::Error),
    #[error("can't start")]
    Runtime(#[source] io::Error),
    #[error("can't write the result")]
    Output(#[source] io::Error),
}

impl Error {
    pub(super) fn of_run(error: RunError, url: &DatabaseUrl) -> Self {
        let file = url.file().map(|it| it.path.clone());
        if let RunError::Connect { source } = error {
            let database = url.to_string();
            return Error::Connect {
                database,
                file,
                source,
            };
        }
        Error::Run { file, error }
    }

    /// Why it is so, as a chain. What a run says is said as it is, so its cause is the run's own.
    pub(super) fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Run { error, .. } => error.source(),
            Error::Signalled { error, .. } | Error::InList { error, .. } => {
                Error::cause(error.as_ref())
            }
            Error::NoUrl
            | Error::NoSchemasEach { .. }
            | Error::EmptyList { .. }
            | Error::SomeStopped { .. }
            | Error::NoDialect
            | Error::NoSchemas { .. }
            | Error::NoStatementTimeout { .. }
            | Error::DoneAndUndone { .. }
            | Error::Url(_)
            | Error::DotEnv
            | Error::Lacking { .. }
            | Error::MissingFile { .. }
            | Error::Connect { .. }
            | Error::Killed { .. }
            | Error::NoMigration { .. }
            | Error::NoSchemaDialect
            | Error::NoRange { .. }
            | Error::BadName { .. }
            | Error::BadPackage { .. }
            | Error::Exists { .. }
            | Error::NoFolder { .. }
            | Error::NoList { .. }
            | Error::File { .. }
            | Error::Cargo(_)
            | Error::Runtime(_)
            | Error::Output(_) => self.source(),
        }
    }

    /// What to do about it.
    pub(super) fn help(&self) -> Option<String> {
        match self {
            Error::NoUrl => {
                Some("give --database-url URL, or set DATABASE_URL, also in a .env file".to_owned())
            }
            Error::NoDialect => {
                let names = Dialect::ALL.map(Dialect::name).join(", ");
                let help = format!("give --dialect DIALECT (one of {names}), or a database URL");
                Some(help)
            }
            Error::NoSchemas { dialect } => Some(match dialect {
                Dialect::Sqlite => "leave it out".to_owned(),
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                    "leave it out, and name the database in the URL".to_owned()
                }
            }),
            Error::NoStatementTimeout { .. } => Some("leave it out".to_owned()),
            Error::DoneAndUndone { .. } => Some("leave out what it is not".to_owned()),
            Error::Url(error) => Some(error.help()),
            Error::DotEnv => Some(
                "a line is empty, a # comment or NAME=value; a value with spaces stands in quotes"
                    .to_owned(),
            ),
            Error::Lacking { feature, .. } => Some(format!(
                "cargo install hammerwork-migrations --features {feature}"
            )),
            Error::MissingFile { mode, .. } => Some(match mode.as_deref() {
                None | Some("rwc") => "run migrate first: it makes the file".to_owned(),
                Some(mode) => {
                    format!("leave mode={mode} out of the URL, and migrate makes the file")
                }
            }),
            Error::Connect { file, source, .. } => file
                .as_deref()
                .and_then(|file| file_help(file, source))
                .or_else(|| {
                    let source = source.clone();
                    help::of_run(&RunError::Connect { source })
                }),
            Error::Run { file, error } => file
                .as_deref()
                .zip(error.source().and_then(|it| it.downcast_ref()))
                .and_then(|(file, source)| file_help(file, source))
                .or_else(|| help::of_run(error)),
            Error::Signalled { error, .. } | Error::InList { error, .. } => error.help(),
            Error::NoSchemasEach { .. } => {
                Some("name each database file in a line of a file, and the file with --each".to_owned())
            }
            Error::EmptyList { .. } => {
                Some("write the URL of a database into each line; # begins a comment".to_owned())
            }
            Error::Killed { .. } | Error::SomeStopped { .. } => Some(
                "run again: what was done stays, and the rest is done then".to_owned(),
            ),
            Error::NoMigration { .. } => {
                Some("`preview` and `status` list the migrations".to_owned())
            }
            Error::NoSchemaDialect => {
                let names = Dialect::ALL.map(Dialect::name).join(", ");
                Some(format!("give --dialect DIALECT (one of {names})"))
            }
            Error::NoRange { .. } => Some("name them the other way round".to_owned()),
            Error::BadPackage { .. } => Some(
                "it begins with a letter, and has letters, digits, - and _ alone".to_owned(),
            ),
            Error::BadName { .. } => {
                Some("say in a few words what it does: new add priority".to_owned())
            }
            Error::Exists { .. } => Some("name another, or take it away".to_owned()),
            Error::NoFolder { .. } => Some(
                "name the folder of the migrations with --dir, or make a crate for them with `init`".to_owned(),
            ),
            Error::NoList { .. } => Some(
                "list them as migrations![m001_a, m002_b], or as m001_a::migration(), a line for each".to_owned(),
            ),
            Error::Runtime(_) | Error::Output(_) | Error::File { .. } | Error::Cargo(_) => None,
        }
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Error::NoUrl
            | Error::NoDialect
            | Error::NoSchemas { .. }
            | Error::NoSchemasEach { .. }
            | Error::NoStatementTimeout { .. }
            | Error::DoneAndUndone { .. }
            | Error::NoMigration { .. }
            | Error::NoSchemaDialect
            | Error::NoRange { .. }
            | Error::BadName { .. }
            | Error::BadPackage { .. }
            | Error::Run {
                error: RunError::UnknownStep { .. } | RunError::SeenStep { .. },
                ..
            } => exit::USAGE,
            Error::Signalled { signal, .. }
            | Error::SomeStopped { signal, .. }
            | Error::Killed { signal } => signal.exit_code(),
            Error::InList { error, .. } => error.exit_code(),
            Error::Run {
                error: RunError::Baseline { .. },
                ..
            } => exit::DRIFT,
            Error::Url(_)
            | Error::DotEnv
            | Error::EmptyList { .. }
            | Error::Lacking { .. }
            | Error::MissingFile { .. }
            | Error::Connect { .. }
            | Error::Run { .. }
            | Error::Exists { .. }
            | Error::NoFolder { .. }
            | Error::NoList { .. }
            | Error::File { .. }
            | Error::Cargo(_)
            | Error::Runtime(_)
            | Error::Output(_) => exit::FAILED,
        }
    }

    /// Whether the reader of the output has gone, as `head` does: not an error of ours.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Of a run that no database was reached in.
impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        Error::Run { file: None, error }
    }
}

/// What to do about a database file that can't be used.
fn file_help(file: &Path, error: &DriverError) -> Option<String> {
    let directory = match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        Some(_) | None => Path::new("."),
    };
    match (error.kind, error.code.as_deref()) {
        (DriverErrorKind::Refused, Some("26")) => Some(format!(
            "{} is not an SQLite database: name another file",
            file.display()
        )),
        (DriverErrorKind::Refused, _) if file.is_dir() => Some(format!(
            "{} is a directory: name a file in it",
            file.display()
        )),
        (DriverErrorKind::Refused, _) if !directory.is_dir() => Some(format!(
            "{} is not a directory: make it first, or name another",
            directory.display()
        )),
        (DriverErrorKind::Refused | DriverErrorKind::NotAllowed, _) => Some(format!(
            "this user must be able to write to the file and to its directory, {}",
            directory.display()
        )),
        (
            DriverErrorKind::MissingTable
            | DriverErrorKind::Busy
            | DriverErrorKind::InTransaction
            | DriverErrorKind::Connection
            | DriverErrorKind::NoTls
            | DriverErrorKind::Other,
            _,
        ) => None,
    }
}
