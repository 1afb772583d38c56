//! The changes that a catalog admits: one method for each, checks first.

use super::rename::{index_of, sequence_of};
use super::{Catalog, OperationError, check, comment, generated, index, names};
use crate::dialect::IndexNamespace;
use crate::dsl::{self, Column, ColumnChange, Index, Table};

impl Catalog {
    pub(crate) fn add_table(&mut self, table: &Table) -> Result<(), OperationError> {
        if self.tables.contains_key(&table.name) {
            return Err(OperationError::DuplicateTable {
                table: table.name.clone(),
            });
        }
        names::check_table(&table.name)?;
        if table.columns.iter().all(|it| it.generated.is_some()) {
            return Err(OperationError::NoColumns {
                table: table.name.clone(),
            });
        }
        comment::check_table(table)?;
        self.claim(&table.name, format!("table {}", table.name))?;
        self.claim_key(table)?;
        for name in names::sequences(table) {
            self.claim(&name, sequence_of(&table.name))?;
        }

        let mut made = Table {
            columns: self.filled(&table.columns)?,
            comment: table.comment.clone(),
            ..dsl::table(&table.name)
        };
        for (position, column) in made.columns.iter().enumerate() {
            check::column(&made, &made.columns[..position], column)?;
        }
        check::primary_key(&made, &table.primary_key)?;
        for column in &table.columns {
            generated::check_sources(&made, column)?;
        }
        made.primary_key.clone_from(&table.primary_key);
        self.tables.insert_mut(table.name.clone(), made);
        let name = &table.name;
        for unique in &table.uniques {
            self.add_unique(name, unique)?;
        }
        for index in &table.indexes {
            self.add_index(name, index)?;
        }
        // What has been said as the catalog says it is held once.
        let made = self.table_mut(name)?;
        if made.indexes == table.indexes {
            made.indexes = table.indexes.clone();
        }
        for check in &table.checks {
            self.add_check(name, check)?;
        }
        // Last: one that refers to its own table needs its keys.
        for foreign_key in &table.foreign_keys {
            self.add_foreign_key(name, foreign_key)?;
        }
        Ok(())
    }

    pub(crate) fn remove_table(&mut self, name: &str) -> Result<(), OperationError> {
        self.check_unread(name)?;
        self.check_no_trigger(name)?;
        let from_elsewhere = self
            .references_to(name)
            .find(|(referring, _)| referring.name != name);
        if let Some((referring, key)) = from_elsewhere {
            return Err(OperationError::TableInUse {
                table: name.to_owned(),
                user: format!("foreign key {} of {}", key.label, referring.name),
            });
        }
        let table = self.known_table(name)?.clone();
        self.tables.remove_mut(name);
        self.release(&table.name);
        self.release_key(&table);
        for name in names::sequences(&table) {
            self.release(&name);
        }
        for index in &table.indexes {
            self.release(&index.name_in(name, IndexNamespace::Schema));
        }
        for unique in &table.uniques {
            self.release(&unique.physical_name(name));
        }
        for key in &table.foreign_keys {
            self.release(&key.physical_name(name));
            self.refer_no_more(name, &key.table);
        }
        for check in &table.checks {
            self.release(&check.physical_name(name));
        }
        Ok(())
    }

    pub(crate) fn add_column(
        &mut self,
        table: &str,
        column: &Column,
    ) -> Result<(), OperationError> {
        let column = &self.fill_checked(column)?;
        let table = self.table_mut(table)?;
        check::column(table, &table.columns, column)?;
        check::added_column(table, column)?;
        generated::check_sources(table, column)?;
        generated::check_unchanged(table, column)?;
        table.columns.to_mut().push(column.clone());
        Ok(())
    }

    pub(crate) fn remove_column(
        &mut self,
        table: &str,
        column: &str,
    ) -> Result<(), OperationError> {
        let table = self.table_mut(table)?;
        let Some(position) = table.columns.iter().position(|it| it.name == column) else {
            return Err(OperationError::unknown_column(table, column));
        };
        if let Some(user) = check::user_of(table, column) {
            return Err(OperationError::ColumnInUse {
                table: table.name.clone(),
                column: column.to_owned(),
                user,
            });
        }
        let mut others = table.columns.iter().filter(|it| it.name != column);
        if others.all(|it| it.generated.is_some()) {
            return Err(OperationError::NoColumns {
                table: table.name.clone(),
            });
        }
        table.columns.to_mut().remove(position);
        Ok(())
    }

