//! The command line: [`main`] is all of it, for the two binaries of this package and for your own.
//!
//! | to | see |
//! |---|---|
//! | give your own migrations this command line | [`main`] |
//! | act on what a program ended with | [`exit`] |

mod args;
mod call;
mod command;
mod console;
mod engine;
mod error;
pub mod exit;
mod help;
mod program;
mod progress;
mod report;
mod secrets;
mod step;
mod table;
mod text;
mod tls;
mod url;

pub use program::main;
