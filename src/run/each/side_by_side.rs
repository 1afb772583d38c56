//! Several futures at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Waits for all of them, each of which goes on while the others wait. They are few: whenever one may go on, all are
/// asked.
pub(super) async fn side_by_side<F: Future<Output = ()>>(futures: impl IntoIterator<Item = F>) {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    poll_fn(|context| {
        running.retain_mut(|it| it.as_mut().poll(context).is_pending());
        if running.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn they_wait_together() {
        let within = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let one = async || {
            let now = within.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            within.fetch_sub(1, Ordering::SeqCst);
        };
        side_by_side((0..7).map(|_| one())).await;
        let [within, most] = [within, most].map(AtomicUsize::into_inner);
        assert_eq!((within, most), (0, 7));
        side_by_side(std::iter::empty::<std::future::Ready<()>>()).await;
    }
}
