//! What can be wrong with a history, told so that its author can mend it.

use std::fmt;

use crate::dialect::Dialect;
use crate::dsl::Table;

/// A history that does not fold: found without a database, by [`Migrations::validate`](crate::Migrations::validate).
///
/// ```
/// use std::error::Error;
/// use hammerwork_migrations::dsl::*;
///
/// let error = Migrations::new([Migration::new("001_x", "X").drop_table("jobs")])
///     .validate()
///     .unwrap_err();
/// assert_eq!(error.to_string(), "migration 001_x, step 1 (drop table jobs) does not fit the schema before it");
/// assert_eq!(error.source().unwrap().to_string(), "there is no table jobs; the schema has no tables");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// An operation does not fit.
    #[error("migration {migration}, step {step} ({operation}) does not fit the schema before it")]
    Operation {
        /// The id of the migration.
        migration: String,
        /// Which of its operations, counted from 1.
        step: usize,
        /// The operation's first line, in the words of the DSL.
        operation: String,
        /// What is wrong.
        #[source]
        source: Box<OperationError>,
    },
    /// Two migrations have the same id, or ids that differ in case alone.
    #[error("two migrations have the id {id}: give one of them another")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// A migration stands after one that its id says it comes before.
    #[error("migration {id} is registered after {previous}: order the list by id, or rename one")]
    OutOfOrder {
        /// The id of the migration.
        id: String,
        /// The id of the one before it in the list.
        previous: String,
    },
    /// A migration makes its indexes while others write, and does something else besides.
    #[error(
        "migration {migration}, step {step} ({operation}) is no index that is made or dropped: a migration that is \
         done concurrently has nothing else in it, so give it a migration of its own"
    )]
    NotConcurrent {
        /// The id of the migration.
        migration: String,
        /// Which of its operations, counted from 1.
        step: usize,
        /// The operation's first line, in the words of the DSL.
        operation: String,
    },
    /// The way back that was written leads somewhere else.
    #[error("the way back of migration {migration} does not lead to the schema before it")]
    WrongDown {
        /// The id of the migration.
        migration: String,
    },
    /// An id that the tracking table could not hold, or that engines would compare in different ways.
    #[error(
        "migration id {id:?} is not usable: use 1 to 255 of the letters a to z, digits, _, - and ."
    )]
    InvalidId {
        /// The id.
        id: String,
    },
}

