//! A schema as the operations that make it of nothing.

use super::Catalog;
use crate::dsl::{
    AddForeignKey, CreateEnum, CreateExtension, CreateFunction, CreateSchema, CreateTable,
    CreateTrigger, CreateView, Operation, Table, View,
};

impl Catalog {
    /// The operations that make this schema on a new database, each after those that make what it needs: a table
    /// after those that it refers to, a view after those that it reads. A foreign key to a table that must come later
    /// is added after all tables.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([
    ///     Migration::new("001_tags", "Tags").create_table(table("tags").columns([string("name").primary_key()])),
    ///     Migration::new("002_about", "About").add_column("tags", text("about").nullable()),
    /// ]);
    /// let operations = history.validate()?.operations();
    /// assert_eq!(operations.len(), 1);
    /// assert!(operations[0].to_string().contains("column about text, nullable"));
    /// # Ok::<(), hammerwork_migrations::SchemaError>(())
    /// ```
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        let mut operations = self.without_tables();
        let mut later = Vec::new();
        let mut left: Vec<&Table> = self.tables().collect();
        while !left.is_empty() {
            let is_ready = |table: &&Table| {
                let mut keys = table.foreign_keys.iter();
                keys.all(|key| {
                    key.table == table.name || left.iter().all(|it| it.name != key.table)
                })
            };
            // Where all that are left refer to each other, one of them must be first.
            let next = left.iter().position(is_ready).unwrap_or_default();
            let mut table = left.remove(next).clone();
            let waits = |key: &crate::dsl::ForeignKey| left.iter().any(|it| it.name == key.table);
            let name = table.name.clone();
            let waiting = table.foreign_keys.extract_if(.., |key| waits(key));
            later.extend(waiting.map(|foreign_key| {
                Operation::from(AddForeignKey {
                    table: name.clone(),
                    foreign_key,
                })
            }));
            operations.push(CreateTable { table }.into());
        }
        operations.extend(later);
        // They may read tables, and views and triggers may call them.
        operations.extend(self.functions().map(|function| {
            let function = function.clone();
            Operation::from(CreateFunction { function })
        }));
        operations.extend(self.views_in_order());
        operations.extend(self.triggers().map(|trigger| {
            let trigger = trigger.clone();
            Operation::from(CreateTrigger { trigger })
        }));
        operations
    }

    /// What must be there before any table: schemas, extensions, enums.
    fn without_tables(&self) -> Vec<Operation> {
        let schemas = self.schemas().map(|schema| {
            let schema = schema.to_owned();
            Operation::from(CreateSchema { schema })
        });
        let extensions = self.extensions().map(|extension| {
            let extension = extension.clone();
            Operation::from(CreateExtension { extension })
        });
        let enums = self.enums.iter().map(|(name, values)| {
            Operation::from(CreateEnum {
                name: name.clone(),
                values: values.clone(),
            })
        });
        schemas.chain(extensions).chain(enums).collect()
    }

    /// Each view after those that it reads.
    fn views_in_order(&self) -> Vec<Operation> {
        let mut left: Vec<&View> = self.views().collect();
        let mut operations = Vec::new();
        while !left.is_empty() {
            let reads = |view: &View, other: &View| view.depends_on.contains(&other.name);
            let is_ready = |view: &&View| left.iter().all(|other| !reads(view, other));
            let next = left.iter().position(is_ready).unwrap_or_default();
            let view = left.remove(next).clone();
            operations.push(CreateView { view }.into());
        }
        operations
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;

    /// `a` and `c` refer to each other, and `b` to the last; what is read comes after its reader by name.
    fn linked() -> Migrations {
        let key = |to: &str| foreign_key("to").columns(["other"]).references(to, ["id"]);
        let of = |name: &str| {
            table(name).columns([integer("id").primary_key(), integer("other").nullable()])
        };
        let made = ["a", "b", "c", "d"].into_iter().fold(
            Migration::new("001", "Linked").create_enum("mood", ["good"]),
            |migration, name| migration.create_table(of(name)),
        );
        let links = [("a", "c"), ("c", "a"), ("b", "d"), ("d", "d")];
        let made = links
            .into_iter()
            .fold(made, |it, (table, to)| it.add_foreign_key(table, key(to)));
        let view = |name: &str, of: &str| {
            view(name)
                .everywhere(format!("SELECT id FROM {of}"))
                .depends_on([of])
        };
        let insert = TriggerMoment::AfterInsert;
        Migrations::new([made
            .create_extension(extension("pg_trgm").in_schema("extras"))
            .create_view(view("z", "a"))
            .create_view(view("y", "z"))
            .create_trigger(trigger("t", insert, "a").everywhere("SELECT 1"))])
    }

    #[test]
    fn what_is_needed_is_made_first() {
        let catalog = linked().validate().unwrap();
        let made: Vec<String> = catalog
            .operations()
            .iter()
            .map(|it| it.headline())
            .collect();
        assert_eq!(
            made,
            [
                "create extension pg_trgm in extras",
                "create enum mood (\"good\")",
                "create table d",
                "create table b",
                "create table a",
                "create table c",
                "add foreign key a.to (other) references c (id)",
                "create view z, depends on a",
                "create view y, depends on z",
                "create trigger t, after insert on a",
            ]
        );
        let again = fold(catalog.operations()).unwrap();
        assert!(again.is_same_up_to_order(&catalog));
    }
}
