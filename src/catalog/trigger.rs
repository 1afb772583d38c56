//! What happens to the triggers of a catalog.

use super::{Catalog, OperationError, names};
use crate::dsl::Trigger;

impl Catalog {
    pub(crate) fn add_trigger(&mut self, trigger: &Trigger) -> Result<(), OperationError> {
        let folded = names::fold_case(&trigger.name);
        let mut known = self.triggers.keys();
        if let Some(other) = known.find(|it| names::fold_case(it) == folded) {
            return Err(OperationError::DuplicateTrigger {
                trigger: other.clone(),
            });
        }
        names::check_trigger(&trigger.name)?;
        self.check_trigger(trigger)?;
        self.triggers
            .insert_mut(trigger.name.clone(), trigger.clone());
        Ok(())
    }

    pub(crate) fn replace_trigger(&mut self, trigger: &Trigger) -> Result<(), OperationError> {
        if !self.triggers.contains_key(&trigger.name) {
            return Err(self.unknown_trigger(&trigger.name));
        }
        self.check_trigger(trigger)?;
        self.triggers
            .insert_mut(trigger.name.clone(), trigger.clone());
        Ok(())
    }

    pub(crate) fn remove_trigger(&mut self, name: &str) -> Result<(), OperationError> {
        if self.triggers.remove_mut(name) {
            Ok(())
        } else {
            Err(self.unknown_trigger(name))
        }
    }

    pub(crate) fn triggers_of(&self, table: &str) -> impl Iterator<Item = &Trigger> {
        self.triggers.values().filter(move |it| it.table == table)
    }

    /// That the table has no trigger, which would go with it, or name what gets another name.
    pub(super) fn check_no_trigger(&self, table: &str) -> Result<(), OperationError> {
        match self.triggers_of(table).next() {
            None => Ok(()),
            Some(trigger) => Err(OperationError::HasTrigger {
                table: table.to_owned(),
                trigger: trigger.name.clone(),
            }),
        }
    }

    fn check_trigger(&self, trigger: &Trigger) -> Result<(), OperationError> {
        self.known_table(&trigger.table)?;
        if trigger.bodies.is_empty() {
            return Err(OperationError::NoSql {
                what: format!("trigger {}", trigger.name),
            });
        }
        Ok(())
    }

    fn unknown_trigger(&self, trigger: &str) -> OperationError {
        OperationError::UnknownTrigger {
            trigger: trigger.to_owned(),
            known: self.triggers.keys().cloned().collect(),
        }
    }
}
