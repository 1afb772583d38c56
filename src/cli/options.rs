//! Options that several commands share. What stands here as documentation is the help that people read.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::url::UrlText;
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::Migrator;

/// How what happens is shown; every command has these.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Output {
    /// When to colour what is printed
    ///
    /// `auto` colours on a terminal, unless NO_COLOR is set.
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Output"
    )]
    pub(super) color: Color,
    /// Print results and errors alone
    #[arg(
        long,
        short,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Output"
    )]
    pub(super) quiet: bool,
    /// Log what is done on stderr; twice for each statement, thrice for everything
    ///
    /// RUST_LOG, where it is set, says which parts log instead.
    #[arg(long, short, global = true, action = ArgAction::Count, help_heading = "Output")]
    pub(super) verbose: u8,
    /// How the log is written
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Output"
    )]
    pub(super) log_format: LogFormat,
}

/// When what is printed has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object for each line
    Json,
}

/// How long statements may take.
#[derive(Debug, Args)]
pub(super) struct Limits {
    /// How long one try may wait for the lock of a table
    ///
    /// Whoever comes after a waiting change of a table waits behind it, so this is the longest that the application
    /// stands still because of it.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = limit())]
    table_lock_timeout: u64,
    /// How long to try again where another session held a lock
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    retry_timeout: u64,
    /// How long one statement may take (PostgreSQL only); without it, for ever
    #[arg(long, value_name = "SECONDS", value_parser = limit())]
    pub(super) statement_timeout: Option<u64>,
}

impl Limits {
    pub(super) fn apply(&self, migrator: Migrator) -> Migrator {
        let migrator = migrator
            .table_lock_timeout(Duration::from_secs(self.table_lock_timeout))
            .retry_timeout(Duration::from_secs(self.retry_timeout));
        match self.statement_timeout {
            Some(seconds) => migrator.statement_timeout(Duration::from_secs(seconds)),
            None => migrator,
        }
    }
}

/// Which database, and what is where in it.
#[derive(Debug, Args)]
pub(super) struct Database {
    /// The database: postgres://, mysql://, mariadb:// or sqlite://
    ///
    /// In full: postgres://USER:PASSWORD@HOST:PORT/DATABASE, the same with mysql:// or mariadb://, or
    /// sqlite://FILE. A file named .env, here or in a directory above, may set DATABASE_URL, too. The password
    /// is never shown.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub(super) database_url: Option<UrlText>,
    /// The schema that everything is in (PostgreSQL only)
    ///
    /// That includes the tracking table. The schema must be there. Without this option, it is the first one of
    /// the connection's search_path.
    #[arg(long, value_name = "NAME")]
    pub(super) schema: Option<String>,
    /// The table that records which migrations are applied
    #[arg(long, value_name = "NAME", default_value = "hammerwork_migrations")]
    pub(super) tracking_table: String,
}

impl Database {
    pub(super) fn migrator(&self, migrations: &Migrations) -> Migrator {
        let migrator = Migrator::new(migrations.clone()).tracking_table(&self.tracking_table);
        match &self.schema {
            Some(schema) => migrator.schema(schema),
            None => migrator,
        }
    }
}

/// Many databases in place of one.
#[derive(Debug, Args)]
pub(super) struct Many {
    /// Do it with each database of this file, which has a URL in each line
    ///
    /// A file called - is stdin. Empty lines, and those that begin with #, name none. The databases may be of
    /// different engines; no other database URL is used. One that fails does not keep the others from being done.
    #[arg(long, value_name = "FILE", help_heading = "Many databases")]
    pub(super) each: Option<PathBuf>,
    /// Do it with each schema whose name is like this (MySQL, MariaDB: with each database of the server)
    ///
    /// A pattern of SQL's LIKE: % is any text, _ is any character, and \_ is the character itself. The database URL
    /// says where they are looked for. Tables, records and lock of each are its own.
    #[arg(long, value_name = "PATTERN", conflicts_with_all = ["each", "schema"], help_heading = "Many databases")]
    pub(super) each_schema: Option<String>,
    /// How many to work on at a time
    #[arg(long, value_name = "N", default_value_t = JOBS, help_heading = "Many databases")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
}

/// Enough to keep a server busy, and few enough for one that others use.
const JOBS: u16 = 4;

impl Many {
    pub(super) fn jobs(&self) -> usize {
        usize::from(self.jobs)
    }

    /// Whether many are asked for.
    pub(super) fn are_asked_for(&self) -> bool {
        self.each.is_some() || self.each_schema.is_some()
    }
}

/// How to reach it.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// How long to wait for the server to let us in
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    connect_timeout: u64,
    /// How long to wait for a server that is not up yet
    ///
    /// Only for that: a connection that is refused, a host that has no address yet, a server that is starting. A
    /// wrong password or database fails at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

impl Connection {
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout)
    }

    /// How long to wait for the server to be there at all.
    pub(super) fn wait(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}

/// How the migration lock is had.
#[derive(Debug, Args)]
pub(super) struct Locking {
    /// How long to wait for another runner
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lock_timeout: u64,
    /// Run on a node of a cluster (Galera, Group Replication)
    ///
    /// The migration lock is one node's own there: make sure that only one runner runs.
    #[arg(long)]
    allow_cluster: bool,
}

impl Locking {
    pub(super) fn apply(&self, migrator: Migrator) -> Migrator {
        migrator
            .lock_timeout(Duration::from_secs(self.lock_timeout))
            .allow_cluster(self.allow_cluster)
    }
}

/// Seconds that limit something: none is no limit for some servers, and more than this is too much for others.
fn limit() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=2_000_000)
}

pub(super) fn dialect_parser() -> impl clap::builder::TypedValueParser<Value = Dialect> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};

    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name))
        .try_map(|name| name.parse::<Dialect>())
}
