//! What happens during a run, told while it happens.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::lock::Holder;
use super::report::AppliedNow;

/// Something that happened during a run; [`Migrator::observe`](super::Migrator::observe) hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Another runner has the migration lock. Told once, at the start of the wait.
    Waiting {
        /// Who has it, where the engine says so.
        holder: Option<Holder>,
    },
    /// Something that a person should know, told before anything is done: a run that fails has no
    /// [`Report`](super::Report) that would have it. Each is told once in a run.
    Warning {
        /// What it is, as a clause.
        text: String,
    },
    /// It is known what is to be run, or undone, from here on.
    Planned {
        /// How many migrations.
        migrations: usize,
        /// How many statements, in all of them.
        statements: usize,
    },
    /// A migration is about to be run, or undone.
    Started {
        /// Its id.
        migration: String,
        /// How many statements it is.
        statements: usize,
    },
    /// Another session held a lock that a statement needed; it is tried again after a pause.
    Retrying {
        /// The id of the migration.
        migration: String,
        /// How long the pause is.
        pause: Duration,
        /// What the server said.
        reason: String,
    },
    /// A batch of a backfill was committed.
    Backfilling {
        /// The id of the migration.
        migration: String,
        /// The name of the table.
        table: String,
        /// How many keys are done, those of runs that were cut off included.
        keys: u64,
        /// How many there are, where the engine has an estimate.
        of: Option<u64>,
    },
    /// A migration was recorded.
    Applied(AppliedNow),
    /// A migration was undone, and its record erased.
    RolledBack(AppliedNow),
}

type Listener = dyn Fn(&Event) + Send + Sync;

/// Who hears of events.
#[derive(Clone, Default)]
pub(crate) struct Observer {
    pub(crate) listener: Option<Arc<Listener>>,
    /// What is told only once it is certain; none where all is told at once.
    held: Option<Arc<Mutex<Vec<Event>>>>,
}

impl Observer {
    pub(crate) fn new(listener: Arc<Listener>) -> Self {
        Observer {
            listener: Some(listener),
            held: None,
        }
    }

    /// The same, but what is done is told only after [`release`](Self::release): on SQLite nothing is certain
    /// before the one commit at the end.
    pub(crate) fn holding(&self) -> Self {
        Observer {
            listener: self.listener.clone(),
            held: Some(Arc::default()),
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        match (&self.held, &event) {
            (Some(held), Event::Applied(_) | Event::RolledBack(_)) => {
                held.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(event);
            }
            (Some(_) | None, _) => self.tell_now(&event),
        }
    }

    /// Tells what was held back.
    pub(crate) fn release(&self) {
        let held = self.held.iter().flat_map(|held| {
            std::mem::take(&mut *held.lock().unwrap_or_else(PoisonError::into_inner))
        });
        for event in held {
            self.tell_now(&event);
        }
    }

    fn tell_now(&self, event: &Event) {
        tracing::info!(target: "hammerwork_migrations", ?event);
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.listener.is_some() {
            "Some(_)"
        } else {
            "None"
        })
    }
}
