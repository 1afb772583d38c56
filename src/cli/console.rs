//! What is printed: results to stdout, everything else to stderr, and no secret to either.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use serde_json::{Value, json};

use super::error::Error;
use super::exit;
use super::options::Output;
use super::paint::{Hue, Paint};
use super::secrets::Secrets;
use super::text::one_line;

/// Where people and programs read.
#[derive(Clone, Debug)]
pub(super) struct Console {
    secrets: Secrets,
    quiet: bool,
    stdout: Paint,
    stderr: Paint,
}

impl Console {
    /// A console that masks these secrets in everything that goes to stderr. Results need no masking: no
    /// part of a URL is in them, and a database may be named like its password.
    pub(super) fn new(secrets: Secrets, output: &Output) -> Self {
        Console {
            secrets,
            quiet: output.quiet,
            stdout: Paint::of(output.color, &io::stdout()),
            stderr: Paint::of(output.color, &io::stderr()),
        }
    }

    /// The colours of results.
    pub(super) fn paint(&self) -> Paint {
        self.stdout
    }

    /// The colours of everything else.
    pub(super) fn stderr_paint(&self) -> Paint {
        self.stderr
    }

    /// Whether a person watches who wants to be told.
    pub(super) fn is_watched(&self) -> bool {
        !self.quiet && io::stdout().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints what is told beside a result, unless nobody wants it.
    pub(super) fn tell(&self, text: impl fmt::Display) -> Result<(), Error> {
        if self.quiet { Ok(()) } else { self.print(text) }
    }

    /// Prints a result.
    pub(super) fn print(&self, result: impl fmt::Display) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        // In one piece: a display that writes word by word would be as many system calls.
        stdout
            .write_all(result.to_string().as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(Error::Output)
    }

    /// Says in one line what happens meanwhile.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.write(&format!("{}\n", self.one_line(text)));
        }
    }

    pub(super) fn warning(&self, warning: &str) {
        if !self.quiet {
            self.line(Hue::Warning, "warning", warning);
        }
    }

    /// Writes what is logged, which is in lines already.
    pub(super) fn log(&self, text: &str) {
        self.write(&self.secrets.mask(text));
    }

    /// Says what went wrong, why, and what to do about it, and gives the exit code.
    pub(super) fn failure(&self, error: &Error) -> u8 {
        if error.is_closed_pipe() {
            return exit::OK;
        }
        self.line(Hue::Bad, "error", &error.to_string());
        self.reasons(error);
        error.exit_code()
    }

    /// The same of one of many databases; what the program ends with, all of them say.
    pub(super) fn failure_of(&self, name: &str, error: &Error) {
        self.line(Hue::Bad, "error", &format!("{name}: {error}"));
        self.reasons(error);
    }

    /// What went wrong, as a value; a server's message may have a secret in it.
    pub(super) fn json(&self, error: &Error) -> Value {
        let causes: Vec<String> = causes(error)
            .map(|it| self.secrets.mask(&it.to_string()))
            .collect();
        json!({
            "message": self.secrets.mask(&error.to_string()),
            "causes": causes,
            "help": error.help().map(|it| self.secrets.mask(&it)),
        })
    }

    /// Prints what clap says, and gives the exit code: help and version are results.
    pub(super) fn usage(&self, error: &clap::Error) -> u8 {
        if error.use_stderr() {
            self.write(&self.secrets.mask(&error.render().to_string()));
            return exit::USAGE;
        }
        // As the text is the program's own, it may have colours.
        let text = error.render();
        let printed = if self.stdout.is_on() {
            self.print(text.ansi())
        } else {
            self.print(text)
        };
        match printed {
            Ok(()) => exit::OK,
            Err(error) => self.failure(&error),
        }
    }

    fn reasons(&self, error: &Error) {
        for cause in causes(error) {
            self.line(Hue::Bad, "caused by", &cause.to_string());
        }
        if let Some(help) = error.help() {
            self.line(Hue::Help, "help", &help);
        }
    }

    fn line(&self, hue: Hue, label: &str, text: &str) {
        let label = self.stderr.paint(hue, &format!("{label}:"));
        self.write(&format!("{label} {}\n", self.one_line(text)));
    }

    fn one_line(&self, text: &str) -> String {
        one_line(&self.secrets.mask(text))
    }

    /// If stderr can't be written, there is nobody left to tell.
    fn write(&self, text: &str) {
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }
}

/// Why it is so, from one reason to the next.
fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.cause(), |it| it.source())
}
