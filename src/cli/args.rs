//! The words of the command line. What stands here as documentation is the help that people read.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::options::{Connection, Database, Limits, Locking, Many, Output, dialect_parser};
use super::step::Step;
use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::{self, Migrator};

const ABOUT: &str = "Bring a database's schema up to date, and see where it stands";

const EXIT_CODES: &str = "\
Exit codes:
  0    done, or nothing to do
  1    migrations are pending (status --check)
  2    the command line makes no sense
  3    failed
  4    the schema is not what its migrations make (verify, baseline)
  130  stopped by Ctrl-C
  143  stopped by SIGTERM

With many databases it is 3 where one failed, else 4 or 1 where one is so.";

/// A program that needs a command.
#[derive(Debug, Parser)]
#[command(about = ABOUT, after_long_help = EXIT_CODES, version)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(super) struct Commands {
    #[command(flatten)]
    pub(super) output: Output,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A program that migrates where no command is given.
#[derive(Debug, Parser)]
#[command(about = ABOUT, after_long_help = EXIT_CODES, version)]
#[command(long_about = format!("{ABOUT}.\n\nWithout a command, it migrates."))]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct MigrateByDefault {
    #[command(flatten)]
    pub(super) output: Output,
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
    /// It changes nothing. A migration that a cut-off run left half done is shown with the step that comes next.
    Status(Status),
    /// Compare the schema with what the applied migrations make
    ///
    /// It prints each difference, and ends with 4 where there is one. The history is replayed where nothing of it
    /// stays: in a transaction that is undone (PostgreSQL), in a database that is dropped again (MySQL, MariaDB),
    /// in memory (SQLite). Tables that no migration speaks of are not looked at.
    Verify(Verify),
    /// Print the SQL that a new database gets
    ///
    /// All of it, one migration, or a range of them. It can be piped into psql, mysql, mariadb or sqlite3 as it is. No database is connected to.
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
    /// Record migrations as applied without running them
    ///
    /// For a database that has them already. The schema is compared with what they make; where it differs, that is
    /// shown, nothing is recorded, and it ends with 4.
    Baseline(Baseline),
    /// Check the migrations, without a database
    ///
    /// The whole history is folded, and rendered for each engine.
    Validate(Validate),
    /// Show the schema that the migrations make, without a database
    ///
    /// At any point of the history: as a table, as JSON, as a diagram (mermaid, dot), or as one script of SQL.
    Schema(Schema),
    /// Begin a migration: its file, and its line in the list
    ///
    /// The file gets the next number. The list is the mod.rs or lib.rs beside it.
    New(New),
    /// Begin a crate for your own migrations
    ///
    /// With a first migration, its test, and a program that is this whole command line; `cargo hammerwork` runs it
    /// from then on.
    Init(Init),
    /// Print a script that completes this command line in a shell
    Completions(Completions),
    /// Print the manual page, or write all of them
    Man(Man),
}

impl Command {
    /// `migrate --status` is `status`.
    pub(super) fn without_aliases(self) -> Self {
        match self {
            Command::Migrate(Migrate {
                status: true,
                json,
                database,
                many,
                connection,
                ..
            }) => Command::Status(Status {
                json,
                check: false,
                database,
                many,
                connection,
            }),
            Command::Migrate(_)
            | Command::Status(_)
            | Command::Verify(_)
            | Command::Preview(_)
            | Command::Lock(_)
            | Command::Rollback(_)
            | Command::Repair(_)
            | Command::Baseline(_)
            | Command::Validate(_)
            | Command::Schema(_)
            | Command::New(_)
            | Command::Init(_)
            | Command::Completions(_)
            | Command::Man(_) => self,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Show the status instead, as the command `status` does
    #[arg(long)]
    pub(super) status: bool,
    /// Print what would be done and the SQL of it, and do nothing
    ///
    /// It asks the database what is there, operation by operation, as a run does. No lock is taken.
    #[arg(long, conflicts_with = "status")]
    pub(super) dry_run: bool,
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) many: Many,
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

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
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
    pub(super) many: Many,
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
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    /// End with 1 where a migration is pending
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) many: Many,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) many: Many,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// Only this migration
    #[arg(value_name = "MIGRATION", conflicts_with_all = ["from", "to"])]
    pub(super) only: Option<String>,
    /// From this migration on, itself included
    #[arg(long, value_name = "MIGRATION")]
    pub(super) from: Option<String>,
    /// Up to this migration, itself included
    #[arg(long, value_name = "MIGRATION")]
    pub(super) to: Option<String>,
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
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
}

#[derive(Debug, Args)]
pub(super) struct Repair {
    /// The effect of this step is there: leave it out (may be repeated)
    ///
    /// A run that finds a step which was cut off, and of which nobody but a person can say whether it has run,
    /// names it so.
    #[arg(long, value_name = "MIGRATION:STEP")]
    pub(super) done: Vec<Step>,
    /// The effect of this step is not there: run it (may be repeated)
    #[arg(long, value_name = "MIGRATION:STEP")]
    pub(super) undone: Vec<Step>,
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(flatten)]
    pub(super) locking: Locking,
}

#[derive(Debug, Args)]
pub(super) struct Baseline {
    /// Record no further than this migration, itself included
    #[arg(long, value_name = "MIGRATION")]
    pub(super) to: Option<String>,
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) connection: Connection,
    #[command(flatten)]
    pub(super) locking: Locking,
    /// Record although the database has migrations that this program does not know
    #[arg(long)]
    pub(super) allow_unknown: bool,
}

impl Baseline {
    pub(super) fn migrator(&self, migrations: &Migrations) -> Migrator {
        let migrator = self.locking.apply(self.database.migrator(migrations));
        let migrator = migrator.allow_unknown(self.allow_unknown);
        match &self.to {
            Some(id) => migrator.up_to(id),
            None => migrator,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Validate {
    /// An engine that the history must have SQL for (may be repeated); without it, all of them
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub(super) dialect: Vec<Dialect>,
    /// Print JSON, as docs/json.md describes it
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// After this migration; without it, after the last
    #[arg(long, value_name = "MIGRATION")]
    pub(super) at: Option<String>,
    /// What to show it as
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: SchemaFormat,
    /// The engine to write SQL for, and whose types a diagram has
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser())]
    pub(super) dialect: Option<Dialect>,
}

/// What a schema is shown as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFormat {
    /// For people
    #[default]
    Table,
    /// As docs/json.md describes it
    Json,
    /// A diagram that Markdown shows
    Mermaid,
    /// A diagram for Graphviz
    Dot,
    /// One script that makes it, with --dialect
    Sql,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// What it does, in a few words: `add priority`
    #[arg(value_name = "NAME", required = true, num_args = 1..)]
    pub(super) name: Vec<String>,
    /// The folder that has the migrations; else found from here
    #[arg(long, value_name = "FOLDER")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder of the new crate, and its name
    #[arg(value_name = "FOLDER", default_value = "migration")]
    pub(super) folder: PathBuf,
    /// Depend on this library where it lies in this folder, and not on a published version
    #[arg(long, value_name = "FOLDER")]
    pub(super) library: Option<PathBuf>,
    /// The engines to build in (may be repeated): postgres, mysql, sqlite
    #[arg(long, value_name = "ENGINE", default_value = "sqlite")]
    #[arg(value_parser = ["postgres", "mysql", "sqlite"])]
    pub(super) engine: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write a page for each command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub(super) dir: Option<PathBuf>,
}
