//! Whether a view is there. Its query counts by presence: only the engine can read it.

use super::{Decider, Decision, needed_if};
use crate::catalog::Catalog;
use crate::dsl::View;
use crate::run::difference::{Difference, there_is};
use crate::run::live::LiveTable;

impl Decider<'_> {
    pub(super) fn create_view(&mut self, view: &View) -> Result<Decision, Difference> {
        if !view.is_on(self.dialect) || self.has_view(&view.name)? {
            return Ok(Decision::Satisfied);
        }
        self.plan_view(&view.name);
        Ok(Decision::Needed)
    }

    /// It runs whatever is there: a second time it changes nothing.
    pub(super) fn replace_view(
        &mut self,
        view: &View,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        if !view.is_on(self.dialect) {
            return self.drop_view(&view.name, before);
        }
        self.has_view(&view.name)?;
        self.plan_view(&view.name);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_view(
        &mut self,
        name: &str,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        if !before.view(name).is_some_and(|it| it.is_on(self.dialect)) {
            return Ok(Decision::Satisfied);
        }
        let there = self.has_view(name)?;
        self.live.tables.remove(name);
        // An index may have its name then.
        self.live.index_owners.retain(|_, owner| owner != name);
        Ok(needed_if(there))
    }

    /// Anything else of that name is in the way.
    fn has_view(&self, name: &str) -> Result<bool, Difference> {
        let found = self.live.tables.get(name);
        let kind = found.map(|it| it.other_kind.as_deref().unwrap_or("table"));
        let owner = self.live.index_owners.get(name).map(|_| "index");
        match kind.or(owner) {
            None => Ok(false),
            Some(VIEW) => Ok(true),
            Some(kind) => Err(Difference::new(format!("view {name}"), there_is(kind))),
        }
    }

    fn plan_view(&mut self, name: &str) {
        let planned = LiveTable {
            other_kind: Some(VIEW.to_owned()),
            ..LiveTable::default()
        };
        self.live.tables.insert(name.to_owned(), planned);
    }
}

/// What every engine's catalog calls a view.
pub(in crate::run) const VIEW: &str = "view";
