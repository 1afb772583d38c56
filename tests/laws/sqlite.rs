//! Random histories, executed on SQLite, and its own catalog afterwards.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hammerwork_migrations::Catalog;
use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use crate::distribution::{assert_all, counted, first_runner, generated};
use crate::generate::{History, Population, cut, history_of, peopled};
use crate::{config, is_ambiguous, written};

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn what_folds_and_renders_is_what_sqlite_then_has(
        history in history_of(30, settled),
        cuts in vec(1..5_usize, 30),
    ) {
        let population = Population::after(&history);
        let mut migrations = cut(history.clone(), cuts);
        if let Err(error) = migrations.validate() {
            prop_assert!(is_ambiguous(&error), "{error:?}");
            migrations = cut(history, vec![1; 30]);
        }
        let migrator = Migrator::new(migrations.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
            let report = migrator.run(&pool).await.unwrap_or_else(|error| panic!("{error}:\n{}", written(&migrations)));
            assert_eq!(report.applied.len(), migrations.iter().count());
            assert_eq!(report.warnings, Vec::<String>::new());
            assert!(migrator.run(&pool).await.unwrap().is_up_to_date());
            let catalog = migrations.validate().unwrap();
            assert_eq!(found(&pool).await, expected(&catalog));
            for table in catalog.tables() {
                let count = format!("SELECT CAST(count(*) AS TEXT) FROM {}", Sqlite.quote(&table.name));
                let rows = population.of(&table.name).to_string();
                assert_eq!(texts(&pool, &count).await, [rows], "rows of {}", table.name);
            }
        });
    }
}

#[test]
fn histories_for_sqlite_have_every_operation_in_them() {
    let made = generated(first_runner(), &history_of(30, settled), 200);
    let schemas = ["create_schema", "drop_schema"];
    assert_all("SQLite", &counted(made), 3, &schemas);
}

/// The operation as SQLite can do it, if it can.
fn settled(operation: Operation, history: &History, catalog: &Catalog) -> Option<Operation> {
    let operation = peopled(Sqlite, operation, history, catalog)?;
    Sqlite
        .render(&operation, catalog)
        .is_ok()
        .then_some(operation)
}

/// Lines that say all of a schema that the catalog of SQLite can say.
fn expected(catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    for table in catalog.tables() {
        for (position, column) in table.columns.iter().enumerate() {
            let key = table
                .primary_key
                .iter()
                .position(|it| *it == column.name)
                .map_or(0, |it| it + 1);
            lines.push(format!(
                "column {}.{position} {} {} not null {} key {key} default {} generated {}",
                table.name,
                column.name,
                // A collation is no part of the type.
                Sqlite
                    .type_name(column.type_on(Sqlite))
                    .replace(" COLLATE NOCASE", ""),
                u8::from(!column.nullable),
                u8::from(column.default.is_some()),
                u8::from(column.generated.is_some()),
            ));
        }
        for index in &table.indexes {
            if !index.is_made_on(Sqlite) {
                continue;
            }
            let mut columns: Vec<String> = Vec::new();
            for part in &index.columns {
                let name = match &part.key {
                    IndexKey::Column(name) if !index.nulls_not_distinct => name.clone(),
                    // Of an expression the catalog has no name.
                    _ => String::from("?"),
                };
                let desc = if part.direction == Direction::Descending {
                    " desc"
                } else {
                    ""
                };
                columns.push(format!("{name}{desc}"));
                if index.nulls_not_distinct {
                    columns.push("?".to_owned());
                }
            }
            if !index.unique {
                columns.extend(index.include.iter().cloned());
            }
            lines.push(format!(
                "index {} of {} unique {} partial {} {}",
                index.physical_name(&table.name, Sqlite),
                table.name,
                u8::from(index.unique),
                u8::from(index.predicate.is_some()),
                columns.join(", ")
            ));
        }
    }
    for view in catalog.views() {
        if view
            .query_on(Sqlite)
            .is_some_and(|query| !query.trim().is_empty())
        {
            lines.push(format!("view {}", view.name));
        }
    }
    for trigger in catalog.triggers() {
        let body = trigger.body_on(Sqlite);
        if body.is_some_and(|body| !body.trim().is_empty()) {
            lines.push(format!("trigger {} of {}", trigger.name, trigger.table));
        }
    }
    for table in catalog.tables() {
        let name = &table.name;
        // The number of a row needs no index.
        let is_number = |key: &String| {
            let column = table.column_named(key).unwrap();
            Sqlite.type_name(column.type_on(Sqlite)) == "INTEGER"
        };
        let key = Some(&table.primary_key)
            .filter(|key| !(key.is_empty() || key.len() == 1 && key.iter().all(is_number)));
        let keys = table.uniques.iter().map(|it| &it.columns).chain(key);
        lines.extend(keys.map(|it| format!("key of {name} {}", it.join(", "))));
        for key in &table.foreign_keys {
            lines.push(format!(
                "foreign key of {name} ({}) to {} ({}) on delete {} on update {}",
                key.columns.join(", "),
                key.table,
                key.referenced.join(", "),
                key.on_delete,
                key.on_update
            ));
        }
        let names = (table.uniques.iter().map(|it| it.physical_name(name)))
            .chain(table.foreign_keys.iter().map(|it| it.physical_name(name)))
            .chain(table.checks.iter().map(|it| it.physical_name(name)));
        lines.extend(names.map(|it| format!("constraint of {name}: {it}")));
    }
    lines.sort();
    // Of two keys over the same columns, SQLite makes one index.
    lines.dedup_by(|a, b| a == b && a.starts_with("key "));
    lines
}

