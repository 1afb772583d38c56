//! What is there, under other names: what a renaming does to it.

use super::{Live, LiveColumn, LiveIndex, LiveTable};
use crate::catalog::Named;

impl Live {
    pub(crate) fn has(&self, name: &Named) -> bool {
        match name {
            Named::Table(table) => self
                .tables
                .get(table)
                .is_some_and(|it| it.other_kind.is_none()),
            Named::Column { table, column } => self
                .tables
                .get(table)
                .is_some_and(|it| it.column(column).is_some()),
            Named::Index { table, index } => self.index(table, index).is_some(),
        }
    }

    /// Gives the table another name; what had that name is given back.
    pub(crate) fn rename_table(&mut self, from: &str, to: &str) -> Option<LiveTable> {
        let table = self.tables.remove(from)?;
        let other = self.tables.insert(to.to_owned(), table);
        for owner in self.index_owners.values_mut().filter(|it| *it == from) {
            to.clone_into(owner);
        }
        other
    }

    /// Gives an index another physical name; what had that name is given back.
    pub(crate) fn rename_index(&mut self, table: &str, from: &str, to: &str) -> Option<LiveIndex> {
        let indexes = &mut self.tables.get_mut(table)?.indexes;
        let other = take(indexes, |it| it.name == to);
        if let Some(index) = indexes.iter_mut().find(|it| it.name == from) {
            to.clone_into(&mut index.name);
            if let Some(owner) = self.index_owners.remove(from) {
                self.index_owners.insert(to.to_owned(), owner);
            }
        }
        other
    }
}

impl LiveTable {
    /// Gives a column another name, in the key and in those indexes of which `follows` says so; what had that name
    /// is given back.
    pub(crate) fn rename_column(
        &mut self,
        from: &str,
        to: &str,
        follows: impl Fn(&LiveIndex) -> bool,
    ) -> Option<LiveColumn> {
        let other = take(&mut self.columns, |it| it.name == to);
        for column in self.columns.iter_mut().filter(|it| it.name == from) {
            to.clone_into(&mut column.name);
        }
        for name in self.primary_key.iter_mut().filter(|it| *it == from) {
            to.clone_into(name);
        }
        for index in self.indexes.iter_mut().filter(|it| follows(it)) {
            for part in &mut index.parts {
                if part.column.as_deref() == Some(from) {
                    part.column = Some(to.to_owned());
                }
            }
            for included in index.included.iter_mut().filter(|it| *it == from) {
                to.clone_into(included);
            }
        }
        other
    }
}

fn take<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    let position = list.iter().position(is_it)?;
    Some(list.remove(position))
}
