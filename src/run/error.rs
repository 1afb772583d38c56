//! What can go wrong in a run, told so that a person can act.

use std::time::Duration;

use super::difference::Difference;
use super::driver::{DriverError, DriverErrorKind};
use super::lock::Holder;
use super::plan::PlanError;
use super::verify::scratch_help;
use crate::dialect::Dialect;

/// A run that did not bring the database up to date. What was recorded before it failed stays; running
/// again goes on from there.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The history gives no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is no connection.
    #[error("can't connect to the database")]
    Connect {
        /// What the server or the way there said.
        #[source]
        source: DriverError,
    },
    /// The connection was lent in the middle of a transaction, which the run would end.
    #[error("the connection is in the middle of a transaction, which the run would end")]
    InTransaction,
    /// The tracking table can't be read.
    #[error("can't read the tracking table {table}")]
    Tracking {
        /// Its name.
        table: String,
        /// What the server said.
        #[source]
        source: DriverError,
    },
    /// The tracking table names migrations that this program does not have.
    #[error("the database has migrations that this program does not know: {}", .ids.join(", "))]
    UnknownApplied {
        /// Their ids.
        ids: Vec<String>,
    },
    /// A pending migration is older than one that is applied, and that was forbidden.
    #[error("migration {id} is pending, and {newest}, which comes after it, is applied")]
    OutOfOrder {
        /// The id of the pending migration.
        id: String,
        /// The id of the newest applied one.
        newest: String,
    },
    /// Another runner holds the lock for too long.
    #[error("the migration lock was not free within {} s{}", waited.as_secs(), held_by(holder.as_ref()))]
    Locked {
        /// How long this run waited.
        waited: Duration,
        /// Who has it, where the engine says so.
        holder: Option<Holder>,
    },
    /// Migrations were edited after this database applied them.
    #[error("changed after it was applied: {}", .ids.join(", "))]
    Changed {
        /// Their ids.
        ids: Vec<String>,
    },
    /// The server is a node of a cluster, where its lock keeps runners on other nodes out of nothing.
    #[error("the server is a node of a cluster ({cluster}), whose locks are one node's own")]
    Cluster {
        /// The kind of cluster.
        cluster: &'static str,
    },
    /// The schema of PostgreSQL that was set is not there, or none is.
    #[error("{}", missing_schema(schema.as_deref()))]
    MissingSchema {
        /// Its name; none where the connection's search path leads nowhere.
        schema: Option<String>,
    },
    /// No database was named, where the engine needs one (MySQL, MariaDB).
    #[error("the URL names no database")]
    MissingDatabase,
    /// No schema of PostgreSQL, or database of MySQL or MariaDB, has a name like that.
    #[error("no schema has a name like {pattern:?}")]
    NoSchemaLike {
        /// The pattern, as SQL's LIKE has it.
        pattern: String,
    },
    /// Schemas were asked for, of an engine that has none.
    #[error("SQLite has no schemas")]
    Schemaless,
    /// The server gives NOT NULL timestamps a default of its own, and does not let this session change that.
    #[error(
        "the server has explicit_defaults_for_timestamp=OFF, and does not let this session set it ON"
    )]
    ImplicitTimestamps {
        /// What the server said.
        #[source]
        source: DriverError,
    },
    /// Something is there in another shape than the history gives it.
    #[error(
        "migration {migration}, step {step} ({operation}) is in conflict with what is there: {difference}"
    )]
    Conflict {
        /// The id of the migration.
        migration: String,
        /// Which of its operations, counted from 1.
        step: usize,
        /// The operation's first line, in the words of the DSL.
        operation: String,
        /// What differs.
        difference: Difference,
    },
    /// After a migration that rebuilds a table of SQLite, rows lack the row that they refer to. It was undone.
    #[error(
        "migration {migration} leaves rows of {table} without the row of {parent} that they refer to"
    )]
    Orphans {
        /// The id of the migration.
        migration: String,
        /// The table of the rows.
        table: String,
        /// The table that they refer to.
        parent: String,
    },
    /// The server refused a statement of a migration.
    #[error("{} failed", what_failed(migration, .steps))]
    Statement {
        /// The id of the migration.
        migration: String,
        /// Which of its operations the statement carries out, counted from 1; none where it records the migration.
        steps: Vec<usize>,
        /// The statement.
        sql: String,
        /// What the server said.
        #[source]
        source: DriverError,
    },
    /// A step of a run that was cut off, about which only a person can decide.
    #[error("migration {migration}, step {step}: {reason}")]
    Unfinished {
        /// The id of the migration.
        migration: String,
        /// Which of its operations, counted from 1; of its way back, from -1 downwards.
        step: i64,
        /// What is known of it, as a clause.
        reason: &'static str,
    },
    /// Undoing the migrations would lose what they brought, and that was not accepted.
    #[error("the way back loses {}", .losses.join(", "))]
    DataLoss {
        /// What is lost, each as a noun phrase.
        losses: Vec<String>,
    },
    /// A migration was named that the program does not have, or the database.
    #[error("there is no migration {id}{}", place(*.applied))]
    UnknownMigration {
        /// The id that was named.
        id: String,
        /// Whether it was looked for among those that are applied.
        applied: bool,
    },
    /// A step was named that no migration has.
    #[error("there is no step {step} in a migration {migration}")]
    UnknownStep {
        /// The id that was named.
        migration: String,
        /// The step that was named.
        step: i64,
    },
    /// A step was named of which nobody need say whether it has run: a run sees that in the database.
    #[error("whether step {step} of migration {migration} has run, the database itself tells")]
    SeenStep {
        /// The id of the migration.
        migration: String,
        /// The step that was named.
        step: i64,
    },
    /// A migration makes indexes while others write, and that needs a session that is surely the run's alone. Nothing
    /// was changed.
    #[error(
        "migration {migration} is done concurrently, in a session that may not be this run's alone"
    )]
    SharedSession {
        /// Its id.
        migration: String,
    },
    /// The role may not do what the pending migrations need. Nothing was changed.
    #[error("the role lacks {}", .missing.join("; "))]
    Rights {
        /// What is missing, each as a noun phrase.
        missing: Vec<String>,
    },
    /// The history can't be replayed, so there is nothing to compare the database with.
    #[error("can't replay the history beside the database")]
    Scratch {
        /// What the server said.
        #[source]
        source: DriverError,
    },
    /// The run was asked to end, and did between two steps.
    #[error("stopped as asked, before {}", what_comes(migration.as_deref(), *step))]
    Stopped {
        /// The id of the migration that would have been next; none where nothing was begun.
        migration: Option<String>,
        /// Which of its operations would have been next, counted from 1.
        step: usize,
    },
    /// The schema is not what the migrations make that were to be recorded. Nothing was recorded.
    #[error(
        "the schema is not what the migrations up to {until} make: {}",
        list(differences)
    )]
    Baseline {
        /// The id of the last migration that was to be recorded.
        until: String,
        /// All that differs.
        differences: Vec<Difference>,
    },
    /// The server refused something else.
    #[error("can't {doing}")]
    Database {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// What the server said.
        #[source]
        source: DriverError,
    },
}

