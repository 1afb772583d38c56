//! Ctrl-C and SIGTERM: the first ends a run between two steps, the second at once.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use super::console::Console;
use super::error::Error;
use super::exit;
use crate::run::Stop;

/// What the program was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What a container is sent that is to end.
    Terminate,
}

impl Signal {
    /// 128 and the signal's number, as shells have it.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Signal::Interrupt => exit::INTERRUPTED,
            Signal::Terminate => exit::TERMINATED,
        }
    }
}

/// Waits for `task`. The first signal asks it to stop, and is told; a second one drops it where it is.
pub(super) async fn until_done<T>(
    task: impl Future<Output = Result<T, Error>>,
    stop: &Stop,
    console: &Console,
) -> Result<T, Error> {
    let (result, signal) = heard_until_done(task, stop, console).await?;
    match (result, signal) {
        (Err(error), Some(signal)) => Err(Error::Signalled {
            signal,
            error: Box::new(error),
        }),
        (result, _) => result,
    }
}

/// The same, with the signal that it was sent.
pub(super) async fn heard_until_done<T>(
    task: impl Future<Output = T>,
    stop: &Stop,
    console: &Console,
) -> Result<(T, Option<Signal>), Error> {
    let mut signals = Signals::listen().map_err(Error::Runtime)?;
    let mut task = pin!(task);
    let mut first = None;
    poll_fn(|context| {
        while let Poll::Ready(signal) = signals.poll(context) {
            if first.replace(signal).is_some() {
                return Poll::Ready(Err(Error::Killed { signal }));
            }
            stop.request();
            console.note("stopping after the step that runs; once more stops at once");
        }
        task.as_mut().poll(context).map(|it| Ok((it, first)))
    })
    .await
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Signal> {
        if let Poll::Ready(Some(())) = self.interrupt.poll_recv(context) {
            return Poll::Ready(Signal::Interrupt);
        }
        match self.terminate.poll_recv(context) {
            Poll::Ready(Some(())) => Poll::Ready(Signal::Terminate),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Where there is no SIGTERM.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Signals)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Signal> {
        match self.0.poll_recv(context) {
            Poll::Ready(Some(())) => Poll::Ready(Signal::Interrupt),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}
