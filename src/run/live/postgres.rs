//! PostgreSQL's catalog. `information_schema` would hide what the role has no grant on.

use std::collections::BTreeSet;

use super::constraints::{action, timing};
use super::{INDEX, Live, LiveCheck, LiveForeignKey, LiveIndex, LivePart, Values, Wanted, list};
use crate::dialect::Dialect;
use crate::dsl::{ForeignKey, foreign_key};
use crate::run::driver::{DriverError, DynDriver, Row};
use crate::run::session::Session;

/// To compile the queries takes longer than to answer them: 0.1 s where 1,000 tables are asked for.
const WITHOUT_JIT: &str = "SET LOCAL jit = off;";

/// Moments are told in the session's time zone: so that what is read does not depend on it.
const IN_UTC: &str = "SET LOCAL TimeZone TO 'UTC';";

/// One round trip; what is current for it is undone with its transaction.
pub(super) async fn read(
    driver: &mut dyn DynDriver,
    session: &Session,
    wanted: &Wanted,
) -> Result<Live, DriverError> {
    let settings = session.transaction_settings();
    // One snapshot for both queries: without the session's own lock, another runner may commit between them.
    let sql = format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {settings} {WITHOUT_JIT} {IN_UTC} {}; COMMIT",
        queries(wanted)
    );
    read_in(driver, wanted, &sql).await
}

/// Reads the schema that `before` leaves, all of it undone afterwards.
pub(super) async fn read_after(
    driver: &mut dyn DynDriver,
    wanted: &Wanted,
    before: &str,
) -> Result<Live, DriverError> {
    let sql = format!("BEGIN; {IN_UTC} {before} {}; ROLLBACK", queries(wanted));
    read_in(driver, wanted, &sql).await
}

async fn read_in(
    driver: &mut dyn DynDriver,
    wanted: &Wanted,
    transaction: &str,
) -> Result<Live, DriverError> {
    let mut live = Live::default();
    for row in rows(driver, transaction).await? {
        let mut values = Values::of(row);
        match values.text().as_str() {
            "column" => add_column(&mut live, values),
            "index" => add_index(&mut live, values),
            "foreign key" => add_foreign_key(&mut live, values),
            "check" => add_check(&mut live, values),
            "schema" => {
                live.schemas.insert(values.text());
            }
            "extension" => {
                live.extensions.insert(values.text(), values.text());
            }
            "trigger" => live.add_trigger(values),
            "function" => {
                let name = values.text();
                live.add_function(name, values);
            }
            "enum" => {
                let enum_values = live.enums.entry(values.text()).or_default();
                enum_values.extend(values.optional());
            }
            // What was run before may answer too.
            _ => {}
        }
    }
    live.forget_unwanted(wanted);
    Ok(live)
}

async fn rows(driver: &mut dyn DynDriver, transaction: &str) -> Result<Vec<Row>, DriverError> {
    let rows = driver.rows(transaction).await;
    if rows.is_err() {
        // The transaction that failed is still open; what made it fail is what is told.
        drop(driver.execute("ROLLBACK").await);
    }
    rows
}

