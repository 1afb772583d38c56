//! What is there, under other names: what a renaming does to it.

use super::{Live, LiveColumn, LiveIndex, LiveTable};
use crate::catalog::{Named, names};
use crate::dsl::ForeignKey;

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

    /// Gives the table another name, and its key's index with it where that is called after it (PostgreSQL); what had
    /// that name is given back.
    pub(crate) fn rename_table(&mut self, from: &str, to: &str) -> Option<LiveTable> {
        let mut table = self.tables.remove(from)?;
        let old_key = names::key(from);
        if table.key_name.as_ref() == Some(&old_key) {
            table.key_name = Some(names::key(to));
            self.free_index_name(&old_key);
        }
        let other = self.tables.insert(to.to_owned(), table);
        // One that stands in an index's way, and so is its own owner, stands there no more.
        if self.index_owners.get(from).is_some_and(|it| it == from) {
            self.index_owners.remove(from);
            self.index_owners.insert(to.to_owned(), to.to_owned());
        }
        for owner in self.index_owners.values_mut().filter(|it| *it == from) {
            to.clone_into(owner);
        }
        for key in self.foreign_keys_mut().filter(|it| it.table == from) {
            to.clone_into(&mut key.table);
        }
        other
    }

    /// Gives a column another name, in the key, in those indexes of which `follows` says so, and in all foreign keys;
    /// what had that name is given back.
    pub(crate) fn rename_column(
        &mut self,
        table: &str,
        from: &str,
        to: &str,
        follows: impl Fn(&LiveIndex) -> bool,
    ) -> Option<LiveColumn> {
        let found = self.tables.get_mut(table)?;
        let other = found.rename_column(from, to, follows);
        let own = found
            .foreign_keys
            .iter_mut()
            .flat_map(|it| &mut it.key.columns);
        for column in own.filter(|it| *it == from) {
            to.clone_into(column);
        }
        let referring = self.foreign_keys_mut().filter(|it| it.table == table);
        for column in referring
            .flat_map(|it| &mut it.referenced)
            .filter(|it| *it == from)
        {
            to.clone_into(column);
        }
        other
    }

    /// Every foreign key, as it is there; its label is its physical name.
    pub(crate) fn foreign_keys(&self) -> Vec<ForeignKey> {
        let keys = self.tables.values().flat_map(|it| &it.foreign_keys);
        keys.map(|it| it.key.clone()).collect()
    }

    /// Lets foreign keys that are there be about what they were about in `known`.
    pub(crate) fn restore_foreign_keys(&mut self, known: &[ForeignKey]) {
        for key in self.foreign_keys_mut() {
            if let Some(as_it_was) = known.iter().find(|it| it.label == key.label) {
                key.clone_from(as_it_was);
            }
        }
    }

    fn foreign_keys_mut(&mut self) -> impl Iterator<Item = &mut ForeignKey> {
        let tables = self.tables.values_mut();
        tables
            .flat_map(|it| &mut it.foreign_keys)
            .map(|it| &mut it.key)
    }

    /// Gives an index another physical name, and its hidden columns with it (MariaDB); what had that name is given back.
    pub(crate) fn rename_index(&mut self, table: &str, from: &str, to: &str) -> Option<LiveIndex> {
        let found = self.tables.get_mut(table)?;
        let other = take(&mut found.indexes, |it| it.name == to);
        if found.rename_index(from, to) {
            let is_schema_wide = self.index_owners.contains_key(from);
            self.free_index_name(from);
            if is_schema_wide {
                self.index_owners.insert(to.to_owned(), table.to_owned());
            }
        }
        other
    }
}

impl LiveTable {
    /// Gives a column another name, in the key and in those indexes of which `follows` says so; what had that name
    /// is given back.
    fn rename_column(
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

    /// Whether the index is there. Its hidden columns are called after it.
    fn rename_index(&mut self, from: &str, to: &str) -> bool {
        let Some(index) = self.indexes.iter_mut().find(|it| it.name == from) else {
            return false;
        };
        to.clone_into(&mut index.name);
        for name in index.parts.iter_mut().filter_map(|it| it.column.as_mut()) {
            let rest = name.strip_prefix(from).filter(|it| it.starts_with('_'));
            let Some(new) = rest.map(|it| format!("{to}{it}")) else {
                continue;
            };
            let mut columns = self.columns.iter_mut();
            // Of an index that is only planned there are none yet.
            match columns.find(|it| it.name == *name) {
                Some(column) if !column.is_invisible() => continue,
                Some(column) => column.name.clone_from(&new),
                None => {}
            }
            *name = new;
        }
        true
    }
}

fn take<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    let position = list.iter().position(is_it)?;
    Some(list.remove(position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_name_of_a_table_stands_in_no_way() {
        let owners = |live: &Live| -> Vec<(String, String)> {
            let owners = live.index_owners.iter();
            owners
                .map(|(it, owner)| (it.clone(), owner.clone()))
                .collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let mut live = Live::default();
        live.tables.insert("jobs".to_owned(), LiveTable::default());
        live.index_owners
            .extend([pair("jobs", "jobs"), pair("idx", "jobs")]);
        live.rename_table("jobs", "tasks");
        assert_eq!(
            owners(&live),
            [pair("idx", "tasks"), pair("tasks", "tasks")]
        );
        live.rename_table("tasks", "jobs");
        assert_eq!(owners(&live), [pair("idx", "jobs"), pair("jobs", "jobs")]);
    }
}
