//! A column that changes: is it as it was, or as it becomes?

use super::{Decider, Decision, planned_column};
use crate::catalog::Catalog;
use crate::dsl::AlterColumn;
use crate::run::difference::Difference;
use crate::run::live::column_difference;

impl Decider<'_> {
    /// Where the engine's catalog does not tell one from the other, it is changed: to say it again changes nothing, and
    /// where values would be computed again, the change is in one transaction with its record.
    pub(super) fn alter_column(
        &mut self,
        position: usize,
        alter: &AlterColumn,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        let dialect = self.dialect;
        let object = format!("column {}.{}", alter.table, alter.change.column);
        let Some((old, new)) = alter.columns(before) else {
            return Err(Difference::new(object, "the schema before it has none"));
        };
        let Some(found) = self.table_mut(&alter.table)?.column(&old.name).cloned() else {
            // A later operation that drops or renames it may have run already.
            if self.later.drops(position, &alter.table, &old.name) {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, "it is missing"));
        };
        let differs = |shape| column_difference(dialect, shape, &found);
        // One that this run makes has no type of the catalog's yet.
        let is_planned = found.type_name.is_empty();
        if !is_planned && differs(&old).is_some() {
            let Some(difference) = differs(&new) else {
                return Ok(Decision::Satisfied);
            };
            let later = self.later.columns(position, &alter.table, &old.name);
            if later.into_iter().any(|shape| differs(shape).is_none()) {
                return Ok(Decision::Satisfied);
            }
            return Err(Difference::new(object, difference));
        }
        let columns = self.table_mut(&alter.table)?.columns.iter_mut();
        for column in columns.filter(|it| it.name == new.name) {
            *column = planned_column(&new);
        }
        Ok(Decision::Needed)
    }
}
