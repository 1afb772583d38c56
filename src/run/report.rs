//! What a run did, and where a database stands.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::event::Event;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Report {
    /// The migrations that this run recorded, in the order in which it did.
    pub applied: Vec<AppliedNow>,
    /// The migrations that this run undid, in the order in which it did.
    pub rolled_back: Vec<AppliedNow>,
    /// What was found to differ and was left as it is, and what else a person should know. The observer of a run heard
    /// of it at its start.
    pub warnings: Vec<String>,
}

/// A migration that a run recorded, or undid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AppliedNow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub summary: String,
    /// How many statements were run for it: none where the database had it all already.
    pub statements: usize,
    /// How long that took, seen from here. On a new database many migrations are one transaction on PostgreSQL and SQLite,
    /// and each has the same part of its time.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "duration_ms", with = "super::serial::milliseconds")
    )]
    pub duration: Duration,
}

impl Report {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.applied.is_empty() && self.rolled_back.is_empty()
    }

    /// Adds what was told of.
    pub(crate) fn note(&mut self, event: &Event) {
        match event {
            Event::Applied(applied) => self.applied.push(applied.clone()),
            Event::RolledBack(undone) => self.rolled_back.push(undone.clone()),
            Event::Warning { text } => drop(self.warn(std::slice::from_ref(text))),
            Event::Waiting { .. }
            | Event::Planned { .. }
            | Event::Started { .. }
            | Event::Retrying { .. }
            | Event::Backfilling { .. } => {}
        }
    }

    pub(crate) fn append(&mut self, mut later: Report) {
        self.applied.append(&mut later.applied);
        self.rolled_back.append(&mut later.rolled_back);
        self.warnings.append(&mut later.warnings);
    }

    /// Adds warnings that are not there yet, and gives these: a run that plans anew meets the same ones again.
    pub(crate) fn warn(&mut self, warnings: &[String]) -> Vec<String> {
        let mut new = Vec::new();
        for warning in warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
                new.push(warning.clone());
            }
        }
        new
    }
}

/// Where a database stands: every migration of the program and of the tracking table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Status {
    /// The program's migrations in their order, then those that it does not know.
    pub migrations: Vec<MigrationStatus>,
}

/// Where a database stands with one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its id.
    pub id: String,
    /// What it is for; none where the program does not know it.
    pub summary: Option<String>,
    /// Where it stands.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub state: State,
}

/// Where one migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "state", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum State {
    /// It is recorded.
    Applied(Execution),
    /// It is recorded, and the program does not know it.
    Unknown(Execution),
    /// It is not recorded.
    Pending,
    /// It is not recorded, and a run that was cut off has done a part of it; a further run goes on from there. On
    /// MySQL and MariaDB that may be any migration, because DDL commits by itself; on PostgreSQL and SQLite one that
    /// [backfills](crate::dsl::Migration::backfill) or, on PostgreSQL, works
    /// [concurrently](crate::dsl::Migration::concurrently).
    HalfDone {
        /// Which of its operations is to be done next, counted from 1.
        step: usize,
    },
}

/// When a migration was run, as the tracking table has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Execution {
    /// When it was recorded.
    pub at: Option<DateTime<Utc>>,
    /// How long it took.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "duration_ms", with = "super::serial::milliseconds::optional")
    )]
    pub duration: Option<Duration>,
}

impl Status {
    /// How many migrations are pending, those that are half done among them.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.count(|state| matches!(state, State::Pending | State::HalfDone { .. }))
    }

    /// How many migrations of the program are applied.
    #[must_use]
    pub fn applied(&self) -> usize {
        self.count(|state| matches!(state, State::Applied(_)))
    }

    /// How many migrations are applied that the program does not know.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.count(|state| matches!(state, State::Unknown(_)))
    }

    fn count(&self, which: impl Fn(State) -> bool) -> usize {
        self.migrations.iter().filter(|it| which(it.state)).count()
    }
}
