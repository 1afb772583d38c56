//! What happens to a catalog when something gets another name.

use super::constraint::{check_of, foreign_key_of, unique_of};
use super::{Catalog, OperationError, check, constraint_check, index, names};
use crate::dialect::IndexNamespace;
use crate::dsl::{Index, RenameIndex};

impl Catalog {
    pub(crate) fn rename_column(
        &mut self,
        table: &str,
        column: &str,
        to: &str,
    ) -> Result<(), OperationError> {
        let owner = table;
        check::renamed_column(self.table_mut(owner)?, column, to)?;
        // Some engines would change its body, and some would not.
        self.check_no_trigger(owner)?;
        self.rename_sequence(owner, column, to)?;
        let table = self.table_mut(owner)?;
        for index in table.indexes.iter_mut() {
            index.rename_column(column, to);
        }
        let uniques = table.uniques.iter_mut().flat_map(|it| &mut it.columns);
        let foreign_keys = table.foreign_keys.iter_mut().flat_map(|it| &mut it.columns);
        let names = table
            .columns
            .iter_mut()
            .map(|it| &mut it.name)
            .chain(&mut table.primary_key)
            .chain(uniques)
            .chain(foreign_keys);
        rename(names, column, to);
        self.change_references(owner, |key| rename(&mut key.referenced, column, to));
        Ok(())
    }

    /// A column that numbers the rows takes its sequence along.
    fn rename_sequence(
        &mut self,
        table: &str,
        column: &str,
        to: &str,
    ) -> Result<(), OperationError> {
        let mut columns = self.table_mut(table)?.columns.iter();
        if !columns.any(|it| it.auto_increment && it.name == column) {
            return Ok(());
        }
        self.release(&names::sequence(table, column));
        self.claim(&names::sequence(table, to), sequence_of(table))
    }

    /// The label changes in its place; the physical name is that of the new label, unless it is exact.
    pub(crate) fn rename_index(&mut self, rename: &RenameIndex) -> Result<(), OperationError> {
        let RenameIndex {
            table,
            index: label,
            to,
            ..
        } = rename;
        let found = self.table_mut(table)?;
        let Some(position) = found.indexes.iter().position(|it| it.label == *label) else {
            return Err(OperationError::unknown_index(found, label));
        };
        // Names that differ in case alone are the same to some engine, and so can't follow each other.
        if names::fold_case(label) == names::fold_case(to) {
            return Err(OperationError::DuplicateIndex {
                table: table.clone(),
                index: to.clone(),
            });
        }
        let old = found.indexes.to_mut().remove(position);
        let index = rename.renamed(&old);
        index::check(found, &index)?;
        let name = index.name_in(table, IndexNamespace::Schema);
        let what = index_of(&index, table);
        found.indexes.to_mut().insert(position, index);
        self.release(&old.name_in(table, IndexNamespace::Schema));
        self.claim(&name, what)
    }

    /// The names of indexes and constraints stay: no engine changes them with the table's. Foreign keys that refer to
    /// the table follow it; so does the name of its primary key, so that
    /// it is always the one that the table's name gives.
    pub(crate) fn rename_table(&mut self, from: &str, to: &str) -> Result<(), OperationError> {
        if !self.tables.contains_key(from) {
            return Err(self.unknown_table(from));
        }
        // SQLite takes a table that changes its case for one that is in the way.
        if self.tables.contains_key(to) || names::fold_case(from) == names::fold_case(to) {
            return Err(OperationError::DuplicateTable {
                table: to.to_owned(),
            });
        }
        names::check_table(to)?;
        // Some engines would change its query, and some would not.
        self.check_unread(from)?;
        self.check_no_trigger(from)?;
        constraint_check::check_keeps_its_name(self.known_table(from)?)?;
        let mut table = self.known_table(from)?.clone();
        self.tables.remove_mut(from);
        self.release(from);
        self.release_key(&table);
        for sequence in names::sequences(&table) {
            self.release(&sequence);
        }
        self.claim(to, format!("table {to}"))?;
        to.clone_into(&mut table.name);
        self.claim_key(&table)?;
        for sequence in names::sequences(&table) {
            self.claim(&sequence, sequence_of(to))?;
        }
        for index in table.indexes.iter_mut() {
            index.named_for = index.named_for.after_rename(from, to);
            *index = index.clone().settled(to);
            let name = index.name_in(to, IndexNamespace::Schema);
            self.reclaim(&name, index_of(index, to))?;
        }
        for unique in &mut table.uniques {
            unique.named_for = unique.named_for.after_rename(from, to);
            *unique = unique.clone().settled(to);
            self.reclaim(&unique.physical_name(to), unique_of(unique, to))?;
        }
        for key in &mut table.foreign_keys {
            key.named_for = key.named_for.after_rename(from, to);
            *key = key.clone().settled(to);
            self.reclaim(&key.physical_name(to), foreign_key_of(key, to))?;
        }
        for check in &mut table.checks {
            check.named_for = check.named_for.after_rename(from, to);
            *check = check.clone().settled(to);
            self.reclaim(&check.physical_name(to), check_of(check, to))?;
        }
        self.tables.insert_mut(to.to_owned(), table.clone());
        self.rename_references(from, &table);
        Ok(())
    }

    /// A name that stays, and belongs to a table of another name.
    fn reclaim(&mut self, name: &str, what: String) -> Result<(), OperationError> {
        self.release(name);
        self.claim(name, what)
    }
}

fn rename<'n>(names: impl IntoIterator<Item = &'n mut String>, from: &str, to: &str) {
    for name in names.into_iter().filter(|name| *name == from) {
        to.clone_into(name);
    }
}

/// A sequence, as errors speak of it.
pub(super) fn sequence_of(table: &str) -> String {
    format!("the sequence that numbers {table}")
}

/// An index, as errors speak of it.
pub(super) fn index_of(index: &Index, table: &str) -> String {
    format!("index {} of {table}", index.label)
}
