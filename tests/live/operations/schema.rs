//! All that a database's own catalog says of its schema, as sorted lines. Nothing here comes from the library.

use hammerwork_migrations::Dialect;

use crate::database::Database;

/// The schema without the runner's own tables. Where columns and indexes stand says nothing: what comes back comes last.
pub(super) async fn read(database: &Database) -> Vec<String> {
    let mut lines = match database.dialect {
        Dialect::Postgres => all(database, &POSTGRES).await,
        Dialect::MySql | Dialect::MariaDb => on_mysql(database).await,
        Dialect::Sqlite => on_sqlite(database).await,
    };
    lines.retain(|line| !line.contains("hammerwork_migrations"));
    lines.sort();
    lines
}

async fn all(database: &Database, queries: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for query in queries {
        lines.extend(database.rows(query).await.iter().map(|row| row.join(" ")));
    }
    lines
}

const POSTGRES: [&str; 9] = [
    "SELECT c.relkind, c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S')",
    "SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, \
         pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation::text, col_description(c.oid, a.attnum) \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')",
    "SELECT pg_get_indexdef(x.indexrelid), x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid \
     WHERE c.relnamespace = 'public'::regnamespace",
    "SELECT 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid), k.convalidated FROM pg_constraint k \
     WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f', 'c', 'x')",
    "SELECT 'view', c.relname, pg_get_viewdef(c.oid) FROM pg_class c \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'",
    "SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
     WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal",
    "SELECT 'function', pg_get_functiondef(p.oid) FROM pg_proc p \
     WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p') \
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    "SELECT 'enum', t.typname, e.enumlabel, row_number() OVER (PARTITION BY t.oid ORDER BY e.enumsortorder) \
     FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = 'public'::regnamespace",
    "SELECT 'extension or schema', x.name FROM (SELECT extname AS name FROM pg_extension \
         UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%') x",
];

async fn on_mysql(database: &Database) -> Vec<String> {
    let mut lines = all(
        database,
        &[
            "SELECT 'trigger', TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_STATEMENT \
             FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()",
            "SELECT 'routine', ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION \
             FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()",
            "SELECT 'view', TABLE_NAME, REPLACE(VIEW_DEFINITION, DATABASE(), '') \
             FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()",
            "SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT \
             FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()",
        ],
    )
    .await;
    let tables = database
        .column(
            "SELECT TABLE_NAME FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        )
        .await;
    for table in tables {
        let query = format!("SHOW CREATE TABLE {}", database.dialect.quote(&table));
        for row in database.rows(&query).await {
            let lines_of = row[1].lines().map(|line| {
                let line = line.trim().trim_end_matches(',');
                format!("{table}: {}", without_counter(line))
            });
            lines.extend(lines_of);
        }
    }
    lines
}

/// The next number that a table would give says nothing of its schema.
fn without_counter(line: &str) -> String {
    let Some((before, after)) = line.split_once(" AUTO_INCREMENT=") else {
        return line.to_owned();
    };
    format!(
        "{before}{}",
        after.trim_start_matches(|it: char| it.is_ascii_digit())
    )
}

async fn on_sqlite(database: &Database) -> Vec<String> {
    let mut lines = all(
        database,
        &[
            "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
            "SELECT 'column', t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
             FROM sqlite_schema t, pragma_table_xinfo(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
            "SELECT 'index', t.name, CASE i.origin WHEN 'c' THEN i.name END, i.\"unique\", i.origin, i.partial, \
                 (SELECT group_concat(quote(name) || \"desc\" || coll, ', ') FROM \
                     (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno)) \
             FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table'",
            "SELECT 'foreign key', t.name, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete, f.seq \
             FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger')",
        ],
    )
    .await;
    // What no pragma tells stands in the text of the table alone.
    for row in database
        .rows("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        .await
    {
        let told = [
            "CHECK",
            "GENERATED",
            "COLLATE",
            "AUTOINCREMENT",
            "DEFERRABLE",
        ];
        let of_table = row[1]
            .lines()
            .filter(|line| told.iter().any(|it| line.contains(it)));
        lines.extend(
            of_table.map(|line| format!("{}: {}", row[0], line.trim().trim_end_matches(','))),
        );
    }
    lines
}
