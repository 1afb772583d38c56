//! Many cases of one test, some at a time.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;

/// Runs the cases, `at_once` at a time, all of them also where some fail; then fails with the names of those.
/// A case that takes longer than `limit` has failed.
pub(crate) async fn run_cases<F>(
    at_once: usize,
    limit: Duration,
    cases: impl IntoIterator<Item = (String, F)>,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut running = JoinSet::new();
    let mut failed = Vec::new();
    let mut cases = cases.into_iter();
    loop {
        while running.len() < at_once
            && let Some((name, case)) = cases.next()
        {
            running.spawn(async move {
                let outcome = tokio::spawn(tokio::time::timeout(limit, case)).await;
                match outcome {
                    Ok(Ok(())) => None,
                    Ok(Err(_)) => Some(format!("{name}: no end within {limit:?}")),
                    Err(_) => Some(format!("{name}: failed, see above")),
                }
            });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        failed.extend(ended.unwrap());
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
