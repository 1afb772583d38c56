//! Operations: what a migration is made of. One file each; here they are only told apart.

mod add_check;
mod add_column;
mod add_enum_value;
mod add_foreign_key;
mod add_primary_key;
mod add_unique;
mod alter_column;
mod backfill;
mod comment_column;
mod comment_table;
mod create_enum;
mod create_extension;
mod create_function;
mod create_index;
mod create_schema;
mod create_table;
mod create_trigger;
mod create_view;
mod delete;
mod drop_check;
mod drop_column;
mod drop_enum;
mod drop_enum_value;
mod drop_extension;
mod drop_foreign_key;
mod drop_function;
mod drop_index;
mod drop_primary_key;
mod drop_schema;
mod drop_table;
mod drop_trigger;
mod drop_unique;
mod drop_view;
mod insert;
mod rename_column;
mod rename_index;
mod rename_table;
mod replace_function;
mod replace_trigger;
mod replace_view;
mod run_sql;
mod update;

use std::fmt::{self, Write as _};

pub use add_check::AddCheck;
pub use add_column::AddColumn;
pub use add_enum_value::AddEnumValue;
pub use add_foreign_key::AddForeignKey;
pub use add_primary_key::AddPrimaryKey;
pub use add_unique::AddUnique;
pub use alter_column::AlterColumn;
pub use backfill::Backfill;
pub use comment_column::CommentColumn;
pub use comment_table::CommentTable;
pub use create_enum::CreateEnum;
pub use create_extension::CreateExtension;
pub use create_function::CreateFunction;
pub use create_index::CreateIndex;
pub use create_schema::CreateSchema;
pub use create_table::CreateTable;
pub use create_trigger::CreateTrigger;
pub use create_view::CreateView;
pub use delete::Delete;
pub use drop_check::DropCheck;
pub use drop_column::DropColumn;
pub use drop_enum::DropEnum;
pub use drop_enum_value::DropEnumValue;
pub use drop_extension::DropExtension;
pub use drop_foreign_key::DropForeignKey;
pub use drop_function::DropFunction;
pub use drop_index::DropIndex;
pub use drop_primary_key::DropPrimaryKey;
pub use drop_schema::DropSchema;
pub use drop_table::DropTable;
pub use drop_trigger::DropTrigger;
pub use drop_unique::DropUnique;
pub use drop_view::DropView;
pub use insert::Insert;
pub use rename_column::RenameColumn;
pub use rename_index::RenameIndex;
pub use rename_table::RenameTable;
pub use replace_function::ReplaceFunction;
pub use replace_trigger::ReplaceTrigger;
pub use replace_view::ReplaceView;
pub use run_sql::{RunSql, sql};
pub use update::Update;

use crate::catalog::{Catalog, OperationError};

/// One change of a schema, as a value.
///
/// The enum is closed: what grows are the functions over it (fold, inverse, four dialects, planning), and
/// the compiler lists every place that a new operation must be taught to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// Makes a table.
    CreateTable(CreateTable),
    /// Drops a table.
    DropTable(DropTable),
    /// Adds a column.
    AddColumn(AddColumn),
    /// Drops a column.
    DropColumn(DropColumn),
    /// Makes an index.
    CreateIndex(CreateIndex),
    /// Drops an index.
    DropIndex(DropIndex),
    /// Gives a column another name.
    RenameColumn(RenameColumn),
    /// Inserts rows.
    Insert(Insert),
    /// Changes rows.
    Update(Update),
    /// Deletes rows.
    Delete(Delete),
    /// Changes the rows of a large table, some keys at a time.
    Backfill(Backfill),
    /// Gives an index another label.
    RenameIndex(RenameIndex),
    /// Gives a table another name.
    RenameTable(RenameTable),
    /// Makes a view.
    CreateView(CreateView),
    /// Gives a view another query.
    ReplaceView(ReplaceView),
    /// Drops a view.
    DropView(DropView),
    /// Makes a trigger.
    CreateTrigger(CreateTrigger),
    /// Gives a trigger another moment or body.
    ReplaceTrigger(ReplaceTrigger),
    /// Drops a trigger.
    DropTrigger(DropTrigger),
    /// Makes a function.
    CreateFunction(CreateFunction),
    /// Gives a function another text.
    ReplaceFunction(ReplaceFunction),
    /// Drops a function.
    DropFunction(DropFunction),
    /// Adds a foreign key.
    AddForeignKey(AddForeignKey),
    /// Drops a foreign key.
    DropForeignKey(DropForeignKey),
    /// Adds a check.
    AddCheck(AddCheck),
    /// Drops a check.
    DropCheck(DropCheck),
    /// Adds a unique constraint.
    AddUnique(AddUnique),
    /// Drops a unique constraint.
    DropUnique(DropUnique),
    /// Gives a table a primary key.
    AddPrimaryKey(AddPrimaryKey),
    /// Takes a table's primary key away.
    DropPrimaryKey(DropPrimaryKey),
    /// Changes a column.
    AlterColumn(AlterColumn),
    /// Makes a schema.
    CreateSchema(CreateSchema),
    /// Drops a schema.
    DropSchema(DropSchema),
    /// Gives PostgreSQL an extension.
    CreateExtension(CreateExtension),
    /// Takes an extension away from PostgreSQL.
    DropExtension(DropExtension),
    /// Makes an enum.
    CreateEnum(CreateEnum),
    /// Drops an enum.
    DropEnum(DropEnum),
    /// Adds a value to an enum.
    AddEnumValue(AddEnumValue),
    /// Takes a value out of an enum.
    DropEnumValue(DropEnumValue),
    /// Says what a table is, or takes back what was said.
    CommentTable(CommentTable),
    /// Says what a column is, or takes back what was said.
    CommentColumn(CommentColumn),
    /// Runs SQL in the author's own words.
    RunSql(RunSql),
}

