//! Files that the command line reads and writes.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(failed("read", path))
}

/// Writes a file that may be there.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(failed("write", path))
}

/// Writes a file that must not be there, and the folders that it is in.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    if path.exists() {
        return Err(Error::Exists {
            path: path.to_owned(),
        });
    }
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    write(path, text)
}

/// Makes a folder, and those that it is in.
pub(super) fn make(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(failed("make", path))
}

/// The names of the migrations that have a file in that folder, in their order: `m001_users`.
pub(super) fn migrations_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| number_of(name).is_some())
        .collect();
    names.sort_by_key(|name| number_of(name));
    names
}

/// The number of a migration's name: 7 of `m007_add_cron`.
pub(super) fn number_of(name: &str) -> Option<u64> {
    let (number, _) = name.strip_prefix('m')?.split_once('_')?;
    number.parse().ok()
}

/// The folder of the migrations, as it is seen from here.
pub(super) fn of_migrations(given: Option<&Path>) -> Result<PathBuf, Error> {
    let usual = [
        "src/migrations",
        "src",
        "migration/src",
        "migrations/src",
        ".",
    ];
    let found = match given {
        Some(folder) => Some(folder.to_owned()),
        None => usual
            .iter()
            .map(PathBuf::from)
            .find(|folder| !migrations_in(folder).is_empty()),
    };
    let none = || Error::NoFolder {
        path: given.unwrap_or(Path::new(".")).to_owned(),
    };
    found.filter(|folder| folder.is_dir()).ok_or_else(none)
}

fn failed<'p>(
    doing: &'static str,
    path: &'p Path,
) -> impl FnOnce(std::io::Error) -> Error + use<'p> {
    move |source| Error::File {
        doing,
        path: path.to_owned(),
        source,
    }
}
