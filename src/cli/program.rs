//! From the words of the command line to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use super::call::{Asked, Call};
use super::console::Console;
use super::log;
use super::options::Output;
use super::secrets::Secrets;
use super::workspace::{self, Delegate};
use crate::dsl::Migrations;

/// The whole command line for these migrations: reads the program's arguments, does what they ask, and says
/// what to exit with (see [`exit`](super::exit)).
///
/// A program of three lines is a command line for your own migrations:
///
/// ```no_run
/// use hammerwork_migrations::{cli, register_builtin_migrations};
///
/// fn main() -> std::process::ExitCode {
///     cli::main(register_builtin_migrations().and([/* yours */]))
/// }
/// ```
///
/// Without a command such a program migrates, so that a container runs it as it is. One whose name begins
/// with `cargo-` is a subcommand of cargo's (`cargo-hammerwork` is called by `cargo hammerwork`), and shows
/// its help instead.
#[must_use = "the exit code tells the caller what happened: return it from main"]
pub fn main(migrations: Migrations) -> ExitCode {
    ExitCode::from(run(&migrations, workspace::words()))
}

/// The command line of `cargo hammerwork`: in a workspace that names a package of migrations of its own, that
/// package's program is run with the same words; everywhere else it is [`main`] for `builtin`.
///
/// ```toml
/// [workspace.metadata.hammerwork]
/// package = "migration"
/// ```
///
/// The command `init` makes such a package, and writes these lines.
///
/// ```no_run
/// use hammerwork_migrations::{cli, register_builtin_migrations};
///
/// fn main() -> std::process::ExitCode {
///     cli::cargo_main(register_builtin_migrations())
/// }
/// ```
#[must_use = "the exit code tells the caller what happened: return it from main"]
pub fn cargo_main(builtin: Migrations) -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let code = match Delegate::of(&words) {
        Ok(Some(delegate)) => delegate.run(),
        Ok(None) => Ok(run(&builtin, words)),
        Err(error) => Err(error),
    };
    let console = || Console::new(Secrets::default(), &Output::default());
    ExitCode::from(code.unwrap_or_else(|error| console().failure(&error)))
}

fn run(migrations: &Migrations, words: Vec<OsString>) -> u8 {
    let plain = Output::default();
    let shown = words.clone();
    let call = Call::of(words);
    let Asked { command, output } = match call.parse() {
        Ok(asked) => asked,
        Err(error) => return Console::new(Secrets::of_words(&shown), &plain).usage(&error),
    };
    let url = match command.database_url() {
        Ok(url) => url,
        Err(error) => return Console::new(Secrets::of_words(&shown), &output).failure(&error),
    };
    let list = match command.url_list() {
        Ok(list) => list,
        Err(error) => return Console::new(Secrets::of_words(&shown), &output).failure(&error),
    };
    // A URL in the place of a name would be shown with what is said of the name.
    let names = |url: &str| -> Vec<OsString> {
        let is_other = |word: &&OsString| !word.to_string_lossy().contains(url);
        shown.iter().filter(is_other).cloned().collect()
    };
    let secrets = match &url {
        Some(url) => Secrets::of_words(&names(url.text())).and(Secrets::of_url(url)),
        None => Secrets::of_words(&shown),
    };
    let secrets = match &list {
        Some(list) => secrets.and(list.secrets()),
        None => secrets,
    };
    let console = Console::new(secrets, &output);
    log::begin(&output, &console);
    match command.run(migrations, url.as_ref(), list.as_ref(), &console, &call) {
        Ok(code) => code,
        Err(error) => console.failure(&error),
    }
}
