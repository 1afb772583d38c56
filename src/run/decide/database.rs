//! Schemas and extensions: what is there by that name.

use super::{Decider, Decision, needed_if};
use crate::dsl::Extension;
use crate::run::difference::Difference;

impl Decider<'_> {
    pub(super) fn create_schema(&mut self, name: &str) -> Decision {
        needed_if(self.live.schemas.insert(name.to_owned()))
    }

    pub(super) fn drop_schema(&mut self, name: &str) -> Decision {
        needed_if(self.live.schemas.remove(name))
    }

    /// One that is there counts if it is in the schema that this or a later operation says.
    pub(super) fn create_extension(
        &mut self,
        position: usize,
        extension: &Extension,
    ) -> Result<Decision, Difference> {
        if !self.dialect.features().extensions {
            return Ok(Decision::Satisfied);
        }
        let Some(found) = self.live.extensions.get(&extension.name) else {
            let schema = extension.schema.clone().unwrap_or_default();
            self.live.extensions.insert(extension.name.clone(), schema);
            return Ok(Decision::Needed);
        };
        let Some(difference) = extension_difference(extension, found) else {
            return Ok(Decision::Satisfied);
        };
        let later = self.later.extensions.get(extension.name.as_str());
        let fits = |(at, it): &(usize, &Extension)| {
            *at > position && extension_difference(it, found).is_none()
        };
        if later.is_some_and(|it| it.iter().any(fits)) {
            return Ok(Decision::Satisfied);
        }
        Err(Difference::new(
            format!("extension {}", extension.name),
            difference,
        ))
    }

    pub(super) fn drop_extension(&mut self, name: &str) -> Decision {
        needed_if(self.live.extensions.remove(name).is_some())
    }
}

/// What differs between an extension that a migration says and one that is there, in the schema `found`.
pub(crate) fn extension_difference(extension: &Extension, found: &str) -> Option<String> {
    let schema = extension.schema.as_ref().filter(|it| *it != found)?;
    Some(format!(
        "it is in the schema {found}, and should be in {schema}"
    ))
}
