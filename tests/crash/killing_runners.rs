//! The runner is killed at random moments.

use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use hammerwork_migrations::Dialect;

use crate::database::{Database, builtin};
use crate::healing::Start;
use crate::random::Random;
use crate::runner;

/// How many runners are killed.
const KILLS: usize = 30;

on_every_engine! {
    async fn a_killed_runner_is_healed_by_the_next(database: &Database) {
        let dialect = database.dialect;
        let whole = undisturbed(dialect).await;
        let mut random = Random::seeded(&format!("{dialect}"));
        // How many kills were seen at each number of recorded migrations.
        let mut seen = [0; 7];
        let mut missed = 0;
        while seen.iter().sum::<usize>() < KILLS {
            let database = Start::Fresh.database(dialect).await;
            let mut child = runner::spawn(&database.url);
            tokio::time::sleep(random.moment_of(whole)).await;
            child.start_kill().unwrap();
            let outcome = runner::wait(child).await;
            if outcome.status.signal() == Some(9) {
                seen[heal(&database).await] += 1;
            } else {
                // It was faster than expected.
                assert!(outcome.status.success(), "{outcome:?}");
                missed += 1;
                assert!(missed < 3 * KILLS, "the program ends before it can be killed");
            }
            database.destroy().await;
        }
        println!(
            "{dialect}: {KILLS} of {KILLS} killed runners healed, {missed} had ended before; an undisturbed run \
             takes {whole:?}; killed with so many migrations recorded, from none to six: {seen:?}"
        );
    }
}

/// How long a run takes from start to end.
async fn undisturbed(dialect: Dialect) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..2 {
        let database = Start::Fresh.database(dialect).await;
        let start = Instant::now();
        let outcome = runner::wait(runner::spawn(&database.url)).await;
        longest = longest.max(start.elapsed());
        assert_eq!(outcome.applied(), 6);
        database.destroy().await;
    }
    longest
}

/// Runs again, and says how many migrations had been recorded before.
async fn heal(database: &Database) -> usize {
    assert_intact(database).await;
    let recorded = database.status(&builtin()).await.unwrap().applied();
    runner::wait(runner::spawn(&database.url)).await.applied();
    let again = runner::wait(runner::spawn(&database.url)).await;
    assert_eq!(again.applied(), 0);
    Start::Fresh.holds(database).await;
    assert_intact(database).await;
    recorded
}

async fn assert_intact(database: &Database) {
    if database.dialect == Dialect::Sqlite {
        assert_eq!(database.column("PRAGMA integrity_check").await, ["ok"]);
    }
}
