//! From the words of the command line to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use super::call::Call;
use super::console::Console;
use super::secrets::Secrets;
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
    ExitCode::from(run(&migrations, std::env::args_os().collect()))
}

fn run(migrations: &Migrations, words: Vec<OsString>) -> u8 {
    let secrets = Secrets::of_words(&words);
    let command = match Call::of(words).parse() {
        Ok(command) => command,
        Err(error) => return Console::new(secrets).usage(&error),
    };
    let url = match command.database_url() {
        Ok(url) => url,
        Err(error) => return Console::new(secrets).failure(&error),
    };
    let secrets = url.as_ref().map(Secrets::of_url).unwrap_or_default();
    let console = Console::new(secrets);
    match command.run(migrations, url.as_ref(), &console) {
        Ok(code) => code,
        Err(error) => console.failure(&error),
    }
}
