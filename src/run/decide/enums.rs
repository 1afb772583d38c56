//! Enums: decided by the values that are there.

use std::collections::BTreeMap;

use super::{Decider, Decision, needed_if};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{AddEnumValue, CreateEnum, DropEnum, DropEnumValue, Migrations, Operation};
use crate::run::difference::Difference;
use crate::run::live::LiveValue;

impl Decider<'_> {
    pub(super) fn create_enum(
        &mut self,
        position: usize,
        it: &CreateEnum,
    ) -> Result<Decision, Difference> {
        match self.dialect {
            Dialect::Postgres => {}
            // Its values stand in the columns that are of it.
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => return Ok(Decision::Satisfied),
        }
        let Some(live) = self.live.enums.get(&it.name) else {
            self.live.enums.insert(it.name.clone(), it.values.clone());
            return Ok(Decision::Needed);
        };
        if *live == it.values || self.later.enums.has(position, &it.name, live) {
            return Ok(Decision::Satisfied);
        }
        Err(Difference::new(
            format!("enum {}", it.name),
            format!(
                "its values are ({}), and should be ({})",
                live.join(", "),
                it.values.join(", ")
            ),
        ))
    }

    pub(super) fn drop_enum(&mut self, it: &DropEnum) -> Decision {
        needed_if(self.live.enums.remove(&it.name).is_some())
    }

    pub(super) fn add_enum_value(
        &mut self,
        operation: &Operation,
        it: &AddEnumValue,
        before: &Catalog,
    ) -> Decision {
        let found = self
            .live
            .enum_value(self.dialect, before, &it.name, &it.value);
        self.change_enum(
            operation,
            &it.name,
            before,
            match found {
                LiveValue::There | LiveValue::Nowhere => false,
                LiveValue::Missing | LiveValue::Unclear => true,
            },
        )
    }

    pub(super) fn drop_enum_value(
        &mut self,
        operation: &Operation,
        it: &DropEnumValue,
        before: &Catalog,
    ) -> Decision {
        let found = self
            .live
            .enum_value(self.dialect, before, &it.name, &it.value);
        self.change_enum(
            operation,
            &it.name,
            before,
            match found {
                LiveValue::Missing | LiveValue::Nowhere => false,
                LiveValue::There | LiveValue::Unclear => true,
            },
        )
    }

    fn change_enum(
        &mut self,
        operation: &Operation,
        name: &str,
        before: &Catalog,
        needed: bool,
    ) -> Decision {
        let mut after = before.clone();
        // The history has been folded before, without an error.
        if needed && operation.apply(&mut after).is_ok() {
            let values = after.enum_values(name).unwrap_or_default();
            self.live.plan_enum(self.dialect, &after, name, values);
        }
        needed_if(needed)
    }
}

/// The values that enums have at each place of a history.
#[derive(Debug, Default)]
pub(super) struct LaterEnums {
    states: BTreeMap<String, Vec<(usize, Vec<String>)>>,
}

impl LaterEnums {
    pub(super) fn of(history: &Migrations) -> Self {
        let mut later = LaterEnums::default();
        let mut catalog = Catalog::default();
        let operations = history.iter().flat_map(|it| &it.operations);
        for (position, operation) in operations.enumerate() {
            // The history has been folded before, without an error.
            if operation.apply(&mut catalog).is_err() {
                break;
            }
            if let Operation::CreateEnum(CreateEnum { name, .. })
            | Operation::AddEnumValue(AddEnumValue { name, .. })
            | Operation::DropEnumValue(DropEnumValue { name, .. }) = operation
            {
                let values = catalog.enum_values(name).unwrap_or_default().to_vec();
                let states = later.states.entry(name.clone()).or_default();
                states.push((position, values));
            }
        }
        later
    }

    fn has(&self, after: usize, name: &str, values: &[String]) -> bool {
        let states = self.states.get(name).into_iter().flatten();
        states
            .filter(|(position, _)| *position > after)
            .any(|(_, state)| state == values)
    }
}