/// The way back from an operation.
///
/// ```
/// use hammerwork_migrations::{Catalog, dsl::*};
///
/// let add = Operation::from(AddColumn { table: "jobs".into(), column: integer("priority").default(2) });
/// let back = add.inverse(&Catalog::default());
/// assert_eq!(
///     back,
///     Inverse::Lossy {
///         operations: vec![DropColumn { table: "jobs".into(), column: "priority".into() }.into()],
///         loss: "the values of jobs.priority".into(),
///     }
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Inverse {
    /// These operations bring back schema and rows.
    Exact(Vec<Operation>),
    /// These operations bring back the schema; rows or values are lost.
    Lossy {
        /// What is done.
        operations: Vec<Operation>,
        /// What is lost, as a noun phrase.
        loss: String,
    },
    /// There is no way back.
    None {
        /// Why, as a clause.
        reason: String,
    },
}

impl Inverse {
    /// The operations of the way back; none where there is no way.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        match self {
            Inverse::Exact(operations) | Inverse::Lossy { operations, .. } => operations,
            Inverse::None { .. } => &[],
        }
    }
}

/// Calls the method of whichever operation it is.
macro_rules! dispatch {
    ($operation:expr, $it:ident => $call:expr) => {
        match $operation {
            Operation::CreateTable($it) => $call,
            Operation::DropTable($it) => $call,
            Operation::AddColumn($it) => $call,
            Operation::DropColumn($it) => $call,
            Operation::CreateIndex($it) => $call,
            Operation::DropIndex($it) => $call,
            Operation::RenameColumn($it) => $call,
            Operation::Insert($it) => $call,
            Operation::Update($it) => $call,
            Operation::Delete($it) => $call,
            Operation::Backfill($it) => $call,
            Operation::RenameIndex($it) => $call,
            Operation::RenameTable($it) => $call,
            Operation::CreateView($it) => $call,
            Operation::ReplaceView($it) => $call,
            Operation::DropView($it) => $call,
            Operation::CreateTrigger($it) => $call,
            Operation::ReplaceTrigger($it) => $call,
            Operation::DropTrigger($it) => $call,
            Operation::CreateFunction($it) => $call,
            Operation::ReplaceFunction($it) => $call,
            Operation::DropFunction($it) => $call,
            Operation::AddForeignKey($it) => $call,
            Operation::DropForeignKey($it) => $call,
            Operation::AddCheck($it) => $call,
            Operation::DropCheck($it) => $call,
            Operation::AddUnique($it) => $call,
            Operation::DropUnique($it) => $call,
            Operation::AddPrimaryKey($it) => $call,
            Operation::DropPrimaryKey($it) => $call,
            Operation::AlterColumn($it) => $call,
            Operation::CreateSchema($it) => $call,
            Operation::DropSchema($it) => $call,
            Operation::CreateExtension($it) => $call,
            Operation::DropExtension($it) => $call,
            Operation::CreateEnum($it) => $call,
            Operation::DropEnum($it) => $call,
            Operation::AddEnumValue($it) => $call,
            Operation::DropEnumValue($it) => $call,
            Operation::CommentTable($it) => $call,
            Operation::CommentColumn($it) => $call,
            Operation::RunSql($it) => $call,
        }
    };
}

