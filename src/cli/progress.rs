//! What is told of a run while it happens.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::console::Console;
use super::error::Error;
use super::report;
use crate::dsl::Migrations;
use crate::run::Event;

/// How long nothing more is told of a backfill.
const BETWEEN: Duration = Duration::from_secs(2);

/// Prints a line for each migration on stdout, and on stderr what a run waits for.
#[derive(Debug)]
pub(super) struct Progress {
    console: Console,
    /// The longest id's: the lines stand in columns, though each is printed before the next is known.
    width: usize,
    /// When it was told last how far a backfill has come.
    told: Mutex<Option<Instant>>,
    /// Why a line could not be printed: the first, of several.
    failure: Mutex<Option<Error>>,
}

impl Progress {
    pub(super) fn new(console: Console, migrations: &Migrations) -> Self {
        let widths = migrations.iter().map(|it| it.id.chars().count());
        Progress {
            console,
            width: widths.max().unwrap_or(0),
            told: Mutex::new(None),
            failure: Mutex::new(None),
        }
    }

    pub(super) fn tell(&self, event: &Event) {
        match event {
            Event::Waiting { holder } => self.console.note(&report::of_waiting(holder.as_ref())),
            Event::Started { .. } => {}
            Event::Retrying {
                migration,
                pause,
                reason,
            } => self
                .console
                .note(&report::of_retrying(migration, *pause, reason)),
            Event::Backfilling {
                migration,
                table,
                keys,
                of,
            } => {
                if self.is_time_to_tell() {
                    self.console
                        .note(&report::of_backfilling(migration, table, *keys, *of));
                }
            }
            Event::Applied(applied) => self.print(report::of_applied(applied, self.width)),
            Event::RolledBack(undone) => self.print(report::of_undone(undone, self.width)),
        }
    }

    /// Batches are many, and nobody reads a line for each.
    fn is_time_to_tell(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.is_none_or(|it| it.elapsed() >= BETWEEN);
        if due {
            *told = Some(Instant::now());
        }
        due
    }

    /// A run goes on when nobody reads of it any more.
    fn print(&self, line: String) {
        if let Err(error) = self.console.print(line) {
            self.failure().get_or_insert(error);
        }
    }

    /// Whether all lines were printed.
    pub(super) fn finish(&self) -> Result<(), Error> {
        self.failure().take().map_or(Ok(()), Err)
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<Error>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