async fn found(pool: &SqlitePool) -> Vec<String> {
    let mut lines = texts(
        pool,
        "SELECT format('column %s.%d %s %s not null %d key %d default %d generated %d', \
             t.name, c.cid, c.name, c.type, c.\"notnull\", c.pk, c.dflt_value IS NOT NULL, c.hidden > 1) \
         FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND t.name <> 'sqlite_sequence'",
    )
    .await;
    lines.extend(
        texts(
            pool,
            "SELECT format('index %s of %s unique %d partial %d %s', i.name, t.name, i.\"unique\", i.partial, \
                 (SELECT group_concat(COALESCE(name, '?') || iif(\"desc\", ' desc', ''), ', ') FROM \
                     (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))) \
             FROM sqlite_master AS t, pragma_index_list(t.name) AS i \
             WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND t.name <> 'sqlite_sequence' AND i.origin = 'c'",
        )
        .await,
    );
    lines.extend(
        texts(
            pool,
            "SELECT 'view ' || name FROM sqlite_master WHERE type = 'view' \
             UNION ALL SELECT 'trigger ' || name || ' of ' || tbl_name FROM sqlite_master WHERE type = 'trigger'",
        )
        .await,
    );
    lines.extend(
        texts(
            pool,
            "SELECT format('key of %s %s', t.name, (SELECT group_concat(name, ', ') FROM \
                 (SELECT * FROM pragma_index_info(i.name) ORDER BY seqno))) \
             FROM sqlite_master AS t, pragma_index_list(t.name) AS i \
             WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND i.origin IN ('u', 'pk')",
        )
        .await,
    );
    lines.extend(
        texts(
            pool,
            "SELECT format('foreign key of %s (%s) to %s (%s) on delete %s on update %s', name, \
                 group_concat(\"from\", ', '), \"table\", group_concat(\"to\", ', '), \
                 lower(on_delete), lower(on_update)) \
             FROM (SELECT t.name, f.* FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f \
                 WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq) GROUP BY name, id",
        )
        .await,
    );
    // Names stand in the text of the table alone, each at the start of a line.
    for definition in texts(
        pool,
        "SELECT name || char(10) || sql FROM sqlite_master WHERE type = 'table'",
    )
    .await
    {
        let (table, sql) = definition.split_once('\n').unwrap();
        let constraints = sql
            .lines()
            .filter_map(|it| it.trim().strip_prefix("CONSTRAINT \""));
        let names = constraints.map(|it| it.split('"').next().unwrap());
        lines.extend(names.map(|it| format!("constraint of {table}: {it}")));
    }
    lines.sort();
    // Of two keys over the same columns, SQLite makes one index.
    lines.dedup_by(|a, b| a == b && a.starts_with("key "));
    lines
}

async fn texts(pool: &SqlitePool, sql: &str) -> Vec<String> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(pool)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
