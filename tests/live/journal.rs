//! SQL that no catalog can answer for, cut off at every point: never run twice, never left out.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Resolution;
use hammerwork_migrations::run::driver::{DriverError, DriverErrorKind};
use hammerwork_migrations::{Migrator, RunError};

use crate::cutting::run_cut;
use crate::database::{Connection, Database};

/// A count, and a second migration that raises it twice: as data, and as what could be anything.
fn history() -> Migrations {
    Migrations::new([
        Migration::new("001_counters", "Things are counted").create_table(
            table("counters").columns([
                integer("id").primary_key(),
                integer("data").default(0),
                integer("other").default(0),
            ]),
        ),
        Migration::new("002_raise", "Counts are raised")
            .run_sql(
                sql("raise data")
                    .everywhere("UPDATE counters SET data = data + 1")
                    .data_only(),
            )
            .add_column("counters", text("note").nullable())
            .run_sql(sql("raise the other").everywhere("UPDATE counters SET other = other + 1")),
    ])
}

async fn repair(database: &Database, migrator: &Migrator, step: i64, resolution: Resolution) {
    let result = match database.connect().await {
        Connection::Postgres(it) => {
            migrator
                .repair_step(it, "002_raise", step, resolution)
                .await
        }
        Connection::MySql(it) => {
            migrator
                .repair_step(it, "002_raise", step, resolution)
                .await
        }
        Connection::Sqlite(it) => {
            migrator
                .repair_step(it, "002_raise", step, resolution)
                .await
        }
    };
    result.unwrap();
}

on_every_engine! {
    async fn cut_at_every_call_it_runs_exactly_once(database: &Database) {
        let migrator = Migrator::new(history());
        let first = Migrator::new(history().iter().take(1).cloned().collect());
        let mut cuts = 0;
        let mut repairs = 0;
        for answered in [false, true] {
            for left in 1.. {
                database.run(&first).await.unwrap();
                database.execute("INSERT INTO counters (id) VALUES (1)").await;
                if run_cut(database, &migrator, left, answered).await.is_ok() {
                    database.execute("DROP TABLE counters").await;
                    database.execute("DROP TABLE hammerwork_migrations").await;
                    database.execute("DROP TABLE hammerwork_migrations_journal").await;
                    break;
                }
                cuts += 1;
                match database.run(&migrator).await {
                    Ok(_) => {}
                    // Only a step that may have run or not is asked about, and only where DDL commits by itself.
                    Err(RunError::Unfinished { step, .. }) => {
                        assert!(!database.dialect.features().transactional_ddl);
                        assert_eq!(step, 3);
                        let ran = database.column("SELECT other FROM counters").await == ["1"];
                        let resolution = if ran { Resolution::Done } else { Resolution::Undone };
                        repair(database, &migrator, step, resolution).await;
                        repairs += 1;
                        database.run(&migrator).await.unwrap();
                    }
                    Err(error) => panic!("cut {left}: {error:?}"),
                }
                let counts = database.rows("SELECT data, other FROM counters").await;
                assert_eq!(counts, [["1", "1"]], "cut {left}, answered {answered}");
                assert!(database.run(&migrator).await.unwrap().is_up_to_date());
                database.execute("DROP TABLE counters").await;
                database.execute("DROP TABLE hammerwork_migrations").await;
                database.execute("DROP TABLE hammerwork_migrations_journal").await;
            }
        }
        println!("{}: {cuts} cuts, {repairs} of them asked for a repair", database.dialect);
    }

    async fn a_condition_decides_by_itself(database: &Database) {
        let history = Migrations::new([
            Migration::new("001_t", "T").create_table(table("t").columns([integer("id").primary_key()])),
            Migration::new("002_rows", "Rows")
                .run_sql(sql("the first").everywhere("INSERT INTO t (id) VALUES (1)").only_if("NOT EXISTS (SELECT 1 FROM t)"))
                .run_sql(sql("the second").everywhere("INSERT INTO t (id) VALUES (2)").only_if("NOT EXISTS (SELECT 1 FROM t)")),
        ]);
        database.run(&Migrator::new(history)).await.unwrap();
        assert_eq!(database.column("SELECT id FROM t").await, ["1"]);
    }

    async fn what_it_stands_for_is_known_to_what_comes_after(database: &Database) {
        let history = Migrations::new([
            Migration::new("001_t", "T").run_sql(
                sql("make t").everywhere("CREATE TABLE t (id INTEGER NOT NULL)")
                    .stands_for([CreateTable { table: table("t").columns([integer("id")]) }]),
            ),
            Migration::new("002_n", "N").add_column("t", integer("n").default(1)),
        ]);
        assert_eq!(database.run(&Migrator::new(history)).await.unwrap().applied.len(), 2);
        database.execute("INSERT INTO t (id) VALUES (7)").await;
        assert_eq!(database.rows("SELECT id, n FROM t").await, [["7", "1"]]);
    }

    async fn a_step_that_was_edited_after_it_ran_is_asked_about(database: &Database) {
        let history = |first: &str| Migrator::new(Migrations::new([Migration::new("001_x", "X")
            .create_table(table("x").columns([integer("id").primary_key()]))
            .run_sql(sql("fill").everywhere(first).data_only())
            .run_sql(sql("fail").everywhere("INSERT INTO no_such_table VALUES (1)"))]));
        database.run(&history("INSERT INTO x VALUES (1)")).await.unwrap_err();
        let error = database.run(&history("INSERT INTO x VALUES (2)")).await.unwrap_err();
        if database.dialect.features().transactional_ddl {
            assert!(matches!(error, RunError::Statement { .. }), "{error:?}");
        } else {
            assert!(matches!(error, RunError::Unfinished { step: 2, .. }), "{error:?}");
        }
    }
}

/// Not only our own engines' errors may be made: a driver of one's own needs them too.
#[test]
fn a_lost_connection_is_of_its_kind() {
    assert_eq!(DriverError::lost("gone").kind, DriverErrorKind::Connection);
}
