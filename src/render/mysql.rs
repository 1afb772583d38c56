//! MySQL, and MariaDB as its flavour.
//!
//! Every DDL statement commits here, and one `ALTER TABLE` is all or nothing: so all changes of a table in
//! one migration become one statement, but that columns and indexes come and go apart (`apart.rs` says why).

mod alter_column;
mod apart;
mod comment;
mod computed;
mod constraint;
mod index;
mod order;

use std::collections::BTreeSet;

use sea_query::ColumnRef;

pub(super) use comment::of_column as comment_of;
pub(crate) use index::hidden_columns;
pub(super) use index::renamed_hidden_columns;

use self::index::check_hidden;
use self::order::check_order;
use super::batch::{Piece, alone};
use super::constraint::find_table;
use super::enums;
use super::expression::expression;
use super::function::{create_function, drop_function, replace_function};
use super::generated;
use super::index::find_index;
use super::own_words::run_sql;
use super::postgres::{literal, rename_column};
use super::rename::{rename_index, rename_table};
use super::trigger::{create_trigger, drop_trigger, replace_trigger};
use super::types::{check_type, collated_type};
use super::view::{create_view, drop_view, replace_view};
use super::{Guard, RenderError, Statement, batches, rows};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    AddEnumValue, Column, ColumnChange, ColumnType, DefaultValue, DropEnumValue, Expr, Func,
    Literal, Operation, Table, now,
};

/// Characters take up to four bytes in utf8mb4.
const BYTES_PER_CHARACTER: u32 = 4;

/// The most characters that a VARCHAR in utf8mb4 holds: a row has 65,535 bytes.
const LONGEST_VARCHAR: u32 = 16_383;

/// Characters of the longest IP address of version 6, with its prefix length.
const INET_CHARACTERS: u32 = 43;

