//! The words in which a schema's evolution is written: `use hammerwork_migrations::dsl::*`.
//!
//! Verbs are methods of [`Migration`], nouns are free functions, adjectives are chained to nouns:
//!
//! ```
//! use hammerwork_migrations::dsl::*;
//!
//! let migration = Migration::new("002_add_priority", "Urgent jobs may overtake")
//!     .add_column("jobs", integer("priority").default(2))
//!     .create_index(
//!         "jobs",
//!         index("urgent")
//!             .desc("priority")
//!             .only_where(col("status").is_in(["Pending", "Retrying"])),
//!     );
//! assert_eq!(migration.operations.len(), 2);
//! ```
//!
//! Nothing here does IO, and nothing can fail: mistakes are found by folding
//! ([`Migrations::validate`]).

pub(crate) mod arguments;
mod change;
mod check;
mod column;
pub(crate) mod conversion;
pub(crate) mod expression;
mod extension;
mod foreign_key;
mod function;
mod generated;
mod index;
mod index_column;
mod index_method;
mod lean;
mod listed;
mod literal;
mod migration;
pub(crate) mod migrations;
mod named_for;
mod nouns;
mod op;
pub(crate) mod own;
pub(crate) mod rows;
mod shared;
mod table;
pub(crate) mod texts;
mod trigger;
mod types;
mod unique;
mod view;

pub use sea_query::{Expr, ExprTrait, Func};

pub use crate::dialect::Dialect::{self, MariaDb, MySql, Postgres, Sqlite};

pub use change::{ColumnChange, DefaultChange, alter};
pub use check::{Check, check};
pub use column::{Column, DefaultValue};
pub use expression::{col, now};
pub use extension::{Extension, extension};
pub use foreign_key::Action::{self, Cascade, NoAction, Restrict, SetDefault, SetNull};
pub use foreign_key::{ForeignKey, Timing, foreign_key};
pub use function::{Function, function};
pub use generated::{Generated, Storage};
pub use index::{Index, index};
pub use index_column::{Direction, IndexColumn, IndexKey};
pub use index_method::IndexMethod;
pub use literal::Literal;
pub use migration::Migration;
pub use migrations::Migrations;
pub use named_for::NamedFor;
pub use nouns::{
    array, big_integer, boolean, bytes, char, date, datetime, decimal, double, enumerated, inet,
    integer, interval, json, real, small_integer, string, text, time, timestamp, uuid,
};
pub use op::{
    AddCheck, AddColumn, AddEnumValue, AddForeignKey, AddPrimaryKey, AddUnique, AlterColumn,
    Backfill, CommentColumn, CommentTable, CreateEnum, CreateExtension, CreateFunction,
    CreateIndex, CreateSchema, CreateTable, CreateTrigger, CreateView, Delete, DropCheck,
    DropColumn, DropEnum, DropEnumValue, DropExtension, DropForeignKey, DropFunction, DropIndex,
    DropPrimaryKey, DropSchema, DropTable, DropTrigger, DropUnique, DropView, Insert, Inverse,
    Operation, RenameColumn, RenameIndex, RenameTable, ReplaceFunction, ReplaceTrigger,
    ReplaceView, RunSql, Update, sql,
};
pub use rows::{Row, Rows, null, row, rows};
pub use shared::Shared;
pub use table::{Table, table};
pub use trigger::TriggerMoment::{
    self, AfterDelete, AfterInsert, AfterUpdate, BeforeDelete, BeforeInsert, BeforeUpdate,
};
pub use trigger::{Trigger, trigger};
pub use types::{ColumnType, native_type, varchar};
pub use unique::{Unique, unique};
pub use view::{View, view};
