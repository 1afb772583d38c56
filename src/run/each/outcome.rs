//! What became of each of many databases.

use crate::run::error::RunError;

/// What became of each database, in the order in which they were named.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Outcomes<T, E = RunError> {
    /// All of them, those among them that were not begun because a stop was asked for.
    pub databases: Vec<Outcome<T, E>>,
}

/// What became of one database.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Outcome<T, E = RunError> {
    /// What it is called: as [`Databases`](super::Databases) has it, or the schema.
    pub name: String,
    /// What was done or found. Of a run or a rollback that failed, that is what was done before it did.
    pub result: Option<T>,
    /// Why it failed; none where it did not.
    pub error: Option<E>,
}

impl<T, E> Outcomes<T, E> {
    /// Those that failed, or were stopped.
    pub fn failed(&self) -> impl Iterator<Item = &Outcome<T, E>> {
        self.databases.iter().filter(|it| it.error.is_some())
    }

    /// Whether none failed.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Databases};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// let outcomes = migrator.each(Databases::new([("north", &pool)])).run().await;
    /// assert!(outcomes.are_well());
    /// assert_eq!(outcomes.failed().count(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn are_well(&self) -> bool {
        self.failed().next().is_none()
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::{DriverError, Report};

    #[test]
    fn an_outcome_is_a_value_with_its_error_in_words() {
        let outcomes = Outcomes {
            databases: vec![Outcome {
                name: "north".to_owned(),
                result: Some(Report::default()),
                error: Some(RunError::Connect {
                    source: DriverError::lost("no answer"),
                }),
            }],
        };
        assert!(!outcomes.are_well());
        assert_eq!(
            serde_json::to_value(outcomes).unwrap(),
            json!({"databases": [{
                "name": "north",
                "result": {"applied": [], "rolled_back": [], "warnings": []},
                "error": {
                    "message": "can't connect to the database",
                    "causes": ["no answer"],
                    "help": "check host and port in the URL, and that the server is up",
                },
            }]})
        );
    }
}
