//! Random histories, executed on PostgreSQL, MySQL and MariaDB: their own catalogs afterwards, and what the library
//! says of them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../../support/database.rs"]
#[expect(dead_code, unused_macros, reason = "other tests need more of it")]
mod database;
mod expected;
mod found;
mod session;
mod settled;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::thread;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, Migrator, RunError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};

use crate::distribution::{assert_all, counted, generated};
use crate::generate::{History, Population, cut, history_of};
use crate::{SEED, config, is_ambiguous, seed, written};
use database::Database;
use expected::expected;
use found::found;
use session::Session;
use settled::settled;

/// Each with a database of its own, so that waiting for the disk is done side by side.
const WORKERS: u32 = 8;
const CASES: u32 = 200;
/// So many operations has a history, less those that do not fold: a few tables' worth.
const OPERATIONS: usize = 18;

#[test]
#[ignore = "needs servers: run scripts/test"]
fn what_folds_and_renders_is_what_postgres_then_has() {
    holds_on(Dialect::Postgres);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn what_folds_and_renders_is_what_mysql_then_has() {
    holds_on(Dialect::MySql);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn what_folds_and_renders_is_what_mariadb_then_has() {
    holds_on(Dialect::MariaDb);
}

#[test]
fn histories_for_servers_have_every_operation_in_them() {
    for dialect in [Postgres, MySql, MariaDb] {
        // The very ones that are run.
        let histories = (0..WORKERS)
            .flat_map(|it| generated(runner(SEED, it), &histories(dialect), CASES / WORKERS))
            .map(|(history, _)| history);
        let not: &[&str] = match dialect {
            Dialect::Postgres => &[],
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
                &["create_schema", "drop_schema"]
            }
        };
        assert_all(&dialect.to_string(), &counted(histories), 1, not);
    }
}

fn holds_on(dialect: Dialect) {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| scope.spawn(move || work(dialect, worker)))
            .collect();
        let failures: Vec<String> = workers
            .into_iter()
            .filter_map(|it| it.join().expect("a worker reports what went wrong"))
            .collect();
        assert!(failures.is_empty(), "{dialect}:\n{}", failures.join("\n\n"));
    });
}

/// Histories for a server, and where each is cut into migrations.
fn histories(dialect: Dialect) -> impl Strategy<Value = (History, Vec<usize>)> {
    (
        history_of(OPERATIONS, move |operation, history, catalog| {
            settled(dialect, operation, history, catalog)
        }),
        vec(2..6_usize, 30),
    )
}

/// Each worker has histories of its own.
fn runner(seed: u64, worker: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        // Each costs a run.
        max_shrink_iters: 60,
        rng_seed: RngSeed::Fixed(seed * 1_000 + u64::from(worker)),
        ..config(CASES / WORKERS)
    })
}

/// Tries its share of the histories; says what went wrong with the smallest that it found.
fn work(dialect: Dialect, worker: u32) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let database = runtime.block_on(Database::create(dialect));
    let session = RefCell::new(runtime.block_on(Session::of(&database)));
    let outcome = runner(seed(), worker).run(&histories(dialect), |(history, cuts)| {
        let population = Population::after(&history);
        let mut migrations = cut(history.clone(), cuts);
        if let Err(error) = migrations.validate() {
            prop_assert!(is_ambiguous(&error), "{error:?}");
            migrations = cut(history, vec![1; 30]);
        }
        runtime
            .block_on(try_out(
                &database,
                &mut session.borrow_mut(),
                &migrations,
                &population,
            ))
            .map_err(|error| TestCaseError::fail(format!("{error}\n{}", written(&migrations))))
    });
    drop(session);
    runtime.block_on(database.destroy());
    outcome.err().map(|error| match error {
        proptest::test_runner::TestError::Fail(reason, _) => reason.message().to_owned(),
        other => other.to_string(),
    })
}

/// What is recorded is gone.
const FORGET: &str = "DROP TABLE hammerwork_migrations, hammerwork_migrations_journal";

