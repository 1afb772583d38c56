//! Running a history on a database: plan, lock, introspect, execute, record.

mod adopt;
mod decide;
pub mod driver;
mod error;
mod execute;
mod live;
mod lock;
mod migrator;
mod plan;
mod report;
mod resolve;
mod session;
mod tracking;

pub use driver::{Driver, DriverError, DriverErrorKind, Source};
pub use error::{Conflict, RunError};
pub use migrator::Migrator;
pub use plan::{Plan, PlanError, PlannedMigration};
pub use report::{AppliedNow, Execution, MigrationStatus, Report, State, Status};
