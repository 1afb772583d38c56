//! Names that mean the same on every engine.

use super::{NameFault, OperationError};

/// PostgreSQL cuts names at 63 bytes, MySQL refuses over 64 characters: 63 bytes fit everywhere.
pub(super) const LONGEST: usize = 63;

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
    check("index", name)?;
    let folded = fold_case(name);
    if folded == "primary" || folded.starts_with("sqlite_") {
        return Err(fault("index", name, NameFault::Reserved));
    }
    Ok(())
}

fn check(what: &'static str, name: &str) -> Result<(), OperationError> {
    match fault_of(name) {
        Some(reason) => Err(fault(what, name, reason)),
        None => Ok(()),
    }
}

fn fault(what: &'static str, name: &str, fault: NameFault) -> OperationError {
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
    let mut end = table.len().min(LONGEST - SUFFIX.len());
    while !table.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{SUFFIX}", &table[..end])
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
}
