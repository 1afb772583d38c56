//! How far a migration came that gives new names: the names that are there tell it.
//!
//! Where DDL commits by itself, a run that was cut off has left the schema somewhere on the way. What is called
//! `jobs` then may be the table before a renaming or one that was made after it, so that no step can be judged by
//! itself: only the names of all that is renamed, together, say where on the way it is.

use std::collections::BTreeSet;

use super::Catalog;
use crate::dialect::IndexNamespace;
use crate::dsl::Operation;

/// Something with a name that a renaming takes or gives; an index by its physical name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Table(String),
    Column { table: String, column: String },
    Index { table: String, index: String },
}

/// One renaming of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Renaming {
    /// Which operation it is, counted from 0.
    pub(crate) operation: usize,
    pub(crate) renamed: Renamed,
}

/// What gets another name, by the names of that moment; an index by its physical names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Renamed {
    Table {
        from: String,
        to: String,
    },
    Column {
        table: String,
        from: String,
        to: String,
    },
    Index {
        table: String,
        from: String,
        to: String,
    },
}

impl Renamed {
    /// The old name and the new one.
    fn names(&self) -> [Named; 2] {
        match self {
            Renamed::Table { from, to } => [from, to].map(|it| Named::Table(it.clone())),
            Renamed::Column { table, from, to } => [from, to].map(|it| Named::Column {
                table: table.clone(),
                column: it.clone(),
            }),
            Renamed::Index { table, from, to } => [from, to].map(|it| Named::Index {
                table: table.clone(),
                index: it.clone(),
            }),
        }
    }
}

/// The way of a migration, by the names that its renamings take and give.
#[derive(Debug)]
pub(crate) struct Stages {
    pub(crate) renamings: Vec<Renaming>,
    /// Of those names, the ones that are there before the first operation, and after each.
    stages: Vec<BTreeSet<Named>>,
}

impl Stages {
    /// None where nothing is renamed, or where the operations do not fold.
    pub(crate) fn of(
        operations: &[Operation],
        before: &Catalog,
        namespace: IndexNamespace,
    ) -> Option<Stages> {
        let renames = |it: &Operation| {
            matches!(
                it,
                Operation::RenameTable(_) | Operation::RenameColumn(_) | Operation::RenameIndex(_)
            )
        };
        // Most migrations rename nothing, and cost no copy.
        if !operations.iter().any(renames) {
            return None;
        }
        let mut renamings: Vec<Renaming> = Vec::new();
        let mut catalog = before.clone();
        for (position, operation) in operations.iter().enumerate() {
            let unchanged = catalog.clone();
            operation.apply(&mut catalog).ok()?;
            let renamed = renamed(operation, &unchanged, &catalog, namespace);
            renamings.extend(renamed.map(|renamed| Renaming {
                operation: position,
                renamed,
            }));
        }
        let names: BTreeSet<Named> = renamings.iter().flat_map(|it| it.renamed.names()).collect();
        let there = |catalog: &Catalog| -> BTreeSet<Named> {
            let is_there = |name: &&Named| catalog.has(name, namespace);
            names.iter().filter(is_there).cloned().collect()
        };
        let mut catalog = before.clone();
        let mut stages = vec![there(&catalog)];
        for operation in operations {
            operation.apply(&mut catalog).ok()?;
            stages.push(there(&catalog));
        }
        Some(Stages { renamings, stages })
    }

    /// How many operations have been done where just those names are there of which `is_there` says so; none where
    /// that is nowhere on the way.
    pub(crate) fn done(&self, is_there: impl Fn(&Named) -> bool) -> Option<usize> {
        let names = self.renamings.iter().flat_map(|it| it.renamed.names());
        let there: BTreeSet<Named> = names.filter(|it| is_there(it)).collect();
        self.stages.iter().rposition(|stage| *stage == there)
    }

    /// Two places on the way that look the same, with a renaming between them: so many operations are done at each.
    pub(crate) fn ambiguity(&self) -> Option<(usize, usize)> {
        (0..self.stages.len()).find_map(|first| {
            let second = self
                .stages
                .iter()
                .rposition(|it| *it == self.stages[first])?;
            self.renamings
                .iter()
                .any(|it| (first..second).contains(&it.operation))
                .then_some((first, second))
        })
    }
}

