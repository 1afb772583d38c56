//! A step of a migration, as errors and people name it.

use std::fmt;
use std::str::FromStr;

/// `MIGRATION:STEP`, the step counted from 1; on the way back from -1 downwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) migration: String,
    pub(super) number: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a step is named MIGRATION:STEP, as in 002_add_priority:1")]
pub(super) struct NoStep;

impl FromStr for Step {
    type Err = NoStep;

    fn from_str(text: &str) -> Result<Step, NoStep> {
        let (migration, number) = text.rsplit_once(':').ok_or(NoStep)?;
        let number = number.parse().ok().filter(|it| *it != 0).ok_or(NoStep)?;
        if migration.is_empty() {
            return Err(NoStep);
        }
        Ok(Step {
            migration: migration.to_owned(),
            number,
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.migration, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_migration_and_a_number() {
        let step: Step = "002_add_priority:1"
            .parse()
            .unwrap_or_else(|it| panic!("{it}"));
        assert_eq!(
            (step.migration.as_str(), step.number),
            ("002_add_priority", 1)
        );
        assert_eq!(step.to_string(), "002_add_priority:1");
        for text in ["", "x", ":1", "x:", "x:0", "x:1 ", "x:one", "1:x"] {
            assert_eq!(text.parse::<Step>(), Err(NoStep), "{text}");
        }
    }
}
