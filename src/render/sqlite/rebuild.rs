//! What SQLite can't change in place: a new table takes the old one's rows, and then its name.
//!
//! The order is that of <https://www.sqlite.org/lang_altertable.html#otheralter>. What goes around it, foreign
//! keys that are off and rows without their parents, belongs to the transaction.

use super::definition::counts_on;
use super::{SELF, column, definition, stated, type_name};
use crate::catalog::Catalog;
use crate::dsl::{ColumnType, Expr, Operation, Table, Trigger, expression};
use crate::render::constraint::find_table;
use crate::render::expression::expression as render_expression;
use crate::render::index::create_index;
use crate::render::postgres::table_items;
use crate::render::trigger::create_trigger;
use crate::render::{RebuildPart, RebuiltTable, RenderError, Statement};

/// The table whose constraint no row may break.
const CHECKED: &str = "hammerwork_checked";

/// SQLite knows the number of a row by each of these, unless a column has the name.
const ROW_NUMBERS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// One copy of a table, for as many changes of it as follow each other.
#[derive(Debug)]
pub(in crate::render) struct Rebuild {
    steps: Vec<usize>,
    before: Table,
    after: Table,
    /// A name that nothing in the catalog has.
    passing_name: String,
    values: Vec<(String, Expr)>,
    /// They go with the old table, and are made again.
    triggers: Vec<Trigger>,
    pub(in crate::render) statements: Vec<Statement>,
}

impl Rebuild {
    /// The rebuild that gives the table of `operation` the shape that `operation` gives it in the catalog.
    ///
    /// A column that is there before and after keeps its values; one that comes gets its default. `values` says
    /// otherwise for some: the column's name after, and what is computed from the row as it was before.
    pub(super) fn by(
        step: usize,
        operation: &Operation,
        before: &Catalog,
        values: Vec<(String, Expr)>,
    ) -> Result<Rebuild, RenderError> {
        let name = operation.table().unwrap_or_default();
        Rebuild::of_table(name, step, operation, before, values)
    }

    /// The rebuild of one of the tables that `operation` changes.
    pub(super) fn of_table(
        name: &str,
        step: usize,
        operation: &Operation,
        before: &Catalog,
        values: Vec<(String, Expr)>,
    ) -> Result<Rebuild, RenderError> {
        let table = find_table(before, name)?;
        Rebuild {
            steps: vec![step],
            after: table_after(name, operation, before)?,
            passing_name: before.passing_name(name),
            before: table.clone(),
            values,
            triggers: before.triggers_of(name).cloned().collect(),
            statements: Vec::new(),
        }
        .rendered()
    }

    pub(in crate::render) fn table(&self) -> &str {
        &self.before.name
    }

    /// Takes in what a later step does to the table, if one copy can do both.
    pub(in crate::render) fn take_in(&mut self, later: &Rebuild) -> Result<bool, RenderError> {
        let is_computed = |name: &String| {
            self.values.iter().any(|(mine, _)| mine == name) || !has(&self.before, name)
        };
        let mut read = later
            .values
            .iter()
            .flat_map(|(_, it)| expression::columns(it));
        if read.any(|name| is_computed(&name)) || self.comes_back(&later.after) {
            return Ok(false);
        }
        // Values go from type to type: what the first takes from them, the second does not give back.
        let mut retyped = self.after.columns.iter().filter(|column| {
            is_retyped(&later.before, &later.after, &column.name)
                && (is_retyped(&self.before, &self.after, &column.name)
                    || is_computed(&column.name))
        });
        if retyped.next().is_some() {
            return Ok(false);
        }
        let mut values = self.values.clone();
        values.retain(|(name, _)| {
            has(&later.after, name) && later.values.iter().all(|(other, _)| other != name)
        });
        values.extend(later.values.iter().cloned());
        self.become_after(&later.steps, later.after.clone(), values)?;
        Ok(true)
    }