/// An operation that does not fit the catalog it came to.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// It speaks of a table that is not there.
    #[error("there is no table {table}; {}", of_schema(.known, "tables"))]
    UnknownTable {
        /// The name it used.
        table: String,
        /// The names of the tables that are there.
        known: Vec<String>,
    },
    /// It makes a table that is there.
    #[error("there is a table {table} already")]
    DuplicateTable {
        /// The name of the table.
        table: String,
    },
    /// It speaks of a column that is not there.
    #[error("table {table} has no column {column}; it has {}", .known.join(", "))]
    UnknownColumn {
        /// The name of the table.
        table: String,
        /// The name it used.
        column: String,
        /// The names of the columns that are there.
        known: Vec<String>,
    },
    /// It makes a column that is there, or one whose name differs in case alone.
    #[error("table {table} has a column {column} already")]
    DuplicateColumn {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
    },
    /// It speaks of an index that is not there.
    #[error("table {table} has no index {index}; {}", known_labels(.known, "indexes"))]
    UnknownIndex {
        /// The name of the table.
        table: String,
        /// The label it used.
        index: String,
        /// The labels that are there.
        known: Vec<String>,
    },
    /// It makes an index that is there.
    #[error("table {table} has an index {index} already")]
    DuplicateIndex {
        /// The name of the table.
        table: String,
        /// The label of the index.
        index: String,
    },
    /// It speaks of a view that is not there.
    #[error("there is no view {view}; {}", of_schema(.known, "views"))]
    UnknownView {
        /// The name it used.
        view: String,
        /// The names of the views that are there.
        known: Vec<String>,
    },
    /// It makes a view that is there.
    #[error("there is a view {view} already")]
    DuplicateView {
        /// The name of the view.
        view: String,
    },
    /// It drops or renames what a view reads.
    #[error("{name} is read by the view {view}: drop that first")]
    ReadByView {
        /// The name of the table or view.
        name: String,
        /// The view that reads it.
        view: String,
    },
    /// It speaks of a trigger that is not there.
    #[error("there is no trigger {trigger}; {}", of_schema(.known, "triggers"))]
    UnknownTrigger {
        /// The name of the trigger.
        trigger: String,
        /// The names of the triggers that are there.
        known: Vec<String>,
    },
    /// It makes a trigger that is there; to some engines names that differ in case alone are the same.
    #[error("there is a trigger {trigger} already")]
    DuplicateTrigger {
        /// The name of the trigger.
        trigger: String,
    },
    /// It drops or renames a table with a trigger, or renames a column of it.
    #[error(
        "table {table} has the trigger {trigger}: drop that first, and create it again where it is still needed"
    )]
    HasTrigger {
        /// The name of the table.
        table: String,
        /// The name of the trigger.
        trigger: String,
    },
    /// It speaks of a function that is not there.
    #[error("there is no function {function}; {}", of_schema(.known, "functions"))]
    UnknownFunction {
        /// The name of the function.
        function: String,
        /// The names of the functions that are there.
        known: Vec<String>,
    },
    /// It makes a function that is there; to MySQL names that differ in case alone are the same.
    #[error("there is a function {function} already, and a name is one function")]
    DuplicateFunction {
        /// The name of the function.
        function: String,
    },
    /// It has a function whose text does not begin with its arguments.
    #[error(
        "the text of the function {function} on {dialect} does not begin with its arguments: write them in parentheses, \
         () where there are none, without CREATE FUNCTION and the name"
    )]
    NoArguments {
        /// The name of the function.
        function: String,
        /// Where it has that text.
        dialect: Dialect,
    },
    /// It drops, renames or retypes a column that something else names.
    #[error("column {table}.{column} is named by {user}: drop that first")]
    ColumnInUse {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// What names it.
        user: String,
    },
    /// It makes or leaves a table without columns, or with generated ones alone.
    #[error(
        "table {table} would have no columns that are written to, which MySQL and SQLite do not allow"
    )]
    NoColumns {
        /// The name of the table.
        table: String,
    },
    /// It speaks of an enum that is not there.
    #[error("there is no enum {name}; {}", of_schema(.known, "enums"))]
    UnknownEnum {
        /// The name it used.
        name: String,
        /// The names of the enums that are there.
        known: Vec<String>,
    },
    /// An enum that can't be, or can't be changed so.
    #[error("enum {name}: {reason}")]
    InvalidEnum {
        /// The name of the enum.
        name: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A column that can't be.
    #[error("column {table}.{column}: {reason}")]
    InvalidColumn {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// Why not.
        reason: String,
    },
    /// An index that can't be.
    #[error("index {index} of table {table}: {reason}")]
    InvalidIndex {
        /// The name of the table.
        table: String,
        /// The label of the index.
        index: String,
        /// Why not.
        reason: String,
    },
    /// Rows that can't be inserted, changed or deleted in this way.
    #[error("rows of table {table}: {reason}")]
    InvalidRows {
        /// The name of the table.
        table: String,
        /// Why not.
        reason: String,
    },
    /// It drops a primary key where there is none.
    #[error("table {table} has no primary key")]
    NoPrimaryKey {
        /// The name of the table.
        table: String,
    },
    /// It speaks of a unique constraint, a foreign key or a check that is not there.
    #[error("table {table} has no {kind} {label}; {}", known_labels(.known, "other"))]
    UnknownConstraint {
        /// The name of the table.
        table: String,
        /// What it would be: `foreign key`, for example.
        kind: &'static str,
        /// The label it used.
        label: String,
        /// The labels of that kind that are there.
        known: Vec<String>,
    },
    /// It makes a key or a check that is there.
    #[error("table {table} has a {constraint} already")]
    DuplicateConstraint {
        /// The name of the table.
        table: String,
        /// The constraint, with its kind.
        constraint: String,
    },
    /// A key or a check that can't be.
    #[error("{constraint} of table {table}: {reason}")]
    InvalidConstraint {
        /// The name of the table.
        table: String,
        /// The constraint, with its kind.
        constraint: String,
        /// Why not.
        reason: String,
    },
    /// It drops a table that a foreign key of another one refers to.
    #[error("table {table} is what {user} refers to: drop that first")]
    TableInUse {
        /// The name of the table.
        table: String,
        /// The foreign key, with its table.
        user: String,
    },
    /// It drops a key that a foreign key refers to.
    #[error("{key} of table {table} is what {user} refers to: drop that first")]
    KeyInUse {
        /// The name of the table.
        table: String,
        /// The key, with its kind.
        key: String,
        /// The foreign key, with its table.
        user: String,
    },
    /// It drops a schema that no migration made.
    #[error("there is no schema {schema}; {}", made(.known))]
    UnknownSchema {
        /// The name it used.
        schema: String,
        /// The names of those that migrations made.
        known: Vec<String>,
    },
    /// It makes a schema that is there, or one whose name differs in case alone.
    #[error("there is a schema {schema} already")]
    DuplicateSchema {
        /// The name of the schema that is there.
        schema: String,
    },
    /// It makes a schema that an extension was put into before, for which it must have been there.
    #[error("extension {extension} was put into schema {schema} before: make the schema first")]
    SchemaAfterExtension {
        /// The name of the schema.
        schema: String,
        /// The name of the extension.
        extension: String,
    },
    /// It drops a schema that has something in it.
    #[error("schema {schema} has {user} in it: drop that first")]
    SchemaInUse {
        /// The name of the schema.
        schema: String,
        /// What is in it.
        user: String,
    },
    /// It drops an extension that no migration made.
    #[error("there is no extension {extension}; {}", made(.known))]
    UnknownExtension {
        /// The name it used.
        extension: String,
        /// The names of those that migrations made.
        known: Vec<String>,
    },
    /// It makes an extension that is there, or one whose name differs in case alone.
    #[error("there is an extension {extension} already")]
    DuplicateExtension {
        /// The name of the extension that is there.
        extension: String,
    },
    /// SQL in the author's own words, without any.
    #[error(
        "the SQL \"{what}\" has a text for no dialect: add .everywhere(..) or .on(dialect, ..)"
    )]
    NoSql {
        /// What it would do.
        what: String,
    },
    /// A comment that not every engine keeps as it is, or that changes nothing.
    #[error("the comment on {object} is not usable: {reason}")]
    InvalidComment {
        /// The table or the column, with its kind.
        object: String,
        /// What is wrong.
        reason: String,
    },
    /// A name that not every engine keeps as it is.
    #[error("the {what} name {name:?} is not usable: {fault}")]
    InvalidName {
        /// What it would be the name of.
        what: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A migration renames something, and leads back to names that were there before.
    #[error(
        "the same names are there before step {first} and after step {last}, and what they name is not the same: \
         a run that was cut off could not tell where it was; put step {last} into a migration of its own"
    )]
    AmbiguousRenaming {
        /// The first of the steps between, counted from 1.
        first: usize,
        /// The last of them.
        last: usize,
    },
    /// Two objects would have the same physical name on some engine.
    #[error(
        "the name {name} of {what} is taken by {other}: tables, indexes and constraints share one namespace, as tables and indexes \
         do on PostgreSQL and SQLite"
    )]
    NameCollision {
        /// The physical name.
        name: String,
        /// What would get it.
        what: String,
        /// What has it.
        other: String,
    },
}

