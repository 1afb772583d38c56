//! Plans: which statements bring a database up to date, as a value that can be shown, counted and run.

use std::fmt;

use super::error::RunError;
use super::found::{Found, PlannedStep};
use super::rights::Needs;
use super::segments::{Segment, segments};
use super::session::SQL_MODE;
use super::tracking::{POSTGRES_ELAPSED, Tracking};
use crate::catalog::{Catalog, SchemaError};
use crate::dialect::Dialect;
use crate::dsl::{Inverse, Migration, Migrations, Operation, Table};
use crate::render::{
    Batch, RenderError, Statement, change_may_expect_explicit_timestamps,
    expects_explicit_timestamps,
};

/// What would be run, and in which order. Printing it gives SQL that the engine's own client takes.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let migrations = Migrations::new([
///     Migration::new("001_tags", "Tags").create_table(table("tags").columns([string("name").primary_key()])),
/// ]);
/// let plan = migrations.preview(Postgres)?;
/// assert_eq!(plan.migrations.len(), 1);
/// assert!(plan.to_string().contains(r#"CREATE TABLE IF NOT EXISTS "tags""#));
/// # Ok::<(), hammerwork_migrations::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The engine that it is for.
    pub dialect: Dialect,
    /// The migrations, in their order.
    pub migrations: Vec<PlannedMigration>,
    /// Makes the tracking table and the journal.
    pub(crate) create_tracking: Vec<String>,
    /// Makes the table of batches.
    create_batches: Vec<String>,
    makes_batches: bool,
    /// Whether it is for a database that has nothing that the history names, and no record of any migration.
    pub(crate) is_for_new: bool,
    pub(crate) tracking: Tracking,
    /// Whether there is a digest of the record that a migration's erasure takes away.
    pub(crate) forgets_digest: bool,
    /// What a person should know of the order of the migrations.
    pub warnings: Vec<String>,
    /// What the role is not allowed, each as a noun phrase; known where the plan is for a database as it is.
    pub missing_rights: Vec<String>,
    /// What the role must be allowed.
    pub(crate) needs: Needs,
    /// Whether any migration depends on the server's `explicit_defaults_for_timestamp`.
    expects_explicit_timestamps: bool,
}

/// What a plan does for one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedMigration {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub summary: String,
    /// What is run before it is recorded; nothing where the database has it all.
    pub statements: Vec<Statement>,
    /// Its operations, with what was found of each; empty where no database was looked at.
    pub steps: Vec<PlannedStep>,
    /// What the engine has no form of, and is done without, because it only concerns speed.
    pub left_out: Vec<String>,
    /// What was found to differ and is left as it is, because it only concerns speed.
    pub warnings: Vec<String>,
    /// Whether it is run, or undone.
    pub way: Way,
    pub(crate) checksum: String,
    /// Whether it makes tables, columns and indexes, and nothing else: what is there then says of each step whether it was
    /// done, whatever was done after it.
    pub(crate) only_adds: bool,
}

/// Which way a migration goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// It is run, and recorded.
    #[default]
    Up,
    /// It is undone, and its record is erased.
    Down,
}

impl PlannedMigration {
    /// Whether it rebuilds a table, which it does with foreign keys off.
    pub(crate) fn rebuilds(&self) -> bool {
        self.statements.iter().any(|it| it.rebuild.is_some())
    }
}

/// A history that gives no plan for an engine.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The history does not fold.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// An operation has no SQL on this engine.
    #[error("migration {migration}, step {step} ({operation}) has no SQL for this engine")]
    Render {
        /// The id of the migration.
        migration: String,
        /// Which of its operations, counted from 1.
        step: usize,
        /// The operation's first line, in the words of the DSL.
        operation: String,
        /// Why not.
        #[source]
        source: RenderError,
    },
    /// A migration can't be undone.
    #[error("migration {migration} has no way back: {reason}")]
    NoWayBack {
        /// The id of the migration.
        migration: String,
        /// Why not.
        reason: String,
    },
    /// A name that was set for the tracking table or the schema can't be used.
    #[error("the {what} {name:?} can't be used: {reason}")]
    Name {
        /// What it is the name of.
        what: &'static str,
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },
}

impl PlanError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            PlanError::Render { source, .. } => Some(source.help()),
            PlanError::Schema(_) => Some(
                "mend the migration; Migrations::validate() in a test finds this without a database",
            ),
            PlanError::NoWayBack { .. } => Some("write it down in the migration, with .down([..])"),
            PlanError::Name { .. } => None,
        }
    }
}

