//! The command line: [`main`] is all of it, for the two binaries of this package and for your own.
//!
//! | to | see |
//! |---|---|
//! | give your own migrations this command line | [`main`] |
//! | be `cargo hammerwork` | [`cargo_main`] |
//! | act on what a program ended with | [`exit`] |

mod args;
mod call;
mod command;
mod console;
mod engine;
mod error;
pub mod exit;
mod folder;
mod help;
mod highlight;
mod json;
mod log;
mod many;
mod options;
mod paint;
mod program;
mod progress;
mod report;
mod scaffold;
mod schema;
mod secrets;
mod signals;
mod step;
mod table;
mod text;
mod tls;
mod url;
mod workspace;

pub use program::{cargo_main, main};