impl OperationError {
    pub(super) fn unknown_index(table: &Table, label: &str) -> Self {
        OperationError::UnknownIndex {
            table: table.name.clone(),
            index: label.to_owned(),
            known: table.indexes.iter().map(|it| it.label.clone()).collect(),
        }
    }

    pub(super) fn unknown_column(table: &Table, column: &str) -> Self {
        OperationError::UnknownColumn {
            table: table.name.clone(),
            column: column.to_owned(),
            known: table.columns.iter().map(|it| it.name.clone()).collect(),
        }
    }
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameFault {
    /// It is empty.
    Empty,
    /// It is over 63 bytes, where PostgreSQL would cut it.
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It starts or ends with a blank.
    Blank,
    /// It has a quote, a bracket or a backslash in it.
    Quote(char),
    /// It has a control character in it.
    Control(char),
    /// It has a character in it that MySQL can't keep in names.
    Unportable(char),
    /// Some engine keeps it for itself.
    Reserved,
    /// It is that of an extension, and reads as a path.
    Path,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFault::Empty => f.write_str("it is empty"),
            NameFault::TooLong { bytes } => {
                write!(f, "it has {bytes} bytes, and 63 fit every engine")
            }
            NameFault::Blank => f.write_str("it starts or ends with a blank"),
            NameFault::Quote(character) => write!(f, "it has the character {character} in it"),
            NameFault::Control(character) => {
                write!(
                    f,
                    "it has the control character U+{:04X} in it",
                    *character as u32
                )
            }
            NameFault::Unportable(character) => {
                write!(f, "MySQL can't keep the character {character} in a name")
            }
            NameFault::Reserved => f.write_str("an engine keeps it for itself"),
            NameFault::Path => f.write_str("it has a / or -- in it, or a - at one end"),
        }
    }
}

fn of_schema(known: &[String], what: &str) -> String {
    if known.is_empty() {
        return format!("the schema has no {what}");
    }
    format!("the schema has {}", known.join(", "))
}

fn made(known: &[String]) -> String {
    if known.is_empty() {
        return "no migration made one".to_owned();
    }
    format!("migrations made {}", known.join(", "))
}

fn known_labels(known: &[String], what: &str) -> String {
    if known.is_empty() {
        return format!("it has no {what}");
    }
    format!("it has {}", known.join(", "))
}
