//! Running a history on a database: plan, lock, introspect, execute, record.

mod adopt;
mod applied;
mod decide;
mod difference;
pub mod driver;
mod error;
mod event;
mod execute;
mod foreign_keys;
mod journal;
mod live;
mod lock;
mod migrator;
mod patience;
mod plan;
mod rebuild;
mod repair;
mod report;
mod resolve;
mod rights;
mod rollback;
mod session;
mod tracking;
mod verify;
mod work;

pub use difference::Difference;
pub use driver::{Driver, DriverError, DriverErrorKind, Source};
pub use error::RunError;
pub use event::Event;
pub use lock::Holder;
pub use migrator::Migrator;
pub use plan::{Plan, PlanError, PlannedMigration, Way};
pub use repair::Resolution;
pub use report::{AppliedNow, Execution, MigrationStatus, Report, State, Status};
pub use rollback::Rollback;
