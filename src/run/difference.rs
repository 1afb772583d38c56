//! What is there, and is not what the history makes.

use std::fmt;

/// One object of a database that is not as the history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Difference {
    /// The object, with what it is: `column hammerwork_jobs.priority`.
    pub object: String,
    /// What differs, as a clause that shows both shapes.
    pub description: String,
}

impl Difference {
    pub(crate) fn new(object: impl Into<String>, description: impl Into<String>) -> Self {
        Difference {
            object: object.into(),
            description: description.into(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.description)
    }
}

/// That something else has the name, in the words of a description.
pub(crate) fn there_is(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("there is {article} {kind} of that name")
}
