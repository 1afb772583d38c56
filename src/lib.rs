//! Schema migrations written once, as Rust values, for PostgreSQL, MySQL, MariaDB and SQLite.
//!
//! ```
//! use hammerwork_migrations::dsl::*;
//!
//! let migrations = Migrations::new([
//!     Migration::new("001_users", "People may sign in").create_table(
//!         table("users").columns([uuid("id").primary_key(), string("email"), timestamp("left_at").nullable()]),
//!     ),
//!     Migration::new("002_one_account_each", "An address belongs to one person at a time").create_index(
//!         "users",
//!         index("email").columns(["email"]).unique().only_where(col("left_at").is_null()),
//!     ),
//! ]);
//! // Every mistake is found without a database ...
//! migrations.validate()?;
//! // ... and so is the SQL that any of the engines will get.
//! for dialect in Dialect::ALL {
//!     println!("{}", migrations.preview(dialect)?);
//! }
//! # Ok::<(), hammerwork_migrations::PlanError>(())
//! ```
//!
//! [`Migrator`] runs them: `Migrator::new(migrations).run(&pool).await?`.
//!
//! The flow has one direction:
//!
//! ```text
//! Migration -> [Operation] -> fold -> Catalog -> Dialect::render(op, before) -> [Statement] -> Plan -> Migrator(Driver) -> tracking rows
//! ```
//!
//! | to | see |
//! |---|---|
//! | write migrations | [`dsl`], [`dsl::Migration`] |
//! | check a history | [`Migrations::validate`] |
//! | read its SQL | [`Migrations::preview`] |
//! | run it | [`Migrator`] |
//! | get the Hammerwork job queue's tables | [`register_builtin_migrations`] |
//!
//! TLS on the way to a server is the feature `tls`, one of the defaults. Without it a URL that requires TLS is
//! [refused](run::DriverErrorKind::NoTls), and one that prefers it goes in plain text; a pool of your own has what your
//! features of sqlx give it.

mod catalog;
mod checksum;
#[cfg(feature = "cli")]
pub mod cli;
mod create_tables;
mod dialect;
pub mod dsl;
#[cfg(doctest)]
mod guide;
mod macros;
mod migrations;
mod render;
pub mod run;
#[cfg(feature = "test-kit")]
pub mod test_kit;

pub use catalog::{Catalog, NameFault, OperationError, SchemaError};
#[expect(deprecated, reason = "it is there for those who still call it")]
pub use create_tables::create_tables;
pub use dialect::{Dialect, Features, IndexNamespace, UnknownDialect};
pub use dsl::{Migration, Migrations};
pub use migrations::register_builtin_migrations;
pub use render::{Batches, Guard, Opaque, RebuildPart, RebuiltTable, RenderError, Statement};
pub use run::{Migrator, Plan, PlanError, PlannedMigration, Report, RunError, Status};

/// The README's code, as tests.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