/// Up to nine queries, of which those about what a history has none of are left out; the first value of a row says which one it answers. Before version 15 NULL was always distinct, and
/// no column said so: hence the document.
fn queries(wanted: &Wanted) -> String {
    let tables = wanted.table_list(Dialect::Postgres);
    let indexes = wanted.index_list(Dialect::Postgres);
    let schemas = list(Dialect::Postgres, &wanted.schemas);
    let extensions = list(Dialect::Postgres, &wanted.extensions);
    let enums = list(Dialect::Postgres, &wanted.enums);
    let triggers = list(Dialect::Postgres, &wanted.triggers);
    let functions = list(Dialect::Postgres, &wanted.functions);
    let mut queries = vec![format!(
        "SELECT 'column', c.relname, c.relkind::text, \
             CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END, a.attname, format_type(a.atttypid, a.atttypmod), \
             NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid), \
             CASE WHEN a.attidentity <> '' THEN 'counter' WHEN a.attgenerated <> '' THEN 'expression' END, \
             l.collname, col_description(c.oid, a.attnum), \
             concat_ws(' ', CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity' END, \
                 CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END, \
                 nullif(l.collname, 'default')), \
             obj_description(c.oid, 'pg_class') \
         FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation \
         WHERE n.nspname = current_schema() \
             AND (c.relname IN ({tables}) OR (c.relname IN ({indexes}) AND c.relkind NOT IN ('i', 'I'))) \
         ORDER BY c.relname, a.attnum; \
         SELECT 'index', t.relname, i.relname, x.indisprimary, x.indisunique, x.indisvalid, \
             pg_get_expr(x.indpred, x.indrelid), m.amname, to_jsonb(x) ->> 'indnullsnotdistinct', \
             k.n > x.indnkeyatts, a.attname, pg_get_indexdef(i.oid, k.n, true), \
             (x.indoption[k.n - 1] & 1) = 1, CASE WHEN NOT o.opcdefault THEN o.opcname END, \
             EXISTS (SELECT FROM pg_catalog.pg_constraint u WHERE u.conindid = i.oid AND u.contype = 'u') \
         FROM pg_catalog.pg_index x \
         JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_class t ON t.oid = x.indrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace \
         JOIN pg_catalog.pg_am m ON m.oid = i.relam \
         CROSS JOIN LATERAL generate_series(1, x.indnatts) AS k(n) \
         LEFT JOIN pg_catalog.pg_opclass o ON k.n <= x.indnkeyatts AND o.oid = x.indclass[k.n - 1] \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[k.n - 1] \
         WHERE n.nspname = current_schema() AND (t.relname IN ({tables}) OR i.relname IN ({indexes})) \
         ORDER BY t.relname, i.relname, k.n; \
         SELECT 'foreign key', t.relname, k.conname, a.attname, b.attname, \
             concat(nullif(m.nspname, n.nspname) || '.', f.relname), k.confdeltype::text, k.confupdtype::text, \
             k.condeferrable, k.condeferred, k.convalidated \
         FROM pg_catalog.pg_constraint k \
         JOIN pg_catalog.pg_class t ON t.oid = k.conrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
         JOIN pg_catalog.pg_class f ON f.oid = k.confrelid \
         JOIN pg_catalog.pg_namespace m ON m.oid = f.relnamespace \
         CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS p(n) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[p.n] \
         JOIN pg_catalog.pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.confkey[p.n] \
         WHERE k.contype = 'f' AND n.nspname = current_schema() AND t.relname IN ({tables}) \
         ORDER BY t.relname, k.conname, p.n; \
         SELECT 'check', t.relname, k.conname, pg_get_constraintdef(k.oid) \
         FROM pg_catalog.pg_constraint k \
         JOIN pg_catalog.pg_class t ON t.oid = k.conrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
         WHERE k.contype = 'c' AND n.nspname = current_schema() AND t.relname IN ({tables}) \
         ORDER BY t.relname, k.conname"
    )];
    let mut ask = |names: &BTreeSet<String>, query: String| {
        if !names.is_empty() {
            queries.push(query);
        }
    };
    ask(
        &wanted.enums,
        format!(
            "SELECT 'enum', t.typname, e.enumlabel \
         FROM pg_catalog.pg_type t \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid \
         LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid \
         WHERE n.nspname = current_schema() AND t.typname IN ({enums}) AND coalesce(c.relkind, 'c') = 'c' \
         ORDER BY t.typname, e.enumsortorder"
        ),
    );
    ask(
        &wanted.schemas,
        format!(
            "SELECT 'schema', n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname IN ({schemas})"
        ),
    );
    ask(
        &wanted.extensions,
        format!(
            "SELECT 'extension', x.extname, n.nspname FROM pg_catalog.pg_extension x \
         JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace WHERE x.extname IN ({extensions})"
        ),
    );
    ask(
        &wanted.triggers,
        format!(
            "SELECT 'trigger', t.relname, g.tgname, pg_get_triggerdef(g.oid, true) \
         FROM pg_catalog.pg_trigger g \
         JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
         WHERE n.nspname = current_schema() AND t.relname IN ({tables}) AND g.tgname IN ({triggers})"
        ),
    );
    ask(
        &wanted.functions,
        format!(
            "SELECT 'function', p.proname, CASE WHEN x.extname IS NOT NULL THEN 'function of the extension ' || x.extname \
                 WHEN p.prokind = 'p' THEN 'procedure' WHEN p.prokind = 'a' THEN 'custom aggregate' END, \
             pg_get_function_identity_arguments(p.oid), \
             CASE WHEN p.prokind IN ('f', 'w') THEN \
                 substr(pg_get_functiondef(p.oid), length('CREATE OR REPLACE FUNCTION ' || quote_ident(n.nspname) || '.') + 1) END \
         FROM pg_catalog.pg_proc p \
         JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid \
             AND d.deptype = 'e' \
         LEFT JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid \
         WHERE n.nspname = current_schema() AND p.proname IN ({functions}) \
         ORDER BY p.proname, 4"
        ),
    );
    queries.join("; ")
}