impl Migrations {
    /// The whole history as SQL for a new database. Needs no database.
    ///
    /// # Errors
    ///
    /// [`PlanError`] where the history does not fold, or has no SQL on this engine.
    ///
    /// ```
    /// use hammerwork_migrations::{Dialect, register_builtin_migrations};
    ///
    /// let plan = register_builtin_migrations().preview(Dialect::MariaDb)?;
    /// assert_eq!(plan.statement_count(), 11);
    /// # Ok::<(), hammerwork_migrations::PlanError>(())
    /// ```
    pub fn preview(&self, dialect: Dialect) -> Result<Plan, PlanError> {
        Plan::full(self, dialect, Tracking::default())
    }

    /// The way back as SQL, newest migration first, for a database that has the whole history. Needs no
    /// database.
    ///
    /// # Errors
    ///
    /// [`PlanError`] where the history does not fold, a migration has no way back, or it has no SQL on this
    /// engine.
    ///
    /// ```
    /// use hammerwork_migrations::{Dialect, register_builtin_migrations};
    ///
    /// let plan = register_builtin_migrations().preview_down(Dialect::Postgres)?;
    /// assert_eq!(plan.migrations[5].statements[3].sql, r#"DROP TABLE IF EXISTS "hammerwork_jobs""#);
    /// # Ok::<(), hammerwork_migrations::PlanError>(())
    /// ```
    pub fn preview_down(&self, dialect: Dialect) -> Result<Plan, PlanError> {
        Plan::down(self, dialect, Tracking::default())
    }
}

impl Migration {
    /// What an engine is told to do for this one migration, for a schema that was `before` when it came.
    /// Printing it gives the statements alone; nothing is recorded.
    ///
    /// # Errors
    ///
    /// [`PlanError`] where the migration does not fit `before`, or has no SQL on this engine.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([
    ///     Migration::new("001_tags", "Tags").create_table(table("tags").columns([string("name").primary_key()])),
    /// ]);
    /// let about = Migration::new("002_about", "About").add_column("tags", text("about").nullable());
    /// assert_eq!(
    ///     about.plan(Sqlite, &history.validate()?)?.statements[0].sql,
    ///     r#"ALTER TABLE "tags" ADD COLUMN "about" TEXT"#
    /// );
    /// # Ok::<(), hammerwork_migrations::PlanError>(())
    /// ```
    pub fn plan(&self, dialect: Dialect, before: &Catalog) -> Result<PlannedMigration, PlanError> {
        Steps::plan(self, dialect, &mut before.clone())
    }
}

impl Plan {
    /// The plan for a new database.
    pub(crate) fn full(
        migrations: &Migrations,
        dialect: Dialect,
        tracking: Tracking,
    ) -> Result<Plan, PlanError> {
        Plan::checked(migrations, dialect, tracking).or_else(|error| {
            // What is wrong with the history on every engine comes before what this one lacks.
            migrations.validate()?;
            Err(error)
        })
    }

    /// The history is folded once, for its checks and for its SQL.
    fn checked(
        migrations: &Migrations,
        dialect: Dialect,
        tracking: Tracking,
    ) -> Result<Plan, PlanError> {
        migrations.check_ids()?;
        let mut plan = Plan::empty(dialect, tracking)?;
        let mut catalog = Catalog::default();
        for migration in migrations {
            plan.push(migration.checked(&mut catalog, |catalog| {
                Steps::plan(migration, dialect, catalog)
            })?);
            plan.look_at_timestamps(&migration.operations);
        }
        Ok(plan)
    }

    /// A plan that does nothing yet but make the tracking table.
    pub(crate) fn empty(dialect: Dialect, tracking: Tracking) -> Result<Plan, PlanError> {
        tracking.check()?;
        let failed = |source| PlanError::Render {
            migration: "none".to_owned(),
            step: 0,
            operation: "create the tracking table".to_owned(),
            source,
        };
        let create_tracking = tracking.create(dialect).map_err(failed)?;
        let create_batches = tracking.create_batches(dialect).map_err(failed)?;
        Ok(Plan {
            dialect,
            migrations: Vec::new(),
            warnings: Vec::new(),
            missing_rights: Vec::new(),
            needs: Needs::default(),
            create_tracking,
            create_batches,
            makes_batches: false,
            is_for_new: false,
            expects_explicit_timestamps: false,
            forgets_digest: false,
            tracking,
        })
    }