pub(super) fn render(
    dialect: Dialect,
    step: usize,
    operation: &Operation,
    before: &Catalog,
) -> Result<Vec<Piece>, RenderError> {
    let piece = match operation {
        Operation::CreateTable(it) => Piece::Change(create_table(dialect, step, &it.table)?),
        Operation::DropTable(it) => Piece::Statement(Statement::of(
            step,
            format!("DROP TABLE IF EXISTS {}", dialect.quote(&it.table)),
            false,
        )),
        Operation::AddColumn(it) => {
            let table = find_table(before, &it.table)?;
            check_hidden(dialect, table, &it.column.name)?;
            let mut change = TableChange::alter(&it.table, step);
            change.add_column(dialect, table, &it.column)?;
            Piece::Change(change)
        }
        Operation::DropColumn(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.drop_column(dialect, &it.column);
            Piece::Change(change)
        }
        Operation::CreateIndex(it) => {
            let table = find_table(before, &it.table)?;
            let mut change = TableChange::alter(&it.table, step);
            change.add_index(dialect, table, &it.index)?;
            return Ok(change.unless_empty());
        }
        Operation::DropIndex(it) => {
            let index = find_index(&it.table, &it.index, before)?;
            let mut change = TableChange::alter(&it.table, step);
            change.drop_index(dialect, &it.table, index);
            return Ok(change.unless_empty());
        }
        Operation::AddPrimaryKey(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.add_primary_key(dialect, find_table(before, &it.table)?, &it.columns)?;
            Piece::Change(change)
        }
        Operation::DropPrimaryKey(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.drop_primary_key();
            Piece::Change(change)
        }
        Operation::AddUnique(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.add_unique(dialect, find_table(before, &it.table)?, &it.unique)?;
            Piece::Change(change)
        }
        Operation::DropUnique(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.drop_unique(dialect, &it.table, &it.unique, before)?;
            Piece::Change(change)
        }
        Operation::AddForeignKey(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.add_foreign_key(dialect, find_table(before, &it.table)?, &it.foreign_key)?;
            Piece::Change(change)
        }
        Operation::DropForeignKey(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.drop_foreign_key(dialect, &it.table, &it.foreign_key, before)?;
            Piece::Change(change)
        }
        Operation::AddCheck(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.add_check(dialect, &it.check)?;
            Piece::Change(change)
        }
        Operation::DropCheck(it) => {
            let mut change = TableChange::alter(&it.table, step);
            change.drop_check(dialect, &it.table, &it.check, before)?;
            Piece::Change(change)
        }
        // A statement of its own: what else is said of the table before and after means different columns.
        Operation::RenameColumn(it) => Piece::Statement(Statement {
            guards: vec![Guard::Present(format!("column {}", it.column))],
            ..Statement::of(step, rename_column(dialect, it), false)
        }),
        Operation::Insert(it) => Piece::Statement(rows::insert(dialect, step, it, before)?),
        Operation::Update(it) => Piece::Statement(rows::update(dialect, step, it, before)?),
        Operation::Delete(it) => Piece::Statement(rows::delete(dialect, step, it)?),
        Operation::Backfill(it) => Piece::Statement(batches::backfill(dialect, step, it, before)?),
        Operation::RenameIndex(it) => return alone(rename_index(dialect, step, it, before)),
        Operation::RenameTable(it) => return alone(rename_table(dialect, step, it, before)),
        Operation::CreateView(it) => return alone(create_view(dialect, step, &it.view, before)),
        Operation::ReplaceView(it) => return alone(replace_view(dialect, step, &it.view, before)),
        Operation::DropView(it) => return alone(drop_view(dialect, step, &it.view, before)),
        Operation::CreateTrigger(it) => return alone(create_trigger(dialect, step, &it.trigger)),
        Operation::ReplaceTrigger(it) => {
            return alone(replace_trigger(dialect, step, &it.trigger, before));
        }
        Operation::DropTrigger(it) => {
            return alone(drop_trigger(dialect, step, &it.trigger, before));
        }
        Operation::CreateFunction(it) => {
            return alone(create_function(dialect, step, &it.function));
        }
        Operation::ReplaceFunction(it) => {
            return alone(replace_function(dialect, step, &it.function, before));
        }
        Operation::DropFunction(it) => {
            return alone(drop_function(dialect, step, &it.function, before));
        }
        Operation::AlterColumn(it) => {
            let change = alter_column::alter_column(dialect, step, it, before)?;
            return Ok(change.map(Piece::Change).into_iter().collect());
        }
        Operation::CommentTable(it) => Piece::Change(comment::comment_table(dialect, step, it)),
        Operation::CommentColumn(it) => {
            Piece::Change(comment::comment_column(dialect, step, it, before)?)
        }
        Operation::CreateSchema(_) | Operation::DropSchema(_) => {
            return Err(RenderError::no_schemas(dialect));
        }
        // It has none, and is done without.
        Operation::CreateExtension(_) | Operation::DropExtension(_) => return Ok(Vec::new()),
        // Its values stand in the columns that are of it.
        Operation::CreateEnum(_) | Operation::DropEnum(_) => return Ok(Vec::new()),
        Operation::AddEnumValue(AddEnumValue { name, .. })
        | Operation::DropEnumValue(DropEnumValue { name, .. }) => {
            let after = enums::after(operation, before)?;
            let users = enums::users(dialect, name, &after);
            enums::check_users(dialect, name, &users)?;
            let change = |(table, columns): (&Table, Vec<&Column>)| {
                let mut change = TableChange::alter(&table.name, step);
                for column in columns {
                    change.modify_column(dialect, table, column)?;
                }
                Ok(Piece::Change(change))
            };
            return users.into_iter().map(change).collect();
        }
        Operation::RunSql(it) => {
            let statement = run_sql(dialect, step, it)?;
            return Ok(statement.map(Piece::Statement).into_iter().collect());
        }
    };
    Ok(vec![piece])
}

fn create_table(dialect: Dialect, step: usize, table: &Table) -> Result<TableChange, RenderError> {
    let mut change = TableChange::create(&table.name, step);
    let comment = table.comment.as_deref();
    change.comment = comment.map(|it| comment::clause(dialect, it));
    check_order(dialect, table)?;
    for column in &table.columns {
        change.add_column(dialect, table, column)?;
    }
    if !table.primary_key.is_empty() {
        change.add_primary_key(dialect, table, &table.primary_key)?;
    }
    for unique in &table.uniques {
        change.add_unique(dialect, table, unique)?;
    }
    for index in &table.indexes {
        change.add_index(dialect, table, index)?;
    }
    for check in &table.checks {
        change.add_check(dialect, check)?;
    }
    for foreign_key in &table.foreign_keys {
        change.add_foreign_key(dialect, table, foreign_key)?;
    }
    Ok(change)
}

