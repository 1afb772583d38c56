//! What the command line ends with: part of the public interface, and never renumbered.
//!
//! | code | constant | |
//! |---|---|---|
//! | 0 | [`OK`] | it is done, or there was nothing to do |
//! | 1 | [`PENDING`] | migrations are pending, and the command was asked to tell |
//! | 2 | [`USAGE`] | the command line itself makes no sense |
//! | 3 | [`FAILED`] | it could not be done |
//! | 4 | [`DRIFT`] | the database is not what its migrations say |
//! | 130 | [`INTERRUPTED`] | it was stopped by Ctrl-C before it was done |
//! | 143 | [`TERMINATED`] | it was stopped by SIGTERM before it was done |
//!
//! Of many databases (`--each`, `--each-schema`): [`FAILED`] where one failed; else [`DRIFT`] where one has drifted; else
//! [`PENDING`] where one is behind, and the command was asked to tell; [`INTERRUPTED`] or [`TERMINATED`] where a
//! signal kept some from being done.

/// It is done, or there was nothing to do. Also where whoever read the output stopped reading.
pub const OK: u8 = 0;

/// Migrations are pending. Only `status --check` ends with it.
pub const PENDING: u8 = 1;

/// The command line itself makes no sense: an unknown option, a missing value, no database named, a step that no
/// migration has.
pub const USAGE: u8 = 2;

/// It could not be done. What is wrong, and what to do about it, stands on stderr.
pub const FAILED: u8 = 3;

/// The database is not what its migrations say: `verify` or `baseline` found differences, and printed them.
pub const DRIFT: u8 = 4;

/// It was stopped by Ctrl-C (SIGINT) before it was done: between two steps, with the lock given back, unless a
/// second one stopped it at once. 128 and the signal's number, as shells have it. A run that was in its last step
/// ends as if nothing had been.
pub const INTERRUPTED: u8 = 130;

/// It was stopped by SIGTERM before it was done, as by [`INTERRUPTED`].
pub const TERMINATED: u8 = 143;
