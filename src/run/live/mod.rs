//! The schema that a database really has, read from its own catalog.

mod anything;
mod columns;
mod constraints;
mod enums;
mod functions;
mod indexes;
mod mysql;
mod postgres;
mod rename;
mod sqlite;
mod written;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use columns::column_difference;
pub(crate) use constraints::{
    LiveCheck, LiveForeignKey, foreign_key_difference, key_difference, planned_unique,
    unique_difference,
};
pub(crate) use enums::LiveValue;
pub(crate) use functions::LiveFunction;
pub(crate) use indexes::{IndexDifference, index_difference};

use super::driver::{DriverError, DynDriver};
use super::error::RunError;
use super::session::Session;
use crate::dialect::Dialect;
use crate::dsl::{
    CreateFunction, CreateSchema, CreateTrigger, CreateView, DropSchema, Index, Migrations,
    Operation, ReplaceFunction, ReplaceTrigger, ReplaceView, Unique, index,
};

/// What PostgreSQL has among its tables as well, because all names of a schema are in one space.
const INDEX: &str = "index";

/// What is there, of the names that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) tables: BTreeMap<String, LiveTable>,
    /// Indexes by their physical name, where names are schema-wide, with the table that they belong to.
    pub(crate) index_owners: BTreeMap<String, String>,
    pub(crate) schemas: BTreeSet<String>,
    /// Extensions, with the schema that each is in.
    pub(crate) extensions: BTreeMap<String, String>,
    /// The values of enums, where these are types; of another type of that name none.
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    /// The triggers by name and table, each in the words of the engine's catalog.
    pub(crate) triggers: BTreeMap<(String, String), String>,
    /// The functions of each name: PostgreSQL may have several, and other things.
    pub(crate) functions: BTreeMap<String, Vec<LiveFunction>>,
}

/// A table, or something else that has a table's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveTable {
    /// What it is, where it is no table: `view`, for example.
    pub(crate) other_kind: Option<String>,
    /// The query in the words of the engine's catalog, where it is a view.
    pub(crate) definition: Option<String>,
    pub(crate) columns: Vec<LiveColumn>,
    pub(crate) primary_key: Vec<String>,
    /// The name of the primary key, where it has one.
    pub(crate) key_name: Option<String>,
    /// Those of unique constraints are among them.
    pub(crate) indexes: Vec<LiveIndex>,
    pub(crate) foreign_keys: Vec<LiveForeignKey>,
    pub(crate) checks: Vec<LiveCheck>,
    /// What it is, for people.
    pub(crate) comment: Option<String>,
    /// The statement that makes it, where the engine keeps that: SQLite does.
    pub(crate) written: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveColumn {
    pub(crate) name: String,
    /// The type in the words of the engine's catalog.
    pub(crate) type_name: String,
    pub(crate) nullable: bool,
    /// The default in the words of the engine's catalog.
    pub(crate) default: Option<String>,
    /// What gives it its values, where rows need not.
    pub(crate) source: Source,
    /// How its texts are compared, where the engine's catalog says so.
    pub(crate) collation: Option<String>,
    /// What it is, for people.
    pub(crate) comment: Option<String>,
    /// What else the engine's catalog says of it, for `verify`: collation, generation, what follows an update.
    pub(crate) details: String,
}

impl LiveColumn {
    /// Whether only those see it who ask for it by its name.
    pub(crate) fn is_invisible(&self) -> bool {
        self.details.contains("INVISIBLE")
    }
}

/// What gives a column its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Those who write rows, or the default.
    Rows,
    /// The engine numbers the rows.
    Counter,
    /// The engine computes them from other columns.
    Expression,
}

