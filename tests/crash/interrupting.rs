//! A run fails, is cancelled or panics with the lock held, while its process, its pool and its connection live
//! on: the next runner gets the lock, and what lives on is of use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Source;
use hammerwork_migrations::{Migrator, Report, RunError};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{
    Connection as _, Executor as _, MySqlConnection, MySqlPool, PgConnection, PgPool,
    SqliteConnection, SqlitePool,
};
use tokio::sync::Mutex;
use tokio::task::JoinError;

use crate::database::{Database, builtin};
use crate::healing::{HANGS, Start, attempt};
use crate::parallel::run_cases;
use crate::stopping::{Plan, Stop, Stopping};

/// The next runner waits no longer than this for the lock.
const LOCK_IN: Duration = Duration::from_secs(60);

on_every_engine! {
    async fn a_stopped_run_on_a_pool_leaves_no_lock(database: &Database) {
        stop_everywhere(database.dialect, Kind::Pool).await;
    }

    async fn a_stopped_run_on_a_lent_connection_leaves_no_lock(database: &Database) {
        stop_everywhere(database.dialect, Kind::Lent).await;
    }

    async fn a_failed_run_leaves_no_lock(database: &Database) {
        let mut longest = Duration::ZERO;
        for kind in Kind::ALL {
            let database = Database::create(database.dialect).await;
            let held = Held::open(&database, kind).await;
            let refused = native_type("NO_SUCH_TYPE(((");
            let first = builtin().migrations().iter().next().cloned();
            let history = first.into_iter().chain([
                Migration::new("002_refused", "The server knows no such type")
                    .create_table(table("first_half").columns([integer("id").primary_key()]))
                    .create_table(table("refused").columns([Column::new("id", refused)])),
            ]);
            let failing = Migrator::new(Migrations::new(history));
            let error = held.run(&failing, None).await.unwrap_err();
            assert!(matches!(error, RunError::Statement { .. }), "{error:?}");

            let start = Instant::now();
            let report = Start::Fresh.run(&database, &builtin().lock_timeout(LOCK_IN)).await.unwrap();
            longest = longest.max(start.elapsed());
            // The first was recorded before the second failed.
            assert_eq!(report.applied.len(), 5);
            held.is_of_use(false).await;
            drop(held);
            database.destroy().await;
        }
        println!("{}: after a failed run the next took {longest:?} at most", database.dialect);
    }
}

/// What a run gets its connection from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A pool of one connection.
    Pool,
    /// A connection that the caller keeps.
    Lent,
}

impl Kind {
    const ALL: [Kind; 2] = [Kind::Pool, Kind::Lent];
}

/// What stays in this process after a run.
#[derive(Clone)]
enum Held {
    PostgresPool(PgPool),
    MySqlPool(MySqlPool),
    SqlitePool(SqlitePool),
    Postgres(Arc<Mutex<PgConnection>>),
    MySql(Arc<Mutex<MySqlConnection>>),
    Sqlite(Arc<Mutex<SqliteConnection>>),
}

impl Held {
    async fn open(database: &Database, kind: Kind) -> Held {
        let (dialect, url) = (&database.dialect, &database.url);
        if *dialect == Dialect::Sqlite {
            // Makes the file.
            drop(database.connect().await);
        }
        match (kind, dialect) {
            (Kind::Pool, Dialect::Postgres) => {
                let options = PgPoolOptions::new().max_connections(1);
                Held::PostgresPool(options.connect(url).await.unwrap())
            }
            (Kind::Pool, Dialect::MySql | Dialect::MariaDb) => {
                let options = MySqlPoolOptions::new().max_connections(1);
                Held::MySqlPool(options.connect(url).await.unwrap())
            }
            (Kind::Pool, Dialect::Sqlite) => {
                let options = SqlitePoolOptions::new().max_connections(1);
                Held::SqlitePool(options.connect(url).await.unwrap())
            }
            (Kind::Lent, Dialect::Postgres) => {
                let connection = PgConnection::connect(url).await.unwrap();
                Held::Postgres(Arc::new(Mutex::new(connection)))
            }
            (Kind::Lent, Dialect::MySql | Dialect::MariaDb) => {
                let connection = MySqlConnection::connect(url).await.unwrap();
                Held::MySql(Arc::new(Mutex::new(connection)))
            }
            (Kind::Lent, Dialect::Sqlite) => {
                let connection = SqliteConnection::connect(url).await.unwrap();
                Held::Sqlite(Arc::new(Mutex::new(connection)))
            }
        }
    }

    async fn run(&self, migrator: &Migrator, plan: Option<Plan>) -> Result<Report, RunError> {
        match self {
            Held::PostgresPool(pool) => run_on(pool, migrator, plan).await,
            Held::MySqlPool(pool) => run_on(pool, migrator, plan).await,
            Held::SqlitePool(pool) => run_on(pool, migrator, plan).await,
            Held::Postgres(connection) => {
                run_on(&mut *connection.lock().await, migrator, plan).await
            }
            Held::MySql(connection) => run_on(&mut *connection.lock().await, migrator, plan).await,
            Held::Sqlite(connection) => run_on(&mut *connection.lock().await, migrator, plan).await,
        }
    }

