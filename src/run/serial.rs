//! Plans, reports and states as values of serde: the shapes that `docs/json.md` describes.

use std::error::Error as _;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::error::RunError;
use super::plan::{Plan, PlannedMigration, Way};
use crate::dialect::Dialect;
use crate::render::Statement;

impl Serialize for Dialect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What it says, why, and what to do about it.
impl Serialize for RunError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut causes = Vec::new();
        let mut cause = self.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        let mut error = serializer.serialize_struct("RunError", 3)?;
        error.serialize_field("message", &self.to_string())?;
        error.serialize_field("causes", &causes)?;
        error.serialize_field("help", &self.help())?;
        error.end()
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Way::Up => "up",
            Way::Down => "down",
        })
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let create_tracking: Vec<&String> = self.preparations().collect();
        let mut plan = serializer.serialize_struct("Plan", 5)?;
        plan.serialize_field("dialect", &self.dialect)?;
        plan.serialize_field("create_tracking", &create_tracking)?;
        plan.serialize_field("migrations", &self.migrations)?;
        plan.serialize_field("warnings", &self.warnings)?;
        plan.serialize_field("missing_rights", &self.missing_rights)?;
        plan.end()
    }
}

impl Serialize for PlannedMigration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut migration = serializer.serialize_struct("PlannedMigration", 7)?;
        migration.serialize_field("id", &self.id)?;
        migration.serialize_field("summary", &self.summary)?;
        migration.serialize_field("way", &self.way)?;
        migration.serialize_field("steps", &self.steps)?;
        migration.serialize_field("statements", &self.statements)?;
        migration.serialize_field("left_out", &self.left_out)?;
        migration.serialize_field("warnings", &self.warnings)?;
        migration.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let guards: Vec<String> = self.guards.iter().map(ToString::to_string).collect();
        let only_if = self.opaque.as_ref().and_then(|it| it.only_if.as_ref());
        let mut statement = serializer.serialize_struct("Statement", 6)?;
        statement.serialize_field("sql", &self.sql)?;
        statement.serialize_field("steps", &self.steps)?;
        statement.serialize_field("guards", &guards)?;
        statement.serialize_field("only_if", &only_if)?;
        statement.serialize_field("notes", &self.notes)?;
        statement.serialize_field("transactional", &self.transactional)?;
        statement.end()
    }
}

/// Durations as whole milliseconds, which is what the tracking table holds.
pub(super) mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(in crate::run) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        whole(duration).serialize(serializer)
    }

    pub(in crate::run) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }

    fn whole(duration: &Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }

    /// The same where there may be none.
    pub(in crate::run) mod optional {
        use super::*;

        pub(in crate::run) fn serialize<S: Serializer>(
            duration: &Option<Duration>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            duration.as_ref().map(whole).serialize(serializer)
        }

        pub(in crate::run) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Duration>, D::Error> {
            let milliseconds = Option::<u64>::deserialize(deserializer)?;
            Ok(milliseconds.map(Duration::from_millis))
        }
    }
}
