//! A server, or a pooler before one, of a test's own: ended with the value.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Server {
    directory: PathBuf,
    pub(crate) url: String,
}

impl Server {
    /// A server of `engine`, with these options. `name` tells it from others of one test program.
    pub(crate) fn private(engine: &str, name: &str, options: &[&str]) -> Server {
        let directory = directory(&format!("{engine}_{name}"));
        let start = [
            OsStr::new("private"),
            OsStr::new(engine),
            directory.as_os_str(),
        ];
        let options = std::iter::once("--").chain(options.iter().copied());
        Server::start(&directory, start.into_iter().chain(options.map(OsStr::new)))
    }

    /// PgBouncer in transaction mode, before the database of `url`.
    pub(crate) fn pooler(url: &str) -> Server {
        let (_, name) = url.rsplit_once('/').unwrap();
        let directory = directory(&format!("pooler_{name}"));
        let start = [
            OsStr::new("pgbouncer"),
            directory.as_os_str(),
            OsStr::new(url),
        ];
        Server::start(&directory, start)
    }

    fn start<'a>(directory: &Path, arguments: impl IntoIterator<Item = &'a OsStr>) -> Server {
        let output = servers().args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        Server {
            directory: directory.to_owned(),
            url: text.lines().next().unwrap().to_owned(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(servers().arg("private-stop").arg(&self.directory).output());
    }
}

fn servers() -> Command {
    Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/servers"))
}

fn directory(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}_{}", std::process::id()))
}
