//! What each command does: a file for each.

mod context;
mod lock;
mod migrate;
mod preview;
mod repair;
mod rollback;
mod run;
mod status;
mod verify;