impl Source {
    /// In the word that every engine's query has for it.
    fn of(word: &str) -> Source {
        match word {
            "counter" => Source::Counter,
            "expression" => Source::Expression,
            _ => Source::Rows,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveIndex {
    pub(crate) name: String,
    pub(crate) parts: Vec<LivePart>,
    pub(crate) unique: bool,
    /// How it is built, in the words of the engine's catalog, in small letters.
    pub(crate) method: String,
    /// The columns that it carries, and that are not part of its key.
    pub(crate) included: Vec<String>,
    /// Whether NULL equals NULL in it.
    pub(crate) nulls_not_distinct: bool,
    /// The rows that it holds, in the words of the engine's catalog; all where there is none.
    pub(crate) predicate: Option<String>,
    /// Whether it is complete: a failed `CREATE INDEX CONCURRENTLY` leaves one that is not.
    pub(crate) valid: bool,
    /// Whether it is that of a constraint; none where the engine makes no difference.
    pub(crate) constraint: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LivePart {
    /// The column; none where it is an expression.
    pub(crate) column: Option<String>,
    /// The column or the expression in the words of the engine's catalog.
    pub(crate) text: String,
    /// So much of the column's beginning; all of it where there is none.
    pub(crate) prefix: Option<u32>,
    /// The operator class, where it is not its type's default.
    pub(crate) opclass: Option<String>,
    pub(crate) descending: bool,
}

/// That a catalog could not be read.
pub(crate) fn unread(source: DriverError) -> RunError {
    RunError::Database {
        doing: "read the database's own catalog",
        source,
    }
}

/// A text without the mark that ends a statement: MySQL and MariaDB may keep it with the body of what was made in one
/// message with others.
fn ended(text: String) -> String {
    text.trim_end_matches(|it: char| it == ';' || it.is_whitespace())
        .to_owned()
}

impl Live {
    /// Reads the tables and indexes of those names.
    pub(crate) async fn read(
        driver: &mut dyn DynDriver,
        session: &Session,
        wanted: &Wanted,
    ) -> Result<Live, DriverError> {
        match session.dialect {
            Dialect::Postgres => postgres::read(driver, session, wanted).await,
            Dialect::MySql | Dialect::MariaDb => mysql::read(driver, wanted).await,
            Dialect::Sqlite => sqlite::read(driver, wanted).await,
        }
    }

    /// PostgreSQL: reads what is there after `before` has been run in a transaction that is undone.
    pub(crate) async fn read_after(
        driver: &mut dyn DynDriver,
        wanted: &Wanted,
        before: &str,
    ) -> Result<Live, DriverError> {
        postgres::read_after(driver, wanted, before).await
    }

    /// Whether nothing of what was asked for is there.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.index_owners.is_empty()
            && self.enums.is_empty()
            && self.schemas.is_empty()
            && self.extensions.is_empty()
            && self.functions.is_empty()
    }

    pub(crate) fn index(&self, table: &str, name: &str) -> Option<&LiveIndex> {
        self.tables.get(table)?.index(name)
    }

    /// What is said of a table, or of a column of it.
    pub(crate) fn comment(&self, table: &str, column: Option<&str>) -> Option<&str> {
        let table = self.tables.get(table)?;
        match column {
            Some(column) => table.column(column)?.comment.as_deref(),
            None => table.comment.as_deref(),
        }
    }

    /// An index of that name is there no more, and a table may have it.
    pub(crate) fn free_index_name(&mut self, name: &str) {
        self.index_owners.remove(name);
        let found = self.tables.get(name);
        if found.is_some_and(|it| it.other_kind.as_deref() == Some(INDEX)) {
            self.tables.remove(name);
        }
    }

    /// Tables that only answered because an index was asked for by name. One that has an index's name itself
    /// stands in the index's way, and is its own owner.
    fn forget_unwanted(&mut self, wanted: &Wanted) {
        for (name, table) in &self.tables {
            if wanted.indexes.contains(name) && table.other_kind.as_deref() != Some(INDEX) {
                self.index_owners.insert(name.clone(), name.clone());
            }
        }
        self.tables.retain(|name, _| wanted.tables.contains(name));
    }

    /// Adds what one row of an engine's answer says of a table's column.
    fn add_column(
        &mut self,
        table: &str,
        other_kind: Option<String>,
        definition: Option<String>,
        column: Option<LiveColumn>,
    ) {
        let table = self.tables.entry(table.to_owned()).or_default();
        table.other_kind = other_kind;
        table.definition = definition;
        table.columns.extend(column);
    }

    /// Adds a trigger: every engine's query gives table, name and text in this order.
    fn add_trigger(&mut self, mut values: Values) {
        let table = values.text();
        let name = values.text();
        self.triggers.insert((name, table), ended(values.text()));
    }

    /// Adds what one row of an engine's answer says of an index: rows of one index follow each other.
    fn add_index_part(&mut self, table: &str, index: LiveIndex, part: LivePart) {
        self.index_owners
            .insert(index.name.clone(), table.to_owned());
        let table = self.tables.entry(table.to_owned()).or_default();
        match table.indexes.iter_mut().find(|it| it.name == index.name) {
            Some(known) => known.parts.push(part),
            None => table.indexes.push(LiveIndex {
                parts: vec![part],
                ..index
            }),
        }
    }

    /// Adds a column that an index carries; the index's key came before.
    fn add_included_column(&mut self, table: &str, index: &str, column: String) {
        let table = self.tables.entry(table.to_owned()).or_default();
        if let Some(known) = table.indexes.iter_mut().find(|it| it.name == index) {
            known.included.push(column);
        }
    }
}

impl LiveTable {
    pub(crate) fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|it| it.name == name)
    }

    pub(crate) fn index(&self, name: &str) -> Option<&LiveIndex> {
        self.indexes.iter().find(|it| it.name == name)
    }
}

/// The names whose objects a history is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) tables: BTreeSet<String>,
    /// Physical names, those of unique constraints included.
    pub(crate) indexes: BTreeSet<String>,
    pub(crate) schemas: BTreeSet<String>,
    pub(crate) extensions: BTreeSet<String>,
    pub(crate) enums: BTreeSet<String>,
    pub(crate) triggers: BTreeSet<String>,
    pub(crate) functions: BTreeSet<String>,
}

