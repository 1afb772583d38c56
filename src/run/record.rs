//! What the record says, as the server sent it. At most starts it is compared with the history, and no more is done with
//! it: so nothing of it is copied before that.

use std::collections::BTreeMap;

use super::applied::{AppliedIds, none_yet};
use super::digest::is_long;
use super::driver::{DriverError, DriverErrorKind, DynDriver, Row};
use super::error::RunError;
use super::tracking::Tracking;
use crate::dialect::Dialect;
use crate::dsl::Migrations;

/// The rows of both tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    rows: Vec<Row>,
    form: Form,
}

/// Which question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// [`Tracking::ids_and_digest`].
    Digest,
    /// [`Tracking::packed`].
    Packed,
    /// [`Tracking::ids_and_checksums`].
    Rows,
    /// [`Tracking::ids`], because there is no journal.
    Ids,
}

/// A migration's id, and its checksum where it has one.
type Entry<'r> = (&'r str, Option<&'r str>);

impl Record {
    /// Reads as little as tells whether it is that of the history: of a long one the ids and the digest, else all.
    pub(crate) async fn glance(
        driver: &mut dyn DynDriver,
        tracking: &Tracking,
        history: &Migrations,
    ) -> Result<Record, RunError> {
        if is_long(history) {
            let question = tracking.ids_and_digest(driver.dialect());
            let (rows, form) = match driver.rows(&question).await {
                Ok(rows) => (rows, Form::Digest),
                Err(error) if is_untracked(&error, tracking) => (Vec::new(), Form::Ids),
                // The whole can be read, or says what is wrong.
                Err(_) => return Record::read(driver, tracking).await,
            };
            return Ok(Record { rows, form });
        }
        Record::read(driver, tracking).await
    }

    /// Reads the rest of what a glance has not told.
    pub(crate) async fn whole(
        self,
        driver: &mut dyn DynDriver,
        tracking: &Tracking,
    ) -> Result<Record, RunError> {
        match self.form {
            Form::Digest => Record::read(driver, tracking).await,
            Form::Packed | Form::Rows | Form::Ids => Ok(self),
        }
    }

    /// Reads both tables: one message where the journal is there, two where it is not, or where the texts are not what ours
    /// would be.
    pub(crate) async fn read(
        driver: &mut dyn DynDriver,
        tracking: &Tracking,
    ) -> Result<Record, RunError> {
        let dialect = driver.dialect();
        let packed = match tracking.packed(dialect) {
            Some(sql) => Some(driver.rows(&sql).await),
            None => None,
        };
        let (answer, form) = match packed {
            Some(Ok(rows)) if unpacked(&rows).is_some() => (Ok(rows), Form::Packed),
            Some(Err(error)) if is_a_table_short(&error) => (Err(error), Form::Packed),
            // Rows can be read, or say what is wrong, where texts can't.
            Some(Ok(_) | Err(_)) | None => {
                let sql = tracking.ids_and_checksums(dialect);
                (driver.rows(&sql).await, Form::Rows)
            }
        };
        let (answer, form) = match answer {
            Err(error) if is_without_journal(&error, tracking) => {
                (driver.rows(&tracking.ids(dialect)).await, Form::Ids)
            }
            answer => (answer, form),
        };
        // Without the tracking table neither is there.
        let form = match &answer {
            Err(_) => Form::Ids,
            Ok(_) => form,
        };
        let rows = answer.or_else(|error| none_yet(tracking, error))?;
        Ok(Record { rows, form })
    }

