//! What was found of each operation, in a plan for a database as it is.

use super::difference::Difference;

/// One operation of a migration, and what of it the database has already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PlannedStep {
    /// Which of the migration's operations it is, counted from 1.
    pub step: usize,
    /// The operation's first line, in the words of the DSL.
    pub operation: String,
    /// What was found of it.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub found: Found,
}

/// What was found of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "found", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Found {
    /// Nothing: it is run.
    Needed,
    /// A part: the rest is run.
    Partly,
    /// All of it, in the shape that it or a later operation gives it: it is not run.
    Satisfied,
    /// Something else of that name: a run stops before it changes anything.
    Conflict(Difference),
}

impl Found {
    /// The same in one word: `needed`, `partly`, `satisfied` or `conflict`.
    ///
    /// ```
    /// use hammerwork_migrations::run::Found;
    ///
    /// assert_eq!(Found::Satisfied.word(), "satisfied");
    /// ```
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Found::Needed => "needed",
            Found::Partly => "partly",
            Found::Satisfied => "satisfied",
            Found::Conflict(_) => "conflict",
        }
    }
}