    pub(crate) fn push(&mut self, migration: PlannedMigration) {
        self.migrations.push(migration);
    }

    /// Notes whether what `operations` make depends on the server's setting for timestamps.
    pub(crate) fn look_at_timestamps(&mut self, operations: &[Operation]) {
        self.expects_explicit_timestamps |= expect(self.dialect, operations);
    }

    /// Whether any statement depends on that setting, the tracking table's own included, where it is to be made.
    pub(crate) fn needs_explicit_timestamps(&self) -> bool {
        let tracking = || {
            self.preparations().next().is_some()
                && table_expects(self.dialect, &self.tracking.definition())
        };
        self.expects_explicit_timestamps || tracking()
    }

    /// Records one migration in both tables, or erases it from both.
    pub(crate) fn record(&self, migration: &PlannedMigration, milliseconds: &str) -> Vec<String> {
        let (id, dialect) = (&migration.id, self.dialect);
        match migration.way {
            Way::Up => {
                let checksum = &migration.checksum;
                let record = self.tracking.record(dialect, id, checksum, milliseconds);
                record.into()
            }
            Way::Down => {
                let forgotten = self
                    .forgets_digest
                    .then(|| self.tracking.forget_digest(dialect));
                let erased = self.tracking.erase(dialect, id);
                forgotten.into_iter().chain(erased).collect()
            }
        }
    }

    /// The way back for a database that has the whole history, newest migration first.
    pub(crate) fn down(
        migrations: &Migrations,
        dialect: Dialect,
        tracking: Tracking,
    ) -> Result<Plan, PlanError> {
        let mut plan = Plan::empty(dialect, tracking)?;
        let mut catalog = Catalog::default();
        let mut back = Vec::new();
        for migration in migrations {
            back.push((migration, migration.fold_with_inverse(&mut catalog)?));
        }
        for (migration, back) in back.into_iter().rev() {
            let operations = possible(migration, back)?.operations().to_vec();
            let undo = undoing(migration, operations);
            let planned = Steps::plan(&undo, dialect, &mut catalog)?;
            plan.look_at_timestamps(&undo.operations);
            plan.push(PlannedMigration {
                way: Way::Down,
                ..planned
            });
        }
        plan.create_tracking.clear();
        Ok(plan)
    }

    /// What a run of it would be refused with, before it changed anything: the first conflict, or what the role
    /// is not allowed; none where nothing is known to be in the way.
    ///
    /// ```
    /// use hammerwork_migrations::{Dialect, register_builtin_migrations};
    ///
    /// let plan = register_builtin_migrations().preview(Dialect::Sqlite)?;
    /// assert_eq!(plan.refusal(), None);
    /// # Ok::<(), hammerwork_migrations::PlanError>(())
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<RunError> {
        let conflict = self.migrations.iter().find_map(PlannedMigration::conflict);
        let missing = &self.missing_rights;
        let rights = (!missing.is_empty()).then(|| RunError::Rights {
            missing: missing.clone(),
        });
        conflict.or(rights)
    }

    /// Whether anything is run in batches.
    pub(crate) fn has_batches(&self) -> bool {
        let mut statements = self.migrations.iter().flat_map(|it| &it.statements);
        statements.any(|it| it.batches.is_some())
    }

    /// What makes tables of ours, before the first migration.
    pub(crate) fn preparations(&self) -> impl Iterator<Item = &String> {
        let batches = self.create_batches.iter().filter(|_| self.makes_batches);
        self.create_tracking.iter().chain(batches)
    }

    /// Has the table of batches made, with the first transaction.
    pub(crate) fn make_batches(&mut self) {
        self.makes_batches = true;
    }

    /// Whether any migration is more than one transaction, on an engine where it would be one.
    pub(crate) fn is_split(&self) -> bool {
        self.dialect.features().transactional_ddl
            && self.migrations.iter().any(PlannedMigration::is_split)
    }

    /// Whether the first migration rebuilds a table.
    pub(crate) fn rebuilds_first(&self) -> bool {
        let first = self.migrations.first();
        first.is_some_and(PlannedMigration::rebuilds)
    }