    /// Whether it is that of the history: all its migrations and no other, each as it is now. A long history has a `digest`.
    pub(crate) fn is_of<'m>(
        &self,
        history: &Migrations,
        digest: Option<&str>,
        checksums: impl FnOnce() -> &'m [String],
    ) -> bool {
        let ids = history.iter().map(|it| it.id.as_str());
        if self.form == Form::Digest {
            let Some((mut recorded, kept)) = glanced(&self.rows) else {
                return false;
            };
            let mut wanted: Vec<&str> = ids.collect();
            recorded.sort_unstable();
            wanted.sort_unstable();
            return recorded == wanted && Some(kept) == digest;
        }
        let checksums = checksums();
        let sums = checksums.iter().map(|it| Some(it.as_str()));
        let mut wanted: Vec<Entry<'_>> = ids.zip(sums).collect();
        wanted.sort_unstable();
        self.entries() == wanted
    }

    /// What it says of each migration, in the order of their ids' bytes.
    fn entries(&self) -> Vec<Entry<'_>> {
        match self.form {
            Form::Packed => unpacked(&self.rows).unwrap_or_default(),
            // Of a digest there are no entries to be had.
            Form::Digest | Form::Rows | Form::Ids => of_rows(&self.rows),
        }
    }
}

impl Tracking {
    /// One message for the ids and the checksums: rows of an id, then rows of an id, a step and a checksum; those of step
    /// 0 have a migration's.
    fn ids_and_checksums(&self, dialect: Dialect) -> String {
        let table = self.qualified(&self.table, dialect);
        let journal = self.qualified(&self.journal_name(), dialect);
        // What another runner does between the two makes them differ, and then both are read again with the lock held. A join, or
        // an aggregate, would cost a new session of PostgreSQL twice as much, because it has to look up every function and operator
        // that a query names; a union costs it a tenth more, and MySQL refuses one where the tables' collations differ.
        format!(
            "SELECT migration_id FROM {table}; SELECT migration_id, step, checksum FROM {journal}"
        )
    }

    /// The same in one row of two texts: the ids, quoted, and the ids with their checksums, quoted. On SQLite each row goes from one
    /// thread to another; servers take longer to begin with an aggregate than to send rows.
    fn packed(&self, dialect: Dialect) -> Option<String> {
        match dialect {
            Dialect::Sqlite => {}
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => return None,
        }
        let table = self.qualified(&self.table, dialect);
        let journal = self.qualified(&self.journal_name(), dialect);
        Some(format!(
            "SELECT (SELECT group_concat(quote(migration_id)) FROM {table}), \
             (SELECT group_concat(quote(migration_id) || ':' || quote(checksum)) FROM {journal} WHERE step = 0)"
        ))
    }

    /// The ids alone, for databases without a journal.
    pub(super) fn ids(&self, dialect: Dialect) -> String {
        format!(
            "SELECT migration_id FROM {}",
            self.qualified(&self.table, dialect)
        )
    }
}

impl From<Record> for AppliedIds {
    fn from(record: Record) -> Self {
        let owned = |(id, sum): Entry<'_>| (id.to_owned(), sum.map(str::to_owned));
        let ids: BTreeMap<_, _> = record.entries().into_iter().map(owned).collect();
        let tracked = match record.form {
            Form::Digest | Form::Packed | Form::Rows => true,
            Form::Ids => false,
        };
        AppliedIds::new(ids, tracked)
    }
}

/// Reads rows of an id, and of an id, a step and a checksum.
fn of_rows(rows: &[Row]) -> Vec<Entry<'_>> {
    let mut ids = Vec::new();
    let mut sums = Vec::new();
    for row in rows {
        let mut values = row.iter().map(Option::as_deref);
        let mut next = || values.next().flatten();
        match (next(), next(), next()) {
            (Some(id), None, _) => ids.push(id),
            (Some(id), Some("0"), sum) => sums.push((id, sum)),
            (Some(_), Some(_), _) | (None, _, _) => {}
        }
    }
    joined(ids, sums)
}

/// Reads what [`Tracking::ids_and_digest`] answers: the ids, and the digest. None where there is no digest, or a value has a
/// character that none of ours has.
fn glanced(rows: &[Row]) -> Option<(Vec<&str>, &str)> {
    let values: Vec<Option<&str>> = rows.iter().flatten().map(Option::as_deref).collect();
    match values[..] {
        [Some(ids), Some(digest)] => Some((elements(ids)?.collect(), digest)),
        [Some(count), ids, Some(digest)] => Some((lines(ids, count)?.collect(), digest)),
        _ => None,
    }
}