fn add_column(live: &mut Live, mut values: Values) {
    let table = values.text();
    // https://www.postgresql.org/docs/current/catalog-pg-class.html
    let other_kind = match values.text().as_str() {
        "r" | "p" => None,
        "v" => Some("view"),
        "m" => Some("materialized view"),
        "f" => Some("foreign table"),
        "S" => Some("sequence"),
        "i" | "I" => Some(INDEX),
        _ => Some("type"),
    };
    let definition = values.optional();
    let column = values.column();
    live.add_column(&table, other_kind.map(str::to_owned), definition, column);
    if let Some(table) = live.tables.get_mut(&table) {
        table.comment = values.comment();
    }
}

fn add_index(live: &mut Live, mut values: Values) {
    let table = values.text();
    let name = values.text();
    let primary = values.flag();
    let index = LiveIndex {
        name,
        parts: Vec::new(),
        unique: values.flag(),
        valid: values.flag(),
        predicate: values.optional(),
        method: values.text(),
        nulls_not_distinct: values.flag(),
        included: Vec::new(),
        constraint: None,
    };
    let is_included = values.flag();
    let column = values.optional();
    if primary {
        if let Some(table) = live.tables.get_mut(&table) {
            table.key_name = Some(index.name);
            table.primary_key.extend(column);
        }
        return;
    }
    let part = LivePart {
        column,
        text: values.text(),
        descending: values.flag(),
        opclass: values.optional(),
        prefix: None,
    };
    let index = LiveIndex {
        constraint: Some(values.flag()),
        ..index
    };
    if is_included {
        live.add_included_column(&table, &index.name, part.column.unwrap_or(part.text));
    } else {
        live.add_index_part(&table, index, part);
    }
}

fn add_foreign_key(live: &mut Live, mut values: Values) {
    let table = values.text();
    let key = foreign_key(values.text()).columns([values.text()]);
    let referenced = values.text();
    let key = key
        .references(values.text(), [referenced])
        .on_delete(action(&values.text()))
        .on_update(action(&values.text()));
    let timing = timing(values.flag(), values.flag());
    let key = LiveForeignKey {
        key: ForeignKey { timing, ..key },
        valid: values.flag(),
    };
    if let Some(table) = live.tables.get_mut(&table) {
        table.add_foreign_key_part(key);
    }
}

fn add_check(live: &mut Live, mut values: Values) {
    if let Some(table) = live.tables.get_mut(&values.text()) {
        table.checks.push(LiveCheck {
            name: values.text(),
            text: values.text(),
        });
    }
}
