//! SQL in the author's own words, run and verified on SQLite.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, RunError};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, Row, SqlitePool};

fn base() -> Migration {
    Migration::new("001_t", "T").create_table(table("t").columns([integer("id").primary_key()]))
}

fn with(sql: RunSql) -> Migrator {
    Migrator::new(Migrations::new([
        base(),
        Migration::new("002_own", "Own words").run_sql(sql),
    ]))
}

async fn database() -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    options.connect("sqlite::memory:").await.unwrap()
}

async fn count(pool: &SqlitePool, sql: &str) -> i64 {
    let row = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    row.fetch_one(pool).await.unwrap().get(0)
}

#[tokio::test]
async fn the_engine_says_what_is_true() {
    for (condition, runs) in [
        ("1", 1),
        ("2", 1),
        ("'1'", 1),
        ("0", 0),
        ("0.0", 0),
        ("NULL", 0),
        ("''", 0),
        ("1 = 1 -- always", 1),
    ] {
        let pool = database().await;
        let sql = sql("a row").everywhere("INSERT INTO t VALUES (1)");
        with(sql.only_if(condition)).run(&pool).await.unwrap();
        assert_eq!(
            count(&pool, "SELECT COUNT(*) FROM t").await,
            runs,
            "{condition}"
        );
    }
}

#[tokio::test]
async fn verify_asks_the_condition_and_leaves_rows_alone() {
    let pool = database().await;
    let migrator = Migrator::new(Migrations::new([
        base(),
        Migration::new("002_own", "Own words")
            .run_sql(
                sql("never")
                    .everywhere("ALTER TABLE t ADD COLUMN n INTEGER")
                    .only_if("1 = 0"),
            )
            .run_sql(
                sql("a row")
                    .everywhere("INSERT INTO main.t VALUES (1)")
                    .data_only(),
            ),
    ]));
    migrator.run(&pool).await.unwrap();
    assert_eq!(migrator.verify(&pool).await.unwrap(), []);
    sqlx::raw_sql("DROP TABLE t").execute(&pool).await.unwrap();
    assert_eq!(migrator.verify(&pool).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_undoes_the_whole_transaction_is_told_as_what_it_is() {
    let pool = database().await;
    with(sql("x").everywhere("SELECT 1"))
        .run(&pool)
        .await
        .unwrap();
    let last =
        Migration::new("003_rows", "Rows").run_sql(sql("rows").everywhere(
            "INSERT OR ROLLBACK INTO t VALUES (1); INSERT OR ROLLBACK INTO t VALUES (1)",
        ));
    let history = with(sql("x").everywhere("SELECT 1"))
        .migrations()
        .clone()
        .and([last]);
    let error = Migrator::new(history).run(&pool).await.unwrap_err();
    assert!(
        matches!(&error, RunError::Statement { migration, .. } if migration == "003_rows"),
        "{error:?}"
    );
    assert_eq!(count(&pool, "SELECT COUNT(*) FROM t").await, 0);
    assert_eq!(
        count(&pool, "SELECT COUNT(*) FROM hammerwork_migrations").await,
        2
    );
}

#[tokio::test]
async fn the_journal_is_no_table_of_the_history() {
    let history = [Migration::new("001_x", "X")
        .create_table(table("hammerwork_migrations_journal").columns([integer("id")]))];
    let error = Migrator::new(Migrations::new(history))
        .run(&database().await)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("journal"), "{error}");
}
