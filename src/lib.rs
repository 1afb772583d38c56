//! temp
#![warn(missing_docs)]
pub mod catalog;
pub mod dialect;
pub mod dsl;
pub mod migrations;
pub mod render;
pub mod run;
pub use catalog::{Catalog, OperationError, SchemaError};
pub use dialect::Dialect;
pub use dsl::Migrations;
pub use migrations::register_builtin_migrations;
pub use render::{Guard, RenderError, Statement};
pub use run::{Migrator, Plan, PlanError, PlannedMigration, Report, RunError, Status};