impl Wanted {
    /// Every name that a history ever gives.
    pub(crate) fn of(history: &Migrations, dialect: Dialect) -> Self {
        let mut wanted = Wanted::default();
        let operations = history.iter().flat_map(|it| &it.operations);
        for operation in operations.flat_map(Operation::schema_operations) {
            if let Operation::CreateEnum(it) = operation {
                wanted.enums.insert(it.name.clone());
            }
            if let Operation::CreateView(CreateView { view })
            | Operation::ReplaceView(ReplaceView { view }) = operation
            {
                wanted.tables.insert(view.name.clone());
            }
            let table = operation.table().unwrap_or_default();
            wanted.tables.extend(operation.table().map(str::to_owned));
            if let Operation::CreateTrigger(CreateTrigger { trigger })
            | Operation::ReplaceTrigger(ReplaceTrigger { trigger }) = operation
            {
                wanted.triggers.insert(trigger.name.clone());
            }
            if let Operation::CreateFunction(CreateFunction { function })
            | Operation::ReplaceFunction(ReplaceFunction { function }) = operation
            {
                wanted.functions.insert(function.name.clone());
            }
            let (indexes, uniques): (Cow<'_, [Index]>, &[Unique]) = match operation {
                Operation::CreateTable(it) => (Cow::Borrowed(&it.table.indexes), &it.table.uniques),
                Operation::CreateIndex(it) => (Cow::Borrowed(std::slice::from_ref(&it.index)), &[]),
                Operation::AddUnique(it) => (Cow::Borrowed(&[]), std::slice::from_ref(&it.unique)),
                // One with an exact name is known by it already.
                Operation::RenameIndex(it) => (Cow::Owned(vec![it.renamed(&index(&it.to))]), &[]),
                Operation::RenameTable(it) => {
                    wanted.tables.insert(it.to.clone());
                    (Cow::Borrowed(&[]), &[])
                }
                Operation::CreateSchema(CreateSchema { schema })
                | Operation::DropSchema(DropSchema { schema }) => {
                    wanted.schemas.insert(schema.clone());
                    (Cow::Borrowed(&[]), &[])
                }
                Operation::CreateExtension(it) => {
                    wanted.extensions.insert(it.extension.name.clone());
                    (Cow::Borrowed(&[]), &[])
                }
                Operation::DropExtension(it) => {
                    wanted.extensions.insert(it.extension.clone());
                    (Cow::Borrowed(&[]), &[])
                }
                Operation::DropTable(_)
                | Operation::AddColumn(_)
                | Operation::DropColumn(_)
                | Operation::DropIndex(_)
                | Operation::RenameColumn(_)
                | Operation::Insert(_)
                | Operation::Update(_)
                | Operation::Delete(_)
                | Operation::Backfill(_)
                | Operation::CreateView(_)
                | Operation::ReplaceView(_)
                | Operation::DropView(_)
                | Operation::CreateTrigger(_)
                | Operation::ReplaceTrigger(_)
                | Operation::DropTrigger(_)
                | Operation::CreateFunction(_)
                | Operation::ReplaceFunction(_)
                | Operation::DropFunction(_)
                | Operation::AddForeignKey(_)
                | Operation::DropForeignKey(_)
                | Operation::AddCheck(_)
                | Operation::DropCheck(_)
                | Operation::DropUnique(_)
                | Operation::AddPrimaryKey(_)
                | Operation::DropPrimaryKey(_)
                | Operation::CommentTable(_)
                | Operation::CommentColumn(_)
                | Operation::AlterColumn(_)
                | Operation::CreateEnum(_)
                | Operation::DropEnum(_)
                | Operation::AddEnumValue(_)
                | Operation::DropEnumValue(_)
                | Operation::RunSql(_) => (Cow::Borrowed(&[]), &[]),
            };
            let names = indexes.iter().map(|it| it.physical_name(table, dialect));
            wanted.indexes.extend(names);
            let names = uniques.iter().map(|it| it.physical_name(table));
            wanted.indexes.extend(names);
        }
        wanted
    }

