//! Every operation on every engine, there and back: from a table with rows, up, compare, down, compare.
//!
//! A case says what is there before, what changes, and what must be true after. [`check`](check::Case::check) does the rest,
//! the same for all operations: one file here for each subject, one test for each case and engine.

mod altering;
mod basics;
mod check;
mod columns;
mod comments;
mod constraints;
mod database;
mod enums;
mod functions;
mod indexes;
mod naming;
mod rows;
mod rows_and_rebuilds;
mod schema;
mod spelled;
mod surrounded;
mod triggers;
mod views;
