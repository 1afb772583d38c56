//! What each command does: a file for each.

mod baseline;
mod completions;
mod context;
mod each;
mod init;
mod lock;
mod man;
mod migrate;
mod new;
mod preview;
mod repair;
mod rollback;
mod run;
mod schema;
mod status;
mod validate;
mod verify;
