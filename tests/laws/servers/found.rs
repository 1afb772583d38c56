//! The schema that a server has, in lines, read by queries of the test's own.

use hammerwork_migrations::Dialect;

use super::session::Session;

/// All that is there but the library's own tables; in order.
pub(super) async fn found(dialect: Dialect, session: &mut Session) -> Vec<String> {
    let queries = match dialect {
        Dialect::Postgres => POSTGRES.map(str::to_owned).to_vec(),
        Dialect::MySql => on_mysql("COALESCE(CONSTRAINT_NAME, '')", "1"),
        Dialect::MariaDb => on_mysql(
            "CONCAT(CONSTRAINT_NAME, ' of ', TABLE_NAME)",
            "LEVEL = 'Table'",
        ),
        Dialect::Sqlite => Vec::new(),
    };
    // One answer for all of it.
    let mut lines = session.column(&queries.join(" UNION ALL ")).await;
    lines.sort();
    lines
}

const POSTGRES: [&str; 7] = [
    "SELECT format('column %s.%s %s null %s default %s source %s', c.relname, \
         a.attname, \
         CASE t.typtype WHEN 'e' THEN 'enum ' || t.typname ELSE format_type(a.atttypid, a.atttypmod) END, \
         CASE WHEN a.attnotnull THEN 0 ELSE 1 END, \
         CASE WHEN d.adbin IS NOT NULL AND a.attgenerated = '' THEN 1 ELSE 0 END, \
         CASE WHEN a.attidentity <> '' THEN 'counter' WHEN a.attgenerated <> '' THEN 'expression' ELSE 'rows' END) \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     JOIN pg_type t ON t.oid = a.atttypid \
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'hammerwork_migrations%'",
    "SELECT format('%s %s of %s unique %s partial %s using %s (%s)', \
         CASE WHEN x.indisprimary THEN 'key' WHEN u.oid IS NOT NULL THEN 'constraint' ELSE 'index' END, \
         CASE WHEN x.indisprimary THEN '' ELSE i.relname END, c.relname, \
         CASE WHEN x.indisunique THEN 1 ELSE 0 END, CASE WHEN x.indpred IS NULL THEN 0 ELSE 1 END, m.amname, \
         (SELECT string_agg(COALESCE(a.attname, '?') || \
             CASE WHEN n <= x.indnkeyatts AND x.indoption[n - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY n) \
          FROM generate_series(1, x.indnkeyatts) AS k(n) \
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[n - 1])) \
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
     JOIN pg_am m ON m.oid = i.relam LEFT JOIN pg_constraint u ON u.conindid = i.oid AND u.contype = 'u' \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'hammerwork_migrations%'",
    "SELECT format('foreign key %s of %s (%s) to %s (%s) on delete %s on update %s', k.conname, c.relname, \
         (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS p(number, n) \
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number), \
         f.relname, \
         (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY AS p(number, n) \
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = number), \
         k.confdeltype, k.confupdtype) \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid \
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace",
    "SELECT format('check %s of %s', k.conname, c.relname) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
     WHERE k.contype = 'c' AND k.connamespace = 'public'::regnamespace AND c.relname NOT LIKE 'hammerwork_migrations%' \
     UNION ALL SELECT 'view ' || relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace \
     UNION ALL SELECT 'function ' || proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace \
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    "SELECT format('enum %s (%s)', t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)) \
     FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.typname",
    "SELECT format('trigger %s %s%s of %s', t.tgname, CASE WHEN t.tgtype & 2 = 2 THEN 'before' ELSE 'after' END, \
         CASE WHEN t.tgtype & 4 = 4 THEN 'insert' WHEN t.tgtype & 8 = 8 THEN 'delete' ELSE 'update' END, c.relname) \
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
     WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace",
    "SELECT format('extension %s in %s', e.extname, n.nspname) FROM pg_extension e \
         JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' \
     UNION ALL SELECT 'schema ' || nspname FROM pg_namespace \
     WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public', 'laws')",
];

