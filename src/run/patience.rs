//! How long a run waits for others, and the pauses between two tries.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The times that a run takes for what others hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For the migration lock, in all.
    pub(crate) lock: Duration,
    /// For the lock of a table, in one try.
    pub(crate) table_lock: Duration,
    /// For one statement, once it has its locks; none is for ever.
    pub(crate) statement: Option<Duration>,
    /// For all tries of one statement or transaction together.
    pub(crate) retries: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            lock: Duration::from_secs(60),
            table_lock: Duration::from_secs(3),
            statement: None,
            retries: Duration::from_secs(60),
        }
    }
}

/// Pauses that grow, with a deadline for them all.
#[derive(Debug)]
pub(crate) struct Backoff {
    start: Instant,
    limit: Duration,
    pause: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses from `shortest` to `longest`, each about twice the one before, for `limit` in all.
    pub(crate) fn new(limit: Duration, shortest: Duration, longest: Duration) -> Self {
        Backoff {
            start: Instant::now(),
            limit,
            pause: shortest,
            longest,
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The next pause; none where the time is up.
    pub(crate) fn next(&mut self) -> Option<Duration> {
        let left = self.limit.saturating_sub(self.start.elapsed());
        if left.is_zero() {
            return None;
        }
        // Between a half and one and a half, so that those who started together do not try together.
        let random = RandomState::new().hash_one(0) % 1024;
        let pause = self.pause.mul_f64(0.5 + random as f64 / 1024.0).min(left);
        self.pause = (self.pause * 2).min(self.longest);
        Some(pause)
    }

    pub(crate) async fn wait(pause: Duration) {
        sleep(pause).await;
    }
}
