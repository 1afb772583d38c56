//! Asking a run to end between two steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::RunError;

/// A wish that a run ends at the next place where nothing is left half done. Clones are the same wish.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::run::{RunError, Stop};
/// use hammerwork_migrations::{Migrator, register_builtin_migrations};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let stop = Stop::new();
/// let migrator = Migrator::new(register_builtin_migrations()).stop_on(&stop);
/// // From another task, such as one that waits for SIGTERM.
/// stop.request();
/// assert!(matches!(migrator.run(&pool).await, Err(RunError::Stopped { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A wish that nobody has uttered yet.
    #[must_use]
    pub fn new() -> Self {
        Stop::default()
    }

    /// Asks the run to end. It can't be taken back.
    pub fn request(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the run was asked to end.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// An error where the run was asked to end, that says what it stops before.
    pub(crate) fn check(&self, before: Option<(&str, usize)>) -> Result<(), RunError> {
        if !self.is_requested() {
            return Ok(());
        }
        Err(RunError::Stopped {
            migration: before.map(|(migration, _)| migration.to_owned()),
            step: before.map_or(1, |(_, step)| step),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_one_whoever_holds_it() {
        let stop = Stop::new();
        assert_eq!(stop.check(None), Ok(()));
        stop.clone().request();
        let error = stop.check(Some(("002_b", 1))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stopped as asked, before migration 002_b"
        );
        let error = stop.check(Some(("002_b", 3))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stopped as asked, before migration 002_b, step 3"
        );
        let error = stop.check(None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stopped as asked, before anything was done"
        );
    }
}
