//! Functions, as the engine's own catalog has them.

use super::{Live, Values};

/// A function, or something else that has a function's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveFunction {
    /// What it is, where it is no function that a migration can have made: `procedure`, for example.
    pub(crate) other_kind: Option<String>,
    /// Its arguments in the words of the engine's catalog, by which PostgreSQL tells functions of one name apart.
    pub(crate) arguments: String,
    /// All that stands behind its name, in those words.
    pub(crate) definition: String,
}

impl Live {
    /// Adds a function: every engine's query gives name, kind, arguments and definition in this order.
    pub(super) fn add_function(&mut self, name: String, mut values: Values) {
        let function = LiveFunction {
            other_kind: values.optional(),
            arguments: values.text(),
            definition: super::ended(values.text()),
        };
        self.functions.entry(name).or_default().push(function);
    }

    /// Whether there is a function of that name, and nothing else.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        let found = self.functions.get(name).map(Vec::as_slice);
        matches!(found, Some([function]) if function.other_kind.is_none())
    }
}