impl Operation {
    /// Changes `catalog` as the operation changes a database.
    ///
    /// # Errors
    ///
    /// An [`OperationError`] where the operation does not fit the catalog; the catalog may then be changed in part.
    ///
    /// ```
    /// use hammerwork_migrations::{Catalog, dsl::*};
    ///
    /// let mut catalog = Catalog::default();
    /// let drop = Operation::from(DropTable { table: "tags".into() });
    /// assert!(drop.apply(&mut catalog).is_err());
    /// ```
    pub fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        dispatch!(self, it => it.apply(catalog))
    }

    /// The way back, for a schema that was `before` when the operation came.
    #[must_use]
    pub fn inverse(&self, before: &Catalog) -> Inverse {
        dispatch!(self, it => it.inverse(before))
    }

    /// The table that it concerns, by the name before it; none where it concerns no single one, such as a view, a
    /// trigger or a function, or is SQL in the author's own words.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        match self {
            Operation::CreateTable(it) => Some(&it.table.name),
            Operation::DropTable(it) => Some(&it.table),
            Operation::AddColumn(it) => Some(&it.table),
            Operation::DropColumn(it) => Some(&it.table),
            Operation::CreateIndex(it) => Some(&it.table),
            Operation::DropIndex(it) => Some(&it.table),
            Operation::RenameColumn(it) => Some(&it.table),
            Operation::Insert(it) => Some(&it.table),
            Operation::Update(it) => Some(&it.table),
            Operation::Delete(it) => Some(&it.table),
            Operation::Backfill(it) => Some(&it.table),
            Operation::AddForeignKey(it) => Some(&it.table),
            Operation::DropForeignKey(it) => Some(&it.table),
            Operation::AddCheck(it) => Some(&it.table),
            Operation::DropCheck(it) => Some(&it.table),
            Operation::AddUnique(it) => Some(&it.table),
            Operation::DropUnique(it) => Some(&it.table),
            Operation::AddPrimaryKey(it) => Some(&it.table),
            Operation::DropPrimaryKey(it) => Some(&it.table),
            Operation::AlterColumn(it) => Some(&it.table),
            Operation::RenameIndex(it) => Some(&it.table),
            Operation::RenameTable(it) => Some(&it.table),
            Operation::CommentTable(it) => Some(&it.table),
            Operation::CommentColumn(it) => Some(&it.table),
            Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::CreateView(_)
            | Operation::ReplaceView(_)
            | Operation::DropView(_)
            | Operation::CreateTrigger(_)
            | Operation::ReplaceTrigger(_)
            | Operation::DropTrigger(_)
            | Operation::CreateFunction(_)
            | Operation::ReplaceFunction(_)
            | Operation::DropFunction(_)
            | Operation::RunSql(_) => None,
        }
    }

    /// What it does to the schema: itself, the operations that SQL in the author's own words stands for, or nothing.
    pub(crate) fn schema_operations(&self) -> &[Operation] {
        match self {
            Operation::RunSql(it) => &it.stands_for,
            Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_) => &[],
            Operation::CreateTable(_)
            | Operation::DropTable(_)
            | Operation::AddColumn(_)
            | Operation::DropColumn(_)
            | Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
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
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddPrimaryKey(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::AlterColumn(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_) => std::slice::from_ref(self),
        }
    }
}

impl Operation {
    /// Whether the live catalog can tell that it was done.
    pub(crate) fn leaves_its_mark(&self) -> bool {
        match self {
            Operation::RunSql(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
            | Operation::ReplaceView(_)
            | Operation::ReplaceTrigger(_)
            | Operation::ReplaceFunction(_) => false,
            Operation::RenameIndex(_)
            | Operation::RenameTable(_)
            | Operation::CreateView(_)
            | Operation::DropView(_)
            | Operation::CreateTrigger(_)
            | Operation::DropTrigger(_)
            | Operation::CreateFunction(_)
            | Operation::DropFunction(_)
            | Operation::CreateTable(_)
            | Operation::DropTable(_)
            | Operation::AddColumn(_)
            | Operation::DropColumn(_)
            | Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddPrimaryKey(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::AlterColumn(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_) => true,
        }
    }

    /// The first line of its text, for messages.
    pub(crate) fn headline(&self) -> String {
        let mut line = FirstLine::default();
        // It fails where the line ends, which is all that is wanted.
        let _ = write!(line, "{self}");
        line.0
    }
}

/// Takes a text up to the end of its first line.
#[derive(Default)]
struct FirstLine(String);

impl fmt::Write for FirstLine {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.split_once('\n') {
            Some((line, _)) => {
                self.0 += line;
                Err(fmt::Error)
            }
            None => {
                self.0 += text;
                Ok(())
            }
        }
    }
}

/// In the words of the DSL, every detail included: two operations with the same text are the same.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        dispatch!(self, it => it.fmt(f))
    }
}

/// Lets each operation stand where an [`Operation`] is asked for.
macro_rules! into_operation {
    ($($operation:ident),+) => {
        $(impl From<$operation> for Operation {
            fn from(operation: $operation) -> Self {
                Operation::$operation(operation)
            }
        })+
    };
}

into_operation!(
    RunSql,
    CommentTable,
    CommentColumn,
    CreateSchema,
    DropSchema,
    CreateExtension,
    DropExtension,
    Insert,
    Update,
    Delete,
    Backfill,
    CreateView,
    ReplaceView,
    DropView,
    CreateTrigger,
    ReplaceTrigger,
    DropTrigger,
    CreateFunction,
    ReplaceFunction,
    DropFunction,
    RenameIndex,
    RenameTable,
    AddForeignKey,
    DropForeignKey,
    AddCheck,
    DropCheck,
    AddUnique,
    DropUnique,
    AddPrimaryKey,
    DropPrimaryKey,
    RenameColumn,
    AlterColumn,
    CreateEnum,
    DropEnum,
    AddEnumValue,
    DropEnumValue,
    CreateTable,
    DropTable,
    AddColumn,
    DropColumn,
    CreateIndex,
    DropIndex
);
