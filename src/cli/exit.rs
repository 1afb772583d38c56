//! What the command line ends with: part of the public interface, and never renumbered.
//!
//! | code | constant | |
//! |---|---|---|
//! | 0 | [`OK`] | it is done, or there was nothing to do |
//! | 1 | [`PENDING`] | migrations are pending, and the command was asked to tell |
//! | 2 | [`USAGE`] | the command line itself makes no sense |
//! | 3 | [`FAILED`] | it could not be done |
//! | 4 | [`DRIFT`] | the database is not what its migrations say |

/// It is done, or there was nothing to do. Also where whoever read the output stopped reading.
pub const OK: u8 = 0;

/// Migrations are pending. Reserved: only a command that was asked to tell so ends with it.
pub const PENDING: u8 = 1;

/// The command line itself makes no sense: an unknown option, a missing value, no database named, a step that no
/// migration has.
pub const USAGE: u8 = 2;

/// It could not be done. What is wrong, and what to do about it, stands on stderr.
pub const FAILED: u8 = 3;

/// The database is not what its applied migrations say: `verify` found differences, and printed them.
pub const DRIFT: u8 = 4;