impl Catalog {
    fn has(&self, name: &Named, namespace: IndexNamespace) -> bool {
        match name {
            Named::Table(table) => self.table(table).is_some(),
            Named::Column { table, column } => self
                .table(table)
                .is_some_and(|it| it.column_named(column).is_some()),
            Named::Index { table, index } => self.table(table).is_some_and(|it| {
                let mut indexes = it.indexes.iter();
                indexes.any(|it| it.name_in(table, namespace) == *index)
            }),
        }
    }
}

/// What an operation renames; an index whose physical name stays is nothing.
fn renamed(
    operation: &Operation,
    before: &Catalog,
    after: &Catalog,
    namespace: IndexNamespace,
) -> Option<Renamed> {
    match operation {
        Operation::RenameTable(it) => Some(Renamed::Table {
            from: it.table.clone(),
            to: it.to.clone(),
        }),
        Operation::RenameColumn(it) => Some(Renamed::Column {
            table: it.table.clone(),
            from: it.column.clone(),
            to: it.to.clone(),
        }),
        Operation::RenameIndex(it) => {
            let name = |catalog: &Catalog, label: &str| {
                let index = catalog.table(&it.table)?.index_labelled(label)?;
                Some(index.name_in(&it.table, namespace))
            };
            let from = name(before, &it.index)?;
            let to = name(after, &it.to)?;
            let table = it.table.clone();
            (from != to).then_some(Renamed::Index { table, from, to })
        }
        Operation::CreateTable(_)
        | Operation::DropTable(_)
        | Operation::AddColumn(_)
        | Operation::DropColumn(_)
        | Operation::CreateIndex(_)
        | Operation::DropIndex(_)
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
        | Operation::AlterColumn(_)
        | Operation::CommentTable(_)
        | Operation::CommentColumn(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)
        | Operation::CreateSchema(_)
        | Operation::DropSchema(_)
        | Operation::CreateExtension(_)
        | Operation::DropExtension(_)
        | Operation::Insert(_)
        | Operation::Update(_)
        | Operation::Delete(_)
        | Operation::Backfill(_)
        | Operation::RunSql(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, SchemaError};
    use crate::dsl::*;

    /// What is wrong with a migration that finds the tables a and b, each with the columns x and y.
    fn fault(second: Migration) -> Option<OperationError> {
        let made = |name| table(name).columns([integer("x"), integer("y")]);
        let first = Migration::new("001", "two")
            .create_table(made("a"))
            .create_table(made("b"));
        match Migrations::new([first, second]).validate() {
            Ok(_) => None,
            Err(SchemaError::Operation { source, .. }) => Some(*source),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_migration_whose_end_looks_like_its_start_is_refused() {
        let made = || table("c").columns([integer("x"), integer("y")]);
        for ambiguous in [
            Migration::new("002", "swap")
                .rename_table("a", "c")
                .rename_table("b", "a")
                .rename_table("c", "b"),
            Migration::new("002", "replace")
                .create_table(made())
                .drop_table("a")
                .rename_table("c", "a"),
            Migration::new("002", "swap columns")
                .rename_column("a", "x", "z")
                .rename_column("a", "y", "x")
                .rename_column("a", "z", "y"),
            Migration::new("002", "there and back")
                .rename_table("a", "c")
                .rename_table("c", "a"),
        ] {
            let fault = fault(ambiguous.clone());
            let is_refused = matches!(fault, Some(OperationError::AmbiguousRenaming { .. }));
            assert!(is_refused, "{}: {fault:?}", ambiguous.summary);
        }
    }

    #[test]
    fn one_that_can_be_told_apart_everywhere_is_not() {
        let made = |name| table(name).columns([integer("x")]);
        for clear in [
            Migration::new("002", "anew")
                .rename_table("a", "old")
                .create_table(made("a")),
            Migration::new("002", "replace")
                .drop_table("a")
                .rename_table("b", "a"),
            Migration::new("002", "follow")
                .rename_table("a", "old")
                .rename_table("b", "a"),
            Migration::new("002", "both")
                .rename_column("a", "x", "z")
                .rename_table("a", "c")
                .drop_column("c", "y")
                .rename_column("c", "z", "y"),
        ] {
            assert_eq!(fault(clear.clone()), None, "{}", clear.summary);
        }
    }
}