    /// The tables as a list for SQL's IN. Names are checked, and quoted all the same.
    fn table_list(&self, dialect: Dialect) -> String {
        list(dialect, &self.tables)
    }

    fn index_list(&self, dialect: Dialect) -> String {
        list(dialect, &self.indexes)
    }
}

/// Names as a list for SQL's IN.
pub(crate) fn list(dialect: Dialect, names: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = names.iter().map(|name| dialect.quote_text(name)).collect();
    // An empty list is no SQL; a NULL in it matches nothing.
    if quoted.is_empty() {
        return "NULL".to_owned();
    }
    quoted.join(", ")
}

/// The values of one row, in their order; what is missing is empty.
struct Values(std::vec::IntoIter<Option<String>>);

impl Values {
    fn of(row: Vec<Option<String>>) -> Self {
        Values(row.into_iter())
    }

    fn optional(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    fn text(&mut self) -> String {
        self.optional().unwrap_or_default()
    }

    /// A column's name, type, whether it is nullable, default, source, collation, comment and details, in this order in
    /// every engine's query; none where there is no name, because the table has no columns.
    fn column(&mut self) -> Option<LiveColumn> {
        let name = self.optional();
        let type_name = self.text();
        let nullable = self.flag();
        let default = self.optional();
        let source = Source::of(&self.text());
        let collation = self.optional();
        let comment = self.comment();
        let details = self.text();
        name.map(|name| LiveColumn {
            name,
            type_name,
            nullable,
            default,
            source,
            collation,
            comment,
            details,
        })
    }

    /// A comment; an empty one is none.
    fn comment(&mut self) -> Option<String> {
        self.optional().filter(|it| !it.is_empty())
    }

    /// Every engine's truth: `t`, `true`, `1`, `YES`.
    fn flag(&mut self) -> bool {
        matches!(self.text().as_str(), "t" | "true" | "1" | "YES")
    }
}
