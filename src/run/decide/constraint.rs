//! Keys, foreign keys and checks: what is left to do for each.

use super::{Decider, Decision, needed_if};
use crate::catalog::names;
use crate::dialect::Dialect;
use crate::dsl::{
    AddPrimaryKey, Check, DropCheck, DropForeignKey, DropPrimaryKey, DropUnique, ForeignKey, Table,
    Unique,
};
use crate::run::difference::Difference;
use crate::run::live::{
    LiveCheck, LiveForeignKey, foreign_key_difference, key_difference, planned_unique,
    unique_difference,
};

/// What a constraint is, with its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Labelled<'l> {
    Unique(&'l str),
    ForeignKey(&'l str),
    Check(&'l str),
}

impl Decider<'_> {
    pub(super) fn add_primary_key(
        &mut self,
        position: usize,
        it: &AddPrimaryKey,
    ) -> Result<Decision, Difference> {
        let has_later_shape = self.has_later_key(position, &it.table)?;
        let lost = self.is_dropped_since(position, &it.table, &it.columns)?;
        let table = self.table_mut(&it.table)?;
        if table.primary_key == it.columns || has_later_shape || lost {
            return Ok(Decision::Satisfied);
        }
        if !table.primary_key.is_empty() {
            return Err(Difference::new(
                format!("the primary key of {}", it.table),
                format!(
                    "it is ({}), and should be ({})",
                    table.primary_key.join(", "),
                    it.columns.join(", ")
                ),
            ));
        }
        table.primary_key.clone_from(&it.columns);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_primary_key(
        &mut self,
        position: usize,
        it: &DropPrimaryKey,
        before: &crate::Catalog,
    ) -> Result<Decision, Difference> {
        let has_later_shape = self.has_later_key(position, &it.table)?;
        let expected = before.table(&it.table);
        let dialect = self.dialect;
        let table = self.table_mut(&it.table)?;
        if table.primary_key.is_empty() {
            return Ok(Decision::Satisfied);
        }
        let object = format!("the primary key of {}", it.table);
        if let Some(difference) = expected.and_then(|expected| key_difference(expected, table)) {
            if has_later_shape {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, difference));
        }
        // It is dropped by its name there.
        if let (Dialect::Postgres, Some(name), Some(expected)) = (
            dialect,
            &table.key_name,
            expected.map(|it| names::key(&it.name)),
        ) && *name != expected
        {
            return Err(Difference::new(
                object,
                format!("its name is {name}, and should be {expected}: rename it"),
            ));
        }
        table.primary_key.clear();
        if let Some(name) = table.key_name.take() {
            self.live.free_index_name(&name);
        }
        Ok(Decision::Needed)
    }

    pub(super) fn add_unique(
        &mut self,
        position: usize,
        table: &str,
        unique: &Unique,
    ) -> Result<Decision, Difference> {
        let name = unique.physical_name(table);
        let object = format!("unique constraint {name} of table {table}");
        if let Some(owner) = self.live.index_owners.get(&name)
            && owner != table
        {
            let difference = format!("there is something of that name already: {owner}");
            return Err(Difference::new(object, difference));
        }
        if let Some(found) = self.table_mut(table)?.index(&name) {
            let Some(difference) = unique_difference(unique, found) else {
                return Ok(Decision::Satisfied);
            };
            let found = found.clone();
            let mut later = self.later.uniques(position, table, &unique.label);
            if later.any(|it| unique_difference(it, &found).is_none()) {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, difference));
        }
        if self.is_dropped_since(position, table, &unique.columns)? {
            return Ok(Decision::Satisfied);
        }
        let planned = planned_unique(table, unique);
        self.table_mut(table)?.indexes.push(planned);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_unique(
        &mut self,
        it: &DropUnique,
        before: &crate::Catalog,
    ) -> Result<Decision, Difference> {
        let unique = before
            .table(&it.table)
            .and_then(|table| table.unique_labelled(&it.unique));
        let name = unique.map(|unique| unique.physical_name(&it.table));
        Ok(needed_if(
            name.is_some_and(|name| self.forget_index(&it.table, &name)),
        ))
    }

    pub(super) fn add_foreign_key(
        &mut self,
        position: usize,
        table: &str,
        key: &ForeignKey,
    ) -> Result<Decision, Difference> {
        let name = key.physical_name(table);
        let dialect = self.dialect;
        let live = self.table_mut(table)?;
        if let Some(found) = live.foreign_key(&name).cloned() {
            let object = format!("foreign key {name} of table {table}");
            if dialect.features().indexed_foreign_keys && live.index(&name).is_none() {
                return Err(Difference::new(
                    object,
                    format!("it has no index of its name: CREATE INDEX {name} over its columns"),
                ));
            }
            let differs = |shape| foreign_key_difference(dialect, table, shape, &found);
            let Some(difference) = differs(key) else {
                return Ok(Decision::Satisfied);
            };
            let found = LiveForeignKey {
                key: self.later.with_last_name(position, &found.key),
                ..found.clone()
            };
            let later = self.later.foreign_keys(position, table, &key.label);
            let fits =
                |it: &&ForeignKey| foreign_key_difference(dialect, table, it, &found).is_none();
            if later.iter().any(fits) {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, difference));
        }
        // A run that was cut off may have dropped it already, and what it was about.
        let is_there = self.live.tables.contains_key(&key.table);
        let has_gone = if is_there {
            self.is_dropped_since(position, &key.table, &key.referenced)?
        } else {
            self.later.drops_table(position, &key.table)
        };
        if has_gone || self.is_dropped_since(position, table, &key.columns)? {
            return Ok(Decision::Satisfied);
        }
        let planned = LiveForeignKey::planned(table, key);
        self.table_mut(table)?.foreign_keys.push(planned);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_foreign_key(
        &mut self,
        it: &DropForeignKey,
        before: &crate::Catalog,
    ) -> Result<Decision, Difference> {
        let key = before
            .table(&it.table)
            .and_then(|table| table.foreign_key_labelled(&it.foreign_key));
        let name = key.map(|key| key.physical_name(&it.table));
        let live = self.table_mut(&it.table)?;
        let there = name.filter(|name| live.foreign_key(name).is_some());
        if let Some(name) = &there {
            live.foreign_keys.retain(|it| it.key.label != *name);
        }
        Ok(needed_if(there.is_some()))
    }

    /// What a check says, only the engine could compare: it counts that there is one of that name.
    pub(super) fn add_check(
        &mut self,
        position: usize,
        table: &str,
        check: &Check,
    ) -> Result<Decision, Difference> {
        let name = check.physical_name(table);
        let there = self.table_mut(table)?.check(&name).is_some();
        if there || self.is_dropped_since(position, table, &check.named_columns())? {
            return Ok(Decision::Satisfied);
        }
        let text = String::new();
        let planned = LiveCheck { name, text };
        self.table_mut(table)?.checks.push(planned);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_check(
        &mut self,
        it: &DropCheck,
        before: &crate::Catalog,
    ) -> Result<Decision, Difference> {
        let check = before
            .table(&it.table)
            .and_then(|table| table.check_labelled(&it.check));
        let name = check.map(|check| check.physical_name(&it.table));
        let live = self.table_mut(&it.table)?;
        let there = name.filter(|name| live.check(name).is_some());
        if let Some(name) = &there {
            live.checks.retain(|it| it.name != *name);
        }
        Ok(needed_if(there.is_some()))
    }

    /// The constraints of a table that is there, or that this run will make. Every engine makes them with their table,
    /// as one: a table without them is another table, unless they were dropped since.
    pub(super) fn constraints_of_created(
        &mut self,
        position: usize,
        table: &Table,
        is_there: bool,
    ) -> Result<(), Difference> {
        let name = &table.name;
        let lacks = |decision, later: bool, what: String| match decision {
            Decision::Needed if is_there && !later => Err(Difference::new(
                format!("table {name}"),
                format!("it is there without its {what}"),
            )),
            Decision::Needed | Decision::Satisfied | Decision::Rest(_) => Ok(()),
        };
        for unique in &table.uniques {
            let decision = self.add_unique(position, name, unique)?;
            let later = self.drops_later(position, name, Labelled::Unique(&unique.label));
            let what = format!("unique constraint {}", unique.physical_name(name));
            lacks(decision, later, what)?;
        }
        for key in &table.foreign_keys {
            let decision = self.add_foreign_key(position, name, key)?;
            let later = self.drops_later(position, name, Labelled::ForeignKey(&key.label));
            lacks(
                decision,
                later,
                format!("foreign key {}", key.physical_name(name)),
            )?;
        }
        for check in &table.checks {
            let decision = self.add_check(position, name, check)?;
            let later = self.drops_later(position, name, Labelled::Check(&check.label));
            lacks(
                decision,
                later,
                format!("check {}", check.physical_name(name)),
            )?;
        }
        Ok(())
    }

    /// The primary key of a table that is there: the one that it was made with, or a later one.
    pub(super) fn created_key(&mut self, position: usize, table: &Table) -> Result<(), Difference> {
        let has_later_shape = self.has_later_key(position, &table.name)?;
        let live = self.table_mut(&table.name)?;
        match key_difference(table, live) {
            Some(difference) if !has_later_shape => {
                Err(Difference::new(format!("table {}", table.name), difference))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn drops_later(&self, position: usize, table: &str, constraint: Labelled<'_>) -> bool {
        self.later.drops_constraint(position, table, constraint)
    }

    /// Whether the primary key that is there is one that a later operation gives, or that there is none because one
    /// took it away.
    fn has_later_key(&mut self, position: usize, table: &str) -> Result<bool, Difference> {
        let key = self.table_mut(table)?.primary_key.clone();
        Ok(if key.is_empty() {
            self.later.drops_key(position, table)
        } else {
            self.later.keys(position, table).any(|it| *it == key)
        })
    }

    /// Whether a column of these is gone, and a later operation is what dropped it: then what named it was dropped
    /// before.
    fn is_dropped_since(
        &mut self,
        position: usize,
        table: &str,
        columns: &[String],
    ) -> Result<bool, Difference> {
        let live = self.table_mut(table)?;
        let missing: Vec<&String> = columns
            .iter()
            .filter(|it| live.column(it).is_none())
            .collect();
        Ok(missing
            .into_iter()
            .any(|it| self.later.drops(position, table, it)))
    }
}
