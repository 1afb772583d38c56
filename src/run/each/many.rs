//! One history for many databases, so many of them at a time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Instrument as _;

use super::errand::{Compare, Errand, Look, Run};
use super::outcome::{Outcome, Outcomes};
use super::places::Places;
use super::side_by_side::side_by_side;
use crate::run::difference::Difference;
use crate::run::event::{Event, Observer};
use crate::run::migrator::Migrator;
use crate::run::report::{Report, Status};
use crate::run::rollback::Rollback;
use crate::run::spans;

/// The same with each of many databases; [`Migrator::each`] begins it.
///
/// Each is done as if it were alone, with its own lock, and one that fails keeps none of the others from being done. What the
/// history means, and the plan for databases that are in the same state, is found out once. When
/// [a stop](Migrator::stop_on) is requested, those that run end between two steps, and no other is begun. When the future
/// is dropped, all that run are cut off, as single runs are.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::{Migrator, register_builtin_migrations};
/// use hammerwork_migrations::run::{Databases, Rollback};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let north = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let south = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let shops = || Databases::new([("north", &north), ("south", &south)]);
/// let migrator = Migrator::new(register_builtin_migrations()).accept_data_loss(true);
///
/// assert!(migrator.each(shops()).jobs(2).run().await.are_well());
/// let drift = migrator.each(shops()).verify().await;
/// assert!(drift.databases.iter().all(|it| it.result == Some(Vec::new())));
/// let back = migrator.each(shops()).rollback(Rollback::Steps(1)).await;
/// assert_eq!(back.databases[1].result.as_ref().map(|it| it.rolled_back.len()), Some(1));
/// let status = migrator.each(shops()).status().await;
/// assert_eq!(status.databases[0].result.as_ref().map(|it| it.pending()), Some(1));
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until it is told what to do"]
pub struct Each<P> {
    migrator: Migrator,
    places: P,
    jobs: usize,
    listener: Option<Arc<Listener>>,
}

type Listener = dyn Fn(&str, &Event) + Send + Sync;

impl Migrator {
    /// The same with each of these databases: of [`Databases`](super::Databases), or
    /// [`Schemas`](super::Schemas) of one.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Databases};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shops = [sqlx::SqlitePool::connect("sqlite::memory:").await?, sqlx::SqlitePool::connect("sqlite::memory:").await?];
    /// sqlx::raw_sql("CREATE TABLE hammerwork_jobs (surprise TEXT)").execute(&shops[1]).await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    ///
    /// let names = ["north", "south"];
    /// let outcomes = migrator.each(Databases::new(names.into_iter().zip(&shops))).jobs(8).run().await;
    /// let applied = |index: usize| outcomes.databases[index].result.as_ref().map(|it| it.applied.len());
    /// assert_eq!((applied(0), applied(1)), (Some(6), Some(0)));
    /// let failed: Vec<&str> = outcomes.failed().map(|it| it.name.as_str()).collect();
    /// assert_eq!(failed, ["south"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn each<P: Places>(&self, databases: P) -> Each<P> {
        Each {
            migrator: self.for_many(),
            places: databases,
            jobs: JOBS,
            listener: None,
        }
    }
}

/// How many are done at a time, unless something else is said.
const JOBS: usize = 4;