/// A column that stands for an expression of an index is seen by nobody, and an index that a foreign key brings with
/// it has the key's name.
fn on_mysql(check: &str, level: &str) -> Vec<String> {
    let ours = "TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'hammerwork_migrations%'";
    vec![
        format!(
            "SELECT CONCAT('column ', TABLE_NAME, '.', COLUMN_NAME, ' ', \
                 CASE WHEN DATA_TYPE IN ('int', 'smallint', 'bigint') THEN DATA_TYPE ELSE COLUMN_TYPE END, \
                 ' null ', IF(IS_NULLABLE = 'YES', 1, 0), \
                 ' default ', IF(COLUMN_DEFAULT IS NULL OR COLUMN_DEFAULT = 'NULL', 0, 1), \
                 ' source ', CASE WHEN EXTRA LIKE '%auto_increment%' THEN 'counter' \
                     WHEN GENERATION_EXPRESSION <> '' THEN 'expression' ELSE 'rows' END) \
             FROM information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME) \
             WHERE {ours} AND TABLE_TYPE = 'BASE TABLE' AND EXTRA NOT LIKE '%INVISIBLE%'"
        ),
        format!(
            "SELECT CONCAT(IF(INDEX_NAME = 'PRIMARY', 'key ', 'index '), IF(INDEX_NAME = 'PRIMARY', '', INDEX_NAME), \
                 ' of ', TABLE_NAME, ' unique ', 1 - MAX(NON_UNIQUE), ' using ', LOWER(MAX(INDEX_TYPE)), ' (', \
                 GROUP_CONCAT(IF(COLUMN_NAME IS NULL OR c.EXTRA LIKE '%INVISIBLE%', '?', CONCAT(COLUMN_NAME, \
                     IF(s.COLLATION = 'D', ' desc', ''))) ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')') \
             FROM information_schema.STATISTICS s \
             LEFT JOIN information_schema.COLUMNS c USING (TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME) \
             WHERE {ours} AND NOT EXISTS (SELECT * FROM information_schema.REFERENTIAL_CONSTRAINTS r \
                 WHERE r.CONSTRAINT_SCHEMA = DATABASE() AND r.TABLE_NAME = s.TABLE_NAME AND r.CONSTRAINT_NAME = s.INDEX_NAME) \
             GROUP BY TABLE_NAME, INDEX_NAME"
        ),
        format!(
            "SELECT CONCAT('foreign key ', CONSTRAINT_NAME, ' of ', k.TABLE_NAME, ' (', \
                 GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION SEPARATOR ', '), ') to ', \
                 k.REFERENCED_TABLE_NAME, ' (', \
                 GROUP_CONCAT(REFERENCED_COLUMN_NAME ORDER BY ORDINAL_POSITION SEPARATOR ', '), ') on delete ', \
                 REPLACE(LOWER(MAX(DELETE_RULE)), 'restrict', 'no action'), ' on update ', \
                 REPLACE(LOWER(MAX(UPDATE_RULE)), 'restrict', 'no action')) \
             FROM information_schema.KEY_COLUMN_USAGE k \
             JOIN information_schema.REFERENTIAL_CONSTRAINTS r USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) \
             WHERE k.TABLE_SCHEMA = DATABASE() AND r.TABLE_NAME = k.TABLE_NAME AND k.REFERENCED_TABLE_NAME IS NOT NULL \
             GROUP BY k.TABLE_NAME, CONSTRAINT_NAME, k.REFERENCED_TABLE_NAME"
        ),
        format!(
            "SELECT CONCAT('check ', {check}) FROM information_schema.CHECK_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = DATABASE() AND {level}"
        ),
        "SELECT CONCAT('trigger ', TRIGGER_NAME, ' ', LOWER(ACTION_TIMING), LOWER(EVENT_MANIPULATION), ' of ', \
             EVENT_OBJECT_TABLE) \
         FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()"
            .to_owned(),
        "SELECT CONCAT('view ', TABLE_NAME) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()"
            .to_owned(),
        "SELECT CONCAT('function ', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
            .to_owned(),
    ]
}
