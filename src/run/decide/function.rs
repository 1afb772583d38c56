//! Whether a function is there. Its text counts by presence: only the engine can read it.

use super::{Decider, Decision, needed_if};
use crate::catalog::Catalog;
use crate::dsl::Function;
use crate::run::difference::{Difference, there_is};
use crate::run::live::LiveFunction;

impl Decider<'_> {
    pub(super) fn create_function(&mut self, function: &Function) -> Result<Decision, Difference> {
        if !function.is_on(self.dialect) || self.has_function(&function.name)? {
            return Ok(Decision::Satisfied);
        }
        self.plan_function(&function.name);
        Ok(Decision::Needed)
    }

    /// It runs whatever is there: a second time it changes nothing.
    pub(super) fn replace_function(
        &mut self,
        function: &Function,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        if !function.is_on(self.dialect) {
            return self.drop_function(&function.name, before);
        }
        self.has_function(&function.name)?;
        self.plan_function(&function.name);
        Ok(Decision::Needed)
    }

    pub(super) fn drop_function(
        &mut self,
        name: &str,
        before: &Catalog,
    ) -> Result<Decision, Difference> {
        let known = before.function(name);
        if !known.is_some_and(|it| it.is_on(self.dialect)) {
            return Ok(Decision::Satisfied);
        }
        let there = self.has_function(name)?;
        self.live.functions.remove(name);
        Ok(needed_if(there))
    }

    /// Anything else of that name is in the way, and so is a second function: which of them is meant, nobody can say.
    fn has_function(&self, name: &str) -> Result<bool, Difference> {
        let found = self.live.functions.get(name).map(Vec::as_slice);
        let difference = match found.unwrap_or_default() {
            [] => return Ok(false),
            [one] => match &one.other_kind {
                None => return Ok(true),
                Some(kind) => there_is(kind),
            },
            several => {
                let lists = several.iter().map(|it| format!("({})", it.arguments));
                let lists: Vec<String> = lists.collect();
                format!(
                    "there are {} of that name, with the arguments {}",
                    several.len(),
                    lists.join(" and ")
                )
            }
        };
        Err(Difference::new(format!("function {name}"), difference))
    }

    fn plan_function(&mut self, name: &str) {
        let planned = vec![LiveFunction::default()];
        self.live.functions.insert(name.to_owned(), planned);
    }
}
