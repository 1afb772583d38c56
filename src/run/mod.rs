//! Running a history on a database: plan, lock, introspect, execute, record.

mod adopt;
mod applied;
mod at_once;
mod baseline;
mod decide;
mod difference;
pub mod driver;
mod dry_run;
pub(crate) mod each;
mod error;
mod event;
mod execute;
mod first_look;
mod foreign_keys;
mod found;
mod half_done;
mod journal;
mod known;
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
mod script;
mod segments;
#[cfg(feature = "serde")]
mod serial;
mod session;
mod spans;
mod stop;
mod tracking;
mod verify;
mod whole_enums;
mod work;

pub use difference::Difference;
pub use driver::{Driver, DriverError, DriverErrorKind, Source};
pub use each::{Databases, Each, Outcome, Outcomes, Places, Schemas};
pub use error::RunError;
pub use event::Event;
pub use found::{Found, PlannedStep};
pub use lock::Holder;
pub use migrator::Migrator;
pub use plan::{Plan, PlanError, PlannedMigration, Way};
pub use repair::Resolution;
#[cfg(feature = "cli")]
pub(crate) use repair::is_seen;
pub use report::{AppliedNow, Execution, MigrationStatus, Report, State, Status};
pub use rollback::Rollback;
pub use stop::Stop;