    /// Takes in an operation that needs no copy by itself, but costs nothing within one. What makes an index over
    /// a column that goes is left to SQLite, which refuses it.
    pub(in crate::render) fn take_in_operation(
        &mut self,
        step: usize,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<bool, RenderError> {
        let is_free = match operation {
            Operation::AddColumn(_) | Operation::CreateIndex(_) | Operation::DropIndex(_) => true,
            Operation::CreateTable(_)
            | Operation::DropTable(_)
            | Operation::DropColumn(_)
            | Operation::RenameColumn(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
            | Operation::RenameIndex(_)
            | Operation::RenameTable(_)
            | Operation::CreateView(_)
            | Operation::ReplaceView(_)
            | Operation::DropView(_)
            | Operation::CreateTrigger(_)
            | Operation::ReplaceTrigger(_)
            | Operation::DropTrigger(_)
            | Operation::CreateFunction(_)
            | Operation::ReplaceFunction(_)
            | Operation::DropFunction(_)
            | Operation::AddPrimaryKey(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AlterColumn(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::RunSql(_) => false,
        };
        if !is_free || operation.table() != Some(self.table()) {
            return Ok(false);
        }
        let after = table_after(self.table(), operation, before)?;
        if self.comes_back(&after) {
            return Ok(false);
        }
        self.become_after(&[step], after, self.values.clone())?;
        Ok(true)
    }

    /// Whether a column has the name of one that went: it must not get the values of that one.
    fn comes_back(&self, after: &Table) -> bool {
        let mut names = after.columns.iter().map(|it| &it.name);
        names.any(|name| has(&self.before, name) && !has(&self.after, name))
    }

    fn become_after(
        &mut self,
        steps: &[usize],
        after: Table,
        values: Vec<(String, Expr)>,
    ) -> Result<(), RenderError> {
        let rebuilt = Rebuild {
            steps: [&self.steps, steps].concat(),
            before: self.before.clone(),
            after,
            passing_name: self.passing_name.clone(),
            values,
            triggers: self.triggers.clone(),
            statements: Vec::new(),
        };
        *self = rebuilt.rendered()?;
        Ok(())
    }

    fn rendered(mut self) -> Result<Self, RenderError> {
        let [old, new] = [&self.before.name, &self.passing_name].map(|it| SELF.quote(it));
        let definition = definition(&self.before)?;
        let items = table_items(SELF, &stated(&self.after), column)?;
        let mut sql = vec![format!("CREATE TABLE {new} {items}"), self.copy()?];
        if counts_on(&definition) && counts_on(&items) {
            sql.extend(self.keep_count());
        }
        sql.extend(self.conditions());
        sql.push(format!("DROP TABLE {old}"));
        // Else SQLite would look for the old table in views and triggers, and not find it.
        sql.push("PRAGMA legacy_alter_table = ON".to_owned());
        sql.push(format!("ALTER TABLE {new} RENAME TO {old}"));
        sql.push("PRAGMA legacy_alter_table = OFF".to_owned());
        let mut statements: Vec<Statement> = sql
            .into_iter()
            .map(|sql| Statement::of(0, sql, true))
            .collect();
        for index in &self.after.indexes {
            statements.extend(create_index(SELF, 0, &self.after.name, index)?);
        }
        for trigger in &self.triggers {
            statements.extend(create_trigger(SELF, 0, trigger)?);
        }
        let mut steps = self.steps.clone();
        steps.dedup();
        self.statements = statements
            .into_iter()
            .map(|statement| Statement {
                steps: steps.clone(),
                rebuild: Some(RebuildPart::Middle),
                ..statement
            })
            .collect();
        if let [first, .., last] = self.statements.as_mut_slice() {
            first.notes.push(format!(
                "{} is rebuilt, because SQLite can't change it in place: triggers and indexes that no migration \
                 made go with the old table, and only a run makes them again",
                self.before.name
            ));
            first.rebuild = Some(RebuildPart::First(Box::new(RebuiltTable {
                name: self.before.name.clone(),
                columns: self
                    .before
                    .columns
                    .iter()
                    .map(|it| it.name.clone())
                    .collect(),
                indexes: self
                    .before
                    .indexes
                    .iter()
                    .map(|index| index.physical_name(&self.before.name, SELF))
                    .collect(),
                triggers: self.triggers.iter().map(|it| it.name.clone()).collect(),
                definition,
            })));
            last.rebuild = Some(RebuildPart::Last);
        }
        Ok(self)
    }

    /// The rows, with their numbers where these are not a column's values already.
    fn copy(&self) -> Result<String, RenderError> {
        let [old, new] = [&self.before.name, &self.passing_name].map(|it| SELF.quote(it));
        let mut names = Vec::new();
        let mut values = Vec::new();
        if let Some(number) = self.row_number() {
            names.push(number.to_owned());
            values.push(number.to_owned());
        }
        let written = self
            .after
            .columns
            .iter()
            .filter(|it| it.generated.is_none());
        for column in written {
            let name = SELF.quote(&column.name);
            let value = match self.values.iter().find(|(of, _)| *of == column.name) {
                Some((_, value)) => render_expression(SELF, value)?,
                // A name alone would be a text, where the live table had no such column.
                None if has(&self.before, &column.name) => format!("{old}.{name}"),
                None => continue,
            };
            names.push(name);
            values.push(value);
        }
        Ok(format!(
            "INSERT INTO {new} ({})\nSELECT {}\nFROM {old}",
            names.join(", "),
            values.join(", ")
        ))
    }

    /// SQLite keeps a value that does not fit its column's type as it is; what other engines would refuse fails here, with
    /// a constraint whose name says what was wrong.
    fn conditions(&self) -> Vec<String> {
        let new = SELF.quote(&self.passing_name);
        let mut sql = Vec::new();
        for column in &self.after.columns {
            let name = &column.name;
            let is_computed = self.values.iter().any(|(of, _)| of == name);
            if !is_computed && !is_retyped(&self.before, &self.after, name) {
                continue;
            }
            let Some((kind, storage)) = storage(column.type_on(SELF)) else {
                continue;
            };
            let constraint = SELF.quote(&format!("{}.{name} becomes {kind}", self.before.name));
            let name = SELF.quote(name);
            sql.push(format!(
                "CREATE TEMP TABLE {CHECKED} (fits BOOLEAN CONSTRAINT {constraint} CHECK (fits))"
            ));
            sql.push(format!(
                "INSERT INTO temp.{CHECKED} SELECT FALSE FROM {new} \
                 WHERE typeof({name}) NOT IN ({storage}, 'null') LIMIT 1"
            ));
            sql.push(format!("DROP TABLE temp.{CHECKED}"));
        }
        sql
    }

    /// By which name the number of a row can be copied; none where a column holds it.
    fn row_number(&self) -> Option<&'static str> {
        if let [key] = self.after.primary_key.as_slice()
            && let Some(key) = self.after.column_named(key)
            && type_name(key.type_on(SELF)).eq_ignore_ascii_case("INTEGER")
        {
            return None;
        }
        let columns = || self.before.columns.iter().chain(&self.after.columns);
        ROW_NUMBERS
            .into_iter()
            .find(|name| columns().all(|column| !column.name.eq_ignore_ascii_case(name)))
    }

    /// No number is given twice, even where the rows that had the highest ones are gone.
    fn keep_count(&self) -> [String; 2] {
        let [old, new] = [&self.before.name, &self.passing_name].map(|it| SELF.quote_text(it));
        [
            format!("DELETE FROM sqlite_sequence WHERE name = {new}"),
            format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
            ),
        ]
    }
}

fn has(table: &Table, column: &str) -> bool {
    table.column_named(column).is_some()
}

/// Whether a column is there before and after, with another type.
fn is_retyped(before: &Table, after: &Table, column: &str) -> bool {
    match (before.column_named(column), after.column_named(column)) {
        (Some(before), Some(after)) => {
            type_name(before.type_on(SELF)) != type_name(after.type_on(SELF))
        }
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// What values of a type are, in a word and in those of `typeof`; none where only the engine knows.
fn storage(column_type: &ColumnType) -> Option<(&'static str, &'static str)> {
    match column_type {
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Enum { .. }
        | ColumnType::Array(_) => Some(("text", "'text'")),
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => {
            Some(("an integer", "'integer'"))
        }
        ColumnType::Real | ColumnType::Double => Some(("a number", "'real'")),
        ColumnType::Decimal { .. } => Some(("a number", "'integer', 'real'")),
        ColumnType::Boolean => Some(("a truth value", "'integer'")),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => Some(("bytes", "'blob'")),
        ColumnType::Native(_) => None,
    }
}

fn table_after(name: &str, operation: &Operation, before: &Catalog) -> Result<Table, RenderError> {
    let mut after = before.clone();
    operation
        .apply(&mut after)
        .map_err(|error| RenderError::Schema(error.to_string()))?;
    find_table(&after, name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    fn sql(migration: &Migration, before: &Catalog) -> Vec<String> {
        let plan = migration.plan(Sqlite, before).unwrap();
        plan.statements.into_iter().map(|it| it.sql).collect()
    }

    fn copies(sql: &[String]) -> usize {
        sql.iter().filter(|it| it.starts_with("INSERT")).count()
    }

    fn before() -> Catalog {
        let jobs = table("jobs").columns([uuid("id").primary_key(), integer("n").nullable()]);
        fold([CreateTable { table: jobs }.into()]).unwrap()
    }

    fn at(name: &str) -> Column {
        timestamp(name).default_expression(now())
    }

    #[test]
    fn consecutive_changes_of_a_table_are_one_copy() {
        let migration = Migration::new("002", "x")
            .add_column("jobs", at("a"))
            .add_column("jobs", integer("plain").default(1))
            .create_index("jobs", index("a").columns(["a", "plain"]))
            .create_table(
                table("other")
                    .columns([integer("id")])
                    .index(index("n").columns(["id"])),
            )
            .drop_table("other");
        let joined = Migration::new("002", "x")
            .add_column("jobs", at("a"))
            .add_column("jobs", integer("plain").default(1))
            .create_index("jobs", index("a").columns(["a", "plain"]))
            .add_column("jobs", at("b"));
        let sql_of_joined = sql(&joined, &before());
        assert_eq!(copies(&sql_of_joined), 1, "{sql_of_joined:#?}");
        assert!(sql_of_joined.last().unwrap().starts_with("CREATE INDEX"));
        assert_eq!(copies(&sql(&migration, &before())), 1);
        let plan = joined.plan(Sqlite, &before()).unwrap();
        assert_eq!(plan.statements[0].steps, [1, 2, 3, 4]);
    }

    #[test]
    fn a_column_that_comes_back_gets_no_old_values() {
        let migration = Migration::new("002", "x")
            .add_column("jobs", at("a"))
            .drop_column("jobs", "n")
            .add_column("jobs", at("n"));
        let sql = sql(&migration, &before());
        assert_eq!(copies(&sql), 2, "{sql:#?}");
    }

    #[test]
    fn what_stands_between_keeps_two_apart() {
        let migration = Migration::new("002", "x")
            .add_column("jobs", at("a"))
            .run_sql(
                crate::dsl::sql("touch")
                    .everywhere("UPDATE jobs SET n = 1")
                    .data_only(),
            )
            .add_column("jobs", at("b"));
        assert_eq!(copies(&sql(&migration, &before())), 2);
    }

    #[test]
    fn the_passing_name_is_free_and_fits() {
        let named = |name: &str| {
            CreateTable {
                table: table(name).columns([integer("id")]),
            }
            .into()
        };
        let long = "ä".repeat(31);
        let taken = fold([
            named("t"),
            named("hammerwork_new_T"),
            named("hammerwork_new_t_2"),
        ])
        .unwrap();
        assert_eq!(taken.passing_name("t"), "hammerwork_new_t_3");
        let cut = Catalog::default().passing_name(&long);
        assert!(
            cut.len() <= 63 && cut.starts_with("hammerwork_new_"),
            "{cut}"
        );
    }

    #[test]
    fn rows_keep_their_numbers() {
        let copy = |columns: Vec<Column>| {
            let before = fold([CreateTable {
                table: table("t").columns(columns),
            }
            .into()])
            .unwrap();
            sql(
                &Migration::new("002", "x").add_column("t", at("at")),
                &before,
            )[1]
            .clone()
        };
        let held = copy(vec![integer("id").primary_key()]);
        assert_eq!(
            held,
            "INSERT INTO \"hammerwork_new_t\" (\"id\")\nSELECT \"t\".\"id\"\nFROM \"t\""
        );
        assert!(copy(vec![uuid("id").primary_key()]).contains("(rowid, \"id\")"));
        let all = ["RowId", "oid", "_rowid_"].map(integer);
        assert!(copy(all[..2].to_vec()).contains("(_rowid_, \"RowId\", \"oid\")"));
        assert!(copy(all.to_vec()).contains("(\"RowId\", \"oid\", \"_rowid_\")"));
    }
}
