//! The schema as a plain value, the changes it admits, and what is wrong with those it does not.

mod change;
mod check;
mod comment;
mod constraint;
mod constraint_check;
mod database;
mod enums;
mod error;
mod function;
mod generated;
mod index;
mod making;
pub(crate) mod names;
mod references;
mod rename;
mod rows;
mod stages;
mod trigger;
mod values;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use rpds::RedBlackTreeMapSync as SharedMap;

pub use error::{NameFault, OperationError, SchemaError};
pub(crate) use stages::{Named, Renamed, Stages};

use crate::dsl::{Extension, Function, Table, Trigger, View};

/// A schema: tables with their columns, keys, checks and indexes, views, triggers, and functions; and what migrations
/// made beside them.
///
/// A catalog is what folding operations gives ([`Migrations::validate`](crate::Migrations::validate)). It
/// admits only what every engine admits, and is stricter than each: a column can't go while an index names
/// it, and names that any engine would take for the same are the same.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let catalog = Migrations::new([
///     Migration::new("001_tags", "Tags").create_table(table("tags").columns([string("name").primary_key()])),
///     Migration::new("002_about", "Tags say what they are about").add_column("tags", text("about").nullable()),
/// ])
/// .validate()?;
/// assert_eq!(catalog.table("tags").map(|tags| tags.columns.len()), Some(2));
/// # Ok::<(), hammerwork_migrations::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    // Where there may be thousands, a copy costs a pointer: plans copy the whole schema at many of their steps.
    tables: SharedMap<String, Table>,
    /// The values of each enum, by its name.
    enums: BTreeMap<String, Vec<String>>,
    views: SharedMap<String, View>,
    triggers: SharedMap<String, Trigger>,
    functions: SharedMap<String, Function>,
    /// Names of tables, views and enums, of indexes where they share one namespace, and of constraints, lower-case, each
    /// with what has it.
    relations: SharedMap<String, String>,
    /// For each table that foreign keys refer to, the names of the tables that have such keys.
    references: SharedMap<String, BTreeSet<String>>,
    schemas: BTreeSet<String>,
    extensions: BTreeMap<String, Extension>,
}

impl Catalog {
    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// All tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// Whether a table, an index or a key has the name where they share one namespace.
    pub(crate) fn has_relation(&self, name: &str) -> bool {
        self.relations.contains_key(&names::fold_case(name))
    }

    /// Whether both are the same schema: the order of columns and of indexes says nothing, since what comes back
    /// comes last.
    pub(crate) fn is_same_up_to_order(&self, other: &Catalog) -> bool {
        let sorted = |catalog: &Catalog| -> Vec<Table> {
            let mut tables: Vec<Table> = catalog.tables().cloned().collect();
            for table in &mut tables {
                table.columns.sort_by(|a, b| a.name.cmp(&b.name));
                table.indexes.sort_by(|a, b| a.label.cmp(&b.label));
                table.uniques.sort_by(|a, b| a.label.cmp(&b.label));
                table.foreign_keys.sort_by(|a, b| a.label.cmp(&b.label));
                table.checks.sort_by(|a, b| a.label.cmp(&b.label));
            }
            tables
        };
        sorted(self) == sorted(other)
            && self.views == other.views
            && self.enums == other.enums
            && self.schemas == other.schemas
            && self.extensions == other.extensions
            && self.triggers == other.triggers
            && self.functions == other.functions
    }

    /// The view of that name.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.get(name)
    }

    /// All views, by name.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.views.values()
    }

    /// The trigger of that name.
    #[must_use]
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.get(name)
    }

    /// All triggers, by name.
    pub fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.triggers.values()
    }

    /// The function of that name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// All functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }

    /// Whether nothing is in it; a trigger is a table's.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.views.is_empty()
            && self.enums.is_empty()
            && self.schemas.is_empty()
            && self.extensions.is_empty()
            && self.functions.is_empty()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::dsl::Operation;

    /// The catalog that `operations` make of nothing.
    pub(crate) fn fold(
        operations: impl IntoIterator<Item = Operation>,
    ) -> Result<Catalog, OperationError> {
        let mut catalog = Catalog::default();
        for operation in operations {
            operation.apply(&mut catalog)?;
        }
        Ok(catalog)
    }
}