    pub(crate) fn alter_column(
        &mut self,
        table: &str,
        change: &ColumnChange,
    ) -> Result<(), OperationError> {
        let change = self.fill_change(change)?;
        let known = self.known_table(table)?;
        let altered = check::altered_column(known, &change)?;
        self.check_altered_key(known, &altered)?;
        let columns = self.table_mut(table)?.columns.iter_mut();
        for column in columns.filter(|it| it.name == altered.name) {
            column.clone_from(&altered);
        }
        Ok(())
    }

    pub(crate) fn add_index(&mut self, table: &str, index: &Index) -> Result<(), OperationError> {
        index::check(self.known_table(table)?, index)?;
        if let Some(columns) = index.key() {
            self.check_new_key(table, &columns, &format!("index {}", index.label))?;
        }
        let name = index.name_in(table, IndexNamespace::Schema);
        self.claim(&name, index_of(index, table))?;
        let index = index.clone().settled(table);
        self.table_mut(table)?.indexes.to_mut().push(index);
        Ok(())
    }

    pub(crate) fn remove_index(&mut self, table: &str, label: &str) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        if let Some(columns) = known.index_labelled(label).and_then(Index::key) {
            self.check_unused_key(table, &columns, &format!("index {label}"))?;
        }
        let table = self.table_mut(table)?;
        let Some(position) = table.indexes.iter().position(|it| it.label == label) else {
            return Err(OperationError::unknown_index(table, label));
        };
        let index = table.indexes.to_mut().remove(position);
        let name = index.name_in(&table.name, IndexNamespace::Schema);
        self.release(&name);
        Ok(())
    }

    pub(super) fn known_table(&self, name: &str) -> Result<&Table, OperationError> {
        self.tables
            .get(name)
            .ok_or_else(|| self.unknown_table(name))
    }

    pub(super) fn table_mut(&mut self, name: &str) -> Result<&mut Table, OperationError> {
        if !self.tables.contains_key(name) {
            return Err(self.unknown_table(name));
        }
        // Asked in two steps: the error needs the whole catalog, which a borrowed table would hold.
        self.tables
            .get_mut(name)
            .ok_or(OperationError::UnknownTable {
                table: name.to_owned(),
                known: Vec::new(),
            })
    }

    /// Changes the tables that are `wanted`; the others stay shared with the copies of this schema.
    pub(super) fn change_tables(
        &mut self,
        wanted: impl Fn(&Table) -> bool,
        change: impl Fn(&mut Table),
    ) {
        let tables = self.tables().filter(|it| wanted(it));
        let names: Vec<String> = tables.map(|it| it.name.clone()).collect();
        for name in names {
            if let Some(table) = self.tables.get_mut(&name) {
                change(table);
            }
        }
    }

    pub(super) fn unknown_table(&self, name: &str) -> OperationError {
        OperationError::UnknownTable {
            table: name.to_owned(),
            known: self.tables.keys().cloned().collect(),
        }
    }

    /// Takes a name in the namespace that tables share with views, and with indexes on PostgreSQL and SQLite. Names
    /// of constraints are taken in it, too: each is the table's, the schema's or shared with those of indexes on some
    /// engine.
    pub(super) fn claim(&mut self, name: &str, what: String) -> Result<(), OperationError> {
        match self.relations.get(&names::fold_case(name)) {
            Some(other) => Err(OperationError::NameCollision {
                name: name.to_owned(),
                what,
                other: other.clone(),
            }),
            None => {
                self.relations.insert_mut(names::fold_case(name), what);
                Ok(())
            }
        }
    }

    pub(super) fn claim_key(&mut self, table: &Table) -> Result<(), OperationError> {
        if table.primary_key.is_empty() {
            return Ok(());
        }
        self.claim(
            &names::key(&table.name),
            format!("the primary key of {}", table.name),
        )
    }

    /// Where it has none, another may have the name that it would have.
    pub(super) fn release_key(&mut self, table: &Table) {
        if !table.primary_key.is_empty() {
            self.release(&names::key(&table.name));
        }
    }

    pub(super) fn release(&mut self, name: &str) {
        self.relations.remove_mut(&names::fold_case(name));
    }
}
