//! Whether anything is there at all, of what a history names: one small question, before a large one. To plan the large one
//! takes a new session of PostgreSQL longer than to make the tables of a small history.

use super::{Wanted, list};
use crate::dialect::Dialect;
use crate::run::tracking::Tracking;

impl Wanted {
    /// SQL that is true where anything of it is there, or a table in which migrations are recorded. `schema` is SQL for the
    /// name of PostgreSQL's schema.
    pub(crate) fn is_anything_there(
        &self,
        dialect: Dialect,
        schema: &str,
        tracking: &Tracking,
    ) -> String {
        let mut tables = self.tables.clone();
        match dialect {
            // There, the name of an index is one among its table's.
            Dialect::MySql | Dialect::MariaDb => {}
            Dialect::Postgres | Dialect::Sqlite => tables.extend(self.indexes.iter().cloned()),
        }
        tables.extend(tracking.names());
        let tables = list(dialect, &tables);
        let conditions = match dialect {
            Dialect::Postgres => return self.is_anything_on_postgres(schema, &tables),
            Dialect::MySql | Dialect::MariaDb => {
                let mut conditions = vec![format!(
                    "EXISTS (SELECT 1 FROM information_schema.TABLES \
                     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({tables}))"
                )];
                if !self.functions.is_empty() {
                    let functions = list(dialect, &self.functions);
                    conditions.push(format!(
                        "EXISTS (SELECT 1 FROM information_schema.ROUTINES \
                         WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME IN ({functions}))"
                    ));
                }
                conditions
            }
            Dialect::Sqlite => vec![format!(
                "EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name IN ({tables}))"
            )],
        };
        conditions.join(" OR ")
    }

    fn is_anything_on_postgres(&self, schema: &str, tables: &str) -> String {
        let Wanted {
            tables: _,
            indexes: _,
            schemas,
            extensions,
            enums,
            // Each is a table's.
            triggers: _,
            functions,
        } = self;
        let list = |names| list(Dialect::Postgres, names);
        let namespace =
            format!("(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = {schema})");
        let mut conditions = vec![format!(
            "EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.relnamespace = {namespace} AND o.relname IN ({tables}))"
        )];
        if !schemas.is_empty() {
            conditions.push(format!(
                "EXISTS (SELECT FROM pg_catalog.pg_namespace o WHERE o.nspname IN ({}))",
                list(schemas)
            ));
        }
        if !extensions.is_empty() {
            conditions.push(format!(
                "EXISTS (SELECT FROM pg_catalog.pg_extension o WHERE o.extname IN ({}))",
                list(extensions)
            ));
        }
        if !enums.is_empty() {
            conditions.push(format!(
                "EXISTS (SELECT FROM pg_catalog.pg_type o WHERE o.typnamespace = {namespace} AND o.typname IN ({}))",
                list(enums)
            ));
        }
        if !functions.is_empty() {
            conditions.push(format!(
                "EXISTS (SELECT FROM pg_catalog.pg_proc o WHERE o.pronamespace = {namespace} AND o.proname IN ({}))",
                list(functions)
            ));
        }
        conditions.join(" OR ")
    }
}