impl RunError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            RunError::Plan(error) => error.help().map(str::to_owned),
            RunError::Connect { source } => Some(connect_help(source)),
            RunError::InTransaction => {
                Some("commit it or roll it back first, or give the runner a pool".to_owned())
            }
            RunError::UnknownApplied { .. } => Some(
                "run a newer version of the program, or allow them with Migrator::allow_unknown"
                    .to_owned(),
            ),
            RunError::OutOfOrder { .. } => {
                Some("leave out Migrator::strict_order to run it all the same".to_owned())
            }
            RunError::Locked { .. } => Some(
                "wait for the other runner, or raise Migrator::lock_timeout; the lock of a runner that died \
                 goes with its connection"
                    .to_owned(),
            ),
            RunError::Changed { .. } => Some(
                "undo the edit and write a new migration, or accept what is there with `repair`".to_owned(),
            ),
            RunError::Cluster { .. } => Some(
                "make sure that only one runner runs at a time, and say so with Migrator::allow_cluster"
                    .to_owned(),
            ),
            RunError::MissingSchema { schema } => Some(match schema {
                Some(schema) => {
                    let schema = Dialect::Postgres.quote(schema);
                    format!("create it first: CREATE SCHEMA {schema}")
                }
                None => "create a schema, or name one with Migrator::schema".to_owned(),
            }),
            RunError::MissingDatabase => {
                Some("end the URL with the name of a database: mysql://host/database".to_owned())
            }
            RunError::NoSchemaLike { .. } => Some(
                "% stands for any text, _ for any character, \\_ for that character; see that the URL leads to the right \
                 database, and that the user may see them"
                    .to_owned(),
            ),
            RunError::Schemaless => Some("name each database file by itself".to_owned()),
            RunError::ImplicitTimestamps { .. } => Some(
                "set explicit_defaults_for_timestamp=ON in the server's configuration, or grant the role \
                 SESSION_VARIABLES_ADMIN for the run"
                    .to_owned(),
            ),
            RunError::Conflict { .. } => Some(
                "nothing of this migration was run. If migrations are recorded as applied, this looks like drift: \
                 `verify` shows all of it; bring the object to the shape the history gives it, or rename it"
                    .to_owned(),
            ),
            RunError::Orphans { table, .. } => Some(format!(
                "nothing of this migration was run. Foreign keys are not enforced while a table is rebuilt, so ON DELETE \
                 and ON UPDATE do nothing: change or delete those rows of {table} first, in a migration before this one"
            )),
            RunError::Unfinished { migration, step, .. } => Some(format!(
                "look at the database: if the effect of step {step} of {migration} is there, say so with \
                 Migrator::repair_step and Resolution::Done, else with Resolution::Undone; then run again"
            )),
            RunError::DataLoss { .. } => Some(
                "accept it with --accept-data-loss, Migrator::accept_data_loss(true); nothing was changed"
                    .to_owned(),
            ),
            RunError::UnknownMigration { .. } => Some("`status` lists them".to_owned()),
            RunError::UnknownStep { .. } => {
                Some("name the migration and the step as the error did".to_owned())
            }
            RunError::SeenStep { .. } => Some(
                "leave it out and run again: only what changes rows, or is SQL in an author's own words, can need repair"
                    .to_owned(),
            ),
            RunError::SharedSession { .. } => Some(
                "connect to the server itself, with a URL or a pool: not through a connection pooler, and not with \
                 a connection that is lent; nothing was changed"
                    .to_owned(),
            ),
            RunError::Rights { .. } => Some(
                "grant it to the role, or run as the owner of the schema; nothing was changed".to_owned(),
            ),
            RunError::Scratch { source } => scratch_help(source),
            RunError::Stopped { .. } => {
                Some("run again: what was done stays, and the rest is done then".to_owned())
            }
            RunError::Baseline { .. } => Some(
                "bring the schema to that shape, or record fewer migrations; `migrate` runs what is missing, and \
                 nothing was recorded"
                    .to_owned(),
            ),
            RunError::Tracking { source, .. } if source.kind == DriverErrorKind::NotAllowed => {
                Some("grant the role SELECT on that table".to_owned())
            }
            RunError::Tracking { source, .. }
            | RunError::Statement { source, .. }
            | RunError::Database { source, .. } => source_help(source),
        }
    }
}

