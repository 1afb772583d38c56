//! The words of the command line. What stands here as documentation is the help that people read.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::step::Step;
use super::url::UrlText;
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::{self, Migrator};

const ABOUT: &str = "Bring a database's schema up to date, and see where it stands";

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or nothing to do
  1  migrations are pending (only where asked for)
  2  the command line makes no sense
  3  failed
  4  the schema has drifted (only where asked for)";

/// A program that needs a command.
#[derive(Debug, Parser)]
#[command(about = ABOUT, after_long_help = EXIT_CODES, version)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(super) struct Commands {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A program that migrates where no command is given.
#[derive(Debug, Parser)]
#[command(about = ABOUT, after_long_help = EXIT_CODES, version)]
#[command(long_about = format!("{ABOUT}.\n\nWithout a command, it migrates."))]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct MigrateByDefault {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    migrate: Migrate,
}

impl MigrateByDefault {
    pub(super) fn command_or_migrate(self) -> Command {
        self.command.unwrap_or(Command::Migrate(self.migrate))
    }
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run what is pending
    ///
    /// That is each migration that the database does not have yet, in their order; each is recorded. It may run
    /// as often and in as many places at once as you like: one runner at a time changes a database.
    Migrate(Migrate),
    /// Show which migrations are applied and which are pending
    ///
    /// It reads the tracking table, and changes nothing.
    Status(Status),
    /// Compare the schema with what the applied migrations make
    ///
    /// It prints each difference, and ends with 4 where there is one. The history is replayed where nothing of it
    /// stays: in a transaction that is undone (PostgreSQL), in a database that is dropped again (MySQL, MariaDB),
    /// in memory (SQLite). Tables that no migration speaks of are not looked at.
    Verify(Verify),
    /// Print the SQL that a new database gets
    ///
    /// It can be piped into psql, mysql, mariadb or sqlite3 as it is. No database is connected to.
    Preview(Preview),
    /// Show who has the migration lock
    ///
    /// The lock of a runner that died goes with its connection, so there is nothing to unlock by hand.
    Lock(Lock),
    /// Undo the newest applied migrations
    ///
    /// The way back is derived from the migrations, or what their author wrote. Run `preview --down` to read it.
    Rollback(Rollback),
    /// Accept edited migrations, or say what became of a step that was cut off
    ///
    /// Without --done and --undone, each migration that was edited after the database applied it is accepted as
    /// it is now. It writes the journal, and changes nothing else.
    Repair(Repair),
}

impl Command {
    /// `migrate --status` is `status`.
    pub(super) fn without_aliases(self) -> Self {
        match self {
            Command::Migrate(Migrate {
                status: true,
                database,
                connection,
                ..
            }) => Command::Status(Status {
                database,
                connection,
            }),
            Command::Migrate(_)
            | Command::Status(_)
            | Command::Verify(_)
            | Command::Preview(_)
            | Command::Lock(_)
            | Command::Rollback(_)
            | Command::Repair(_) => self,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Show the status instead, as the command `status` does
    #[arg(long)]
    pub(super) status: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(flatten)]
    pub(super) locking: Locking,
    #[command(flatten)]
    pub(super) limits: Limits,
    /// Run no further than this migration, itself included
    #[arg(long, value_name = "MIGRATION")]
    pub(super) to: Option<String>,
    /// Run although the database has migrations that this program does not know
    #[arg(long)]
    pub(super) allow_unknown: bool,
    /// Refuse a pending migration that comes before an applied one
    ///
    /// Without it, such a migration runs, with a warning.
    #[arg(long)]
    pub(super) strict_order: bool,
}

impl Migrate {
    pub(super) fn migrator(&self, migrations: &Migrations) -> Migrator {
        let migrator = self
            .limits
            .apply(self.locking.apply(self.database.migrator(migrations)))
            .allow_unknown(self.allow_unknown)
            .strict_order(self.strict_order);
        match &self.to {
            Some(id) => migrator.up_to(id),
            None => migrator,
        }
    }
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
    fn apply(&self, migrator: Migrator) -> Migrator {
        let migrator = migrator
            .table_lock_timeout(Duration::from_secs(self.table_lock_timeout))
            .retry_timeout(Duration::from_secs(self.retry_timeout));
        match self.statement_timeout {
            Some(seconds) => migrator.statement_timeout(Duration::from_secs(seconds)),
            None => migrator,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// How many of the newest applied migrations to undo
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with_all = ["to", "all"])]
    steps: usize,
    /// Undo all that came after this migration; it stays
    #[arg(long, value_name = "MIGRATION", conflicts_with = "all")]
    to: Option<String>,
    /// Undo all
    #[arg(long)]
    all: bool,
    /// Undo although rows or values are lost
    ///
    /// Without it, nothing is undone where anything would be lost, and what that is, is told.
    #[arg(long)]
    accept_data_loss: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(flatten)]
    pub(super) locking: Locking,
    #[command(flatten)]
    pub(super) limits: Limits,
    /// Undo although the database has migrations that this program does not know
    #[arg(long)]
    pub(super) allow_unknown: bool,
}

impl Rollback {
    pub(super) fn migrator(&self, migrations: &Migrations) -> Migrator {
        self.limits
            .apply(self.locking.apply(self.database.migrator(migrations)))
            .allow_unknown(self.allow_unknown)
            .accept_data_loss(self.accept_data_loss)
    }

    pub(super) fn how_far(&self) -> run::Rollback {
        match &self.to {
            Some(id) => run::Rollback::To(id.clone()),
            None if self.all => run::Rollback::All,
            None => run::Rollback::Steps(self.steps),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Print JSON
    ///
    /// One line: {"version":1,"applied":6,"drift":[{"object":"table jobs","description":"it is missing"}]}.
    /// `applied` is how many applied migrations the schema was compared with; `drift` is empty where there is none.
    /// `version` is raised where a later one means something else; what is only added leaves it.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// The engine to write SQL for; else the one that the database URL names
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub(super) dialect: Option<Dialect>,
    /// Print the way back instead, for a database that has all migrations
    #[arg(long)]
    pub(super) down: bool,
    #[command(flatten)]
    pub(super) database: Database,
}

#[derive(Debug, Args)]
pub(super) struct Lock {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Repair {
    /// The effect of this step is there: leave it out (MySQL and MariaDB only; may be repeated)
    ///
    /// A run that finds a step which was cut off, and of which nobody but a person can say whether it has run,
    /// names it so.
    #[arg(long, value_name = "MIGRATION:STEP")]
    pub(super) done: Vec<Step>,
    /// The effect of this step is not there: run it (MySQL and MariaDB only; may be repeated)
    #[arg(long, value_name = "MIGRATION:STEP")]
    pub(super) undone: Vec<Step>,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(flatten)]
    pub(super) locking: Locking,
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

/// How to reach it.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// How long to wait for the server to let us in
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    connect_timeout: u64,
}

impl Connection {
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout)
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

fn dialect_parser() -> impl clap::builder::TypedValueParser<Value = Dialect> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};

    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name))
        .try_map(|name| name.parse::<Dialect>())
}
