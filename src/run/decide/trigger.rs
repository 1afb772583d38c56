//! Whether a trigger is there. Its body counts by presence: only the engine can read it.

use super::{Decider, Decision, needed_if};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::Trigger;
use crate::run::difference::Difference;

impl Decider<'_> {
    pub(super) fn create_trigger(&mut self, trigger: &Trigger) -> Result<Decision, Difference> {
        if !trigger.is_on(self.dialect) {
            return Ok(Decision::Satisfied);
        }
        match self.owner_of(trigger) {
            Some(owner) if owner == trigger.table => Ok(Decision::Satisfied),
            Some(owner) => Err(Difference::new(
                format!("trigger {}", trigger.name),
                format!("there is one of that name on the table {owner}"),
            )),
            None => {
                self.plan_trigger(trigger);
                Ok(Decision::Needed)
            }
        }
    }

    /// It runs whatever is there: a second time it changes nothing.
    pub(super) fn replace_trigger(&mut self, trigger: &Trigger, before: &Catalog) -> Decision {
        let drops = self.drop_trigger(&trigger.name, before);
        if !trigger.is_on(self.dialect) {
            return drops;
        }
        self.plan_trigger(trigger);
        Decision::Needed
    }

    /// One that stands on another table already, because a later operation has put it there, goes as well, and comes
    /// again.
    pub(super) fn drop_trigger(&mut self, name: &str, before: &Catalog) -> Decision {
        let known = before.trigger(name).filter(|it| it.is_on(self.dialect));
        let Some((known, owner)) = known.and_then(|it| Some((it, self.owner_of(it)?))) else {
            return Decision::Satisfied;
        };
        let key = (known.name.clone(), owner);
        needed_if(self.live.triggers.remove(&key).is_some())
    }

    /// The table that has a trigger of that name. On PostgreSQL each table has its own.
    fn owner_of(&self, trigger: &Trigger) -> Option<String> {
        let mut names = self.live.triggers.keys();
        let found = names.find(|(name, owner)| {
            *name == trigger.name
                && match self.dialect {
                    Dialect::Postgres => *owner == trigger.table,
                    Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => true,
                }
        });
        found.map(|(_, owner)| owner.clone())
    }

    fn plan_trigger(&mut self, trigger: &Trigger) {
        let key = (trigger.name.clone(), trigger.table.clone());
        self.live.triggers.insert(key, String::new());
    }
}