    /// Pool and connection answer, and are in no transaction. With `late`, the first answer may be to a
    /// statement of the stopped run: sqlx hands it to whoever uses the connection next.
    async fn is_of_use(&self, late: bool) {
        let answer = |late| async move {
            tokio::time::timeout(HANGS, self.ask())
                .await
                .unwrap_or_else(|_| panic!("no answer, late answers allowed: {late}"))
        };
        if late {
            drop(answer(true).await);
        }
        answer(false).await.unwrap();
    }

    async fn ask(&self) -> Result<(), sqlx::Error> {
        const SERVER: &str = "SELECT 1";
        // Fails within a transaction, and where another connection has one.
        const SQLITE: &str = "BEGIN IMMEDIATE; ROLLBACK";
        match self {
            Held::PostgresPool(pool) => pool.execute(SERVER).await.map(drop),
            Held::MySqlPool(pool) => pool.execute(SERVER).await.map(drop),
            Held::SqlitePool(pool) => pool.execute(SQLITE).await.map(drop),
            Held::Postgres(it) => it.lock().await.execute(SERVER).await.map(drop),
            Held::MySql(it) => it.lock().await.execute(SERVER).await.map(drop),
            Held::Sqlite(it) => it.lock().await.execute(SQLITE).await.map(drop),
        }
    }
}

async fn run_on<S: Source>(
    source: S,
    migrator: &Migrator,
    plan: Option<Plan>,
) -> Result<Report, RunError> {
    let Some(plan) = plan else {
        return migrator.run(source).await;
    };
    let driver = source.driver().await.unwrap();
    migrator.run(Stopping::new(driver, plan)).await
}

/// Stops a run at every call, in every way.
async fn stop_everywhere(dialect: Dialect, kind: Kind) {
    let longest = Arc::new(std::sync::Mutex::new(Duration::ZERO));
    let calls = undisturbed(dialect, kind).await;
    let mut cases = Vec::new();
    for call in 1..=calls {
        for stop in Stop::ALL {
            let name = format!("{dialect}, {kind:?}, {stop:?}, call {call}");
            let longest = longest.clone();
            cases.push((name, async move {
                let waited = stop_at(dialect, kind, call, stop).await;
                let mut longest = longest.lock().unwrap();
                *longest = waited.max(*longest);
            }));
        }
    }
    let count = cases.len();
    run_cases(6, HANGS * 3, cases).await;
    println!(
        "{dialect}, {kind:?}: {count} of {count} stopped runs healed, 3 at each of {calls} calls; the next run took \
         {:?} at most",
        longest.lock().unwrap()
    );
}

/// How many calls a run makes on a new database.
async fn undisturbed(dialect: Dialect, kind: Kind) -> usize {
    let database = Database::create(dialect).await;
    let held = Held::open(&database, kind).await;
    let plan = Plan::never();
    held.run(&builtin(), Some(plan.clone())).await.unwrap();
    drop(held);
    database.destroy().await;
    plan.calls()
}

/// A run in a task of its own, until the call that waits for ever. There its future is dropped in the middle
/// of the task, or the task is aborted.
async fn stopped(
    held: &Held,
    plan: Plan,
    by_abort: bool,
) -> Result<Option<Result<Report, RunError>>, JoinError> {
    let (held, planned) = (held.clone(), plan.clone());
    if by_abort {
        let mut task = tokio::spawn(async move { held.run(&builtin(), Some(planned)).await });
        tokio::select! {
            ended = &mut task => ended.map(Some),
            () = plan.reached() => {
                task.abort();
                task.await.map(Some)
            }
        }
    } else {
        let task = tokio::spawn(async move {
            let migrator = builtin();
            tokio::select! {
                ended = held.run(&migrator, Some(planned.clone())) => Some(ended),
                () = planned.reached() => None,
            }
        });
        task.await
    }
}

/// Stops a run, and says how long the next one took, with what the first one used still there.
async fn stop_at(dialect: Dialect, kind: Kind, call: usize, stop: Stop) -> Duration {
    let database = Database::create(dialect).await;
    let held = Held::open(&database, kind).await;
    let plan = Plan::at(call, stop);
    match tokio::time::timeout(HANGS, stopped(&held, plan, call.is_multiple_of(2)))
        .await
        .expect("the run stops or ends")
    {
        Err(error) => assert!(error.is_cancelled() || stop == Stop::Panic, "{error}"),
        // A call that is done at once can't be stopped within.
        Ok(Some(result)) => assert!(result.is_ok() && stop == Stop::Within, "{result:?}"),
        Ok(None) => assert_ne!(stop, Stop::Panic),
    }

    // Nothing can be said on a lent connection that waits for an answer: its lock, where that is the session's,
    // ends when its owner closes it.
    let session_lock = matches!(dialect, Dialect::MySql | Dialect::MariaDb);
    let held = Some(held).filter(|_| !(session_lock && kind == Kind::Lent && stop == Stop::Within));
    let start = Instant::now();
    let next = builtin().lock_timeout(LOCK_IN);
    let report = attempt(dialect, &database.url, &next).await;
    report.unwrap_or_else(|error| panic!("the next run: {error:#?}"));
    let waited = start.elapsed();
    if let Some(held) = &held {
        held.is_of_use(kind == Kind::Lent && stop == Stop::Within)
            .await;
    }
    Start::Fresh.heals(&database).await;
    drop(held);
    database.destroy().await;
    waited
}
