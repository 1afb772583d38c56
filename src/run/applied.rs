//! What the tracking table says: which migrations are applied, unknown, changed, pending.

use std::collections::{BTreeMap, BTreeSet};

use super::driver::{DriverError, DriverErrorKind, DynDriver};
use super::error::RunError;
use super::record::Record;
use super::tracking::Tracking;
use crate::dsl::Migrations;
use crate::dsl::migrations::compare_ids;

/// The migrations that a database has, each with the checksum of what it was when it was applied. Databases
/// that the original tool made have no checksums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AppliedIds {
    ids: BTreeMap<String, Option<String>>,
    /// Whether both tables are there.
    tracked: bool,
}

/// What is left to do, by the ids alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The ids that are applied.
    pub(crate) applied: BTreeSet<String>,
    /// How many migrations are pending.
    pub(crate) count: usize,
    /// How many of the history, from its start, are to be applied.
    pub(crate) until: usize,
    /// What a person should know about their order.
    pub(crate) warnings: Vec<String>,
    /// Whether the tracking table and the journal are there.
    pub(crate) tracked: bool,
}

impl Pending {
    /// Whether there is a table in which migrations are recorded: one of the two, at least.
    pub(crate) fn is_recorded(&self) -> bool {
        self.tracked || !self.applied.is_empty()
    }
}

impl AppliedIds {
    pub(crate) fn new(ids: BTreeMap<String, Option<String>>, tracked: bool) -> Self {
        AppliedIds { ids, tracked }
    }

    /// Reads the record.
    pub(crate) async fn read(
        driver: &mut dyn DynDriver,
        tracking: &Tracking,
    ) -> Result<AppliedIds, RunError> {
        let record = Record::read(driver, tracking).await;
        record.map(AppliedIds::from)
    }

    /// Compares with the history, whose migrations have those `checksums`: what it does not know, what was edited, what
    /// is left.
    pub(crate) fn pending(
        self,
        history: &Migrations,
        checksums: &[String],
        target: Option<&str>,
        allow_unknown: bool,
        strict_order: bool,
    ) -> Result<Pending, RunError> {
        let known: BTreeSet<&str> = history.iter().map(|it| it.id.as_str()).collect();
        let unknown: Vec<String> = self
            .ids
            .keys()
            .filter(|id| !known.contains(id.as_str()))
            .cloned()
            .collect();
        if !unknown.is_empty() && !allow_unknown {
            return Err(RunError::UnknownApplied { ids: unknown });
        }
        let changed = self.changed(history, checksums);
        if !changed.is_empty() {
            return Err(RunError::Changed { ids: changed });
        }
        let newest = self
            .ids
            .keys()
            .filter(|id| known.contains(id.as_str()))
            .max_by(|a, b| compare_ids(a, b));
        let mut pending = Pending {
            tracked: self.tracked,
            until: until(history, target)?,
            ..Pending::default()
        };
        let wanted = history.iter().take(pending.until);
        for migration in wanted.filter(|it| !self.ids.contains_key(&it.id)) {
            pending.count += 1;
            pending.warnings.extend(migration.warning());
            let Some(newest) = newest.filter(|it| compare_ids(&migration.id, it).is_lt()) else {
                continue;
            };
            if strict_order {
                return Err(RunError::OutOfOrder {
                    id: migration.id.clone(),
                    newest: newest.clone(),
                });
            }
            pending.warnings.push(format!(
                "{} is run after {newest}, which comes after it and was applied already",
                migration.id
            ));
        }
        pending.applied = self.ids.into_keys().collect();
        Ok(pending)
    }

    /// The migrations that are not what they were when they were applied; `checksums` says what each is now.
    pub(crate) fn changed(&self, history: &Migrations, checksums: &[String]) -> Vec<String> {
        history
            .iter()
            .zip(checksums)
            .filter(|(migration, now)| match self.ids.get(&migration.id) {
                Some(Some(then)) => then != *now,
                Some(None) | None => false,
            })
            .map(|(migration, _)| migration.id.clone())
            .collect()
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }
}

/// How many migrations lead up to the target, itself included; all where there is none.
fn until(history: &Migrations, target: Option<&str>) -> Result<usize, RunError> {
    let Some(target) = target else {
        return Ok(history.iter().count());
    };
    let position = history.iter().position(|it| it.id == target);
    position
        .map(|it| it + 1)
        .ok_or_else(|| RunError::UnknownMigration {
            id: target.to_owned(),
            applied: false,
        })
}

/// A tracking table that is not there yet has no rows.
pub(crate) fn none_yet<T>(tracking: &Tracking, error: DriverError) -> Result<Vec<T>, RunError> {
    match (error.kind, error.code.as_deref()) {
        (DriverErrorKind::MissingTable, _) => Ok(Vec::new()),
        // MySQL: no database selected.
        (_, Some("1046")) => Err(RunError::MissingDatabase),
        (_, _) => Err(RunError::Tracking {
            table: tracking.table.clone(),
            source: error,
        }),
    }
}
