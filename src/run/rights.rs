//! What the role may do, asked before anything is changed: one error then lists all that is missing.

mod mysql;
mod postgres;

use std::collections::BTreeSet;

use super::driver::{DynDriver, Row};
use super::error::RunError;
use super::live::Live;
use super::session::Session;
use super::tracking::Tracking;
use crate::dialect::Dialect;
use crate::dsl::Operation;

/// Where migrations are recorded, which takes rights of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records<'r> {
    pub(crate) session: &'r Session,
    pub(crate) tracking: &'r Tracking,
    /// Whether one of the tables is there already.
    pub(crate) are_there: bool,
}

impl Records<'_> {
    /// The schema of PostgreSQL that they are in.
    fn schema(&self) -> &str {
        self.session.schema.as_deref().unwrap_or_default()
    }
}

/// What a plan needs to be allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// To make tables or indexes.
    create: bool,
    /// To drop a table.
    drop: bool,
    /// To make views.
    create_view: bool,
    /// To make or drop triggers.
    trigger: bool,
    /// To make functions.
    create_function: bool,
    /// To replace or drop these functions, which are there.
    functions: BTreeSet<String>,
    /// To change these tables, which are there.
    alter: BTreeSet<String>,
    /// To change rows of these tables, which are there: the table, and the right.
    rows: BTreeSet<(String, &'static str)>,
    /// To replace or drop these views, which are there.
    views: BTreeSet<String>,
    /// To refer to these tables, which are there.
    refer: BTreeSet<String>,
    /// To make a schema.
    create_schema: bool,
    /// To drop these schemas.
    drop_schemas: BTreeSet<String>,
}

impl Needs {
    /// What the operation needs on a database that has `live`.
    pub(crate) fn add(&mut self, operation: &Operation, live: &Live) {
        if let Operation::CreateEnum(_) = operation {
            self.create = true;
        }
        let table = operation.table().unwrap_or_default();
        let there = live.tables.contains_key(table);
        match operation {
            Operation::CreateTable(it) => {
                self.create = true;
                for key in &it.table.foreign_keys {
                    self.refer(&key.table, live);
                }
            }
            Operation::AddForeignKey(it) => {
                self.change(table, there);
                self.refer(&it.foreign_key.table, live);
            }
            Operation::CreateIndex(_) => {
                self.create = true;
                self.change(table, there);
            }
            Operation::AddColumn(_) => self.change(table, there),
            Operation::DropTable(_) => {
                self.drop = true;
                self.change(table, there);
            }
            Operation::DropColumn(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
            | Operation::AddPrimaryKey(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AlterColumn(_)
            | Operation::RenameIndex(_) => self.change(table, there),
            // To MySQL and MariaDB it is a table that goes, and one that comes.
            Operation::RenameTable(_) => {
                self.create = true;
                self.drop = true;
                self.change(table, there);
            }
            Operation::Insert(_) => self.change_rows(table, there, "INSERT"),
            Operation::Update(_) => self.change_rows(table, there, "UPDATE"),
            Operation::Backfill(_) => {
                // Where it has come to is kept in a table of its own.
                self.create = true;
                self.change_rows(table, there, "UPDATE");
            }
            Operation::Delete(_) => self.change_rows(table, there, "DELETE"),
            Operation::CreateView(it) => self.view(&it.view.name, false, live),
            // To MySQL and MariaDB it is a view that goes, and one that comes.
            Operation::ReplaceView(it) => self.view(&it.view.name, true, live),
            Operation::DropView(it) => {
                self.drop = true;
                self.change_view(&it.view, live);
            }
            Operation::CreateSchema(_) => self.create_schema = true,
            Operation::DropSchema(it) => {
                self.drop_schemas.insert(it.schema.clone());
            }
            // On PostgreSQL the right may be the owner's or granted: that the server decides.
            Operation::CreateTrigger(_)
            | Operation::ReplaceTrigger(_)
            | Operation::DropTrigger(_) => self.trigger = true,
            Operation::CreateFunction(it) => self.function(&it.function.name, true, live),
            Operation::ReplaceFunction(it) => self.function(&it.function.name, true, live),
            // Who has made a function on MySQL or MariaDB may drop it, and no view there tells: that the server decides.
            Operation::DropFunction(it) => self.function(&it.function, false, live),
            // What it needs, only the server knows: extensions say themselves who may make them.
            Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::RunSql(_) => {}
        }
    }

    fn view(&mut self, view: &str, drop: bool, live: &Live) {
        self.create_view = true;
        self.drop |= drop;
        self.change_view(view, live);
    }

    fn function(&mut self, function: &str, create: bool, live: &Live) {
        self.create_function |= create;
        if live.has_function(function) {
            self.functions.insert(function.to_owned());
        }
    }

    fn change_view(&mut self, view: &str, live: &Live) {
        if live.tables.contains_key(view) {
            self.views.insert(view.to_owned());
        }
    }

    /// That the tracking table has to be made.
    pub(crate) fn add_creation(&mut self) {
        self.create = true;
    }

    fn change(&mut self, table: &str, there: bool) {
        // A table that the plan makes is the role's own.
        if there {
            self.alter.insert(table.to_owned());
        }
    }

    fn change_rows(&mut self, table: &str, there: bool, right: &'static str) {
        if there {
            self.rows.insert((table.to_owned(), right));
        }
    }

    fn refer(&mut self, table: &str, live: &Live) {
        if live.tables.contains_key(table) {
            self.refer.insert(table.to_owned());
        }
    }

    /// What of it the role is not allowed, each as a noun phrase.
    pub(crate) async fn missing(
        &self,
        driver: &mut dyn DynDriver,
        records: Records<'_>,
    ) -> Result<Vec<String>, RunError> {
        let Some(question) = self.question(records) else {
            return Ok(Vec::new());
        };
        let rows = driver.rows(&question).await;
        let rows = rows.map_err(|source| RunError::Database {
            doing: "ask what the role may do",
            source,
        })?;
        Ok(self.read_missing(records, rows))
    }

    /// What is to be asked; nothing on SQLite, where the lock that is held says that the file can be written.
    pub(super) fn question(&self, records: Records<'_>) -> Option<String> {
        match records.session.dialect {
            Dialect::Postgres => Some(self.question_for_postgres(records)),
            // There, everybody may do everything.
            Dialect::MySql | Dialect::MariaDb if !records.session.knows_grants => None,
            Dialect::MySql | Dialect::MariaDb => Some(Needs::QUESTION_FOR_MYSQL.to_owned()),
            Dialect::Sqlite => None,
        }
    }

    /// Reads the answer to the same question.
    pub(super) fn read_missing(&self, records: Records<'_>, rows: Vec<Row>) -> Vec<String> {
        match records.session.dialect {
            Dialect::Postgres => self.missing_on_postgres(records, rows),
            Dialect::MySql | Dialect::MariaDb => self.missing_on_mysql(&rows),
            Dialect::Sqlite => Vec::new(),
        }
    }
}
