//! The changes that a catalog admits: one method for each, checks first.

use super::{Catalog, OperationError, check, generated, index, names};
use crate::dialect::IndexNamespace;
use crate::dsl::{Column, Index, Table};

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
        self.claim(&table.name, format!("table {}", table.name))?;
        self.claim_key(table)?;
        for name in names::sequences(table) {
            self.claim(&name, format!("the sequence that numbers {}", table.name))?;
        }

        let mut made = Table {
            columns: Vec::new(),
            primary_key: Vec::new(),
            indexes: Vec::new(),
            ..table.clone()
        };
        for column in &table.columns {
            check::column(&made, column)?;
            made.columns.push(column.clone());
        }
        check::primary_key(&made, &table.primary_key)?;
        for column in &table.columns {
            generated::check_sources(&made, column)?;
        }
        made.primary_key.clone_from(&table.primary_key);
        self.tables.insert(table.name.clone(), made);
        table
            .indexes
            .iter()
            .try_for_each(|index| self.add_index(&table.name, index))
    }

    pub(crate) fn remove_table(&mut self, name: &str) -> Result<(), OperationError> {
        let Some(table) = self.tables.remove(name) else {
            return Err(self.unknown_table(name));
        };
        self.release(&table.name);
        self.release(&names::key(&table));
        for name in names::sequences(&table) {
            self.release(&name);
        }
        for index in &table.indexes {
            self.release(&index.name_in(name, IndexNamespace::Schema));
        }
        Ok(())
    }

    pub(crate) fn add_column(
        &mut self,
        table: &str,
        column: &Column,
    ) -> Result<(), OperationError> {
        let table = self.table_mut(table)?;
        check::column(table, column)?;
        check::added_column(table, column)?;
        generated::check_sources(table, column)?;
        table.columns.push(column.clone());
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
        table.columns.remove(position);
        Ok(())
    }

    pub(crate) fn rename_column(
        &mut self,
        table: &str,
        column: &str,
        to: &str,
    ) -> Result<(), OperationError> {
        check::renamed_column(self.table_mut(table)?, column, to)?;
        self.rename_sequence(table, column, to)?;
        let table = self.table_mut(table)?;
        for index in &mut table.indexes {
            index.rename_column(column, to);
        }
        let names = table
            .columns
            .iter_mut()
            .map(|it| &mut it.name)
            .chain(&mut table.primary_key);
        for name in names.filter(|name| *name == column) {
            to.clone_into(name);
        }
        Ok(())
    }

    pub(crate) fn add_index(&mut self, table: &str, index: &Index) -> Result<(), OperationError> {
        index::check(self.table_mut(table)?, index)?;
        let name = index.name_in(table, IndexNamespace::Schema);
        self.claim(&name, format!("index {} of {table}", index.label))?;
        self.table_mut(table)?.indexes.push(index.clone());
        Ok(())
    }

    pub(crate) fn remove_index(&mut self, table: &str, label: &str) -> Result<(), OperationError> {
        let table = self.table_mut(table)?;
        let Some(position) = table.indexes.iter().position(|it| it.label == label) else {
            return Err(OperationError::UnknownIndex {
                table: table.name.clone(),
                index: label.to_owned(),
                known: table.indexes.iter().map(|it| it.label.clone()).collect(),
            });
        };
        let index = table.indexes.remove(position);
        let name = index.name_in(&table.name, IndexNamespace::Schema);
        self.release(&name);
        Ok(())
    }

    fn table_mut(&mut self, name: &str) -> Result<&mut Table, OperationError> {
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

    fn unknown_table(&self, name: &str) -> OperationError {
        OperationError::UnknownTable {
            table: name.to_owned(),
            known: self.tables.keys().cloned().collect(),
        }
    }

    /// Takes a name in the namespace that tables share with indexes on PostgreSQL and SQLite.
    fn claim(&mut self, name: &str, what: String) -> Result<(), OperationError> {
        match self.relations.get(&names::fold_case(name)) {
            Some(other) => Err(OperationError::NameCollision {
                name: name.to_owned(),
                what,
                other: other.clone(),
            }),
            None => {
                self.relations.insert(names::fold_case(name), what);
                Ok(())
            }
        }
    }

    fn claim_key(&mut self, table: &Table) -> Result<(), OperationError> {
        if table.primary_key.is_empty() {
            return Ok(());
        }
        self.claim(
            &names::key(table),
            format!("the primary key of {}", table.name),
        )
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
        self.claim(
            &names::sequence(table, to),
            format!("the sequence that numbers {table}"),
        )
    }

    fn release(&mut self, name: &str) {
        self.relations.remove(&names::fold_case(name));
    }
}
