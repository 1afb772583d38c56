//! A column changes: what does not fit fails the run and loses nothing, and a run that was cut off goes on.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::Database;

fn history(changes: Vec<Migration>) -> Migrations {
    let jobs = Migration::new("001_jobs", "Jobs").create_table(table("jobs").columns([
        integer("id").primary_key(),
        integer("n").default(2),
        text("word").nullable(),
    ]));
    Migrations::new(std::iter::once(jobs).chain(changes))
}

fn change(changes: impl IntoIterator<Item = ColumnChange>) -> Migrator {
    let empty = Migration::new("002_change", "Jobs change");
    let change = changes
        .into_iter()
        .fold(empty, |it, change| it.alter_column("jobs", change));
    Migrator::new(history(vec![change]))
}

async fn first(database: &Database, rows: &str) {
    database
        .run(&Migrator::new(history(Vec::new())))
        .await
        .unwrap();
    database
        .execute(&format!("INSERT INTO jobs (id, n, word) VALUES {rows}"))
        .await;
}

/// The change and then another, both cut off somewhere.
fn twice() -> Migrator {
    change([
        alter("n").set_type(ColumnType::BigInteger),
        alter("n").set_type(varchar(30)).set_default("none"),
        alter("word")
            .set_type(varchar(90))
            .set_not_null()
            .set_default(""),
    ])
}

async fn assert_twice(database: &Database) {
    let rows = database.rows("SELECT id, n, word FROM jobs").await;
    assert_eq!(rows, [["1", "7", "a"]]);
    let nullable = database
        .column("SELECT COUNT(*) FROM jobs WHERE n = '7'")
        .await;
    assert_eq!(nullable, ["1"]);
}

on_every_engine! {
    async fn values_that_do_not_fit_fail_and_stay(database: &Database) {
        first(database, "(1, 70000, 'forty-one'), (2, 3, NULL)").await;
        for (bad, only_on_servers) in [
            (alter("word").set_type(ColumnType::Integer), false),
            (alter("word").set_not_null(), false),
            (alter("n").set_type(ColumnType::SmallInteger), true),
            (alter("word").set_type(varchar(5)), true),
        ] {
            if only_on_servers && database.dialect == Sqlite {
                continue;
            }
            let error = database.run(&change([bad.clone()])).await.unwrap_err();
            assert!(matches!(error, RunError::Statement { .. }), "{bad}: {error:?}");
            assert_eq!(
                database.rows("SELECT id, n, word FROM jobs ORDER BY id").await,
                [["1", "70000", "forty-one"], ["2", "3", "NULL"]],
                "{bad}"
            );
        }
        database.run(&change([alter("n").set_nullable()])).await.unwrap();
    }

    async fn several_changes_of_one_column_go_one_after_the_other(database: &Database) {
        first(database, "(1, 7, 'a')").await;
        database.run(&twice()).await.unwrap();
        assert_twice(database).await;
        assert!(database.run(&twice()).await.unwrap().is_up_to_date());
    }

    async fn a_shape_that_no_migration_gives_is_a_conflict(database: &Database) {
        first(database, "(1, 7, 'a')").await;
        // In a way of each engine's own, the column becomes a date.
        database.execute("ALTER TABLE jobs DROP COLUMN word").await;
        database.execute("ALTER TABLE jobs ADD COLUMN word DATE").await;
        let to_number = change([alter("word").set_type(ColumnType::Integer)]);
        let error = database.run(&to_number).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 1, .. }), "{error:?}");
    }

    async fn a_table_and_its_changes_in_one_run(database: &Database) {
        database.run(&twice()).await.unwrap();
        database.execute("INSERT INTO jobs (id, n, word) VALUES (1, '7', 'a')").await;
        assert_twice(database).await;
    }
}

on_sqlite! {
    async fn what_does_not_fit_is_told_by_its_column(database: &Database) {
        first(database, "(1, 7, 'forty-one')").await;
        let error = database.run(&change([alter("word").set_type(ColumnType::Integer)])).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("jobs.word becomes an integer"), "{cause}");
        let rounded = change([
            alter("n").set_type(ColumnType::Decimal { precision: 10, scale: 2 }).using(col("n").add(0.5)),
            alter("n").set_type(ColumnType::Integer),
        ]);
        database.run(&rounded).await.unwrap();
        assert_eq!(database.rows("SELECT n, typeof(n) FROM jobs").await, [["8", "integer"]]);
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_goes_on(database: &Database) {
        let done = [
            "ALTER TABLE jobs MODIFY COLUMN n BIGINT NOT NULL DEFAULT 2",
            "ALTER TABLE jobs MODIFY COLUMN n VARCHAR(30) NOT NULL DEFAULT 'none', \
             MODIFY COLUMN word VARCHAR(90) NOT NULL DEFAULT ''",
        ];
        for count in 0..=done.len() {
            let scratch = Database::create(database.dialect).await;
            first(&scratch, "(1, 7, 'a')").await;
            for sql in &done[..count] {
                scratch.execute(sql).await;
            }
            let report = scratch.run(&twice()).await.unwrap();
            assert_eq!(report.applied[0].statements, [2, 1, 0][count], "after {count}");
            assert_twice(&scratch).await;
            scratch.destroy().await;
        }
    }

    async fn the_table_and_its_changes_in_one_migration_go_on(database: &Database) {
        let both = Migrator::new(Migrations::new([Migration::new("001", "x")
            .create_table(table("t").columns([integer("id").primary_key(), integer("n")]))
            .add_column("t", integer("m").default(1))
            .alter_column("t", alter("n").set_type(ColumnType::BigInteger))
            .alter_column("t", alter("m").set_type(varchar(9)).set_default("1"))]));
        for sql in [
            "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT NOT NULL, m INT NOT NULL DEFAULT 1)",
            "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, m VARCHAR(9) NOT NULL DEFAULT '1')",
        ] {
            database.execute(sql).await;
            database.run(&both).await.unwrap();
            let types = database.column(
                "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
                 AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION",
            ).await;
            assert_eq!(types, ["int", "bigint", "varchar"]);
            for table in ["t", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }
}
