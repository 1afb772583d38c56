//! Which tables refer to which, by their foreign keys: asked at every change of a key and at every drop of a table,
//! where looking through all tables would make a long history slow.

use std::collections::BTreeSet;

use super::Catalog;
use crate::dsl::{ForeignKey, Table};

impl Catalog {
    /// The foreign keys that refer to a table, each with the table that has it.
    pub(crate) fn references_to<'c>(
        &'c self,
        table: &'c str,
    ) -> impl Iterator<Item = (&'c Table, &'c ForeignKey)> {
        let referring = self.references.get(table).into_iter().flatten();
        referring
            .filter_map(|name| self.table(name))
            .flat_map(move |referring| {
                let keys = referring.foreign_keys.iter();
                keys.filter(move |key| key.table == table)
                    .map(move |key| (referring, key))
            })
    }

    /// Changes the foreign keys that refer to `table`, wherever they are.
    pub(super) fn change_references(&mut self, table: &str, change: impl Fn(&mut ForeignKey)) {
        for name in self.references.get(table).cloned().unwrap_or_default() {
            self.change_keys(&name, table, &change);
        }
    }

    fn change_keys(&mut self, name: &str, referenced: &str, change: impl Fn(&mut ForeignKey)) {
        if let Some(table) = self.tables.get_mut(name) {
            let keys = table.foreign_keys.iter_mut();
            keys.filter(|key| key.table == referenced).for_each(change);
        }
    }

    /// A foreign key of `table` has come.
    pub(super) fn refer(&mut self, table: &str, to: &str) {
        match self.references.get_mut(to) {
            Some(referring) => {
                referring.insert(table.to_owned());
            }
            None => {
                let referring = BTreeSet::from([table.to_owned()]);
                self.references.insert_mut(to.to_owned(), referring);
            }
        }
    }

    /// No foreign key of `table` refers to `to` any more.
    pub(super) fn refer_no_more(&mut self, table: &str, to: &str) {
        let Some(referring) = self.references.get_mut(to) else {
            return;
        };
        referring.remove(table);
        if referring.is_empty() {
            self.references.remove_mut(to);
        }
    }

    /// `table`, which was `from`, is in the catalog by its new name: what it refers to and what refers to it follow.
    pub(super) fn rename_references(&mut self, from: &str, table: &Table) {
        let to = &table.name;
        let referring = self.references.get(from).cloned().unwrap_or_default();
        self.references.remove_mut(from);
        for key in table.foreign_keys.iter().filter(|it| it.table != from) {
            self.refer_no_more(from, &key.table);
            self.refer(to, &key.table);
        }
        for name in &referring {
            let name = if name == from { to } else { name };
            self.change_keys(name, from, |key| to.clone_into(&mut key.table));
            self.refer(name, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    type Book = std::collections::BTreeMap<String, BTreeSet<String>>;

    fn made(name: &str) -> Operation {
        let columns = [integer("id").primary_key(), integer("up").nullable()];
        CreateTable {
            table: table(name).columns(columns),
        }
        .into()
    }

    fn refer(table: &str, label: &str, to: &str) -> Operation {
        AddForeignKey {
            table: table.into(),
            foreign_key: foreign_key(label).columns(["up"]).references(to, ["id"]),
        }
        .into()
    }

    fn rename(table: &str, to: &str) -> Operation {
        RenameTable {
            table: table.into(),
            to: to.into(),
        }
        .into()
    }

    /// Who refers to whom, as the book says and as the tables do.
    fn assert_true(catalog: &Catalog) {
        let mut found = Book::new();
        for table in catalog.tables() {
            for key in &table.foreign_keys {
                let referring: &mut BTreeSet<String> = found.entry(key.table.clone()).or_default();
                referring.insert(table.name.clone());
            }
        }
        let kept = catalog.references.iter();
        let kept: Book = kept.map(|(to, it)| (to.clone(), it.clone())).collect();
        assert_eq!(kept, found);
    }

    #[test]
    fn the_book_is_kept_through_every_change() {
        let drop_key = DropForeignKey {
            table: "b".into(),
            foreign_key: "second".into(),
        };
        let drop_table = DropTable { table: "b2".into() };
        let history: Vec<Operation> = vec![
            made("a"),
            made("b"),
            refer("a", "own", "a"),
            refer("b", "first", "a"),
            refer("b", "second", "a"),
            drop_key.into(),
            rename("a", "a2"),
            rename("b", "b2"),
            drop_table.into(),
            rename("a2", "a3"),
            DropTable { table: "a3".into() }.into(),
        ];
        for end in 0..=history.len() {
            assert_true(&fold(history[..end].iter().cloned()).unwrap());
        }
    }
}
