//! A migration: an id, a summary, and operations as plain values.

use super::lean;
use super::{
    AddCheck, AddColumn, AddEnumValue, AddForeignKey, AddPrimaryKey, AddUnique, AlterColumn,
    Backfill, Check, Column, ColumnChange, CommentColumn, CommentTable, CreateEnum,
    CreateExtension, CreateFunction, CreateIndex, CreateSchema, CreateTable, CreateTrigger,
    CreateView, Delete, DropCheck, DropColumn, DropEnum, DropEnumValue, DropExtension,
    DropForeignKey, DropFunction, DropIndex, DropPrimaryKey, DropSchema, DropTable, DropTrigger,
    DropUnique, DropView, Extension, ForeignKey, Function, Index, Insert, Operation, RenameColumn,
    RenameIndex, RenameTable, ReplaceFunction, ReplaceTrigger, ReplaceView, Row, Rows, RunSql,
    Table, Trigger, Unique, Update, View,
};

/// One step of a schema's evolution: what is done, in this order, as one unit.
///
/// A migration is data. It can be printed, compared, rendered for any engine and turned round without a
/// database; the [`Migrator`](crate::Migrator) runs it.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let migration = Migration::new("003_add_timeouts", "Jobs may time out")
///     .add_columns(
///         "hammerwork_jobs",
///         [
///             integer("timeout_seconds").nullable(),
///             timestamp("timed_out_at").nullable(),
///         ],
///     );
/// assert_eq!(
///     migration.operations[0].to_string(),
///     "add column hammerwork_jobs.timeout_seconds integer, nullable"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Migration {
    /// What the tracking table records: 1 to 255 of the letters a to z, digits, `_`, `-` and `.`. Ids are
    /// ordered by the number they start with, then by their text.
    pub id: String,
    /// What it is for, in one line.
    pub summary: String,
    /// What it does, in this order.
    pub operations: Vec<Operation>,
    /// The way back in its author's own words; none where it is derived.
    pub down: Option<Vec<Operation>>,
    /// Whether its indexes are made and dropped while others write.
    pub concurrently: bool,
}