    /// How many statements change the schema; the tracking table's own are not counted.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.migrations.iter().map(|it| it.statements.len()).sum()
    }

    /// Keeps the migrations of which `keep` says so.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&PlannedMigration) -> bool) -> Plan {
        self.migrations.retain(keep);
        self
    }
}

impl PlannedMigration {
    fn conflict(&self) -> Option<RunError> {
        self.steps.iter().find_map(|it| match &it.found {
            Found::Conflict(difference) => Some(RunError::Conflict {
                migration: self.id.clone(),
                step: it.step,
                operation: it.operation.clone(),
                difference: difference.clone(),
            }),
            Found::Needed | Found::Partly | Found::Satisfied => None,
        })
    }
}

/// Whether what `operations` make depends on the server's setting for timestamps.
pub(crate) fn expect(dialect: Dialect, operations: &[Operation]) -> bool {
    operations.iter().any(|operation| match operation {
        Operation::CreateTable(it) => table_expects(dialect, &it.table),
        Operation::AddColumn(it) => expects_explicit_timestamps(dialect, &it.column),
        Operation::AlterColumn(it) => change_may_expect_explicit_timestamps(dialect, &it.change),
        // Only the catalog knows its type: it may be a timestamp, which is said anew.
        Operation::CommentColumn(_) => match dialect {
            Dialect::MySql | Dialect::MariaDb => true,
            Dialect::Postgres | Dialect::Sqlite => false,
        },
        Operation::RunSql(it) => expect(dialect, &it.stands_for),
        Operation::DropTable(_)
        | Operation::DropColumn(_)
        | Operation::CreateIndex(_)
        | Operation::DropIndex(_)
        | Operation::RenameColumn(_)
        | Operation::Insert(_)
        | Operation::Update(_)
        | Operation::Delete(_)
        | Operation::Backfill(_)
        | Operation::RenameIndex(_)
        | Operation::RenameTable(_)
        | Operation::CreateView(_)
        | Operation::ReplaceView(_)
        | Operation::DropView(_)
        | Operation::CreateTrigger(_)
        | Operation::ReplaceTrigger(_)
        | Operation::DropTrigger(_)
        | Operation::CreateFunction(_)
        | Operation::ReplaceFunction(_)
        | Operation::DropFunction(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddPrimaryKey(_)
        | Operation::CreateSchema(_)
        | Operation::DropSchema(_)
        | Operation::CreateExtension(_)
        | Operation::DropExtension(_)
        | Operation::DropPrimaryKey(_)
        | Operation::CommentTable(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_) => false,
    })
}

/// How a migration is undone; where it can't be, that is an error. Its operations are applied to `catalog`.
pub(crate) fn way_back(migration: &Migration, catalog: &mut Catalog) -> Result<Inverse, PlanError> {
    let back = migration.fold_with_inverse(catalog)?;
    possible(migration, back)
}

fn possible(migration: &Migration, back: Inverse) -> Result<Inverse, PlanError> {
    match back {
        Inverse::None { reason } => Err(PlanError::NoWayBack {
            migration: migration.id.clone(),
            reason,
        }),
        back @ (Inverse::Exact(_) | Inverse::Lossy { .. }) => Ok(back),
    }
}

/// A migration's way back as a migration, so that it is planned and run like any other.
pub(crate) fn undoing(migration: &Migration, operations: Vec<Operation>) -> Migration {
    Migration {
        operations,
        down: None,
        ..migration.clone()
    }
}

fn table_expects(dialect: Dialect, table: &Table) -> bool {
    table
        .columns
        .iter()
        .any(|column| expects_explicit_timestamps(dialect, column))
}

impl PlannedMigration {
    /// Whether all of its statements may stand in one transaction with its record.
    pub(crate) fn is_transactional(&self) -> bool {
        // What is run in batches has transactions of its own.
        let mut statements = self.statements.iter();
        statements.all(|it| it.transactional || it.batches.is_some())
    }
}

/// Renders the steps of one migration, with its name on every error.
pub(crate) struct Steps<'m> {
    migration: &'m Migration,
    batch: Batch,
    noted: Vec<PlannedStep>,
}

impl<'m> Steps<'m> {
    /// Renders every step, and changes `catalog` as they do.
    fn plan(
        migration: &'m Migration,
        dialect: Dialect,
        catalog: &mut Catalog,
    ) -> Result<PlannedMigration, PlanError> {
        let mut steps = Steps::new(migration, dialect);
        for (step, operation) in (1..).zip(&migration.operations) {
            steps.run(step, operation, catalog)?;
            steps.apply(step, operation, catalog)?;
        }
        Ok(steps.finish(Vec::new()))
    }

