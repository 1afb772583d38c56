//! PostgreSQL: functions tell what a role may do, of each object.

use std::collections::BTreeSet;

use super::{Needs, Records};
use crate::dialect::Dialect;
use crate::run::driver::Row;
use crate::run::live::list;

/// Tables, and those that are made of parts.
const TABLES: &str = "'r', 'p'";

/// What may be missing.
struct Right {
    /// SQL for the objects on which it is missing, as one text; NULL where it is not missing.
    sql: String,
    /// The words that stand before them.
    words: String,
}

impl Right {
    /// One that is not about single objects.
    fn unless(condition: &str, words: impl Into<String>) -> Right {
        Right {
            sql: format!("CASE WHEN NOT {condition} THEN '' END"),
            words: words.into(),
        }
    }
}

impl Needs {
    pub(super) fn question_for_postgres(&self, records: Records<'_>) -> String {
        let rights = self.rights(records);
        let columns: Vec<&str> = rights.iter().map(|it| it.sql.as_str()).collect();
        format!("SELECT {}", columns.join(", "))
    }

    /// The answer is one row.
    pub(super) fn missing_on_postgres(&self, records: Records<'_>, rows: Vec<Row>) -> Vec<String> {
        let values = rows.into_iter().next().unwrap_or_default();
        let missing = self.rights(records).into_iter().zip(values);
        missing
            .filter_map(|(right, objects)| Some(format!("{}{}", right.words, objects?)))
            .collect()
    }

    /// What has to be asked. To plan a question about tables takes a new session longer than to make the tables of a small
    /// history: so what the plan does not need is not asked.
    fn rights(&self, records: Records<'_>) -> Vec<Right> {
        let schema = records.schema();
        let named = Dialect::Postgres.quote_text(schema);
        let mut rights = vec![Right::unless(
            "current_setting('transaction_read_only') = 'off'",
            "a server that can be written to: this one is read-only",
        )];
        if self.create || self.create_view || self.create_function {
            let may = format!("has_schema_privilege({named}, 'CREATE')");
            rights.push(Right::unless(
                &may,
                format!("CREATE on the schema {schema}"),
            ));
        }
        if self.create_schema {
            let may = "has_database_privilege(current_database(), 'CREATE')";
            rights.push(Right::unless(may, "CREATE on the database"));
        }
        rights.extend(self.rights_to_tables(records));
        rights.extend(owned(
            &self.drop_schemas,
            ("nspname", "nspowner", "pg_namespace"),
            "true",
            "ownership of the schema ",
        ));
        rights.extend(owned(
            &self.functions,
            ("proname", "proowner", "pg_proc"),
            &format!("o.pronamespace = {}", namespace(schema)),
            "ownership of the function ",
        ));
        rights
    }

    fn rights_to_tables(&self, records: Records<'_>) -> Vec<Right> {
        let namespace = namespace(records.schema());
        let within = |kinds| format!("o.relnamespace = {namespace} AND o.relkind IN ({kinds})");
        let class = ("relname", "relowner", "pg_class");
        let granted = |names: &BTreeSet<String>, right: &str| {
            let has = format!("has_table_privilege(o.oid, '{right}')");
            objects(
                names,
                class,
                &format!("{} AND NOT {has}", within(TABLES)),
                format!("{right} on "),
            )
        };
        let altered = &self.alter | &self.views;
        let mut rights = Vec::new();
        rights.extend(owned(
            &altered,
            class,
            &within("'r', 'p', 'v'"),
            "ownership of ",
        ));
        if records.are_there {
            let tracking = records.tracking;
            rights.extend(granted(&BTreeSet::from(tracking.names()), "INSERT"));
            // What is noted there takes the place of what was.
            let journal = BTreeSet::from([tracking.journal_name()]);
            rights.extend(granted(&journal, "UPDATE"));
        }
        if !self.rows.is_empty() {
            rights.push(Right {
                sql: format!(
                    "(SELECT string_agg(r.what || ' on ' || o.relname, '; ' ORDER BY o.relname, r.what) \
                     FROM pg_catalog.pg_class o JOIN (VALUES {}) AS r(name, what) ON r.name = o.relname \
                     WHERE {} AND NOT CASE r.what \
                         WHEN 'DELETE' THEN has_table_privilege(o.oid, r.what) \
                         ELSE has_any_column_privilege(o.oid, r.what) END)",
                    self.rows_as_list(),
                    within(TABLES)
                ),
                words: String::new(),
            });
        }
        rights.extend(granted(&self.refer, "REFERENCES"));
        rights
    }

    /// The rights to rows, as rows of VALUES.
    fn rows_as_list(&self) -> String {
        let rows = self.rows.iter();
        let rows: Vec<String> = rows
            .map(|(table, right)| format!("({}, '{right}')", Dialect::Postgres.quote_text(table)))
            .collect();
        rows.join(", ")
    }
}

/// Those objects that must be the role's own, and are not. Of a catalog: the column of names, that of owners, its name.
fn owned(
    names: &BTreeSet<String>,
    (name, owner, catalog): (&str, &str, &str),
    within: &str,
    words: &str,
) -> Option<Right> {
    let wrong = format!("{within} AND NOT pg_has_role(o.{owner}, 'USAGE')");
    objects(names, (name, owner, catalog), &wrong, words.to_owned())
}

/// Those of the objects of which a condition is true; nothing where there are no names to ask for.
fn objects(
    names: &BTreeSet<String>,
    (name, _, catalog): (&str, &str, &str),
    condition: &str,
    words: String,
) -> Option<Right> {
    let listed = list(Dialect::Postgres, names);
    let sql = format!(
        "(SELECT string_agg(o.{name}, ', ' ORDER BY o.{name}) FROM pg_catalog.{catalog} o \
         WHERE o.{name} IN ({listed}) AND {condition})"
    );
    (!names.is_empty()).then_some(Right { sql, words })
}

/// The schema's number, as SQL.
fn namespace(schema: &str) -> String {
    let name = Dialect::Postgres.quote(schema);
    format!(
        "{}::pg_catalog.regnamespace",
        Dialect::Postgres.quote_text(&name)
    )
}
