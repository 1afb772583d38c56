//! Calling the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const MIGRATE: &str = env!("CARGO_BIN_EXE_migrate");
pub(crate) const CARGO: &str = env!("CARGO_BIN_EXE_cargo-hammerwork");

/// What a program ended with.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A directory of a test's own, gone with it.
pub(crate) struct Directory(PathBuf);

/// `migrate`, in a directory where nothing is, with no database in its environment.
pub(crate) fn migrate(words: &[&str]) -> Ended {
    let directory = Directory::new();
    run(command(directory.path()).args(words))
}

pub(crate) fn command(directory: &Path) -> Command {
    let mut command = Command::new(MIGRATE);
    command
        .current_dir(directory)
        .env("DATABASE_URL", "")
        .stdin(Stdio::null());
    command
}

pub(crate) fn run(command: &mut Command) -> Ended {
    Ended::of(&command.output().expect("the program starts"))
}

/// Starts it, and goes on.
#[cfg(all(feature = "postgres", feature = "mysql"))]
pub(crate) fn start(command: &mut Command) -> std::process::Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

impl Ended {
    pub(crate) fn of(output: &Output) -> Ended {
        Ended {
            code: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout.clone()).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr.clone()).expect("stderr is text"),
        }
    }

    /// Asserts that it failed with code 3, printed no result, and said each of these on stderr.
    #[track_caller]
    pub(crate) fn failed_with(&self, texts: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (3, ""), "{self:?}");
        assert!(self.stderr.starts_with("error: "), "{self:?}");
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} in\n{}", self.stderr);
        }
    }
}

impl Directory {
    pub(crate) fn new() -> Directory {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Not below the package: a `.env` file of its developer's is found from there.
        let name = format!("hammerwork-cli-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a directory can be made");
        Directory(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the directory")).expect("made");
        std::fs::write(path, text).expect("a file can be written");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
