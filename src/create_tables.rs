//! What programs of the original queue call.

use crate::migrations::register_builtin_migrations;
use crate::run::{Migrator, RunError, Source};

/// Makes the tables of the job queue, as programs of the original queue ask for it: runs all built-in migrations.
///
/// # Errors
///
/// [`RunError`], as for [`Migrator::run`].
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// #[expect(deprecated)]
/// hammerwork_migrations::create_tables(&pool).await?;
/// # Ok(())
/// # }
/// ```
#[deprecated(note = "run `Migrator::new(register_builtin_migrations())`: it tells what it did")]
pub async fn create_tables<S: Source>(source: S) -> Result<(), RunError> {
    let migrator = Migrator::new(register_builtin_migrations());
    migrator.run(source).await.map(drop)
}
