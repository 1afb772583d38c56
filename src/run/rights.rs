//! What the role may do, asked before anything is changed: one error then lists all that is missing.

use std::collections::BTreeSet;

use super::driver::{Driver, DriverError};
use super::live::{Live, list};
use super::session::Session;
use super::tracking::Tracking;
use crate::dialect::Dialect;
use crate::dsl::Operation;

/// What a plan needs to be allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// To make tables or indexes.
    create: bool,
    /// To drop a table.
    drop: bool,
    /// To make views.
    create_view: bool,
    /// To make or drop triggers.
    trigger: bool,
    /// To make functions.
    create_function: bool,
    /// To replace or drop these functions, which are there.
    functions: BTreeSet<String>,
    /// To change these tables, which are there.
    alter: BTreeSet<String>,
    /// To change rows of these tables, which are there: the table, and the right.
    rows: BTreeSet<(String, &'static str)>,
    /// To replace or drop these views, which are there.
    views: BTreeSet<String>,
    /// To refer to these tables, which are there.
    refer: BTreeSet<String>,
    /// To make a schema.
    create_schema: bool,
    /// To drop these schemas.
    drop_schemas: BTreeSet<String>,
}

impl Needs {
    /// What the operation needs on a database that has `live`.
    pub(crate) fn add(&mut self, operation: &Operation, live: &Live) {
        if let Operation::CreateEnum(_) = operation {
            self.create = true;
        }
        let table = operation.table().unwrap_or_default();
        let there = live.tables.contains_key(table);
        match operation {
            Operation::CreateTable(it) => {
                self.create = true;
                for key in &it.table.foreign_keys {
                    self.refer(&key.table, live);
                }
            }
            Operation::AddForeignKey(it) => {
                self.change(table, there);
                self.refer(&it.foreign_key.table, live);
            }
            Operation::CreateIndex(_) => {
                self.create = true;
                self.change(table, there);
            }
            Operation::AddColumn(_) => self.change(table, there),
            Operation::DropTable(_) => {
                self.drop = true;
                self.change(table, there);
            }
            Operation::DropColumn(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
            | Operation::AddPrimaryKey(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AlterColumn(_)
            | Operation::RenameIndex(_) => self.change(table, there),
            // To MySQL and MariaDB it is a table that goes, and one that comes.
            Operation::RenameTable(_) => {
                self.create = true;
                self.drop = true;
                self.change(table, there);
            }
            Operation::Insert(_) => self.change_rows(table, there, "INSERT"),
            Operation::Update(_) => self.change_rows(table, there, "UPDATE"),
            Operation::Backfill(_) => {
                // Where it has come to is kept in a table of its own.
                self.create = true;
                self.change_rows(table, there, "UPDATE");
            }
            Operation::Delete(_) => self.change_rows(table, there, "DELETE"),
            Operation::CreateView(it) => self.view(&it.view.name, false, live),
            // To MySQL and MariaDB it is a view that goes, and one that comes.
            Operation::ReplaceView(it) => self.view(&it.view.name, true, live),
            Operation::DropView(it) => {
                self.drop = true;
                self.change_view(&it.view, live);
            }
            Operation::CreateSchema(_) => self.create_schema = true,
            Operation::DropSchema(it) => {
                self.drop_schemas.insert(it.schema.clone());
            }
            // On PostgreSQL the right may be the owner's or granted: that the server decides.
            Operation::CreateTrigger(_)
            | Operation::ReplaceTrigger(_)
            | Operation::DropTrigger(_) => self.trigger = true,
            Operation::CreateFunction(it) => self.function(&it.function.name, true, live),
            Operation::ReplaceFunction(it) => self.function(&it.function.name, true, live),
            // Who has made a function on MySQL or MariaDB may drop it, and no view there tells: that the server decides.
            Operation::DropFunction(it) => self.function(&it.function, false, live),
            // What it needs, only the server knows: extensions say themselves who may make them.
            Operation::CreateExtension(_)
            | Operation::DropExtension(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::DropEnumValue(_)
            | Operation::RunSql(_) => {}
        }
    }

    fn view(&mut self, view: &str, drop: bool, live: &Live) {
        self.create_view = true;
        self.drop |= drop;
        self.change_view(view, live);
    }

    fn function(&mut self, function: &str, create: bool, live: &Live) {
        self.create_function |= create;
        if live.has_function(function) {
            self.functions.insert(function.to_owned());
        }
    }

    fn change_view(&mut self, view: &str, live: &Live) {
        if live.tables.contains_key(view) {
            self.views.insert(view.to_owned());
        }
    }

    /// That the tracking table has to be made.
    pub(crate) fn add_creation(&mut self) {
        self.create = true;
    }

    fn change(&mut self, table: &str, there: bool) {
        // A table that the plan makes is the role's own.
        if there {
            self.alter.insert(table.to_owned());
        }
    }

    fn change_rows(&mut self, table: &str, there: bool, right: &'static str) {
        if there {
            self.rows.insert((table.to_owned(), right));
        }
    }

    fn refer(&mut self, table: &str, live: &Live) {
        if live.tables.contains_key(table) {
            self.refer.insert(table.to_owned());
        }
    }

    /// What of it the role is not allowed, each as a noun phrase.
    pub(crate) async fn missing<D: Driver>(
        &self,
        driver: &mut D,
        session: &Session,
        tracking: &Tracking,
    ) -> Result<Vec<String>, DriverError> {
        match session.dialect {
            Dialect::Postgres => self.missing_on_postgres(driver, session, tracking).await,
            Dialect::MySql | Dialect::MariaDb => self.missing_on_mysql(driver).await,
            // The lock that is held says that the file can be written.
            Dialect::Sqlite => Ok(Vec::new()),
        }
    }

    async fn missing_on_postgres<D: Driver>(
        &self,
        driver: &mut D,
        session: &Session,
        tracking: &Tracking,
    ) -> Result<Vec<String>, DriverError> {
        let dialect = session.dialect;
        let schema = session.schema.clone().unwrap_or_default();
        let named = dialect.quote_text(&schema);
        let altered = list(dialect, &(&self.alter | &self.views));
        let referred = list(dialect, &self.refer);
        let recorded = list(
            dialect,
            &BTreeSet::from([
                tracking.table.clone(),
                tracking.journal_name(),
                tracking.batches_name(),
            ]),
        );
        let rows = self.rows_as_list(dialect);
        let dropped = list(dialect, &self.drop_schemas);
        let functions = list(dialect, &self.functions);
        // What is noted there takes the place of what was.
        let journal = dialect.quote_text(&tracking.journal_name());
        let sql = format!(
            "SELECT current_setting('transaction_read_only'), has_schema_privilege({named}, 'CREATE'), \
             (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_catalog.pg_class c \
                 WHERE c.relnamespace = n.oid AND c.relname IN ({altered}) AND c.relkind IN ('r', 'p', 'v') \
                 AND NOT pg_has_role(c.relowner, 'USAGE')), \
             (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_catalog.pg_class c \
                 WHERE c.relnamespace = n.oid AND c.relname IN ({recorded}) AND c.relkind IN ('r', 'p') \
                 AND NOT has_table_privilege(c.oid, 'INSERT')), \
             (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_catalog.pg_class c \
                 WHERE c.relnamespace = n.oid AND c.relname = {journal} AND c.relkind IN ('r', 'p') \
                 AND NOT has_table_privilege(c.oid, 'UPDATE')), \
             (SELECT string_agg(r.what || ' on ' || c.relname, '; ' ORDER BY c.relname, r.what) FROM pg_catalog.pg_class c \
                 JOIN (VALUES {rows}) AS r(name, what) ON r.name = c.relname \
                 WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND NOT CASE r.what \
                     WHEN 'DELETE' THEN has_table_privilege(c.oid, r.what) \
                     ELSE has_any_column_privilege(c.oid, r.what) END), \
             (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_catalog.pg_class c \
                 WHERE c.relnamespace = n.oid AND c.relname IN ({referred}) AND c.relkind IN ('r', 'p') \
                 AND NOT has_table_privilege(c.oid, 'REFERENCES')), \
             has_database_privilege(current_database(), 'CREATE'), \
             (SELECT string_agg(s.nspname, ', ' ORDER BY s.nspname) FROM pg_catalog.pg_namespace s \
                 WHERE s.nspname IN ({dropped}) AND NOT pg_has_role(s.nspowner, 'USAGE')), \
             (SELECT string_agg(p.proname, ', ' ORDER BY p.proname) FROM pg_catalog.pg_proc p \
                 WHERE p.pronamespace = n.oid AND p.proname IN ({functions}) AND NOT pg_has_role(p.proowner, 'USAGE')) \
             FROM pg_catalog.pg_namespace n WHERE n.nspname = {named}"
        );
        let row = driver
            .rows(&sql)
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        let mut values = row.into_iter();
        let mut next = || values.next().flatten();
        let mut missing = Vec::new();
        if next().as_deref() == Some("on") {
            missing.push("a server that can be written to: this one is read-only".to_owned());
        }
        let may_create = next().as_deref() != Some("f");
        if (self.create || self.create_view || self.create_function) && !may_create {
            missing.push(format!("CREATE on the schema {schema}"));
        }
        missing.extend(next().map(|tables| format!("ownership of {tables}")));
        missing.extend(next().map(|tables| format!("INSERT on {tables}")));
        missing.extend(next().map(|tables| format!("UPDATE on {tables}")));
        missing.extend(next());
        missing.extend(next().map(|tables| format!("REFERENCES on {tables}")));
        let may_create_schemas = next().as_deref() != Some("f");
        if self.create_schema && !may_create_schemas {
            missing.push("CREATE on the database".to_owned());
        }
        missing.extend(next().map(|schemas| format!("ownership of the schema {schemas}")));
        missing.extend(next().map(|functions| format!("ownership of the function {functions}")));
        Ok(missing)
    }

    /// The rights to rows, as rows of VALUES: one that matches nothing where there are none.
    fn rows_as_list(&self, dialect: Dialect) -> String {
        let rows = self.rows.iter();
        let mut rows: Vec<String> = rows
            .map(|(table, right)| format!("({}, '{right}')", dialect.quote_text(table)))
            .collect();
        rows.push("(NULL::text, NULL::text)".to_owned());
        rows.join(", ")
    }

    async fn missing_on_mysql<D: Driver>(
        &self,
        driver: &mut D,
    ) -> Result<Vec<String>, DriverError> {
        // A grant on some tables, or by a role, can't be read off these views: then the server decides.
        let rows = driver
            .rows(
                "SELECT 'right', PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = @@hw_grantee \
                 UNION SELECT 'right', PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES \
                     WHERE GRANTEE = @@hw_grantee AND DATABASE() LIKE TABLE_SCHEMA \
                 UNION SELECT 'unclear', 'table' FROM information_schema.TABLE_PRIVILEGES \
                     WHERE GRANTEE = @@hw_grantee AND TABLE_SCHEMA = DATABASE() \
                 UNION SELECT 'unclear', 'role' FROM DUAL WHERE COALESCE(CURRENT_ROLE(), 'NONE') <> 'NONE' \
                 UNION SELECT 'read-only', 'yes' FROM DUAL WHERE @@GLOBAL.read_only"
                    .replace("@@hw_grantee", GRANTEE)
                    .as_str(),
            )
            .await?;
        let has = |kind: &str, name: Option<&str>| {
            rows.iter().any(|row| {
                row.first().and_then(Option::as_deref) == Some(kind)
                    && name.is_none_or(|name| row.get(1).and_then(Option::as_deref) == Some(name))
            })
        };
        if has("unclear", None) {
            return Ok(Vec::new());
        }
        let mut missing = Vec::new();
        let above = ["SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN"];
        if has("read-only", None) && !above.iter().any(|name| has("right", Some(name))) {
            missing.push("a server that can be written to: this one is read-only".to_owned());
        }
        // https://dev.mysql.com/doc/refman/9.4/en/alter-table.html: ALTER TABLE needs ALTER, CREATE and INSERT,
        // also where it makes or drops indexes and columns.
        let altering = !self.alter.is_empty();
        let needed = [
            ("SELECT", true),
            ("INSERT", true),
            // The journal is written with REPLACE.
            ("DELETE", true),
            (
                "UPDATE",
                self.rows.iter().any(|(_, right)| *right == "UPDATE"),
            ),
            ("CREATE", self.create || altering),
            ("ALTER", altering),
            ("DROP", self.drop),
            ("CREATE VIEW", self.create_view),
            ("TRIGGER", self.trigger),
            ("CREATE ROUTINE", self.create_function),
            ("REFERENCES", !self.refer.is_empty()),
        ];
        for (name, _) in needed
            .iter()
            .filter(|(name, needed)| *needed && !has("right", Some(name)))
        {
            missing.push(format!("{name} on the database"));
        }
        Ok(missing)
    }
}

/// The account as the views of `information_schema` write it: `'user'@'host'`.
const GRANTEE: &str = "CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''@''', \
                       SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