fn held_by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder} has it"))
}

fn connect_help(source: &DriverError) -> String {
    match (source.kind, source.code.as_deref()) {
        (DriverErrorKind::Refused, Some("3D000" | "1049")) => {
            "create the database first, or name another one at the end of the URL"
        }
        (DriverErrorKind::Refused, _) => "check user and password in the URL",
        (DriverErrorKind::NotAllowed, _) => {
            "grant the user its rights on that database, or name another one at the end of the URL"
        }
        (DriverErrorKind::Connection, _) => {
            "check host and port in the URL, and that the server is up"
        }
        (DriverErrorKind::NoTls, _) => {
            "build the program with the feature tls of hammerwork-migrations"
        }
        (
            DriverErrorKind::MissingTable
            | DriverErrorKind::Busy
            | DriverErrorKind::InTransaction
            | DriverErrorKind::Other,
            _,
        ) => "check the database URL",
    }
    .to_owned()
}

fn source_help(source: &DriverError) -> Option<String> {
    let help = match source.kind {
        // PostgreSQL names the object, but not the right.
        DriverErrorKind::NotAllowed if source.code.as_deref() == Some("42501") => {
            "grant the role USAGE and CREATE on the schema; a table that is there already must be its own"
        }
        DriverErrorKind::NotAllowed => {
            "grant the role what the message names, or run as the owner of the schema; and see that the \
             server is no read-only replica"
        }
        DriverErrorKind::Other if source.code.as_deref() == Some("1419") => {
            "the server writes a binary log, and trusts nobody without SUPER to make triggers and functions: set \
             log_bin_trust_function_creators = 1 on it, or run as one that has the right"
        }
        DriverErrorKind::Other if source.code.as_deref() == Some("1418") => {
            "the server writes a binary log, and wants to know what a function does: write DETERMINISTIC, NO SQL or \
             READS SQL DATA before its body, or set log_bin_trust_function_creators = 1 on the server"
        }
        // PostgreSQL replaces a function only by one that returns the same.
        DriverErrorKind::Other if source.code.as_deref() == Some("42P13") => {
            "see that PostgreSQL takes the text of the function; where it is to return another type, drop it and create \
             it: drop_function, then create_function"
        }
        DriverErrorKind::Other if matches!(source.code.as_deref(), Some("23505" | "1062")) => {
            "rows that are there stand against it: change or delete those that the message names, then run again; \
             an index that was left unfinished is dropped"
        }
        DriverErrorKind::Busy => "run again: another session held a lock that this one needed",
        DriverErrorKind::Connection => {
            "run again when the server is up: what was recorded stays, the rest is done then"
        }
        DriverErrorKind::MissingTable
        | DriverErrorKind::Refused
        | DriverErrorKind::InTransaction
        | DriverErrorKind::NoTls
        | DriverErrorKind::Other => {
            return None;
        }
    };
    Some(help.to_owned())
}

fn what_comes(migration: Option<&str>, step: usize) -> String {
    match (migration, step) {
        (None, _) => "anything was done".to_owned(),
        (Some(migration), 1) => format!("migration {migration}"),
        (Some(migration), step) => format!("migration {migration}, step {step}"),
    }
}

fn list(differences: &[Difference]) -> String {
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    differences.join("; ")
}

fn place(applied: bool) -> &'static str {
    if applied {
        " among those that are applied"
    } else {
        ""
    }
}

fn missing_schema(schema: Option<&str>) -> String {
    match schema {
        Some(schema) => format!("the schema {schema} is not there"),
        None => "the connection's search_path names no schema that is there".to_owned(),
    }
}

fn what_failed(migration: &str, steps: &[usize]) -> String {
    let numbers: Vec<String> = steps.iter().map(ToString::to_string).collect();
    match numbers.as_slice() {
        [] => format!("recording migration {migration}"),
        [step] => format!("migration {migration}, step {step}"),
        steps => format!("migration {migration}, steps {}", steps.join(", ")),
    }
}