/// What happens to one table, in one statement.
#[derive(Debug)]
pub(super) struct TableChange {
    pub(super) table: String,
    steps: Vec<usize>,
    /// Whether the table is made by it.
    creates: bool,
    items: Vec<Item>,
    /// The clause that says what the table is, where that changes.
    comment: Option<String>,
    notes: Vec<String>,
    /// The tables that foreign keys in it refer to, whether they come or go.
    links: BTreeSet<String>,
    /// Whether it makes an index over words: MySQL adds one at a time.
    makes_fulltext: bool,
    /// Whether columns come or go by it.
    changes_columns: bool,
    /// Whether indexes come or go by it, with the columns that are theirs alone.
    changes_indexes: bool,
}

/// One object of the table that comes or goes.
#[derive(Debug)]
struct Item {
    object: String,
    verb: Verb,
    /// Its words in CREATE TABLE; what is dropped has none.
    in_create: String,
    /// Its words in ALTER TABLE.
    in_alter: String,
    /// Whether no engine has an `IF [NOT] EXISTS` for it.
    unconditional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Drop,
    Modify,
}

impl TableChange {
    fn create(table: &str, step: usize) -> Self {
        TableChange {
            table: table.to_owned(),
            steps: vec![step],
            creates: true,
            items: Vec::new(),
            comment: None,
            notes: Vec::new(),
            links: BTreeSet::new(),
            makes_fulltext: false,
            changes_columns: false,
            changes_indexes: false,
        }
    }

    fn alter(table: &str, step: usize) -> Self {
        TableChange {
            creates: false,
            ..TableChange::create(table, step)
        }
    }

    /// Nothing, where the engine has no form of what was to be changed.
    fn unless_empty(self) -> Vec<Piece> {
        if self.items.is_empty() {
            return Vec::new();
        }
        vec![Piece::Change(self)]
    }

    /// Takes `later` in, or gives it back where one statement can't do both: the engines look at the table
    /// as it was before the statement, so an object must not come and go in one.
    pub(super) fn merge(&mut self, later: TableChange) -> Option<TableChange> {
        let clash = later.items.iter().any(|item| {
            (self.creates && item.verb != Verb::Add)
                || self
                    .items
                    .iter()
                    .any(|mine| is_same(&mine.object, &item.object) && !is_other_key(mine, item))
        });
        let two_at_once = !self.creates && self.makes_fulltext && later.makes_fulltext;
        let links_itself = self.links_itself() || (!self.creates && later.links_itself());
        let says_twice = self.comment.is_some() && later.comment.is_some();
        let apart = self.would_rebuild(&later);
        if later.creates || clash || says_twice || two_at_once || links_itself || apart {
            return Some(later);
        }
        self.links.extend(later.links);
        self.steps.extend(later.steps);
        self.items.extend(later.items);
        self.comment = self.comment.take().or(later.comment);
        self.notes.extend(later.notes);
        self.makes_fulltext |= later.makes_fulltext;
        self.changes_columns |= later.changes_columns;
        self.changes_indexes |= later.changes_indexes;
        None
    }

    pub(super) fn into_statement(self, dialect: Dialect) -> Statement {
        let table = dialect.quote(&self.table);
        let sql = if self.creates {
            let items: Vec<&str> = self.items.iter().map(|it| it.in_create.as_str()).collect();
            let comment = self.comment.iter().map(|it| format!(", {it}"));
            format!(
                "CREATE TABLE IF NOT EXISTS {table} (\n    {}\n) ENGINE = InnoDB, CHARACTER SET utf8mb4{}",
                items.join(",\n    "),
                comment.collect::<String>()
            )
        } else {
            let items = self.items.iter().map(|it| it.in_alter.as_str());
            let items: Vec<&str> = items.chain(self.comment.as_deref()).collect();
            format!("ALTER TABLE {table}\n    {}", items.join(",\n    "))
        };
        Statement {
            guards: constraint::guards(&self, dialect),
            sql,
            steps: self.steps,
            notes: self.notes,
            transactional: false,
            leaves_behind: None,
            opaque: None,
            batches: None,
            delimited: false,
            rebuild: None,
        }
    }

