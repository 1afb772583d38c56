//! What happens during a run, told while it happens.

use std::fmt;
use std::sync::Arc;
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
    /// A migration was recorded.
    Applied(AppliedNow),
    /// A migration was undone, and its record erased.
    RolledBack(AppliedNow),
}

type Listener = dyn Fn(&Event) + Send + Sync;

/// Who hears of events.
#[derive(Clone, Default)]
pub(crate) struct Observer(pub(crate) Option<Arc<Listener>>);

impl Observer {
    pub(crate) fn tell(&self, event: Event) {
        tracing::info!(target: "hammerwork_migrations", ?event);
        if let Some(observer) = &self.0 {
            observer(&event);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}
