//! A driver that stops at a call that was chosen before: for ever, or with a panic.

use std::future::{Future, pending, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use hammerwork_migrations::run::Source;
use hammerwork_migrations::run::driver::{Driver, DriverError, Row};
use tokio::sync::Notify;

/// How a call is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It waits for ever, and nothing is sent.
    Before,
    /// It is sent, and waits for ever.
    Within,
    /// It panics, and nothing is sent.
    Panic,
}

impl Stop {
    pub(crate) const ALL: [Stop; 3] = [Stop::Before, Stop::Within, Stop::Panic];
}

/// Which call is stopped, counted from 1, and how. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    call: usize,
    stop: Stop,
    calls: Arc<AtomicUsize>,
    reached: Arc<Notify>,
}

impl Plan {
    pub(crate) fn at(call: usize, stop: Stop) -> Plan {
        Plan {
            call,
            stop,
            calls: Arc::default(),
            reached: Arc::default(),
        }
    }

    /// Only counts.
    pub(crate) fn never() -> Plan {
        Plan::at(0, Stop::Before)
    }

    /// How many calls have been made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Returns when the call has begun that waits for ever.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }
}

/// Every call of `inner` counts, but for those that send nothing.
pub(crate) struct Stopping<D> {
    inner: D,
    plan: Plan,
}

impl<D: Driver> Stopping<D> {
    pub(crate) fn new(inner: D, plan: Plan) -> Self {
        Stopping { inner, plan }
    }

    /// What becomes of the call that is about to be made.
    fn next(&self) -> Option<Plan> {
        let number = self.plan.calls.fetch_add(1, Ordering::SeqCst) + 1;
        (number == self.plan.call).then(|| self.plan.clone())
    }
}

async fn carry_out<T: Send>(plan: Option<Plan>, call: impl Future<Output = T> + Send) -> T {
    let Some(plan) = plan else {
        return call.await;
    };
    match plan.stop {
        // Without the message that `panic!` writes.
        Stop::Panic => resume_unwind(Box::new("as planned")),
        Stop::Before => {
            plan.reached.notify_one();
            pending().await
        }
        Stop::Within => {
            let mut call = pin!(call);
            // One that is done at once can't be stopped within.
            let done = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
            if let Poll::Ready(done) = done {
                return done;
            }
            plan.reached.notify_one();
            pending().await
        }
    }
}

impl<D: Driver> Driver for Stopping<D> {
    forward_the_rest! {}

    async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.is_exclusive()).await
    }
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.execute(sql)).await
    }
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.rows(sql)).await
    }
    async fn begin(&mut self) -> Result<(), DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.begin()).await
    }
    async fn commit(&mut self) -> Result<(), DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.commit()).await
    }
    async fn rollback(&mut self) -> Result<(), DriverError> {
        let plan = self.next();
        carry_out(plan, self.inner.rollback()).await
    }
}

impl<D: Driver> Source for Stopping<D> {
    type Driver = Self;
    async fn driver(self) -> Result<Self, DriverError> {
        Ok(self)
    }
}