    fn add(&mut self, object: String, in_create: String, in_alter: String) {
        self.items.push(Item {
            object,
            verb: Verb::Add,
            in_create,
            in_alter,
            unconditional: false,
        });
    }

    /// The whole definition of a column that is there.
    fn modify_column(
        &mut self,
        dialect: Dialect,
        table: &Table,
        modified: &Column,
    ) -> Result<(), RenderError> {
        let definition = column(dialect, table, modified)?;
        self.items.push(Item {
            object: format!("column {}", modified.name),
            verb: Verb::Modify,
            unconditional: false,
            in_create: String::new(),
            in_alter: format!("MODIFY COLUMN {}{definition}", if_exists(dialect)),
        });
        Ok(())
    }

    fn drop(&mut self, object: String, in_alter: String) {
        self.items.push(Item {
            object,
            verb: Verb::Drop,
            in_create: String::new(),
            in_alter,
            unconditional: false,
        });
    }

    fn add_column(
        &mut self,
        dialect: Dialect,
        table: &Table,
        added: &Column,
    ) -> Result<(), RenderError> {
        let definition = column(dialect, table, added)?;
        self.add_column_definition(dialect, &added.name, definition);
        Ok(())
    }

    fn add_column_definition(&mut self, dialect: Dialect, name: &str, definition: String) {
        self.changes_columns = true;
        let alter = format!("ADD COLUMN {}{definition}", if_not_exists(dialect));
        self.add(format!("column {name}"), definition, alter);
    }

    fn drop_column(&mut self, dialect: Dialect, name: &str) {
        self.changes_columns = true;
        self.drop(
            format!("column {name}"),
            format!("DROP COLUMN {}{}", if_exists(dialect), dialect.quote(name)),
        );
    }
}

/// One primary key may take the other's place: the only thing that comes and goes in one statement, so that the table
/// is never without.
fn is_other_key(mine: &Item, later: &Item) -> bool {
    later.object == constraint::PRIMARY_KEY && (mine.verb, later.verb) == (Verb::Drop, Verb::Add)
}

/// Names of columns differ in more than case, or are the same.
fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// MariaDB takes a CHAR in a generated column only where its padding can't matter, which depends on the
/// session's `sql_mode`: so `RTRIM`, which changes nothing that a comparison sees.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enum may grow: what is named here is what can have a column as its part"
)]
fn trimmed(dialect: Dialect, table: &Table, expression: &Expr) -> Expr {
    if dialect.features().expression_indexes {
        return expression.clone();
    }
    let again = |part: &Expr| trimmed(dialect, table, part);
    match expression {
        Expr::Column(ColumnRef::Column(name)) => {
            let is_char = table
                .column_named(&name.1.to_string())
                .is_some_and(|column| {
                    matches!(
                        column.type_on(dialect),
                        ColumnType::Uuid | ColumnType::Char { .. }
                    )
                });
            if is_char {
                Func::cust("RTRIM").arg(expression.clone()).into()
            } else {
                expression.clone()
            }
        }
        Expr::Unary(operator, part) => Expr::Unary(*operator, Box::new(again(part))),
        Expr::Binary(left, operator, right) => {
            Expr::Binary(Box::new(again(left)), *operator, Box::new(again(right)))
        }
        Expr::Tuple(parts) => Expr::Tuple(parts.iter().map(again).collect()),
        Expr::FunctionCall(call) => {
            let arguments: Vec<Expr> = call.get_args().iter().map(again).collect();
            call.clone().args(arguments).into()
        }
        other => other.clone(),
    }
}

fn if_not_exists(dialect: Dialect) -> &'static str {
    if dialect.features().column_if_exists {
        "IF NOT EXISTS "
    } else {
        ""
    }
}

fn if_exists(dialect: Dialect) -> &'static str {
    if dialect.features().column_if_exists {
        "IF EXISTS "
    } else {
        ""
    }
}