async fn try_out(
    database: &Database,
    session: &mut Session,
    migrations: &Migrations,
    population: &Population,
) -> Result<(), String> {
    let dialect = database.dialect;
    session.empty(database).await;
    let catalog = migrations.validate().map_err(|error| error.to_string())?;
    let migrator = Migrator::new(migrations.clone()).accept_data_loss(true);

    let report = told("run", session.run(&migrator).await)?;
    let count = migrations.iter().count();
    same("migrations applied", report.applied.len(), count)?;
    same("warnings", report.warnings, Vec::new())?;
    let report = told("second run", session.run(&migrator).await)?;
    same("a second run does nothing", report.is_up_to_date(), true)?;
    let wanted = expected(dialect, &catalog);
    same("the schema", found(dialect, session).await, wanted.clone())?;
    for table in catalog.tables() {
        let count = format!(
            "SELECT CONCAT(count(*), '') FROM {}",
            dialect.quote(&table.name)
        );
        let rows = vec![population.of(&table.name).to_string()];
        let what = format!("rows of {}", table.name);
        same(&what, session.column(&count).await, rows)?;
    }
    let differences = told("verify", session.verify(&migrator).await)?;
    same("what verify tells", differences, Vec::new())?;

    let has_objects =
        catalog.tables().next().is_some() || wanted.iter().any(|line| line.starts_with("view "));
    if leaves_its_marks(dialect, migrations) && has_objects {
        session.execute(FORGET).await;
        let report = told("run without records", session.run(&migrator).await)?;
        let done: Vec<usize> = report.applied.iter().map(|it| it.statements).collect();
        same("statements where all is there", done, vec![0; count])?;
        same(
            "the schema taken over",
            found(dialect, session).await,
            wanted.clone(),
        )?;
    }

    if leads_back(dialect, migrations) {
        told("rollback", session.roll_back(&migrator).await)?;
        same("what is left", found(dialect, session).await, Vec::new())?;
    }

    if leaves_its_marks(dialect, migrations) && has_objects {
        session.empty(database).await;
        let first: Migrations = migrations.iter().take(count.div_ceil(2)).cloned().collect();
        let first = Migrator::new(first).accept_data_loss(true);
        told("run of the first half", session.run(&first).await)?;
        session.execute(FORGET).await;
        told(
            "run of all on what is half there",
            session.run(&migrator).await,
        )?;
        same(
            "the schema completed",
            found(dialect, session).await,
            wanted,
        )?;
    }
    Ok(())
}

/// Whether a catalog can tell that all of them were done: not of which query a view or which text a function has, so not
/// whether one that came again is the second; nor of rows, nor of values that a column's type did not keep.
fn leaves_its_marks(dialect: Dialect, migrations: &Migrations) -> bool {
    let mut catalog = Catalog::default();
    let mut texts = BTreeSet::new();
    for operation in migrations.iter().flat_map(|it| &it.operations) {
        let is_seen = match operation {
            Operation::ReplaceView(_)
            | Operation::ReplaceTrigger(_)
            | Operation::ReplaceFunction(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
            | Operation::RunSql(_) => false,
            Operation::CreateView(it) => {
                let is_there = it.view.query_on(dialect).is_some_and(|it| !it.is_empty());
                !is_there || texts.insert(format!("view {}", it.view.name))
            }
            Operation::CreateTrigger(it) => {
                let is_there = it.trigger.body_on(dialect).is_some_and(|it| !it.is_empty());
                !is_there || texts.insert(format!("trigger {}", it.trigger.name))
            }
            Operation::CreateFunction(it) => {
                let is_there = it
                    .function
                    .text_on(dialect)
                    .is_some_and(|it| !it.is_empty());
                !is_there || texts.insert(format!("function {}", it.function.name))
            }
            Operation::AlterColumn(_) => {
                matches!(operation.inverse(&catalog), Inverse::Exact(_))
            }
            _ => true,
        };
        if !is_seen {
            return false;
        }
        operation.apply(&mut catalog).unwrap();
    }
    true
}

/// Whether each operation has a way back that the dialect has: an author may have left out its words, and PostgreSQL takes no
/// value from an enum under a generated column.
fn leads_back(dialect: Dialect, migrations: &Migrations) -> bool {
    let mut catalog = Catalog::default();
    for migration in migrations.iter() {
        for operation in &migration.operations {
            let inverse = operation.inverse(&catalog);
            operation.apply(&mut catalog).unwrap();
            let is_told = |back: &Operation| match back {
                Operation::RunSql(_) | Operation::DropEnumValue(_) => {
                    dialect.render(back, &catalog).is_ok()
                }
                _ => true,
            };
            if matches!(inverse, Inverse::None { .. }) || !inverse.operations().iter().all(is_told)
            {
                return false;
            }
        }
    }
    true
}

fn told<T>(doing: &str, outcome: Result<T, RunError>) -> Result<T, String> {
    outcome.map_err(|error| format!("{doing}: {error}: {error:#?}"))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{what}:\nfound {found:#?}\nwanted {wanted:#?}"))
}
