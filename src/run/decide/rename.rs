//! Whether something has its new name already.

use super::{Decider, Decision};
use crate::catalog::Catalog;
use crate::dsl::{RenameColumn, RenameIndex, RenameTable};
use crate::run::difference::{Difference, there_is};

impl Decider<'_> {
    /// A table of the new name counts as the renamed one, if the old one is gone. Where the name is that of its own key's
    /// index (PostgreSQL), it is free.
    pub(super) fn rename_table(&mut self, rename: &RenameTable) -> Result<Decision, Difference> {
        let RenameTable { table, to } = rename;
        let object = format!("table {table}");
        let kind = |name: &str| {
            let found = self.live.tables.get(name);
            found.map(|it| it.other_kind.as_deref().unwrap_or("table"))
        };
        // It gets another name before its table does.
        let key = self
            .live
            .tables
            .get(table)
            .and_then(|it| it.key_name.as_ref());
        let taken_by = kind(to).filter(|_| key != Some(to));
        match (kind(table), taken_by) {
            (Some("table"), None) => {
                self.live.rename_table(table, to);
                Ok(Decision::Needed)
            }
            (None, Some("table")) => Ok(Decision::Satisfied),
            (_, Some(kind)) => Err(taken(object, to, kind)),
            (Some(kind), None) => Err(Difference::new(object, there_is(kind))),
            (None, None) => Err(missing(object, to)),
        }
    }

    /// A column of the new name counts as the renamed one, if the old one is gone, or has come anew since.
    pub(super) fn rename_column(
        &mut self,
        position: usize,
        rename: &RenameColumn,
    ) -> Result<Decision, Difference> {
        let RenameColumn { table, column, to } = rename;
        let object = format!("column {table}.{column}");
        let comes_anew = !self.later.columns(position, table, column).is_empty();
        let live = self.table_mut(table)?;
        match (live.column(column).is_some(), live.column(to).is_some()) {
            (true, false) => {
                self.live.rename_column(table, column, to, |_| true);
                Ok(Decision::Needed)
            }
            (false, true) => Ok(Decision::Satisfied),
            (true, true) if comes_anew => Ok(Decision::Satisfied),
            (true, true) => Err(taken(object, to, "column")),
            (false, false) => Err(missing(object, to)),
        }
    }

    /// An index of the new name counts as the renamed one, if the old one is gone. One that has an exact name keeps
    /// it, whatever its label.
    pub(super) fn rename_index(
        &mut self,
        rename: &RenameIndex,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        let RenameIndex { table, index, .. } = rename;
        let object = format!("index {index} of {table}");
        let Some(found) = before.table(table).and_then(|it| it.index_labelled(index)) else {
            return Err(missing(object, &rename.to));
        };
        let from = found.physical_name(table, self.dialect);
        let to = rename.renamed(found).physical_name(table, self.dialect);
        if from == to || !found.is_made_on(self.dialect) {
            return Ok(Decision::Satisfied);
        }
        let live = self.table_mut(table)?;
        match (live.index(&from).is_some(), live.index(&to).is_some()) {
            (true, false) => {
                self.live.rename_index(table, &from, &to);
                Ok(Decision::Needed)
            }
            (false, true) => Ok(Decision::Satisfied),
            (true, true) => Err(taken(object, &to, "index")),
            (false, false) => Err(missing(object, &to)),
        }
    }
}

fn taken(object: String, to: &str, kind: &str) -> Difference {
    Difference::new(
        object,
        format!("it should become {to}, and {} already", there_is(kind)),
    )
}

fn missing(object: String, to: &str) -> Difference {
    Difference::new(
        object,
        format!("it is missing, and so is {to}, which it should become"),
    )
}