/// Refuses what the engines would refuse (text without a length) or cut silently (a key too long).
fn check_key(
    dialect: Dialect,
    table: &Table,
    columns: &[String],
    what: &str,
) -> Result<(), RenderError> {
    let widths = columns
        .iter()
        .map(|column| width(dialect, table, column))
        .collect::<Result<Vec<_>, _>>()?;
    check_bytes(dialect, table, what, &widths)
}

/// Bytes of a column in an index entry, none where it has no bound, with the column.
fn width(
    dialect: Dialect,
    table: &Table,
    column: &str,
) -> Result<(Option<u32>, String), RenderError> {
    let column_type = find_column(table, column)?.type_on(dialect);
    Ok((key_bytes(column_type), column.to_owned()))
}

fn check_bytes(
    dialect: Dialect,
    table: &Table,
    what: &str,
    widths: &[(Option<u32>, String)],
) -> Result<(), RenderError> {
    let mut bytes = 0;
    for (width, column) in widths {
        match width {
            Some(width) => bytes += width,
            None => {
                let column_type = find_column(table, column)?.type_on(dialect);
                return Err(RenderError::unsupported(
                    dialect,
                    format!(
                        "{what} of {} over column {column}, which is {column_type} and has no bounded length",
                        table.name
                    ),
                    "make the column a string with a length, or give it one with .on(MySql, varchar(..)); an index may be over its beginning, with .prefix(..)",
                ));
            }
        }
    }
    match dialect.features().index_key_bytes {
        Some(limit) if bytes > limit => Err(RenderError::unsupported(
            dialect,
            format!(
                "{what} of {} with {bytes} bytes in one entry, where {limit} fit",
                table.name
            ),
            "give its strings a smaller length, for example with .on(MySql, varchar(191))",
        )),
        Some(_) | None => Ok(()),
    }
}

/// Bytes of a column in an index entry; none where it has no bound.
fn key_bytes(column_type: &ColumnType) -> Option<u32> {
    Some(match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::Bytes | ColumnType::Array(_) => {
            return None;
        }
        ColumnType::Uuid => 36 * BYTES_PER_CHARACTER,
        ColumnType::Varchar { length } => length.unwrap_or(255) * BYTES_PER_CHARACTER,
        ColumnType::Char { length } => length * BYTES_PER_CHARACTER,
        ColumnType::Varbinary { length } => *length,
        ColumnType::Inet => INET_CHARACTERS * BYTES_PER_CHARACTER,
        ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::BigInteger
        | ColumnType::Double => 8,
        ColumnType::Time => 6,
        ColumnType::Integer | ColumnType::Real => 4,
        ColumnType::Date => 3,
        ColumnType::SmallInteger | ColumnType::Enum { .. } => 2,
        ColumnType::Boolean => 1,
        ColumnType::Decimal { precision, .. } => precision / 2 + 2,
        // Only the engine knows; it refuses what does not fit.
        ColumnType::Native(_) | ColumnType::Interval => 0,
    })
}

fn find_column<'a>(table: &'a Table, name: &str) -> Result<&'a Column, RenderError> {
    table
        .column_named(name)
        .ok_or_else(|| RenderError::Schema(format!("table {} has no column {name}", table.name)))
}

/// `column` as a part of `table`, which need not have it yet.
fn column(dialect: Dialect, table: &Table, column: &Column) -> Result<String, RenderError> {
    check_type(dialect, column)?;
    let column_type = column.type_on(dialect);
    if let ColumnType::Varchar {
        length: Some(length),
    } = column_type
        && *length > LONGEST_VARCHAR
    {
        return Err(RenderError::unsupported(
            dialect,
            format!(
                "column {}.{} of {length} characters, where {LONGEST_VARCHAR} fit a row",
                table.name, column.name
            ),
            "make it text, or give it a shorter length with .on(MySql, varchar(..))",
        ));
    }
    let mut sql = format!(
        "{} {}",
        dialect.quote(&column.name),
        collated_type(dialect, column)
    );
    if let Some(generated) = &column.generated {
        let computed = match dialect {
            Dialect::MariaDb => trimmed(dialect, table, &generated.expression),
            Dialect::MySql | Dialect::Postgres | Dialect::Sqlite => (*generated.expression).clone(),
        };
        sql += &generated::on_mysql(dialect, column, &computed, generated.storage)?;
        return Ok(sql);
    }
    match (column.nullable, column_type) {
        (false, _) => sql += " NOT NULL",
        // Without the word, a server with explicit_defaults_for_timestamp=OFF makes it NOT NULL.
        (true, ColumnType::Timestamp) => sql += " NULL",
        (true, _) => {}
    }
    if column.auto_increment {
        sql += " AUTO_INCREMENT";
    }
    if let Some(default) = default_value(dialect, column)? {
        sql += &format!(" DEFAULT {default}");
    }
    sql += &comment::of_column(dialect, column);
    Ok(sql)
}

