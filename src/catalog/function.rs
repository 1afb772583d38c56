//! What happens to the functions of a catalog.

use super::{Catalog, OperationError, names};
use crate::dsl::Function;

impl Catalog {
    pub(crate) fn add_function(&mut self, function: &Function) -> Result<(), OperationError> {
        let folded = names::fold_case(&function.name);
        let mut known = self.functions.keys();
        if let Some(other) = known.find(|it| names::fold_case(it) == folded) {
            return Err(OperationError::DuplicateFunction {
                function: other.clone(),
            });
        }
        names::check("function", &function.name)?;
        check_texts(function)?;
        self.functions
            .insert_mut(function.name.clone(), function.clone());
        Ok(())
    }

    pub(crate) fn replace_function(&mut self, function: &Function) -> Result<(), OperationError> {
        if !self.functions.contains_key(&function.name) {
            return Err(self.unknown_function(&function.name));
        }
        check_texts(function)?;
        self.functions
            .insert_mut(function.name.clone(), function.clone());
        Ok(())
    }

    pub(crate) fn remove_function(&mut self, name: &str) -> Result<(), OperationError> {
        if self.functions.remove_mut(name) {
            Ok(())
        } else {
            Err(self.unknown_function(name))
        }
    }

    fn unknown_function(&self, function: &str) -> OperationError {
        OperationError::UnknownFunction {
            function: function.to_owned(),
            known: self.functions.keys().cloned().collect(),
        }
    }
}

/// That there is one, and that each begins with the arguments: by them PostgreSQL finds the function that is to go.
fn check_texts(function: &Function) -> Result<(), OperationError> {
    if function.texts.is_empty() {
        return Err(OperationError::NoSql {
            what: format!("function {}", function.name),
        });
    }
    for (dialect, _) in &function.texts {
        if function.is_on(*dialect) && function.arguments_on(*dialect).is_none() {
            return Err(OperationError::NoArguments {
                function: function.name.clone(),
                dialect: *dialect,
            });
        }
    }
    Ok(())
}