    pub(crate) fn new(migration: &'m Migration, dialect: Dialect) -> Self {
        Steps {
            migration,
            batch: Batch::new(dialect, migration.concurrently),
            noted: Vec::new(),
        }
    }

    /// Keeps what was found of one operation.
    pub(crate) fn note(&mut self, step: usize, operation: &Operation, found: Found) {
        if self.noted.is_empty() {
            self.noted.reserve_exact(self.migration.operations.len());
        }
        self.noted.push(PlannedStep {
            step,
            operation: operation.headline(),
            found,
        });
    }

    /// Adds the SQL of one operation.
    pub(crate) fn run(
        &mut self,
        step: usize,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<(), PlanError> {
        self.batch
            .step(step, operation, before)
            .map_err(|source| PlanError::Render {
                migration: self.migration.id.clone(),
                step,
                operation: operation.headline(),
                source,
            })
    }

    /// Changes the catalog as the operation does, whether or not it has SQL to run.
    pub(crate) fn apply(
        &self,
        step: usize,
        operation: &Operation,
        catalog: &mut Catalog,
    ) -> Result<(), PlanError> {
        Ok(self.migration.apply(step, operation, catalog)?)
    }

    pub(crate) fn finish(self, warnings: Vec<String>) -> PlannedMigration {
        let rendered = self.batch.finish();
        PlannedMigration {
            id: self.migration.id.clone(),
            summary: self.migration.summary.clone(),
            statements: rendered.statements,
            left_out: rendered.left_out,
            steps: self.noted,
            warnings,
            way: Way::Up,
            checksum: self.migration.checksum(),
            only_adds: self.migration.operations.iter().all(|it| {
                matches!(
                    it,
                    Operation::CreateTable(_) | Operation::AddColumn(_) | Operation::CreateIndex(_)
                )
            }),
        }
    }
}

impl PlannedMigration {
    /// Whether a statement runs outside the transaction of the others.
    fn is_split(&self) -> bool {
        self.statements.iter().any(|it| !it.transactional)
    }
}

/// SQL that can be piped into psql, mysql, mariadb or sqlite3 as it is; notes are comments.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.migrations.len();
        let noun = if count == 1 {
            "migration"
        } else {
            "migrations"
        };
        let undone = self.migrations.iter().any(|it| it.way == Way::Down);
        let back = if undone { ", undone" } else { "" };
        comment(
            f,
            &format!("{count} {noun} for {}{back}", self.dialect.product()),
        )?;
        self.write_session(f)?;
        for create in self.preparations() {
            writeln!(f, "{create};")?;
        }
        for migration in &self.migrations {
            writeln!(f)?;
            comment(f, &format!("{}: {}", migration.id, migration.summary))?;
            self.write_migration(f, migration)?;
        }
        Ok(())
    }
}

impl Plan {
    /// The statements of one migration and its record, in their transactions.
    fn write_migration(
        &self,
        f: &mut fmt::Formatter<'_>,
        migration: &PlannedMigration,
    ) -> fmt::Result {
        let (begin, commit) = match self.dialect {
            Dialect::Postgres => ("BEGIN;\n", "COMMIT;\n"),
            Dialect::Sqlite => ("BEGIN IMMEDIATE;\n", "COMMIT;\n"),
            // DDL commits by itself here, whatever stands around it.
            Dialect::MySql | Dialect::MariaDb => ("", ""),
        };
        for segment in segments(&migration.statements) {
            let (statements, is_last) = match segment {
                Segment::Transaction {
                    statements,
                    is_last,
                } => (statements, is_last),
                Segment::Outside(statement) => {
                    write!(f, "{statement}")?;
                    continue;
                }
            };
            if statements.is_empty() && !is_last {
                continue;
            }
            let rebuilds = statements.iter().any(|it| it.rebuild.is_some());
            f.write_str(if rebuilds { BEGIN_REBUILD } else { begin })?;
            if self.dialect == Dialect::Postgres && statements.iter().any(Statement::is_in_utc) {
                f.write_str("SET LOCAL TIME ZONE 'UTC';\n")?;
            }
            for statement in statements {
                write!(f, "{statement}")?;
            }
            if is_last {
                let elapsed = match self.dialect {
                    Dialect::Postgres => POSTGRES_ELAPSED,
                    // Only the runner can measure these.
                    Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => "0",
                };
                for record in self.record(migration, elapsed) {
                    writeln!(f, "{record};")?;
                }
            }
            f.write_str(if rebuilds { COMMIT_REBUILD } else { commit })?;
        }
        Ok(())
    }

