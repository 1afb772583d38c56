//! The connection is cut at every command that a run sends, in three ways.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use crate::database::{Database, builtin};
use crate::healing::{HANGS, Start, attempt};
use crate::parallel::run_cases;
use crate::proxy::{Cut, Proxy};

/// How many cases run at a time.
const AT_ONCE: usize = 6;

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

    async fn a_cut_changes_rows_exactly_once(database: &Database) {
        let dialect = database.dialect;
        drop(database.connect().await);
        let undisturbed = counter(dialect).await;
        let proxy = Proxy::start(dialect, &undisturbed.url, None).await;
        attempt(dialect, &proxy.url, &counting()).await.unwrap();
        undisturbed.destroy().await;
        let mut cases = Vec::new();
        for number in 1..=proxy.commands() {
            for cut in Cut::ALL {
                let name = format!("{dialect}, rows, {cut:?}, command {number}");
                cases.push((name, count_cut_at(dialect, number, cut)));
            }
        }
        let count = cases.len();
        run_cases(AT_ONCE, HANGS * 3, cases).await;
        println!("{dialect}: {count} of {count} cuts of a run that changes rows changed them exactly once");
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

/// Counts that the second migration raises, in every way that changes rows.
fn counting() -> Migrator {
    Migrator::new(Migrations::new([
        Migration::new("001_counters", "Things are counted").create_table(
            table("counters").columns([
                integer("id").primary_key(),
                integer("count").default(0),
                integer("set").default(0),
                integer("filled").default(0),
            ]),
        ),
        Migration::new("002_raise", "The count is raised")
            .add_column("counters", text("note").nullable())
            .run_sql(
                sql("raise the count")
                    .everywhere("UPDATE counters SET count = count + 1")
                    .data_only(),
            )
            .update("counters", rows().set("set", col("set").add(1)))
            .backfill(
                "counters",
                rows().set("filled", col("filled").add(1)).in_batches(1),
            )
            .insert("counters", [row().set("id", 3)])
            .delete("counters", rows().only_where(col("id").eq(2)))
            .add_column("counters", text("another").nullable()),
    ]))
}

/// A database whose count is zero.
async fn counter(dialect: Dialect) -> Database {
    let database = Database::create(dialect).await;
    let first = counting().migrations().iter().take(1).cloned().collect();
    database.run(&Migrator::new(first)).await.unwrap();
    database
        .execute("INSERT INTO counters (id) VALUES (1), (2)")
        .await;
    database
}

async fn count_cut_at(dialect: Dialect, number: usize, cut: Cut) {
    let database = counter(dialect).await;
    let proxy = Proxy::start(dialect, &database.url, Some((number, cut))).await;
    let result = attempt(dialect, &proxy.url, &counting()).await;
    assert!(
        proxy.was_cut(),
        "the run sent {} commands",
        proxy.commands()
    );
    assert!(result.is_err(), "{result:?}");
    let report = attempt(dialect, &database.url, &counting()).await;
    report.unwrap_or_else(|error| panic!("the next run: {error:#?}"));
    let report = attempt(dialect, &database.url, &counting()).await.unwrap();
    assert!(report.is_up_to_date(), "the run after the next: {report:?}");
    let columns = ["id", "count", "set", "filled", "note", "another"].map(|it| dialect.quote(it));
    let rows = format!("SELECT {} FROM counters ORDER BY id", columns.join(", "));
    assert_eq!(
        database.rows(&rows).await,
        [
            ["1", "1", "1", "1", "NULL", "NULL"],
            ["3", "0", "0", "0", "NULL", "NULL"]
        ]
    );
    database.destroy().await;
}
