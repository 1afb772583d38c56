//! What rendering gives: statements with their conditions, or the reason why there are none.

use std::fmt;

use super::Batches;
use crate::dialect::Dialect;

/// One SQL statement, without the semicolon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The SQL.
    pub sql: String,
    /// The operations that it carries out, counted from 1 in their migration. Several share one
    /// `ALTER TABLE` on MySQL and MariaDB.
    pub steps: Vec<usize>,
    /// What must hold for it to run, where the engine has no `IF [NOT] EXISTS` to say it in SQL. The runner
    /// asks the live catalog; a person who runs the SQL by hand reads it in the preview.
    pub guards: Vec<Guard>,
    /// Where the engine does something other than what was written, and why that is right.
    pub notes: Vec<String>,
    /// Whether it may run in a transaction, and is undone with it.
    pub transactional: bool,
    /// The index that it may leave behind unfinished and useless when it fails, by its physical name: what is built
    /// while others write is in no transaction that would undo it.
    pub leaves_behind: Option<String>,
    /// What changes rows, or is in the author's own words, about which the catalog can say nothing.
    pub opaque: Option<Opaque>,
    /// How it is run batch by batch; none where it is run as one.
    pub batches: Option<Box<Batches>>,
    /// Whether the engine's own client would take it apart at its semicolons, unless it is told another
    /// delimiter: the clients of MySQL and MariaDB do.
    pub delimited: bool,
    /// What it does in the rebuild of a table, where it is a part of one: SQLite has no other way to many changes.
    pub rebuild: Option<RebuildPart>,
}

/// What a statement does in the rebuild of a table on SQLite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RebuildPart {
    /// It is the first; this is known of the table.
    First(Box<RebuiltTable>),
    /// Others come before and after it.
    Middle,
    /// It is the last. What the old table had that no migration made, such as triggers, is made again after it.
    Last,
}

/// What the migrations know of a table before it is rebuilt; what else is there would be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RebuiltTable {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The names of its indexes.
    pub indexes: Vec<String>,
    /// `CREATE TABLE` as the migrations would write it.
    pub definition: String,
}

/// What the runner must know of SQL that it can't look into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opaque {
    /// It runs only where this SQL expression is true; where the engine can say so in SQL, the statement does.
    pub only_if: Option<String>,
    /// Whether it changes rows alone.
    pub data_only: bool,
    /// Whether it is run in a session whose time zone is UTC, so that moments in it mean the same on every engine.
    pub in_utc: bool,
    /// The SHA-256 of the operation, in hexadecimal.
    pub checksum: String,
}

impl Opaque {
    /// SQL that answers 1 where it is to run: what is true, each engine says for itself. None where it always
    /// runs.
    pub(crate) fn question(&self) -> Option<String> {
        let condition = self.only_if.as_ref()?;
        Some(format!("SELECT CASE WHEN ({condition}) THEN 1 ELSE 0 END"))
    }
}

impl Statement {
    /// Whether the time zone of its session must be UTC.
    pub(crate) fn is_in_utc(&self) -> bool {
        self.opaque.as_ref().is_some_and(|it| it.in_utc)
    }

    /// A statement that carries out one step, with an author's text in it.
    pub(super) fn written(dialect: Dialect, step: usize, sql: String) -> Self {
        Statement {
            delimited: match dialect {
                Dialect::MySql | Dialect::MariaDb => sql.contains(';'),
                Dialect::Postgres | Dialect::Sqlite => false,
            },
            ..Statement::of(step, sql, dialect.features().transactional_ddl)
        }
    }

    /// A statement that carries out one step, and has no conditions.
    pub(super) fn of(step: usize, sql: impl Into<String>, transactional: bool) -> Self {
        Statement {
            sql: sql.into(),
            steps: vec![step],
            guards: Vec::new(),
            notes: Vec::new(),
            transactional,
            leaves_behind: None,
            opaque: None,
            batches: None,
            delimited: false,
            rebuild: None,
        }
    }
}

/// A condition on the live catalog.
///
/// ```
/// use hammerwork_migrations::Guard;
///
/// assert_eq!(Guard::Missing("column priority".into()).to_string(), "column priority is missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guard {
    /// This object must not be there yet.
    Missing(String),
    /// This object must still be there.
    Present(String),
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Guard::Missing(what) => write!(f, "{what} is missing"),
            Guard::Present(what) => write!(f, "{what} is there"),
        }
    }
}

/// Why an operation has no SQL on an engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The engine can't do it, and nothing means the same.
    #[error("{} can't do this: {what}", dialect.product())]
    Unsupported {
        /// The engine.
        dialect: Dialect,
        /// What it can't do.
        what: String,
        /// What to do instead.
        hint: String,
    },
    /// The operation does not fit the catalog: the history has not been folded up to here.
    #[error("the operation does not fit the schema before it: {0}")]
    Schema(String),
}

impl RenderError {
    pub(super) fn unsupported(
        dialect: Dialect,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        RenderError::Unsupported {
            dialect,
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// What is said where schemas are no part of a database.
    pub(super) fn no_schemas(dialect: Dialect) -> Self {
        RenderError::unsupported(
            dialect,
            "schemas within a database",
            "what is a schema on PostgreSQL is a database of its own here: make it outside of the migrations, or \
             give each engine its SQL in run_sql",
        )
    }

    /// What to do about it.
    ///
    /// ```
    /// use hammerwork_migrations::{Catalog, dsl::*};
    ///
    /// let index = CreateIndex { table: "t".into(), index: index("body").columns(["body"]) };
    /// let mut before = Catalog::default();
    /// Operation::from(CreateTable { table: table("t").columns([text("body")]) }).apply(&mut before).unwrap();
    /// let error = MySql.render(&index.into(), &before).unwrap_err();
    /// assert!(error.help().contains("string"));
    /// ```
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            RenderError::Unsupported { hint, .. } => hint,
            RenderError::Schema(_) => "fold the history with Migrations::validate() first",
        }
    }
}