    /// Its statements and what they need of the session, without any record.
    pub(crate) fn unrecorded(&self) -> String {
        let mut text = String::new();
        // A write to a text does not fail.
        let _ = self.write_session(&mut text);
        text.extend(self.migrations.iter().map(ToString::to_string));
        text
    }

    /// What the statements need of the session.
    fn write_session(&self, f: &mut impl fmt::Write) -> fmt::Result {
        if let (Some(schema), Dialect::Postgres) = (&self.tracking.schema, self.dialect) {
            let schema = self.dialect.quote(schema);
            writeln!(f, "SET search_path TO {schema}, pg_temp;")?;
        }
        match self.dialect {
            Dialect::MySql | Dialect::MariaDb => {
                writeln!(
                    f,
                    "SET NAMES utf8mb4;\nSET SESSION sql_mode = '{SQL_MODE}';"
                )?;
                let mut statements = self.migrations.iter().flat_map(|it| &it.statements);
                if statements.any(Statement::is_in_utc) {
                    writeln!(f, "SET SESSION time_zone = '+00:00';")?;
                }
            }
            Dialect::Postgres | Dialect::Sqlite => {}
        }
        if self.needs_explicit_timestamps() {
            comment(
                f,
                "a NOT NULL timestamp without a default must not get one: set where the server has it OFF",
            )?;
            // Only where it is needed, because setting it takes a privilege.
            writeln!(
                f,
                "SET @hammerwork = IF(@@explicit_defaults_for_timestamp, 'DO 0', \
                 'SET SESSION explicit_defaults_for_timestamp = ON');\n\
                 PREPARE hammerwork FROM @hammerwork;\n\
                 EXECUTE hammerwork;\n\
                 DEALLOCATE PREPARE hammerwork;"
            )?;
        }
        Ok(())
    }
}

/// The statements alone, each with its notes and guards as comments; where a table is rebuilt, in the transaction
/// without which it would be lost half-way.
impl fmt::Display for PlannedMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rebuilds() {
            return self.write_statements(f);
        }
        f.write_str(BEGIN_REBUILD)?;
        self.write_statements(f)?;
        f.write_str(COMMIT_REBUILD)
    }
}

impl PlannedMigration {
    fn write_statements(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for left_out in &self.left_out {
            comment(f, &format!("note: {left_out}"))?;
        }
        for statement in &self.statements {
            write!(f, "{statement}")?;
        }
        Ok(())
    }
}

/// What stands around the rebuild of a table on SQLite. Within a transaction foreign keys stay as they are.
const BEGIN_REBUILD: &str = "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n";
const COMMIT_REBUILD: &str = "-- each row of the answer lacks the row that it refers to: ROLLBACK then\n\
                              PRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n";

/// The SQL with a semicolon, its notes and guards before it as comments.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            comment(f, &format!("note: {note}"))?;
        }
        if !self.guards.is_empty() {
            let guards: Vec<String> = self.guards.iter().map(ToString::to_string).collect();
            comment(f, &format!("only where {}", guards.join(", ")))?;
        }
        if let Some(condition) = self.opaque.as_ref().and_then(|it| it.only_if.as_ref()) {
            comment(f, &format!("only where this is true: {condition}"))?;
        }
        if self.delimited {
            let delimiter = delimiter_that_is_not_in(&self.sql);
            return writeln!(
                f,
                "DELIMITER {delimiter}\n{}\n{delimiter}\nDELIMITER ;",
                self.sql
            );
        }
        writeln!(f, "{};", self.sql)
    }
}

/// What ends a statement for the clients of MySQL and MariaDB, where semicolons stand within it.
fn delimiter_that_is_not_in(sql: &str) -> String {
    let mut delimiter = "//".to_owned();
    while sql.contains(&delimiter) {
        delimiter.push('/');
    }
    delimiter
}

/// One line that no client takes for SQL, whatever is in `text`.
fn comment(f: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let line: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    writeln!(f, "-- {}", line.trim_end())
}
