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
        let mut whole = undisturbed(dialect).await;
        let mut random = Random::seeded(&format!("{dialect}"));
        // How many kills were seen at each number of recorded migrations.
        let mut seen = [0; 7];
        let mut missed = 0;
        let mut within_transaction = 0;
        while seen.iter().sum::<usize>() < KILLS {
            let database = Start::Fresh.database(dialect).await;
            let mut child = runner::spawn(&database.url);
            let moment = random.moment_of(whole);
            tokio::time::sleep(moment).await;
            child.start_kill().unwrap();
            let outcome = runner::wait(child).await;
            if outcome.status.signal() == Some(9) {
                within_transaction += usize::from(has_journal(&database));
                seen[heal(&database).await] += 1;
            } else {
                // The machine has become less busy since the first runs: this one took no longer than that.
                assert!(outcome.status.success(), "{outcome:?}");
                whole = moment;
                missed += 1;
                assert!(missed < 3 * KILLS, "the program ends before it can be killed");
            }
            database.destroy().await;
        }
        if dialect == Dialect::Sqlite {
            println!("{dialect}: {within_transaction} kills left a journal to be rolled back");
        }
        println!(
            "{dialect}: {KILLS} of {KILLS} killed runners healed, {missed} had ended before; an undisturbed run \
             takes {whole:?}; killed with so many migrations recorded, from none to six: {seen:?}"
        );
    }
}

/// How long a run takes from start to end: the middle one of three.
async fn undisturbed(dialect: Dialect) -> Duration {
    let mut times = Vec::new();
    for _ in 0..3 {
        let database = Start::Fresh.database(dialect).await;
        let start = Instant::now();
        let outcome = runner::wait(runner::spawn(&database.url)).await;
        times.push(start.elapsed());
        assert_eq!(outcome.applied(), 6);
        database.destroy().await;
    }
    times.sort_unstable();
    times[1]
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

/// Whether SQLite was killed while it wrote, and the next one to open the database has to undo that.
fn has_journal(database: &Database) -> bool {
    database.dialect == Dialect::Sqlite && database.path().with_extension("db-journal").exists()
}

async fn assert_intact(database: &Database) {
    if database.dialect == Dialect::Sqlite {
        assert_eq!(database.column("PRAGMA integrity_check").await, ["ok"]);
    }
}
