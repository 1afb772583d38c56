//! The connection is cut at every command that a run sends, in three ways.

use hammerwork_migrations::Dialect;

use crate::database::{Database, builtin};
use crate::healing::{HANGS, Start, attempt};
use crate::parallel::run_cases;
use crate::proxy::{Cut, Proxy};

/// How many cases run at a time.
const AT_ONCE: usize = 4;

on_servers! {
    async fn a_cut_at_every_command_heals(database: &Database) {
        let dialect = database.dialect;
        // MySQL knows a password without TLS only after it has seen a login with it.
        drop(database.connect().await);
        let mut cases = Vec::new();
        let mut counts = Vec::new();
        for start in Start::BOTH {
            let commands = undisturbed(dialect, start).await;
            counts.push(commands);
            for number in 1..=commands {
                for cut in Cut::ALL {
                    let name = format!("{dialect}, {start:?}, {cut:?}, command {number}");
                    cases.push((name, cut_at(dialect, start, number, cut)));
                }
            }
        }
        let count = cases.len();
        run_cases(AT_ONCE, HANGS * 3, cases).await;
        println!("{dialect}: {count} of {count} cuts healed: 3 at each of {counts:?} commands (new database, with jobs)");
    }
}

/// How many commands a run sends where nothing is cut.
async fn undisturbed(dialect: Dialect, start: Start) -> usize {
    let database = start.database(dialect).await;
    let proxy = Proxy::start(dialect, &database.url, None).await;
    attempt(dialect, &proxy.url, &builtin()).await.unwrap();
    start.holds(&database).await;
    database.destroy().await;
    proxy.commands()
}

async fn cut_at(dialect: Dialect, start: Start, number: usize, cut: Cut) {
    let database = start.database(dialect).await;
    let proxy = Proxy::start(dialect, &database.url, Some((number, cut))).await;
    let result = attempt(dialect, &proxy.url, &builtin()).await;
    assert!(
        proxy.was_cut(),
        "the run sent {} commands",
        proxy.commands()
    );
    assert!(result.is_err(), "{result:?}");
    start.heals(&database).await;
    database.destroy().await;
}
