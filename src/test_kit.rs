//! Checks for the tests of your own migrations. They fail as tests do, by panicking.
//!
//! In your `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! hammerwork-migrations = { version = "0.1", features = ["test-kit"] }
//! ```
#![expect(clippy::panic, reason = "a test fails by panicking")]

use crate::dialect::Dialect;
use crate::dsl::Migrations;
use crate::run::{Difference, Migrator, Plan, PlanError, Report, Rollback, Source};

/// Asserts that the migrations have SQL for every engine, on their way up.
///
/// # Panics
///
/// Where the history does not fold, or an engine has no SQL for it; the message names migration and step.
///
/// ```
/// use hammerwork_migrations::{register_builtin_migrations, test_kit};
///
/// test_kit::assert_renders_everywhere(&register_builtin_migrations());
/// ```
#[track_caller]
pub fn assert_renders_everywhere(migrations: &Migrations) {
    for dialect in Dialect::ALL {
        let result: Result<Plan, PlanError> = migrations.preview(dialect);
        if let Err(error) = result {
            panic!("{}: {}", dialect.product(), chain(&error));
        }
    }
}

/// Asserts that the migrations bring an empty database up, back down, one by one, and up again, and that at each
/// stop its schema is what they make. Those without a way back, and all before them, stay up.
///
/// # Panics
///
/// Where a run fails, or the schema is another one.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::{register_builtin_migrations, test_kit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// test_kit::assert_up_down(&pool, register_builtin_migrations()).await;
/// # Ok(())
/// # }
/// ```
pub async fn assert_up_down<S: Source + Copy>(source: S, migrations: Migrations) {
    let down = with_a_way_back(&migrations);
    let count = migrations.iter().count();
    let migrator = Migrator::new(migrations).accept_data_loss(true);
    up(source, &migrator).await;
    for done in 1..=down {
        if let Err(error) = migrator.rollback(source, Rollback::Steps(1)).await {
            panic!("the way back, {done} of {down}: {}", chain(&error));
        }
        assert_no_difference(source, &migrator).await;
    }
    let again = up(source, &migrator).await;
    assert_eq!(
        again.applied.len(),
        down,
        "of {count}, {down} have a way back"
    );
}

/// Brings the database up to date, for tests that need its tables.
///
/// # Panics
///
/// Where the run fails.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::{register_builtin_migrations, test_kit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let report = test_kit::migrated(&pool, register_builtin_migrations()).await;
/// assert_eq!(report.applied.len(), 6);
/// # Ok(())
/// # }
/// ```
pub async fn migrated<S: Source>(source: S, migrations: Migrations) -> Report {
    match Migrator::new(migrations).run(source).await {
        Ok(report) => report,
        Err(error) => panic!("{}", chain(&error)),
    }
}

async fn up<S: Source + Copy>(source: S, migrator: &Migrator) -> Report {
    let report = match migrator.run(source).await {
        Ok(report) => report,
        Err(error) => panic!("the way up: {}", chain(&error)),
    };
    assert_no_difference(source, migrator).await;
    report
}

async fn assert_no_difference<S: Source>(source: S, migrator: &Migrator) {
    let differences: Vec<Difference> = match migrator.verify(source).await {
        Ok(differences) => differences,
        Err(error) => panic!("the comparison of schemas: {}", chain(&error)),
    };
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "the schema differs: {}", told.join("; "));
}

/// How many of the newest migrations can be undone.
fn with_a_way_back(migrations: &Migrations) -> usize {
    let mut catalog = crate::Catalog::default();
    let mut count = 0;
    for migration in migrations {
        let back = migration.inverse(&catalog);
        let is_there = back.is_ok_and(|it| !matches!(it, crate::dsl::Inverse::None { .. }));
        count = if is_there { count + 1 } else { 0 };
        if let Err(error) = migration.fold_into(&mut catalog) {
            panic!("{}", chain(&error));
        }
    }
    count
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}