impl Migration {
    /// A migration that does nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>, summary: impl Into<String>) -> Self {
        Migration {
            id: id.into(),
            summary: summary.into(),
            operations: Vec::new(),
            down: None,
            concurrently: false,
        }
    }

    /// Makes a table, with its primary key and indexes.
    ///
    /// | engine | `.create_table(table("tags").columns([string("name").primary_key()]))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TABLE IF NOT EXISTS "tags" ("name" VARCHAR NOT NULL, PRIMARY KEY ("name"))` |
    /// | MySQL, MariaDB | `` CREATE TABLE IF NOT EXISTS `tags` (`name` VARCHAR(255) NOT NULL, PRIMARY KEY (`name`)) ENGINE = InnoDB, CHARACTER SET utf8mb4 `` |
    /// | SQLite | `CREATE TABLE IF NOT EXISTS "tags" ("name" TEXT NOT NULL, PRIMARY KEY ("name"))` |
    #[must_use]
    pub fn create_table(self, table: Table) -> Self {
        self.operation(CreateTable { table })
    }

    /// Drops a table, with its rows and indexes.
    ///
    /// | engine | `.drop_table("tags")` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DROP TABLE IF EXISTS "tags"` |
    /// | MySQL, MariaDB | `` DROP TABLE IF EXISTS `tags` `` |
    #[must_use]
    pub fn drop_table(self, table: impl Into<String>) -> Self {
        self.operation(DropTable {
            table: table.into(),
        })
    }

    /// Adds a column at the end of a table. All changes of one table are one `ALTER TABLE` on MySQL and MariaDB.
    ///
    /// A NOT NULL column needs a default: without one, MySQL and MariaDB would fill existing rows with
    /// zeros, empty texts and zero dates, and PostgreSQL and SQLite would refuse.
    ///
    /// | engine | `.add_column("jobs", integer("priority").default(2))` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ADD COLUMN IF NOT EXISTS "priority" INTEGER NOT NULL DEFAULT 2` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD COLUMN `priority` INTEGER NOT NULL DEFAULT 2 `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD COLUMN IF NOT EXISTS `priority` INTEGER NOT NULL DEFAULT 2 `` |
    /// | SQLite | `ALTER TABLE "jobs" ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 2` |
    #[must_use]
    pub fn add_column(self, table: impl Into<String>, column: Column) -> Self {
        self.operation(AddColumn {
            table: table.into(),
            column,
        })
    }

    /// Adds columns at the end of a table, in this order: one [`add_column`](Self::add_column) for each.
    #[must_use]
    pub fn add_columns(
        self,
        table: impl Into<String>,
        columns: impl IntoIterator<Item = Column>,
    ) -> Self {
        let table = table.into();
        columns.into_iter().fold(self, |migration, column| {
            migration.add_column(table.clone(), column)
        })
    }

    /// Drops a column, with its values. Indexes that name it must be dropped before.
    ///
    /// | engine | `.drop_column("jobs", "priority")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" DROP COLUMN IF EXISTS "priority"` |
    /// | MySQL | `` ALTER TABLE `jobs` DROP COLUMN `priority` `` |
    /// | MariaDB | `` ALTER TABLE `jobs` DROP COLUMN IF EXISTS `priority` `` |
    /// | SQLite | `ALTER TABLE "jobs" DROP COLUMN "priority"` |
    #[must_use]
    pub fn drop_column(self, table: impl Into<String>, column: impl Into<String>) -> Self {
        self.operation(DropColumn {
            table: table.into(),
            column: column.into(),
        })
    }

    /// Drops columns, with their values: one [`drop_column`](Self::drop_column) for each.
    #[must_use]
    pub fn drop_columns<N: Into<String>>(
        self,
        table: impl Into<String>,
        columns: impl IntoIterator<Item = N>,
    ) -> Self {
        let table = table.into();
        columns.into_iter().fold(self, |migration, column| {
            migration.drop_column(table.clone(), column)
        })
    }

    /// Makes an index. [`Index`] shows the SQL of each adjective.
    #[must_use]
    pub fn create_index(self, table: impl Into<String>, index: Index) -> Self {
        self.operation(CreateIndex {
            table: table.into(),
            index,
        })
    }

    /// Drops the index of that label.
    ///
    /// | engine | `.drop_index("jobs", "queue_status")` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DROP INDEX IF EXISTS "idx_jobs_queue_status"` |
    /// | MySQL | `` ALTER TABLE `jobs` DROP INDEX `idx_queue_status` `` |
    /// | MariaDB | `` ALTER TABLE `jobs` DROP INDEX IF EXISTS `idx_queue_status` `` |
    #[must_use]
    pub fn drop_index(self, table: impl Into<String>, label: impl Into<String>) -> Self {
        self.operation(DropIndex {
            table: table.into(),
            index: label.into(),
        })
    }

    /// Makes an enum: a type whose values are listed, for columns that are [`enumerated`](super::enumerated).
    ///
    /// | engine | `.create_enum("job_status", ["Pending", "Done"])` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TYPE "job_status" AS ENUM ('Pending', 'Done')` |
    /// | MySQL, MariaDB, SQLite | nothing: each column lists the values |
    #[must_use]
    pub fn create_enum<V: Into<String>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.operation(CreateEnum {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
        })
    }

    /// Drops an enum that no column is of.
    ///
    /// | engine | `.drop_enum("job_status")` |
    /// |---|---|
    /// | PostgreSQL | `DROP TYPE IF EXISTS "job_status"` |
    /// | MySQL, MariaDB, SQLite | nothing |
    #[must_use]
    pub fn drop_enum(self, name: impl Into<String>) -> Self {
        self.operation(DropEnum { name: name.into() })
    }

    /// Adds a value after all others of an enum. Only further values may follow it in the same migration.
    ///
    /// | engine | `.add_enum_value("job_status", "Dead")`, where `jobs.status` is of it |
    /// |---|---|
    /// | PostgreSQL | `ALTER TYPE "job_status" ADD VALUE IF NOT EXISTS 'Dead'` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `status` ENUM('Pending', 'Done', 'Dead') NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `status` ENUM('Pending', 'Done', 'Dead') NOT NULL `` |
    /// | SQLite | the table is rebuilt, with `CHECK ("status" IN ('Pending', 'Done', 'Dead'))` |
    #[must_use]
    pub fn add_enum_value(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.operation(AddEnumValue {
            name: name.into(),
            value: value.into(),
            before: None,
        })
    }

    /// Adds a value before another one of an enum: otherwise as [`add_enum_value`](Self::add_enum_value).
    #[must_use]
    pub fn add_enum_value_before(
        self,
        name: impl Into<String>,
        value: impl Into<String>,
        before: impl Into<String>,
    ) -> Self {
        self.operation(AddEnumValue {
            name: name.into(),
            value: value.into(),
            before: Some(before.into()),
        })
    }

    /// Takes a value out of an enum. It fails, and changes nothing, where a row has the value.
    ///
    /// | engine | `.drop_enum_value("job_status", "Dead")`, where `jobs.status` is of it |
    /// |---|---|
    /// | PostgreSQL | the type is made anew, and the columns get the new one |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `status` ENUM('Pending', 'Done') NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `status` ENUM('Pending', 'Done') NOT NULL `` |
    /// | SQLite | the table is rebuilt, with `CHECK ("status" IN ('Pending', 'Done'))` |
    #[must_use]
    pub fn drop_enum_value(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.operation(DropEnumValue {
            name: name.into(),
            value: value.into(),
        })
    }

    /// Makes and drops the indexes of this migration while others write to their tables, in its way back too. It may
    /// have nothing else in it, which the fold checks.
    ///
    /// PostgreSQL takes longer for it, and can't do it in a transaction: where a run is cut off or fails, the next
    /// one drops what is unfinished and goes on from there. It needs a session that is surely the run's alone, and
    /// so no connection pooler and no connection that is lent. MySQL and MariaDB let others write in any case, and
    /// SQLite has one writer at a time.
    ///
    /// | engine | `.concurrently().create_index("jobs", index("status").columns(["status"]))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_jobs_status" ON "jobs" ("status")` |
    /// | MySQL | `` ALTER TABLE `jobs` ADD INDEX `idx_status` (`status`) `` |
    /// | MariaDB | `` ALTER TABLE `jobs` ADD INDEX IF NOT EXISTS `idx_status` (`status`) `` |
    /// | SQLite | `CREATE INDEX IF NOT EXISTS "idx_jobs_status" ON "jobs" ("status")` |
    #[must_use]
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// Gives a column another name. Its values, its place in the primary key and its indexes stay.
    ///
    /// | engine | `.rename_column("jobs", "status", "state")` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `ALTER TABLE "jobs" RENAME COLUMN "status" TO "state"` |
    /// | MySQL, MariaDB | `` ALTER TABLE `jobs` RENAME COLUMN `status` TO `state` `` |
    #[must_use]
    pub fn rename_column(
        self,
        table: impl Into<String>,
        column: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        self.operation(RenameColumn {
            table: table.into(),
            column: column.into(),
            to: to.into(),
        })
    }

    /// Gives an index another label, and the physical name that goes with it.
    ///
    /// | engine | `.rename_index("jobs", "polling", "open")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER INDEX IF EXISTS "idx_jobs_polling" RENAME TO "idx_jobs_open"` |
    /// | MySQL, MariaDB | `` ALTER TABLE `jobs` RENAME INDEX `idx_polling` TO `idx_open` `` |
    /// | SQLite | `DROP INDEX IF EXISTS "idx_jobs_polling"`, then `CREATE INDEX IF NOT EXISTS "idx_jobs_open" ON "jobs" (..)` |
    #[must_use]
    pub fn rename_index(
        self,
        table: impl Into<String>,
        index: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        self.operation(RenameIndex::new(table, index, to))
    }

    /// Gives a table another name. Its rows and all that belongs to it stay; its indexes keep their physical names.
    ///
    /// | engine | `.rename_table("jobs", "tasks")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE IF EXISTS "jobs" RENAME TO "tasks"`, and the same for the index of its primary key |
    /// | MySQL | `` RENAME TABLE `jobs` TO `tasks` `` |
    /// | MariaDB | `` RENAME TABLE IF EXISTS `jobs` TO `tasks` `` |
    /// | SQLite | `ALTER TABLE "jobs" RENAME TO "tasks"` |
    #[must_use]
    pub fn rename_table(self, table: impl Into<String>, to: impl Into<String>) -> Self {
        self.operation(RenameTable {
            table: table.into(),
            to: to.into(),
        })
    }

    /// Makes a view.
    ///
    /// | engine | `.create_view(view("one").everywhere("SELECT 1 AS one"))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE VIEW "one" AS SELECT 1 AS one` |
    /// | MySQL | `` CREATE VIEW `one` AS SELECT 1 AS one `` |
    /// | MariaDB | `` CREATE VIEW IF NOT EXISTS `one` AS SELECT 1 AS one `` |
    /// | SQLite | `CREATE VIEW IF NOT EXISTS "one" AS SELECT 1 AS one` |
    #[must_use]
    pub fn create_view(self, view: View) -> Self {
        self.operation(CreateView { view })
    }

    /// Gives a view another query.
    ///
    /// | engine | `.replace_view(view("one").everywhere("SELECT 2 AS one"))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE OR REPLACE VIEW "one" AS SELECT 2 AS one`; where that is refused because the columns are others, it is dropped and made again |
    /// | MySQL, MariaDB | `` CREATE OR REPLACE VIEW `one` AS SELECT 2 AS one `` |
    /// | SQLite | `DROP VIEW IF EXISTS "one"`, then `CREATE VIEW "one" AS SELECT 2 AS one` |
    #[must_use]
    pub fn replace_view(self, view: View) -> Self {
        self.operation(ReplaceView { view })
    }

    /// Drops a view.
    ///
    /// | engine | `.drop_view("one")` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DROP VIEW IF EXISTS "one"` |
    /// | MySQL, MariaDB | `` DROP VIEW IF EXISTS `one` `` |
    #[must_use]
    pub fn drop_view(self, view: impl Into<String>) -> Self {
        self.operation(DropView { view: view.into() })
    }

    /// Makes a trigger.
    ///
    /// | engine | `.create_trigger(trigger("t", BeforeDelete, "jobs").everywhere("..").on(Postgres, "EXECUTE FUNCTION f()"))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE TRIGGER "t" BEFORE DELETE ON "jobs" FOR EACH ROW EXECUTE FUNCTION f()` |
    /// | MySQL | `` CREATE TRIGGER `t` BEFORE DELETE ON `jobs` FOR EACH ROW .. `` |
    /// | MariaDB | `` CREATE TRIGGER IF NOT EXISTS `t` BEFORE DELETE ON `jobs` FOR EACH ROW .. `` |
    /// | SQLite | `CREATE TRIGGER IF NOT EXISTS "t" BEFORE DELETE ON "jobs" FOR EACH ROW ..` |
    #[must_use]
    pub fn create_trigger(self, trigger: Trigger) -> Self {
        self.operation(CreateTrigger { trigger })
    }

    /// Gives a trigger another moment, another body or another table.
    ///
    /// | engine | `.replace_trigger(trigger("t", AfterDelete, "jobs").everywhere("..").on(Postgres, "EXECUTE FUNCTION f()"))` |
    /// |---|---|
    /// | PostgreSQL | `DROP TRIGGER IF EXISTS "t" ON "jobs"`, then `CREATE TRIGGER "t" AFTER DELETE ON "jobs" FOR EACH ROW EXECUTE FUNCTION f()` |
    /// | MySQL | `` DROP TRIGGER IF EXISTS `t` ``, then `` CREATE TRIGGER `t` AFTER DELETE ON `jobs` FOR EACH ROW .. `` |
    /// | MariaDB | `` CREATE OR REPLACE TRIGGER `t` AFTER DELETE ON `jobs` FOR EACH ROW .. ``; as MySQL where the table is another |
    /// | SQLite | `DROP TRIGGER IF EXISTS "t"`, then `CREATE TRIGGER "t" AFTER DELETE ON "jobs" FOR EACH ROW ..` |
    #[must_use]
    pub fn replace_trigger(self, trigger: Trigger) -> Self {
        self.operation(ReplaceTrigger { trigger })
    }

    /// Drops a trigger.
    ///
    /// | engine | `.drop_trigger("t")` |
    /// |---|---|
    /// | PostgreSQL | `DROP TRIGGER IF EXISTS "t" ON "jobs"` |
    /// | MySQL, MariaDB | `` DROP TRIGGER IF EXISTS `t` `` |
    /// | SQLite | `DROP TRIGGER IF EXISTS "t"` |
    #[must_use]
    pub fn drop_trigger(self, trigger: impl Into<String>) -> Self {
        self.operation(DropTrigger {
            trigger: trigger.into(),
        })
    }

    /// Makes a function.
    ///
    /// | engine | `.create_function(function("f").on(Postgres, "(n integer) RETURNS ..").on(MySql, "(n INT) RETURNS ..").nothing_on(Sqlite))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE FUNCTION "f"(n integer) RETURNS ..` |
    /// | MySQL | `` CREATE FUNCTION `f`(n INT) RETURNS .. `` |
    /// | MariaDB | `` CREATE FUNCTION IF NOT EXISTS `f`(n INT) RETURNS .. `` |
    /// | SQLite | nothing: it has no functions in SQL |
    #[must_use]
    pub fn create_function(self, function: Function) -> Self {
        self.operation(CreateFunction { function })
    }

    /// Gives a function another text.
    ///
    /// | engine | `.replace_function(function("f").on(Postgres, "(n integer) RETURNS ..").on(MySql, "(n INT) RETURNS ..").nothing_on(Sqlite))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE OR REPLACE FUNCTION "f"(n integer) RETURNS ..`; where the arguments are others, as on MySQL |
    /// | MySQL | `` DROP FUNCTION IF EXISTS `f` ``, then `` CREATE FUNCTION `f`(n INT) RETURNS .. `` |
    /// | MariaDB | `` CREATE OR REPLACE FUNCTION `f`(n INT) RETURNS .. `` |
    /// | SQLite | nothing: it has no functions in SQL |
    #[must_use]
    pub fn replace_function(self, function: Function) -> Self {
        self.operation(ReplaceFunction { function })
    }

    /// Drops a function.
    ///
    /// | engine | `.drop_function("f")` |
    /// |---|---|
    /// | PostgreSQL | `DROP FUNCTION IF EXISTS "f"(n integer)` |
    /// | MySQL, MariaDB | `` DROP FUNCTION IF EXISTS `f` `` |
    /// | SQLite | nothing: it has no functions in SQL |
    #[must_use]
    pub fn drop_function(self, function: impl Into<String>) -> Self {
        self.operation(DropFunction {
            function: function.into(),
        })
    }

    /// Says what a table is, for people who look at the database, in place of what was said before. Up to 2,048
    /// characters.
    ///
    /// | engine | `.comment_table("jobs", "what is to be done")` |
    /// |---|---|
    /// | PostgreSQL | `COMMENT ON TABLE "jobs" IS 'what is to be done'` |
    /// | MySQL, MariaDB | `` ALTER TABLE `jobs` COMMENT 'what is to be done' `` |
    /// | SQLite | nothing: it has no comments |
    #[must_use]
    pub fn comment_table(self, table: impl Into<String>, comment: impl Into<String>) -> Self {
        self.operation(CommentTable {
            table: table.into(),
            comment: Some(comment.into()),
        })
    }

    /// Takes the comment of a table away.
    ///
    /// | engine | `.uncomment_table("jobs")` |
    /// |---|---|
    /// | PostgreSQL | `COMMENT ON TABLE "jobs" IS NULL` |
    /// | MySQL, MariaDB | `` ALTER TABLE `jobs` COMMENT '' `` |
    /// | SQLite | nothing: it has no comments |
    #[must_use]
    pub fn uncomment_table(self, table: impl Into<String>) -> Self {
        self.operation(CommentTable {
            table: table.into(),
            comment: None,
        })
    }

    /// Says what a column is, for people who look at the database, in place of what was said before. Up to 1,024
    /// characters.
    ///
    /// | engine | `.comment_column("jobs", "priority", "1 comes first")` |
    /// |---|---|
    /// | PostgreSQL | `COMMENT ON COLUMN "jobs"."priority" IS '1 comes first'` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `priority` INTEGER NOT NULL COMMENT '1 comes first' `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `priority` INTEGER NOT NULL COMMENT '1 comes first' `` |
    /// | SQLite | nothing: it has no comments |
    #[must_use]
    pub fn comment_column(
        self,
        table: impl Into<String>,
        column: impl Into<String>,
        comment: impl Into<String>,
    ) -> Self {
        self.operation(CommentColumn {
            table: table.into(),
            column: column.into(),
            comment: Some(comment.into()),
        })
    }

    /// Takes the comment of a column away.
    ///
    /// | engine | `.uncomment_column("jobs", "priority")` |
    /// |---|---|
    /// | PostgreSQL | `COMMENT ON COLUMN "jobs"."priority" IS NULL` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `priority` INTEGER NOT NULL `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `priority` INTEGER NOT NULL `` |
    /// | SQLite | nothing: it has no comments |
    #[must_use]
    pub fn uncomment_column(self, table: impl Into<String>, column: impl Into<String>) -> Self {
        self.operation(CommentColumn {
            table: table.into(),
            column: column.into(),
            comment: None,
        })
    }

    /// Lets rows of a table refer to rows of another, or of its own. [`ForeignKey`] shows the SQL of each adjective.
    #[must_use]
    pub fn add_foreign_key(self, table: impl Into<String>, foreign_key: ForeignKey) -> Self {
        self.operation(AddForeignKey {
            table: table.into(),
            foreign_key,
        })
    }

    /// Drops the foreign key of that label.
    ///
    /// | engine | `.drop_foreign_key("jobs", "queue")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" DROP CONSTRAINT IF EXISTS "fk_jobs_queue"` |
    /// | MySQL | `` ALTER TABLE `jobs` DROP FOREIGN KEY `fk_jobs_queue`, DROP INDEX `fk_jobs_queue` `` |
    /// | MariaDB | `` ALTER TABLE `jobs` DROP FOREIGN KEY IF EXISTS `fk_jobs_queue`, DROP INDEX IF EXISTS `fk_jobs_queue` `` |
    /// | SQLite | the table is made anew without it |
    #[must_use]
    pub fn drop_foreign_key(self, table: impl Into<String>, label: impl Into<String>) -> Self {
        self.operation(DropForeignKey {
            table: table.into(),
            foreign_key: label.into(),
        })
    }

    /// Lets no row make an expression false. [`check`](super::check()) shows the SQL.
    #[must_use]
    pub fn add_check(self, table: impl Into<String>, check: Check) -> Self {
        self.operation(AddCheck {
            table: table.into(),
            check,
        })
    }

    /// Drops the check of that label.
    ///
    /// | engine | `.drop_check("payments", "positive")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "payments" DROP CONSTRAINT IF EXISTS "ck_payments_positive"` |
    /// | MySQL | `` ALTER TABLE `payments` DROP CHECK `ck_payments_positive` `` |
    /// | MariaDB | `` ALTER TABLE `payments` DROP CONSTRAINT IF EXISTS `ck_payments_positive` `` |
    /// | SQLite | the table is made anew without it |
    #[must_use]
    pub fn drop_check(self, table: impl Into<String>, label: impl Into<String>) -> Self {
        self.operation(DropCheck {
            table: table.into(),
            check: label.into(),
        })
    }

    /// Lets no two rows agree in some columns. [`Unique`] shows the SQL.
    #[must_use]
    pub fn add_unique(self, table: impl Into<String>, unique: Unique) -> Self {
        self.operation(AddUnique {
            table: table.into(),
            unique,
        })
    }

    /// Drops the unique constraint of that label.
    ///
    /// | engine | `.drop_unique("users", "email")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "users" DROP CONSTRAINT IF EXISTS "uq_users_email"` |
    /// | MySQL | `` ALTER TABLE `users` DROP INDEX `uq_users_email` `` |
    /// | MariaDB | `` ALTER TABLE `users` DROP INDEX IF EXISTS `uq_users_email` `` |
    /// | SQLite | the table is made anew without it |
    #[must_use]
    pub fn drop_unique(self, table: impl Into<String>, label: impl Into<String>) -> Self {
        self.operation(DropUnique {
            table: table.into(),
            unique: label.into(),
        })
    }

    /// Gives a table that has none a primary key: NOT NULL columns, in the key's order.
    ///
    /// | engine | `.add_primary_key("members", ["team_id", "user_id"])` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "members" ADD CONSTRAINT "members_pkey" PRIMARY KEY ("team_id", "user_id")` |
    /// | MySQL, MariaDB | `` ALTER TABLE `members` ADD PRIMARY KEY (`team_id`, `user_id`) `` |
    /// | SQLite | the table is made anew with it |
    #[must_use]
    pub fn add_primary_key<N: Into<String>>(
        self,
        table: impl Into<String>,
        columns: impl IntoIterator<Item = N>,
    ) -> Self {
        self.operation(AddPrimaryKey {
            table: table.into(),
            columns: columns.into_iter().map(Into::into).collect(),
        })
    }

    /// Takes a table's primary key away. Its columns stay, and stay NOT NULL.
    ///
    /// | engine | `.drop_primary_key("members")` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "members" DROP CONSTRAINT IF EXISTS "members_pkey"` |
    /// | MySQL, MariaDB | `` ALTER TABLE `members` DROP PRIMARY KEY `` |
    /// | SQLite | the table is made anew without it |
    #[must_use]
    pub fn drop_primary_key(self, table: impl Into<String>) -> Self {
        self.operation(DropPrimaryKey {
            table: table.into(),
        })
    }

    /// Makes a schema, beside the one that the tables are in.
    ///
    /// | engine | `.create_schema("audit")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE SCHEMA IF NOT EXISTS "audit"` |
    /// | MySQL, MariaDB, SQLite | refused: a schema is a database of its own there |
    #[must_use]
    pub fn create_schema(self, schema: impl Into<String>) -> Self {
        self.operation(CreateSchema {
            schema: schema.into(),
        })
    }

    /// Drops a schema that a migration made, and that has nothing in it.
    ///
    /// | engine | `.drop_schema("audit")` |
    /// |---|---|
    /// | PostgreSQL | `DROP SCHEMA IF EXISTS "audit"` |
    /// | MySQL, MariaDB, SQLite | refused: a schema is a database of its own there |
    #[must_use]
    pub fn drop_schema(self, schema: impl Into<String>) -> Self {
        self.operation(DropSchema {
            schema: schema.into(),
        })
    }

    /// Gives PostgreSQL an extension. The other engines have none, and go without.
    ///
    /// | engine | `.create_extension(extension("pg_trgm"))` |
    /// |---|---|
    /// | PostgreSQL | `CREATE EXTENSION IF NOT EXISTS "pg_trgm"` |
    /// | MySQL, MariaDB, SQLite | nothing is run |
    #[must_use]
    pub fn create_extension(self, extension: Extension) -> Self {
        self.operation(CreateExtension { extension })
    }

    /// Takes an extension away from PostgreSQL that a migration gave it.
    ///
    /// | engine | `.drop_extension("pg_trgm")` |
    /// |---|---|
    /// | PostgreSQL | `DROP EXTENSION IF EXISTS "pg_trgm"` |
    /// | MySQL, MariaDB, SQLite | nothing is run |
    #[must_use]
    pub fn drop_extension(self, extension: impl Into<String>) -> Self {
        self.operation(DropExtension {
            extension: extension.into(),
        })
    }

    /// Changes a column: its type, whether it may be NULL, its default. [`ColumnChange`] shows the SQL of each.
    ///
    /// | engine | `.alter_column("jobs", alter("priority").set_type(ColumnType::BigInteger).set_default(3))`, where it is `integer("priority").default(2)` |
    /// |---|---|
    /// | PostgreSQL | `ALTER TABLE "jobs" ALTER COLUMN "priority" DROP DEFAULT, ALTER COLUMN "priority" TYPE BIGINT, ALTER COLUMN "priority" SET DEFAULT 3` |
    /// | MySQL | `` ALTER TABLE `jobs` MODIFY COLUMN `priority` BIGINT NOT NULL DEFAULT 3 `` |
    /// | MariaDB | `` ALTER TABLE `jobs` MODIFY COLUMN IF EXISTS `priority` BIGINT NOT NULL DEFAULT 3 `` |
    /// | SQLite | the table is rebuilt with `"priority" INTEGER NOT NULL DEFAULT 3` |
    #[must_use]
    pub fn alter_column(self, table: impl Into<String>, change: ColumnChange) -> Self {
        self.operation(AlterColumn {
            table: table.into(),
            change,
        })
    }

    /// Inserts rows, which all name the same columns. [`Row`] shows how values are given.
    ///
    /// | engine | `.insert("queues", [row().set("name", "mail"), row().set("name", "it's")])` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `INSERT INTO "queues" ("name") VALUES ('mail'), ('it''s')` |
    /// | MySQL, MariaDB | `` INSERT INTO `queues` (`name`) VALUES ('mail'), ('it''s') `` |
    #[must_use]
    pub fn insert(self, table: impl Into<String>, rows: impl IntoIterator<Item = Row>) -> Self {
        self.operation(Insert {
            table: table.into(),
            rows: rows.into_iter().collect(),
        })
    }

    /// Changes rows, in one statement. [`Rows`] says which, and how.
    ///
    /// | engine | `.update("jobs", rows().set("priority", 2).only_where(col("status").eq("Late")))` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `UPDATE "jobs" SET "priority" = 2 WHERE "status" = 'Late'` |
    /// | MySQL, MariaDB | `` UPDATE `jobs` SET `priority` = 2 WHERE `status` = 'Late' `` |
    #[must_use]
    pub fn update(self, table: impl Into<String>, rows: Rows) -> Self {
        self.operation(Update {
            table: table.into(),
            rows,
        })
    }

    /// Deletes rows, in one statement. [`Rows`] says which.
    ///
    /// | engine | `.delete("jobs", rows().only_where(col("status").eq("Dead")))` |
    /// |---|---|
    /// | PostgreSQL, SQLite | `DELETE FROM "jobs" WHERE "status" = 'Dead'` |
    /// | MySQL, MariaDB | `` DELETE FROM `jobs` WHERE `status` = 'Dead' `` |
    #[must_use]
    pub fn delete(self, table: impl Into<String>, rows: Rows) -> Self {
        self.operation(Delete {
            table: table.into(),
            rows,
        })
    }

    /// Changes the rows of a large table in batches of its primary key, each a transaction of its own, so that no lock
    /// is held for long. A run that is cut off goes on behind the last batch. [`Rows`] says which rows, and how.
    ///
    /// | engine | `.backfill("jobs", rows().set("search", Func::lower(col("title"))))`, a batch of it |
    /// |---|---|
    /// | PostgreSQL, SQLite | `UPDATE "jobs" SET "search" = LOWER("title") WHERE "id" > 1000 AND "id" <= 2000` |
    /// | MySQL, MariaDB | `` UPDATE `jobs` SET `search` = LOWER(`title`) WHERE `id` > 1000 AND `id` <= 2000 `` |
    #[must_use]
    pub fn backfill(self, table: impl Into<String>, rows: Rows) -> Self {
        self.operation(Backfill {
            table: table.into(),
            rows,
        })
    }

    /// Runs SQL in the author's own words: what the other operations can't say. [`RunSql`] shows the
    /// adjectives.
    ///
    /// | engine | `.run_sql(sql("all mail").everywhere("UPDATE jobs SET queue = 'mail'"))` |
    /// |---|---|
    /// | all | `UPDATE jobs SET queue = 'mail'` |
    #[must_use]
    pub fn run_sql(self, sql: RunSql) -> Self {
        self.operation(sql)
    }

    /// Writes the way back down, where the author knows better than what would be derived. It must lead back to
    /// the schema before, which the fold checks.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let migration = Migration::new("003_names", "Names in one column")
    ///     .add_column("users", text("name").nullable())
    ///     .run_sql(sql("join names").everywhere("UPDATE users SET name = first || ' ' || last").data_only())
    ///     .down([DropColumn { table: "users".into(), column: "name".into() }.into()]);
    /// # assert_eq!(migration.down.map(|it| it.len()), Some(1));
    /// ```
    #[must_use]
    pub fn down(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.down = Some(operations.into_iter().collect());
        self
    }

    /// Adds an operation as a value: what every verb does.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let drop = DropTable { table: "tags".into() };
    /// assert_eq!(
    ///     Migration::new("009_untag", "No tags").operation(drop),
    ///     Migration::new("009_untag", "No tags").drop_table("tags"),
    /// );
    /// ```
    #[must_use]
    pub fn operation(mut self, operation: impl Into<Operation>) -> Self {
        lean::push(&mut self.operations, operation.into());
        self
    }
}