impl<P: Places> Each<P> {
    /// How many databases are worked on at a time, one at least; 4 if this is not called. Of
    /// [`Schemas`](super::Schemas) that is how many connections there are.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// Tells `observer` what happens while it happens, with the name of the database.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, register_builtin_migrations};
    /// use hammerwork_migrations::run::{Databases, Event};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// let each = migrator.each(Databases::new([("north", &pool)])).observe(|name, event| {
    ///     if let Event::Applied(applied) = event {
    ///         println!("{name}: {} took {:?}", applied.id, applied.duration);
    ///     }
    /// });
    /// assert!(each.run().await.are_well());
    /// # Ok(())
    /// # }
    /// ```
    pub fn observe(mut self, observer: impl Fn(&str, &Event) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(observer));
        self
    }

    /// Brings each up to date, as [`Migrator::run`] does.
    pub async fn run(self) -> Outcomes<Report, P::Error> {
        self.perform(Run, |_| {}).await
    }

    /// Where each stands, as [`Migrator::status`] has it.
    pub async fn status(self) -> Outcomes<Status, P::Error> {
        self.perform(Look, |_| {}).await
    }

    /// How each differs from what its migrations make, as [`Migrator::verify`] has it. What differs is no failure.
    pub async fn verify(self) -> Outcomes<Vec<Difference>, P::Error> {
        self.perform(Compare, |_| {}).await
    }

    /// Undoes the newest migrations of each, as [`Migrator::rollback`] does.
    pub async fn rollback(self, rollback: Rollback) -> Outcomes<Report, P::Error> {
        self.perform(rollback, |_| {}).await
    }

    /// Does it with each. `told` hears of each outcome as soon as it and all before it are there.
    pub(crate) async fn perform<E: Errand>(
        mut self,
        errand: E,
        told: impl Fn(&Outcome<E::Output, P::Error>) + Send + Sync,
    ) -> Outcomes<E::Output, P::Error> {
        let places = self.places.take();
        let count = places.len();
        let queue = Mutex::new(places.into_iter().enumerate());
        let done = Mutex::new(InOrder::new(count));
        // By itself: the queue is locked no longer than that.
        let next = || locked(&queue).next();
        let one_by_one = async || {
            let mut held = None;
            while let Some((position, (name, place))) = next() {
                let outcome = self.one(name, place, &mut held, &errand).await;
                locked(&done).add(position, outcome, &told);
            }
            if let Some(held) = held {
                P::leave(held).await;
            }
        };
        side_by_side((0..self.jobs.min(count)).map(|_| one_by_one())).await;
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        Outcomes {
            databases: done.outcomes.into_iter().flatten().collect(),
        }
    }

    async fn one<E: Errand>(
        &self,
        name: String,
        place: P::Place,
        held: &mut Option<P::Held>,
        errand: &E,
    ) -> Outcome<E::Output, P::Error> {
        let so_far: Arc<Mutex<Report>> = Arc::default();
        let result = match self.migrator.stop.check(None) {
            Ok(()) => {
                let migrator = self.observed(&name, &so_far);
                let span = spans::of_database(&name);
                let work = self.places.perform(place, held, &migrator, errand);
                work.instrument(span).await
            }
            Err(stopped) => Err(stopped.into()),
        };
        let (result, error) = match result {
            Ok(result) => (Some(result), None),
            Err(error) => {
                let done = std::mem::take(&mut *locked(&so_far));
                (errand.cut_short(done), Some(error))
            }
        };
        Outcome {
            name,
            result,
            error,
        }
    }

    /// The migrator for one of them: what it does is told with its name, and kept in case that it fails.
    fn observed(&self, name: &str, so_far: &Arc<Mutex<Report>>) -> Migrator {
        let own = self.migrator.observer.listener.clone();
        let (named, name) = (self.listener.clone(), name.to_owned());
        let so_far = Arc::clone(so_far);
        let observer = move |event: &Event| {
            locked(&so_far).note(event);
            if let Some(own) = &own {
                own(event);
            }
            if let Some(named) = &named {
                named(&name, event);
            }
        };
        let mut migrator = self.migrator.clone();
        migrator.observer = Observer::new(Arc::new(observer));
        migrator
    }
}

impl<P: fmt::Debug> fmt::Debug for Each<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Each")
            .field("places", &self.places)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}

/// Outcomes, which come in any order, and are told in theirs.
struct InOrder<T> {
    outcomes: Vec<Option<T>>,
    told: usize,
}

impl<T> InOrder<T> {
    fn new(count: usize) -> Self {
        InOrder {
            outcomes: (0..count).map(|_| None).collect(),
            told: 0,
        }
    }

    fn add(&mut self, position: usize, outcome: T, tell: &impl Fn(&T)) {
        if let Some(place) = self.outcomes.get_mut(position) {
            *place = Some(outcome);
        }
        while let Some(Some(next)) = self.outcomes.get(self.told) {
            tell(next);
            self.told += 1;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_told_in_their_order() {
        let told = Mutex::new(Vec::new());
        let mut outcomes = InOrder::new(4);
        for position in [2, 0, 3, 1] {
            outcomes.add(position, position, &|it| locked(&told).push(*it));
            // What comes before it is awaited.
            let expected: &[usize] = match position {
                2 => &[],
                1 => &[0, 1, 2, 3],
                _ => &[0],
            };
            assert_eq!(*locked(&told), expected);
        }
    }
}
