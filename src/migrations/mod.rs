//! The history of the Hammerwork job queue: existing databases have it, so it never changes.

mod m001_initial_schema;
mod m002_add_priority;
mod m003_add_timeouts;
mod m004_add_cron;
mod m005_add_batches;
mod m006_add_result_storage;

use crate::dsl::Migrations;

/// The built-in migrations, oldest first.
///
/// ```
/// let migrations = hammerwork_migrations::register_builtin_migrations();
/// let ids: Vec<&str> = migrations.iter().map(|migration| migration.id.as_str()).collect();
/// assert_eq!(ids[0], "001_initial_schema");
/// assert_eq!(ids.len(), 6);
/// ```
#[must_use]
pub fn register_builtin_migrations() -> Migrations {
    Migrations::new([
        m001_initial_schema::migration(),
        m002_add_priority::migration(),
        m003_add_timeouts::migration(),
        m004_add_cron::migration(),
        m005_add_batches::migration(),
        m006_add_result_storage::migration(),
    ])
}
