//! `cargo hammerwork` in a workspace that has migrations of its own: their program is run in its place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::error::Error;
use super::exit;

/// Tells the other program that it stands for `cargo hammerwork`, which does nothing without a command.
const CALLED_BY_CARGO: &str = "CARGO_HAMMERWORK";

/// The words of this program, as it was called.
pub(super) fn words() -> Vec<OsString> {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    if std::env::var_os(CALLED_BY_CARGO).is_some() {
        let name = ["cargo-hammerwork", "hammerwork"].map(OsString::from);
        words.splice(..words.len().min(1), name);
    }
    words
}

/// Another program that is run with the words of this one.
#[derive(Debug)]
pub(super) struct Delegate {
    manifest: PathBuf,
    package: String,
    words: Vec<OsString>,
}

impl Delegate {
    /// The program that the workspace around this folder names, for all but what makes or needs none.
    pub(super) fn of(words: &[OsString]) -> Result<Option<Self>, Error> {
        let by_cargo = words.get(1).is_some_and(|it| it == "hammerwork");
        let words = words
            .get(if by_cargo { 2 } else { 1 }..)
            .unwrap_or_default();
        let command = words
            .iter()
            .find(|it| !it.to_string_lossy().starts_with('-'));
        // What begins files must work where the ones that are there don't compile.
        if command.is_some_and(|it| it == "init" || it == "new") {
            return Ok(None);
        }
        let Ok(here) = std::env::current_dir() else {
            return Ok(None);
        };
        let Some(manifest) = manifest_above(&here) else {
            return Ok(None);
        };
        let package = package_of(&manifest)?;
        Ok(package.map(|package| Delegate {
            manifest,
            package,
            words: words.to_vec(),
        }))
    }

    /// Builds and runs it. What it ends with is what this program ends with.
    pub(super) fn run(&self) -> Result<u8, Error> {
        let status = cargo()
            .args(["run", "--quiet", "--manifest-path"])
            .arg(&self.manifest)
            .args(["--package", &self.package, "--"])
            .args(&self.words)
            .env(CALLED_BY_CARGO, "1")
            .status()
            .map_err(Error::Cargo)?;
        // Without a code it was killed by a signal.
        let code = status.code().and_then(|it| u8::try_from(it).ok());
        Ok(code.unwrap_or(exit::FAILED))
    }
}

/// The nearest manifest that speaks of us. Most have no such lines, and cost no call of cargo.
fn manifest_above(here: &Path) -> Option<PathBuf> {
    here.ancestors()
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| {
            std::fs::read_to_string(manifest).is_ok_and(|it| it.contains("metadata.hammerwork"))
        })
}

/// What `[workspace.metadata.hammerwork]` names, as cargo reads it.
fn package_of(manifest: &Path) -> Result<Option<String>, Error> {
    let output = cargo()
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .map_err(Error::Cargo)?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Cargo(std::io::Error::other(message)));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|it| Error::Cargo(it.into()))?;
    let package = metadata.pointer("/metadata/hammerwork/package");
    Ok(package.and_then(Value::as_str).map(str::to_owned))
}

/// The cargo that called this program, or the one that is found.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
