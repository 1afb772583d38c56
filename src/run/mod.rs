//! temp
pub mod driver;
mod plan;
mod tracking;
pub use plan::{Plan, PlanError, PlannedMigration};
