//! What the tracking table says: which migrations are applied, unknown, changed, pending.

use std::collections::{BTreeMap, BTreeSet};

use super::driver::{Driver, DriverError, DriverErrorKind, Row};
use super::error::RunError;
use super::tracking::Tracking;
use crate::dialect::Dialect;
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
    /// Reads the table: one query where both tables are there or the first is not, two where there is no journal, or where
    /// an id on SQLite is none that a migration may have.
    pub(crate) async fn read<D: Driver>(
        driver: &mut D,
        tracking: &Tracking,
    ) -> Result<AppliedIds, RunError> {
        let dialect = driver.dialect();
        let packed = match dialect {
            Dialect::Sqlite => driver
                .rows(&tracking.packed())
                .await
                .map(|it| unpacked(&it)),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => Ok(None),
        };
        let answer = match packed {
            Ok(Some(ids)) => return Ok(AppliedIds { ids, tracked: true }),
            Ok(None) => driver.rows(&tracking.ids_and_checksums(dialect)).await,
            Err(error) => Err(error),
        };
        let (rows, tracked) = match answer {
            Err(error) if is_without_journal(&error, tracking) => {
                (driver.rows(&tracking.ids(dialect)).await, false)
            }
            result => (result, true),
        };
        if matches!(&rows, Err(error) if error.kind == DriverErrorKind::MissingTable) {
            return Ok(AppliedIds::default());
        }
        let rows = rows.or_else(|error| none_yet(tracking, error))?;
        Ok(AppliedIds {
            ids: of_rows(rows),
            tracked,
        })
    }

    /// Whether they are those of the history, all of them and no other, each as it is now.
    pub(crate) fn are_all_of(&self, history: &Migrations, checksums: &[String]) -> bool {
        let ids = history.iter().map(|it| &it.id);
        let wanted: BTreeMap<&String, &String> = ids.zip(checksums).collect();
        let known = self
            .ids
            .iter()
            .filter_map(|(id, sum)| Some((id, sum.as_ref()?)));
        wanted.len() == checksums.len() && self.ids.len() == checksums.len() && known.eq(wanted)
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

/// Reads what [`Tracking::ids_and_checksums`] answers, or [`Tracking::ids`].
fn of_rows(rows: Vec<Row>) -> BTreeMap<String, Option<String>> {
    let mut ids = BTreeMap::new();
    for row in rows {
        let mut values = row.into_iter();
        let mut next = || values.next().flatten();
        match (next(), next(), next()) {
            (Some(id), None, _) => {
                ids.insert(id, None);
            }
            // What the journal knows of a migration that is not recorded is of one that was cut off.
            (Some(id), Some(step), checksum) if step == "0" => {
                if let Some(known) = ids.get_mut(&id) {
                    *known = checksum;
                }
            }
            (Some(_), Some(_), _) | (None, _, _) => {}
        }
    }
    ids
}

/// Reads what [`Tracking::packed`] answers. None where it is not whole or not clear, because an id has a character that
/// no migration's may.
fn unpacked(rows: &[Row]) -> Option<BTreeMap<String, Option<String>>> {
    let [row] = rows else {
        return None;
    };
    let [Some(count), text] = row.as_slice() else {
        return None;
    };
    let count: usize = count.parse().ok()?;
    let text = text.as_deref().unwrap_or_default();
    if !(text.is_empty() || text.ends_with('\n'))
        || text.matches('\n').count() != count
        || text.matches('\t').count() != count
    {
        return None;
    }
    text.split_terminator('\n')
        .map(|line| {
            let (id, checksum) = line.split_once('\t')?;
            let checksum = checksum.strip_prefix('=').map(str::to_owned);
            Some((id.to_owned(), checksum))
        })
        .collect()
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

/// The original tool made no journal; a role that may read the tracking table alone can't read it. In whatever language
/// a server says that a table is missing, it names the table; and of two, the first that the question names.
fn is_without_journal(error: &DriverError, tracking: &Tracking) -> bool {
    match error.kind {
        DriverErrorKind::MissingTable => error.message.contains(&tracking.journal_name()),
        DriverErrorKind::NotAllowed => true,
        DriverErrorKind::Refused
        | DriverErrorKind::InTransaction
        | DriverErrorKind::Busy
        | DriverErrorKind::Connection
        | DriverErrorKind::NoTls
        | DriverErrorKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_goes_to_the_migration_that_is_recorded() {
        let row = |values: [Option<&str>; 3]| values.map(|it| it.map(str::to_owned)).to_vec();
        let read = of_rows(vec![
            row([Some("001_a"), None, None]),
            row([Some("002_b"), None, None]),
            row([Some("001_a"), Some("3"), Some("of a step")]),
            row([Some("001_a"), Some("0"), Some("abc")]),
            row([Some("003_cut_off"), Some("0"), Some("def")]),
        ]);
        let wanted = [("001_a", Some("abc")), ("002_b", None)];
        let wanted = wanted.map(|(id, sum)| (id.to_owned(), sum.map(str::to_owned)));
        assert_eq!(read, BTreeMap::from(wanted));
    }

    #[test]
    fn only_what_is_whole_and_clear_is_read_from_one_text() {
        let read = |count: &str, text: Option<&str>| {
            unpacked(&[vec![Some(count.to_owned()), text.map(str::to_owned)]])
        };
        let both = read("2", Some("001_a\t=abc\n002_b\t\n")).unwrap();
        assert_eq!(both.get("001_a"), Some(&Some("abc".to_owned())));
        assert_eq!(both.get("002_b"), Some(&None));
        assert_eq!(read("0", None), Some(BTreeMap::new()));
        for (count, text) in [
            ("2", "001_a\t=abc\n002_b\t=ab"),
            ("2", "001_a\t=abc\n"),
            ("1", "001\ta\t=abc\n"),
            ("1", "001\na\t=abc\n"),
            ("1", ""),
        ] {
            assert_eq!(read(count, Some(text)), None, "{text:?}");
        }
        assert_eq!(unpacked(&[]), None);
    }
}
