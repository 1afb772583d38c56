//! What is told of a run while it happens.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::console::Console;
use super::error::Error;
use super::report;
use crate::dsl::Migrations;
use crate::run::{Event, Report};

/// How long nothing more is told of a backfill.
const BETWEEN: Duration = Duration::from_secs(2);

/// Prints a line for each migration on stdout, and on stderr what a run waits for; on a terminal a bar shows how
/// far it is.
#[derive(Debug)]
pub(super) struct Progress {
    console: Console,
    /// Whether stdout is for JSON.
    json: bool,
    /// The longest id's: the lines stand in columns, though each is printed before the next is known.
    width: usize,
    /// When it was told last how far a backfill has come.
    told: Mutex<Option<Instant>>,
    bar: Option<ProgressBar>,
    /// What was done so far, and warned of.
    done: Mutex<Report>,
    /// Why a line could not be printed: the first, of several.
    failure: Mutex<Option<Error>>,
}

impl Progress {
    pub(super) fn new(console: Console, migrations: &Migrations, json: bool) -> Self {
        let widths = migrations.iter().map(|it| it.id.chars().count());
        Progress {
            json,
            width: widths.max().unwrap_or(0),
            told: Mutex::new(None),
            bar: console.is_watched().then(bar),
            done: Mutex::default(),
            console,
            failure: Mutex::new(None),
        }
    }

    pub(super) fn tell(&self, event: &Event) {
        self.done().note(event);
        match event {
            Event::Applied(applied) => {
                self.step();
                self.print(report::of_applied(applied, self.width));
            }
            Event::RolledBack(undone) => {
                self.step();
                self.print(report::of_undone(undone, self.width));
            }
            Event::Waiting { .. }
            | Event::Warning { .. }
            | Event::Planned { .. }
            | Event::Started { .. }
            | Event::Retrying { .. }
            | Event::Backfilling { .. } => self.tell_on_the_way("", event),
        }
    }

    /// The same of one of many databases, whose migrations have no lines of their own.
    pub(super) fn tell_of(&self, name: &str, event: &Event) {
        match event {
            Event::Applied(_) | Event::RolledBack(_) => self.step(),
            Event::Waiting { .. }
            | Event::Warning { .. }
            | Event::Planned { .. }
            | Event::Started { .. }
            | Event::Retrying { .. }
            | Event::Backfilling { .. } => self.tell_on_the_way(&format!("{name}: "), event),
        }
    }

    /// What happens before a migration is done; `of` begins each line.
    fn tell_on_the_way(&self, of: &str, event: &Event) {
        let note = |text: String| self.note(&format!("{of}{text}"));
        match event {
            Event::Planned { migrations, .. } => self.on_bar(|bar| {
                bar.set_length(bar.position() + *migrations as u64);
                bar.enable_steady_tick(Duration::from_millis(100));
            }),
            Event::Warning { text } => {
                self.beside_bar(|| self.console.warning(&format!("{of}{text}")))
            }
            Event::Waiting { holder } => note(report::of_waiting(holder.as_ref())),
            Event::Started { migration, .. } => self.on_bar(|bar| {
                bar.set_message(format!("{of}{migration}"));
            }),
            Event::Retrying {
                migration,
                pause,
                reason,
            } => note(report::of_retrying(migration, *pause, reason)),
            Event::Backfilling {
                migration,
                table,
                keys,
                of: rows,
            } => {
                if self.is_time_to_tell() {
                    note(report::of_backfilling(migration, table, *keys, *rows));
                }
            }
            Event::Applied(_) | Event::RolledBack(_) => {}
        }
    }

    /// A migration is done.
    fn step(&self) {
        self.on_bar(|bar| bar.inc(1));
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

    /// What was told of: of a run that fails, all that is known.
    pub(super) fn so_far(&self) -> Report {
        self.done().clone()
    }

    /// Takes the bar away, before anything else is printed.
    pub(super) fn end(&self) {
        self.on_bar(ProgressBar::finish_and_clear);
    }

    /// Whether all lines were printed.
    pub(super) fn finish(&self) -> Result<(), Error> {
        self.end();
        self.failure().take().map_or(Ok(()), Err)
    }

    /// A run goes on when nobody reads of it any more.
    fn print(&self, line: String) {
        if !self.json {
            self.print_result(&line, false);
        }
    }

    /// The same with lines that those get, too, who want results alone, where they were asked for.
    pub(super) fn print_result(&self, lines: &str, are_asked_for: bool) {
        let printed = self.beside_bar(|| {
            if are_asked_for {
                self.console.print(lines)
            } else {
                self.console.tell(lines)
            }
        });
        if let Err(error) = printed {
            self.failure().get_or_insert(error);
        }
    }

    fn note(&self, text: &str) {
        self.beside_bar(|| self.console.note(text));
    }

    fn on_bar(&self, change: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = &self.bar {
            change(bar);
        }
    }

    /// Does what writes to the terminal, while the bar is away.
    pub(super) fn beside_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Report> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<Error>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {elapsed} {msg}");
    // A template that does not parse is a bar in another shape.
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