/// The elements of one of PostgreSQL's arrays, where none of them has to be quoted.
fn elements(array: &str) -> Option<impl Iterator<Item = &str>> {
    let elements = array.strip_prefix('{')?.strip_suffix('}')?;
    let is_quoted = elements.contains(['"', '\\', '{', '}']);
    (!is_quoted).then(|| elements.split(',').filter(|it| !it.is_empty()))
}

/// Reads what [`Tracking::packed`] answers. None where a value is none, or has a quotation mark, which none of ours has.
fn unpacked(rows: &[Row]) -> Option<Vec<Entry<'_>>> {
    let [row] = rows else {
        return None;
    };
    let [ids, sums] = row.as_slice() else {
        return None;
    };
    let ids = quoted(ids.as_deref())?.map(clear).collect::<Option<_>>()?;
    let sum = |text| {
        let (id, sum) = str::split_once(text, "':'")?;
        Some((clear(id)?, Some(clear(sum)?)))
    };
    let sums = quoted(sums.as_deref())?.map(sum).collect::<Option<_>>()?;
    Some(joined(ids, sums))
}

/// The parts of a list of quoted ones.
fn quoted(list: Option<&str>) -> Option<impl Iterator<Item = &str>> {
    let inner = match list {
        Some(list) => Some(list.strip_prefix('\'')?.strip_suffix('\'')?),
        None => None,
    };
    Some(inner.into_iter().flat_map(|it| it.split("','")))
}

fn clear(text: &str) -> Option<&str> {
    (!text.contains('\'')).then_some(text)
}

/// The lines of a text, where it is whole and has so many.
fn lines<'t>(text: Option<&'t str>, count: &str) -> Option<impl Iterator<Item = &'t str>> {
    let text = text.unwrap_or_default();
    let whole = text.is_empty() || text.ends_with('\n');
    let count: usize = count.parse().ok()?;
    (whole && text.matches('\n').count() == count).then(|| text.split_terminator('\n'))
}

/// Gives each recorded migration its checksum. What the journal knows of others is of migrations that were cut off.
fn joined<'r>(mut ids: Vec<&'r str>, mut sums: Vec<Entry<'r>>) -> Vec<Entry<'r>> {
    ids.sort_unstable();
    ids.dedup();
    sums.sort_by_key(|(id, _)| *id);
    let mut sums = sums.into_iter().peekable();
    let with_sum = |id| {
        while sums.next_if(|(it, _)| *it < id).is_some() {}
        let mut sum = None;
        while let Some((_, it)) = sums.next_if(|(it, _)| *it == id) {
            sum = it;
        }
        (id, sum)
    };
    ids.into_iter().map(with_sum).collect()
}

/// Whether a table is missing, or can't be read.
fn is_a_table_short(error: &DriverError) -> bool {
    matches!(
        error.kind,
        DriverErrorKind::MissingTable | DriverErrorKind::NotAllowed
    )
}

