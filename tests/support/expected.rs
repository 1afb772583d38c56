//! The schema that the six migrations must leave behind, in the words of each engine's catalog.
//!
//! This is written down by hand, and read back by queries of its own: nothing here comes from the renderers
//! or the library's introspection.

use hammerwork_migrations::Dialect;

use crate::database::Database;

/// Table, column, its type on PostgreSQL, MySQL and SQLite, whether it may be NULL, and its default.
type ColumnRow = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
    Option<&'static str>,
);

const JOBS: &str = "hammerwork_jobs";
const BATCHES: &str = "hammerwork_batches";
const MOMENT: (&str, &str) = ("timestamp with time zone", "timestamp(6)");
const VARCHAR: &str = "character varying";

#[rustfmt::skip]
const COLUMNS: &[ColumnRow] = &[
    (BATCHES, "id", "uuid", "char(36)", "TEXT", false, None),
    (BATCHES, "batch_name", VARCHAR, "varchar(255)", "TEXT", false, None),
    (BATCHES, "total_jobs", "integer", "int", "INTEGER", false, None),
    (BATCHES, "completed_jobs", "integer", "int", "INTEGER", false, Some("0")),
    (BATCHES, "failed_jobs", "integer", "int", "INTEGER", false, Some("0")),
    (BATCHES, "pending_jobs", "integer", "int", "INTEGER", false, Some("0")),
    (BATCHES, "status", VARCHAR, "varchar(50)", "TEXT", false, None),
    (BATCHES, "failure_mode", VARCHAR, "varchar(50)", "TEXT", false, None),
    (BATCHES, "created_at", MOMENT.0, MOMENT.1, "TEXT", false, None),
    (BATCHES, "completed_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (BATCHES, "error_summary", "text", "text", "TEXT", true, None),
    (BATCHES, "metadata", "jsonb", "json", "TEXT", true, None),
    (JOBS, "id", "uuid", "char(36)", "TEXT", false, None),
    (JOBS, "queue_name", VARCHAR, "varchar(255)", "TEXT", false, None),
    (JOBS, "payload", "jsonb", "json", "TEXT", false, None),
    (JOBS, "status", VARCHAR, "varchar(50)", "TEXT", false, None),
    (JOBS, "attempts", "integer", "int", "INTEGER", false, Some("0")),
    (JOBS, "max_attempts", "integer", "int", "INTEGER", false, Some("3")),
    (JOBS, "created_at", MOMENT.0, MOMENT.1, "TEXT", false, None),
    (JOBS, "scheduled_at", MOMENT.0, MOMENT.1, "TEXT", false, None),
    (JOBS, "started_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "completed_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "failed_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "error_message", "text", "text", "TEXT", true, None),
    (JOBS, "priority", "integer", "int", "INTEGER", false, Some("2")),
    (JOBS, "timeout_seconds", "integer", "int", "INTEGER", true, None),
    (JOBS, "timed_out_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "cron_schedule", "character varying(100)", "varchar(100)", "TEXT", true, None),
    (JOBS, "next_run_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "recurring", "boolean", "tinyint(1)", "BOOLEAN", false, Some("false")),
    (JOBS, "timezone", "character varying(50)", "varchar(50)", "TEXT", true, None),
    (JOBS, "batch_id", "uuid", "char(36)", "TEXT", true, None),
    (JOBS, "result_data", "jsonb", "json", "TEXT", true, None),
    (JOBS, "result_stored_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
    (JOBS, "result_expires_at", MOMENT.0, MOMENT.1, "TEXT", true, None),
];

/// Table, label, columns with their directions, and the predicate in the words of PostgreSQL and SQLite.
#[rustfmt::skip]
const INDEXES: &[(&str, &str, &str, &str, &str)] = &[
    (BATCHES, "created_at", "created_at", "", ""),
    (BATCHES, "status", "status", "", ""),
    (JOBS, "batch_id", "batch_id", "(batch_id IS NOT NULL)", r#""batch_id" IS NOT NULL"#),
    (JOBS, "cron_schedule", "cron_schedule", "(cron_schedule IS NOT NULL)", r#""cron_schedule" IS NOT NULL"#),
    (JOBS, "queue_status_priority_scheduled", "queue_name, status, priority DESC, scheduled_at",
        "((status)::text = ANY ((ARRAY['Pending'::character varying, 'Retrying'::character varying])::text[]))",
        r#""status" IN ('Pending', 'Retrying')"#),
    (JOBS, "recurring_next_run", "recurring, next_run_at", "(recurring = true)", r#""recurring" = TRUE"#),
    (JOBS, "result_expires_at", "result_expires_at", "(result_expires_at IS NOT NULL)", r#""result_expires_at" IS NOT NULL"#),
    (JOBS, "scheduled", "scheduled_at", "((status)::text = 'Pending'::text)", r#""status" = 'Pending'"#),
    (JOBS, "status_failed_at", "status, failed_at", "(failed_at IS NOT NULL)", r#""failed_at" IS NOT NULL"#),
];

/// Asserts that the database has exactly the schema of the six migrations.
pub(crate) async fn assert_schema(database: &Database) {
    assert_eq!(
        columns_of(database).await,
        expected_columns(database.dialect)
    );
    assert_eq!(
        indexes_of(database).await,
        expected_indexes(database.dialect)
    );
    assert_eq!(
        keys_of(database).await,
        [
            "hammerwork_batches(id)",
            "hammerwork_jobs(id)",
            "hammerwork_migrations(migration_id)",
            "hammerwork_migrations_journal(migration_id, step)"
        ]
    );
    assert_eq!(
        tables_of(database).await,
        [
            "hammerwork_batches",
            "hammerwork_jobs",
            "hammerwork_migrations",
            "hammerwork_migrations_journal"
        ]
    );
}

/// The ids in the tracking table, in the order of their recording.
pub(crate) async fn recorded(database: &Database) -> Vec<String> {
    database
        .column("SELECT migration_id FROM hammerwork_migrations ORDER BY executed_at, migration_id")
        .await
}

pub(crate) const ALL_SIX: [&str; 6] = [
    "001_initial_schema",
    "002_add_priority",
    "003_add_timeouts",
    "004_add_cron",
    "005_add_batches",
    "006_add_result_storage",
];

fn expected_columns(dialect: Dialect) -> Vec<String> {
    let line = |(table, column, postgres, mysql, sqlite, nullable, default): &ColumnRow| {
        let column_type = match dialect {
            Dialect::Postgres => *postgres,
            Dialect::MySql => *mysql,
            Dialect::MariaDb => match *mysql {
                "int" => "int(11)",
                "json" => "longtext",
                other => other,
            },
            Dialect::Sqlite => *sqlite,
        };
        let default = match (dialect, *default) {
            (_, None) => "NULL",
            (Dialect::MySql | Dialect::MariaDb, Some("false")) => "0",
            (Dialect::Sqlite, Some("false")) => "FALSE",
            (_, Some(default)) => default,
        };
        format!(
            "{table}.{column} {column_type} {} {default}",
            if *nullable { "YES" } else { "NO" }
        )
    };
    COLUMNS.iter().map(line).collect()
}

async fn columns_of(database: &Database) -> Vec<String> {
    let sql = match database.dialect {
        Dialect::Postgres => {
            "SELECT c.table_name || '.' || c.column_name, format_type(a.atttypid, a.atttypmod), \
                 c.is_nullable, c.column_default \
             FROM information_schema.columns c \
             JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name \
             WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'hammerwork_migrations%' \
             ORDER BY c.table_name, c.ordinal_position"
        }
        Dialect::MySql | Dialect::MariaDb => {
            "SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME), COLUMN_TYPE, IS_NULLABLE, \
                 CONCAT(COALESCE(COLUMN_DEFAULT, 'NULL'), \
                     IF(EXTRA IN ('', 'DEFAULT_GENERATED'), '', CONCAT(' ', EXTRA))) \
             FROM information_schema.COLUMNS \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'hammerwork_migrations%' \
             ORDER BY TABLE_NAME, ORDINAL_POSITION"
        }
        Dialect::Sqlite => {
            "SELECT m.name || '.' || c.name, c.type, iif(c.\"notnull\", 'NO', 'YES'), c.dflt_value \
             FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'hammerwork_migrations%' ORDER BY m.name, c.cid"
        }
    };
    database
        .rows(sql)
        .await
        .into_iter()
        .map(|row| row.join(" "))
        .collect()
}

fn expected_indexes(dialect: Dialect) -> Vec<String> {
    let line = |(table, label, columns, postgres, sqlite): &(&str, &str, &str, &str, &str)| {
        let (name, predicate) = match dialect {
            Dialect::Postgres => (format!("idx_{table}_{label}"), *postgres),
            Dialect::Sqlite => (format!("idx_{table}_{label}"), *sqlite),
            Dialect::MySql | Dialect::MariaDb => (format!("idx_{label}"), ""),
        };
        format!("{table} {name} ({columns}) {predicate}")
    };
    INDEXES.iter().map(line).collect()
}

async fn indexes_of(database: &Database) -> Vec<String> {
    let sql = match database.dialect {
        Dialect::Postgres => {
            "SELECT t.relname, i.relname, \
                 (SELECT string_agg(a.attname || CASE x.indoption[k.n - 1] & 1 WHEN 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY k.n) \
                  FROM generate_series(1, x.indnatts) k(n) \
                  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[k.n - 1]), \
                 COALESCE(pg_get_expr(x.indpred, x.indrelid), '') \
             FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
             WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary AND NOT x.indisunique \
                 AND x.indisvalid \
             ORDER BY t.relname, i.relname"
        }
        Dialect::MySql | Dialect::MariaDb => {
            "SELECT TABLE_NAME, INDEX_NAME, \
                 GROUP_CONCAT(CONCAT(COLUMN_NAME, IF(COLLATION = 'D', ' DESC', '')) ORDER BY SEQ_IN_INDEX SEPARATOR ', '), '' \
             FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY' AND NON_UNIQUE = 1 \
             GROUP BY TABLE_NAME, INDEX_NAME ORDER BY TABLE_NAME, INDEX_NAME"
        }
        Dialect::Sqlite => {
            "SELECT m.tbl_name, m.name, \
                 (SELECT group_concat(x.name || iif(x.\"desc\", ' DESC', ''), ', ') \
                  FROM pragma_index_xinfo(m.name) x WHERE x.\"key\" = 1), \
                 iif(instr(m.sql, 'WHERE'), substr(m.sql, instr(m.sql, 'WHERE') + 6), '') \
             FROM sqlite_schema m WHERE m.type = 'index' AND m.sql IS NOT NULL AND m.sql NOT LIKE '%UNIQUE%' \
             ORDER BY m.tbl_name, m.name"
        }
    };
    let rows = database.rows(sql).await;
    rows.into_iter()
        .map(|row| format!("{} {} ({}) {}", row[0], row[1], row[2], row[3]))
        .collect()
}

/// Primary keys and whatever else is unique.
async fn keys_of(database: &Database) -> Vec<String> {
    let sql = match database.dialect {
        Dialect::Postgres => {
            "SELECT t.relname || '(' || string_agg(a.attname, ', ') || ')' \
             FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey) \
             WHERE t.relnamespace = 'public'::regnamespace AND x.indisunique GROUP BY t.relname, x.indexrelid ORDER BY 1"
        }
        Dialect::MySql | Dialect::MariaDb => {
            "SELECT CONCAT(TABLE_NAME, '(', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')') FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 GROUP BY TABLE_NAME, INDEX_NAME ORDER BY 1"
        }
        Dialect::Sqlite => {
            "SELECT m.name || '(' || group_concat(c.name, ', ') || ')' \
             FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk > 0 \
             GROUP BY m.name ORDER BY 1"
        }
    };
    database.column(sql).await
}

pub(crate) async fn tables_of(database: &Database) -> Vec<String> {
    database
        .column(match database.dialect {
            Dialect::Postgres => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
            }
            Dialect::MySql | Dialect::MariaDb => {
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"
            }
            Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
        })
        .await
}
