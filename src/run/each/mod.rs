//! The same with many databases: one history, found out once; so many at a time; what happened to each.

mod errand;
mod lent;
mod many;
mod outcome;
mod places;
mod side_by_side;

#[cfg(feature = "cli")]
pub(crate) use errand::{Compare, Errand, Look, LookAhead, Run};
pub use many::Each;
pub use outcome::{Outcome, Outcomes};
pub use places::{Databases, Places, Schemas};