/// Whether it is the tracking table itself that is missing.
fn is_untracked(error: &DriverError, tracking: &Tracking) -> bool {
    error.kind == DriverErrorKind::MissingTable && !error.message.contains(&tracking.digest_name())
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
    use crate::dsl::{Migration, integer, table};

    fn row<const N: usize>(values: [Option<&str>; N]) -> Row {
        values.map(|it| it.map(str::to_owned)).to_vec()
    }

    #[test]
    fn a_checksum_goes_to_the_migration_that_is_recorded() {
        let rows = [
            row([Some("002_b")]),
            row([None]),
            row([Some("001_a"), None, None]),
            row([Some("001_a"), Some("3"), Some("of a step")]),
            row([Some("001_a"), Some("0"), Some("abc")]),
            row([Some("003_cut_off"), Some("0"), Some("def")]),
        ];
        assert_eq!(of_rows(&rows), [("001_a", Some("abc")), ("002_b", None)]);
    }

    #[test]
    fn only_what_is_clear_is_read_from_texts() {
        let both = |ids: Option<&str>, sums: Option<&str>| [row([ids, sums])];
        let (ids, sums) = ("'002_b','001_a'", "'001_a':'abc','000_cut_off':'def'");
        let read = vec![("001_a", Some("abc")), ("002_b", None)];
        assert_eq!(unpacked(&both(Some(ids), Some(sums))), Some(read));
        assert_eq!(unpacked(&both(None, None)), Some(Vec::new()));
        // What is no text, none, and what has a quotation mark in it.
        for unclear in [
            "",
            "'",
            "1",
            "NULL",
            "'001_a',NULL",
            "X'61'",
            "'001''a'",
            "'a'',''b'",
            "'''a'",
        ] {
            assert_eq!(
                unpacked(&both(Some(unclear), Some(sums))),
                None,
                "{unclear}"
            );
        }
        for unclear in [
            "'001_a':NULL",
            "NULL:'abc'",
            "'001_a'",
            "'0''1':'abc'",
            "'001_a':'a''c'",
            "'001_a':'':'abc'",
        ] {
            assert_eq!(unpacked(&both(Some(ids), Some(unclear))), None, "{unclear}");
        }
        assert_eq!(unpacked(&[]), None);
        assert_eq!(unpacked(&[row([Some(ids)])]), None);
    }

    #[test]
    fn a_digest_is_read_where_its_ids_are_clear() {
        let of_postgres = |ids| [row([Some(ids)]), row([Some("abc")])];
        let ids = vec!["001_a", "002_b"];
        let read = Some((ids, "abc"));
        assert_eq!(glanced(&of_postgres("{001_a,002_b}")), read);
        let lines = [row([Some("2"), Some("001_a\n002_b\n"), Some("abc")])];
        assert_eq!(glanced(&lines), read);
        assert_eq!(glanced(&of_postgres("{}")), Some((Vec::new(), "abc")));
        let empty = [row([Some("0"), None, Some("abc")])];
        assert_eq!(glanced(&empty), Some((Vec::new(), "abc")));
        for unclear in [
            "",
            "{001_a",
            r#"{"001,a",002_b}"#,
            r"{001\a}",
            "{{001_a},{002_b}}",
        ] {
            assert_eq!(glanced(&of_postgres(unclear)), None, "{unclear}");
        }
        assert_eq!(glanced(&[row([Some("{001_a}")])]), None);
        assert_eq!(
            glanced(&[row([Some("2"), Some("001_a\n"), Some("abc")])]),
            None
        );
        assert_eq!(glanced(&[]), None);
    }

    #[test]
    fn it_is_that_of_the_history_only_where_nothing_differs() {
        let migration = |id: &str| {
            let made = table(format!("of_{id}")).columns([integer("id")]);
            Migration::new(id, "One more").create_table(made)
        };
        // Ten comes after nine, though its bytes do not.
        let history = Migrations::new(["9_a", "10_b"].map(migration));
        let sums = history.checksums();
        let [nine, ten] = [&sums[0], &sums[1]].map(|it| Some(it.as_str()));
        let is = |entries: &[(&str, Option<&str>)]| {
            let ids = entries.iter().map(|(id, _)| row([Some(id)]));
            let noted = entries
                .iter()
                .map(|(id, sum)| row([Some(id), Some("0"), *sum]));
            let rows = ids.chain(noted).collect();
            let form = Form::Rows;
            Record { rows, form }.is_of(&history, None, || &sums)
        };
        assert!(is(&[("9_a", nine), ("10_b", ten)]));
        assert!(is(&[("10_b", ten), ("9_a", nine)]));
        for other in [
            &[("9_a", nine)][..],
            &[("9_a", nine), ("10_b", nine)],
            &[("9_a", ten), ("10_b", nine)],
            &[("9_a", nine), ("10_b", None)],
            &[("9_a", nine), ("10_B", ten)],
            &[("9_a", nine), ("10_b", ten), ("11_c", ten)],
        ] {
            assert!(!is(other), "{other:?}");
        }
        let twice = Migrations::new(["9_a", "9_a"].map(migration));
        let rows = vec![row([Some("9_a")]), row([Some("9_a"), Some("0"), nine])];
        let form = Form::Rows;
        let sums = twice.checksums();
        assert!(!Record { rows, form }.is_of(&twice, None, || &sums));
    }
}
