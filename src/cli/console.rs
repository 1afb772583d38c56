//! What is printed: results to stdout, everything else to stderr, and no secret to either.

use std::fmt;
use std::io::{self, Write as _};

use super::error::Error;
use super::exit;
use super::secrets::Secrets;
use super::text::one_line;

/// Where people and programs read.
#[derive(Clone, Debug)]
pub(super) struct Console {
    secrets: Secrets,
}

impl Console {
    /// A console that masks these secrets in everything that goes to stderr. Results need no masking: no
    /// part of a URL is in them, and a database may be named like its password.
    pub(super) fn new(secrets: Secrets) -> Self {
        Console { secrets }
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
        self.write(&format!("{}\n", one_line(&self.secrets.mask(text))));
    }

    pub(super) fn warning(&self, warning: &str) {
        self.line("warning", warning);
    }

    /// Says what went wrong, why, and what to do about it, and gives the exit code.
    pub(super) fn failure(&self, error: &Error) -> u8 {
        if error.is_closed_pipe() {
            return exit::OK;
        }
        self.line("error", &error.to_string());
        let mut cause = error.cause();
        while let Some(error) = cause {
            self.line("caused by", &error.to_string());
            cause = error.source();
        }
        if let Some(help) = error.help() {
            self.line("help", &help);
        }
        error.exit_code()
    }

    /// Prints what clap says, and gives the exit code: help and version are results.
    pub(super) fn usage(&self, error: &clap::Error) -> u8 {
        if error.use_stderr() {
            self.write(&self.secrets.mask(&error.render().to_string()));
            return exit::USAGE;
        }
        // As the text is the program's own, clap may colour it.
        match error.print().map_err(Error::Output) {
            Ok(()) => exit::OK,
            Err(error) => self.failure(&error),
        }
    }

    fn line(&self, label: &str, text: &str) {
        self.note(&format!("{label}: {text}"));
    }

    /// If stderr can't be written, there is nobody left to tell.
    fn write(&self, text: &str) {
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }
}