/// What follows DEFAULT; one that the server computes is in parentheses.
fn default_value(dialect: Dialect, column: &Column) -> Result<Option<String>, RenderError> {
    let column_type = column.type_on(dialect);
    column
        .default
        .as_ref()
        .map(|default| match default {
            DefaultValue::Literal(value) => Ok(default_literal(dialect, column_type, value)),
            DefaultValue::Expression(value) => default_expression(dialect, column_type, value),
        })
        .transpose()
}

/// MySQL takes a default for its unbounded types only as an expression.
fn default_literal(dialect: Dialect, column_type: &ColumnType, value: &Literal) -> String {
    let value = literal(dialect, value);
    match (dialect, key_bytes(column_type)) {
        (Dialect::MySql, None) => format!("({value})"),
        (Dialect::MySql | Dialect::MariaDb | Dialect::Postgres | Dialect::Sqlite, _) => value,
    }
}

/// The current moment is not in parentheses, and has the precision of its column.
fn default_expression(
    dialect: Dialect,
    column_type: &ColumnType,
    value: &Expr,
) -> Result<String, RenderError> {
    let is_moment = matches!(column_type, ColumnType::Timestamp | ColumnType::DateTime);
    if is_moment && *value == now() {
        return Ok("CURRENT_TIMESTAMP(6)".to_owned());
    }
    Ok(format!("({})", expression(dialect, value)?))
}

/// Whether what `column` becomes depends on the server's `explicit_defaults_for_timestamp`.
pub(crate) fn expects_explicit_timestamps(dialect: Dialect, column: &Column) -> bool {
    match dialect {
        Dialect::MySql | Dialect::MariaDb => {
            !column.nullable
                && column.default.is_none()
                && column.generated.is_none()
                && *column.type_on(dialect) == ColumnType::Timestamp
        }
        Dialect::Postgres | Dialect::Sqlite => false,
    }
}

/// As [`expects_explicit_timestamps`], where of the column only the change is known: yes, unless its new type says no.
pub(crate) fn change_may_expect_explicit_timestamps(
    dialect: Dialect,
    change: &ColumnChange,
) -> bool {
    let column = Column::new(
        "",
        change.column_type.clone().unwrap_or(ColumnType::Timestamp),
    );
    let changed = change.applied_to(&column);
    expects_explicit_timestamps(dialect, &changed)
        && (change.column_type.is_some() || change.nullable.is_some() || change.default.is_some())
}

pub(super) fn type_name(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Uuid => "CHAR(36)".to_owned(),
        ColumnType::Json | ColumnType::Array(_) => "JSON".to_owned(),
        ColumnType::Timestamp => "TIMESTAMP(6)".to_owned(),
        ColumnType::DateTime => "DATETIME(6)".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time => "TIME(6)".to_owned(),
        ColumnType::Varchar { length } => format!("VARCHAR({})", length.unwrap_or(255)),
        ColumnType::Char { length } => format!("CHAR({length})"),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::SmallInteger => "SMALLINT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::BigInteger => "BIGINT".to_owned(),
        ColumnType::Real => "FLOAT".to_owned(),
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Bytes => "LONGBLOB".to_owned(),
        ColumnType::Varbinary { length } => format!("VARBINARY({length})"),
        ColumnType::Enum { values, .. } => {
            format!("ENUM({})", enums::value_list(Dialect::MySql, values))
        }
        ColumnType::Inet => format!("VARCHAR({INET_CHARACTERS})"),
        ColumnType::Interval => "INTERVAL".to_owned(),
        ColumnType::Native(sql) => sql.clone(),
    }
}
