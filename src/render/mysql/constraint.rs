//! Keys and checks that come and go in a change of one table.

use super::{TableChange, check_key, if_exists, if_not_exists};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Check, ForeignKey, Table, Unique};
use crate::render::constraint::{
    check, check_name, find_table, foreign_key, foreign_key_name, primary_key, unique, unique_name,
};
use crate::render::{Guard, RenderError};

pub(super) const PRIMARY_KEY: &str = "the primary key";

impl TableChange {
    pub(super) fn add_primary_key(
        &mut self,
        dialect: Dialect,
        table: &Table,
        columns: &[String],
    ) -> Result<(), RenderError> {
        check_key(dialect, table, columns, PRIMARY_KEY)?;
        let key = primary_key(dialect, columns);
        // No IF NOT EXISTS, which MariaDB has: it would ask it of the key that goes in the same statement.
        self.add(PRIMARY_KEY.to_owned(), key.clone(), format!("ADD {key}"));
        self.guard_last();
        Ok(())
    }

    pub(super) fn drop_primary_key(&mut self) {
        self.drop(PRIMARY_KEY.to_owned(), "DROP PRIMARY KEY".to_owned());
        self.guard_last();
    }

    pub(super) fn add_unique(
        &mut self,
        dialect: Dialect,
        table: &Table,
        added: &Unique,
    ) -> Result<(), RenderError> {
        let what = format!("unique constraint {}", added.label);
        check_key(dialect, table, &added.columns, &what)?;
        let name = added.physical_name(&table.name);
        let words = unique(dialect, &table.name, added);
        // MariaDB has a condition for the index that the constraint is, and none for the constraint.
        let in_alter = match if_not_exists(dialect) {
            "" => format!("ADD {words}"),
            condition => format!(
                "ADD UNIQUE INDEX {condition}{} ({})",
                dialect.quote(&name),
                dialect.quote_list(&added.columns)
            ),
        };
        self.changes_indexes = true;
        self.add(format!("index {name}"), words, in_alter);
        Ok(())
    }

    pub(super) fn drop_unique(
        &mut self,
        dialect: Dialect,
        table: &str,
        label: &str,
        before: &Catalog,
    ) -> Result<(), RenderError> {
        let name = unique_name(table, label, before)?;
        self.drop_index_named(dialect, &name);
        Ok(())
    }

    pub(super) fn add_check(&mut self, dialect: Dialect, added: &Check) -> Result<(), RenderError> {
        let object = format!("check {}", added.physical_name(&self.table));
        let in_create = check(dialect, &self.table, added, "")?;
        let in_alter = check(dialect, &self.table, added, if_not_exists(dialect))?;
        self.add(object, in_create, format!("ADD {in_alter}"));
        Ok(())
    }

    pub(super) fn drop_check(
        &mut self,
        dialect: Dialect,
        table: &str,
        label: &str,
        before: &Catalog,
    ) -> Result<(), RenderError> {
        let name = check_name(table, label, before)?;
        let quoted = dialect.quote(&name);
        let words = match if_exists(dialect) {
            "" => format!("DROP CHECK {quoted}"),
            condition => format!("DROP CONSTRAINT {condition}{quoted}"),
        };
        self.drop(format!("check {name}"), words);
        Ok(())
    }

    /// Always with an index of its own: these engines would use any that fits, or make one, and then keep it when
    /// the foreign key goes, and refuse to drop the one that they use.
    pub(super) fn add_foreign_key(
        &mut self,
        dialect: Dialect,
        table: &Table,
        added: &ForeignKey,
    ) -> Result<(), RenderError> {
        let what = format!("foreign key {}", added.label);
        check_key(dialect, table, &added.columns, &what)?;
        let name = added.physical_name(&table.name);
        let condition = if_not_exists(dialect);
        let index = format!(
            "{} ({})",
            dialect.quote(&name),
            dialect.quote_list(&added.columns)
        );
        self.changes_indexes = true;
        self.add(
            format!("index {name}"),
            format!("INDEX {index}"),
            format!("ADD INDEX {condition}{index}"),
        );
        let in_create = foreign_key(dialect, &table.name, added, "")?;
        let in_alter = foreign_key(dialect, &table.name, added, condition)?;
        self.add(
            format!("foreign key {name}"),
            in_create,
            format!("ADD {in_alter}"),
        );
        self.links.insert(added.table.clone());
        Ok(())
    }

    pub(super) fn drop_foreign_key(
        &mut self,
        dialect: Dialect,
        table: &str,
        label: &str,
        before: &Catalog,
    ) -> Result<(), RenderError> {
        let name = foreign_key_name(table, label, before)?;
        self.drop(
            format!("foreign key {name}"),
            format!(
                "DROP FOREIGN KEY {}{}",
                if_exists(dialect),
                dialect.quote(&name)
            ),
        );
        self.drop_index_named(dialect, &name);
        let referenced = find_table(before, table)?.foreign_key_labelled(label);
        self.links.extend(referenced.map(|it| it.table.clone()));
        Ok(())
    }

    /// Whether the order of this change and one of `table` says something: what a foreign key refers to must be
    /// there before it comes, and until it has gone.
    pub(in crate::render) fn is_linked_to(&self, other: &TableChange) -> bool {
        self.links.contains(&other.table) || other.links.contains(&self.table)
    }

    /// Whether it is about a foreign key that refers to the table itself. MariaDB can't make the key that it refers to
    /// in the same ALTER, MySQL can't drop it; CREATE TABLE can make both.
    pub(super) fn links_itself(&self) -> bool {
        !self.creates && self.links.contains(&self.table)
    }

    /// That the words of the last item have no condition on either engine.
    fn guard_last(&mut self) {
        if let Some(item) = self.items.last_mut() {
            item.unconditional = true;
        }
    }

    fn drop_index_named(&mut self, dialect: Dialect, name: &str) {
        self.changes_indexes = true;
        self.drop(
            format!("index {name}"),
            format!("DROP INDEX {}{}", if_exists(dialect), dialect.quote(name)),
        );
    }
}

/// What the statement's items need, the key that comes where one goes left out.
pub(super) fn guards(change: &TableChange, dialect: Dialect) -> Vec<Guard> {
    // CREATE TABLE says IF NOT EXISTS itself; so do most items of MariaDB's ALTER TABLE.
    let says_so = |unconditional: bool| {
        change.creates || (dialect.features().column_if_exists && !unconditional)
    };
    let mut guards = Vec::new();
    for item in &change.items {
        let (guard, opposite) = match item.verb {
            super::Verb::Add => (
                Guard::Missing(item.object.clone()),
                Guard::Present(item.object.clone()),
            ),
            super::Verb::Drop => (
                Guard::Present(item.object.clone()),
                Guard::Missing(item.object.clone()),
            ),
            super::Verb::Modify => {
                if !says_so(item.unconditional) {
                    guards.push(Guard::Present(item.object.clone()));
                }
                continue;
            }
        };
        if !says_so(item.unconditional) && !guards.contains(&opposite) {
            guards.push(guard);
        }
    }
    guards
}
