//! Names that mean the same on every engine.

use super::{Catalog, NameFault, OperationError};
use crate::dsl::Table;

/// PostgreSQL cuts names at 63 bytes, MySQL refuses over 64 characters: 63 bytes fit everywhere.
pub(crate) const LONGEST: usize = 63;

/// Columns that every table of PostgreSQL has already.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

pub(crate) fn check_table(name: &str) -> Result<(), OperationError> {
    check("table", name)?;
    if fold_case(name).starts_with("sqlite_") {
        return Err(fault("table", name, NameFault::Reserved));
    }
    Ok(())
}

pub(super) fn check_column(name: &str) -> Result<(), OperationError> {
    check("column", name)?;
    if SYSTEM_COLUMNS.contains(&fold_case(name).as_str()) {
        return Err(fault("column", name, NameFault::Reserved));
    }
    Ok(())
}

pub(super) fn check_index(name: &str) -> Result<(), OperationError> {
    check_unreserved("index", name)
}

pub(super) fn check_constraint(name: &str) -> Result<(), OperationError> {
    check_unreserved("constraint", name)
}

fn check_unreserved(what: &'static str, name: &str) -> Result<(), OperationError> {
    check(what, name)?;
    let folded = fold_case(name);
    if folded == "primary" || folded.starts_with("sqlite_") {
        return Err(fault(what, name, NameFault::Reserved));
    }
    Ok(())
}

pub(super) fn check(what: &'static str, name: &str) -> Result<(), OperationError> {
    match fault_of(name) {
        Some(reason) => Err(fault(what, name, reason)),
        None => Ok(()),
    }
}

pub(super) fn fault(what: &'static str, name: &str, fault: NameFault) -> OperationError {
    OperationError::InvalidName {
        what,
        name: name.to_owned(),
        fault,
    }
}

/// What is wrong with a name of any kind.
pub(crate) fn fault_of(name: &str) -> Option<NameFault> {
    if name.is_empty() {
        return Some(NameFault::Empty);
    }
    if name.len() > LONGEST {
        return Some(NameFault::TooLong { bytes: name.len() });
    }
    if name.trim() != name {
        return Some(NameFault::Blank);
    }
    name.chars().find_map(|character| match character {
        '"' | '`' | '\'' | '[' | ']' | '\\' => Some(NameFault::Quote(character)),
        _ if character.is_control() => Some(NameFault::Control(character)),
        // MySQL keeps names in three-byte UTF-8 and turns the rest into question marks.
        _ if character as u32 > 0xFFFF => Some(NameFault::Unportable(character)),
        _ => None,
    })
}

/// Names that differ by this alone are the same on SQLite and in columns of MySQL.
pub(super) fn fold_case(name: &str) -> String {
    name.to_lowercase()
}

/// The name that PostgreSQL gives the primary key of a table of that name, cut to fit as PostgreSQL cuts it.
pub(crate) fn key(table: &str) -> String {
    const SUFFIX: &str = "_pkey";
    format!("{}{SUFFIX}", cut(table, LONGEST - SUFFIX.len()))
}

impl Catalog {
    /// A name that nothing has, for what is to take the place of `name`: cut where it would be too long.
    pub(crate) fn passing_name(&self, name: &str) -> String {
        let wanted = format!("hammerwork_new_{name}");
        let mut passing = fitted(&wanted, "");
        let mut number = 1;
        while self.has_relation(&passing) {
            number += 1;
            passing = fitted(&wanted, &format!("_{number}"));
        }
        passing
    }
}

/// `name` with `suffix`, within the length that every name may have.
fn fitted(name: &str, suffix: &str) -> String {
    // A blank must not be what it ends with.
    format!("{}{suffix}", cut(name, LONGEST - suffix.len()).trim_end())
}

/// The names of the sequences by which PostgreSQL numbers the rows of a table.
pub(super) fn sequences(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|it| it.auto_increment);
    columns.map(|it| sequence(&table.name, &it.name)).collect()
}

/// The name that PostgreSQL gives the sequence of a column that numbers the rows: the longer of its two parts is
/// cut until it fits.
pub(crate) fn sequence(table: &str, column: &str) -> String {
    const SUFFIX: &str = "_seq";
    let most = LONGEST - SUFFIX.len() - 1;
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > most {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    format!("{}_{}{SUFFIX}", cut(table, first), cut(column, second))
}

/// As many whole characters as fit so many bytes.
fn cut(name: &str, bytes: usize) -> &str {
    let mut end = name.len().min(bytes);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_engine_reads_otherwise_are_refused() {
        assert_eq!(fault_of(""), Some(NameFault::Empty));
        assert_eq!(
            fault_of(&"ä".repeat(32)),
            Some(NameFault::TooLong { bytes: 64 })
        );
        assert_eq!(fault_of("jobs "), Some(NameFault::Blank));
        assert_eq!(fault_of("jo\"bs"), Some(NameFault::Quote('"')));
        assert_eq!(fault_of("jo`bs"), Some(NameFault::Quote('`')));
        assert_eq!(fault_of("jo\0bs"), Some(NameFault::Control('\0')));
        assert_eq!(fault_of("jobs🦀"), Some(NameFault::Unportable('🦀')));
    }

    #[test]
    fn unusual_names_that_every_engine_takes_are_allowed() {
        for name in ["select", "größe", "a b", "a.b", "1st", &"x".repeat(63)] {
            assert_eq!(fault_of(name), None, "{name}");
        }
    }

    #[test]
    fn reserved_names_are_refused() {
        assert!(check_table("sqlite_stat1").is_err());
        assert!(check_column("XMIN").is_err());
        assert!(check_index("Primary").is_err());
    }

    #[test]
    fn a_sequence_is_named_as_postgresql_names_it() {
        assert_eq!(sequence("jobs", "id"), "jobs_id_seq");
        let long = sequence(&"t".repeat(63), "id");
        assert_eq!(long, format!("{}_id_seq", "t".repeat(56)));
        let both = sequence(&"t".repeat(63), &"c".repeat(60));
        assert_eq!(both, format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
        assert_eq!(
            sequence(&"ä".repeat(31), "id"),
            format!("{}_id_seq", "ä".repeat(28))
        );
    }
}
