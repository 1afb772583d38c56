//! Tables, columns and indexes get other names: rows stay, what was renamed by hand or by a run that was cut off is
//! seen, and the way back leads back.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Difference, Rollback};
use hammerwork_migrations::{Migrator, RunError};

use crate::database::{Connection, Database};

fn history() -> Migrations {
    Migrations::new([
        Migration::new("001_jobs", "Jobs").create_table(
            table("jobs")
                .columns([
                    integer("id").primary_key(),
                    string("status").length(20).default("new"),
                ])
                .index(index("status").columns(["status", "id"])),
        ),
        Migration::new("002_state", "A job has a state")
            .rename_column("jobs", "status", "state")
            .rename_column("jobs", "id", "job id")
            .add_column("jobs", text("status").nullable())
            .create_index("jobs", index("state").desc("state")),
    ])
}

async fn first(database: &Database) {
    let first = Migrator::new(history().iter().take(1).cloned().collect());
    database.run(&first).await.unwrap();
    database
        .execute("INSERT INTO jobs (id, status) VALUES (1, 'old')")
        .await;
}

async fn rename_by_hand(database: &Database) {
    database
        .execute("ALTER TABLE jobs RENAME COLUMN status TO state")
        .await;
}

async fn assert_renamed(database: &Database) {
    assert_eq!(
        database.rows("SELECT state, status FROM jobs").await,
        [["old", "NULL"]]
    );
    let migrator = Migrator::new(history());
    let drift = match database.connect().await {
        Connection::Postgres(it) => migrator.verify(it).await,
        Connection::MySql(it) => migrator.verify(it).await,
        Connection::Sqlite(it) => migrator.verify(it).await,
    };
    assert_eq!(drift.unwrap(), []);
}

on_every_engine! {
    // MariaDB computes what such an index is over in hidden columns, which are called after it.
    async fn an_index_made_and_renamed_by_a_run_that_was_cut_off_is_known(database: &Database) {
        let migrations = Migrations::new([
            Migration::new("001_jobs", "Jobs")
                .create_table(table("jobs").columns([integer("id").primary_key(), integer("parent").nullable()]))
                // No catalog tells whether this was done.
                .delete("jobs", rows().only_where(col("id").eq(1))),
            Migration::new("002_parents", "One child at most")
                .create_index("jobs", index("one").columns(["parent"]).unique().nulls_not_distinct())
                .rename_index("jobs", "one", "only"),
        ]);
        let migrator = Migrator::new(migrations);
        database.run(&migrator).await.unwrap();
        for records in ["hammerwork_migrations", "hammerwork_migrations_journal"] {
            database.execute(&format!("DELETE FROM {records} WHERE migration_id = '002_parents'")).await;
        }
        let report = database.run(&migrator).await.unwrap();
        let statements: Vec<_> = report.applied.iter().map(|it| it.statements).collect();
        assert_eq!(statements, [0]);
    }

    async fn rows_and_indexes_stay_there_and_back(database: &Database) {
        first(database).await;
        let migrator = Migrator::new(history()).accept_data_loss(true);
        assert_eq!(database.run(&migrator).await.unwrap().applied.len(), 1);
        assert_renamed(database).await;
        let back = match database.connect().await {
            Connection::Postgres(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::MySql(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::Sqlite(it) => migrator.rollback(it, Rollback::Steps(1)).await,
        };
        assert_eq!(back.unwrap().rolled_back.len(), 1);
        assert_eq!(database.rows("SELECT id, status FROM jobs").await, [["1", "old"]]);
        database.run(&migrator).await.unwrap();
        assert_renamed(database).await;
    }

    async fn a_schema_without_records_is_taken_over_before_and_after(database: &Database) {
        for count in [1, 2] {
            let some = Migrator::new(history().iter().take(count).cloned().collect());
            database.run(&some).await.unwrap();
            database.execute("DROP TABLE hammerwork_migrations").await;
            database.execute("DROP TABLE hammerwork_migrations_journal").await;
            let report = database.run(&Migrator::new(history())).await.unwrap();
            let found: Vec<bool> = report.applied.iter().map(|it| it.statements == 0).collect();
            assert_eq!(found, [true, count == 2]);
            for table in ["jobs", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn what_stands_in_the_way_is_told(database: &Database) {
        first(database).await;
        let taken = database.dialect.quote("job id");
        database.execute(&format!("ALTER TABLE jobs ADD COLUMN {taken} INT")).await;
        let error = database.run(&Migrator::new(history())).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 2, .. }), "{error:?}");
        assert!(error.to_string().contains("there is a column of that name already"), "{error}");
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_after_the_first_goes_on(database: &Database) {
        first(database).await;
        rename_by_hand(database).await;
        let report = database.run(&Migrator::new(history())).await.unwrap();
        assert_eq!(report.applied[0].statements, 3);
        assert_renamed(database).await;
    }

    async fn so_does_one_that_was_cut_off_before_its_record(database: &Database) {
        first(database).await;
        database.run(&Migrator::new(history())).await.unwrap();
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '002_state'").await;
        // The old name is there again, and is the new column's.
        let report = database.run(&Migrator::new(history())).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
        assert_renamed(database).await;
    }
}

/// Every table of the second migration is renamed, dropped or comes anew under a name that another had.
fn tables() -> Migrations {
    let made = |name: &str, note: &str| {
        table(name)
            .columns([integer("id").primary_key(), text("note").default(note)])
            .index(index("note").columns(["id"]))
            .index(index("exact").desc("id").named(format!("{name}_exact")))
    };
    Migrations::new([
        Migration::new("001_tables", "Tables")
            .create_table(made("jobs", "a job"))
            .create_table(made("tasks", "a task"))
            .create_table(made("work", "work")),
        Migration::new("002_renamed", "Everything is called otherwise")
            .drop_table("tasks")
            .add_column("jobs", text("more").default("more"))
            .rename_table("jobs", "tasks")
            .add_column("tasks", integer("rank").default(3))
            .rename_index("tasks", "note", "by_id")
            .rename_table("work", "jobs")
            .rename_column("tasks", "note", "remark")
            .add_column("tasks", text("note").nullable())
            .create_index("tasks", index("rank").columns(["rank"]))
            .rename_index("tasks", "exact", "precise")
            .create_table(table("work").columns([integer("id").primary_key()])),
    ])
}

async fn first_tables(database: &Database) {
    let first = Migrator::new(tables().iter().take(1).cloned().collect());
    database.run(&first).await.unwrap();
    for table in ["jobs", "tasks", "work"] {
        database
            .execute(&format!("INSERT INTO {table} (id) VALUES (1)"))
            .await;
    }
}

async fn assert_tables_renamed(database: &Database) {
    for (sql, expected) in [
        (
            "SELECT remark, note, more, rank FROM tasks",
            vec!["a job", "NULL", "more", "3"],
        ),
        ("SELECT note FROM jobs", vec!["work"]),
        ("SELECT count(*) FROM work", vec!["0"]),
    ] {
        let sql = sql.replace("rank", &database.dialect.quote("rank"));
        assert_eq!(database.rows(&sql).await, [expected], "{sql}");
    }
    assert_eq!(drift(database, tables()).await, []);
}

async fn drift(database: &Database, history: Migrations) -> Vec<Difference> {
    let migrator = Migrator::new(history);
    let drift = match database.connect().await {
        Connection::Postgres(it) => migrator.verify(it).await,
        Connection::MySql(it) => migrator.verify(it).await,
        Connection::Sqlite(it) => migrator.verify(it).await,
    };
    drift.unwrap()
}

/// The statements of the second migration as they would be run.
fn statements(database: &Database) -> Vec<String> {
    let history = tables();
    let mut migrations = history.iter();
    let first = migrations.next().unwrap().clone();
    let before = Migrations::new([first]).validate().unwrap();
    let second = migrations.next().unwrap();
    let plan = second.plan(database.dialect, &before).unwrap();
    plan.statements.into_iter().map(|it| it.sql).collect()
}

async fn forget_records(database: &Database) {
    for table in ["hammerwork_migrations", "hammerwork_migrations_journal"] {
        database.execute(&format!("DROP TABLE {table}")).await;
    }
}

on_every_engine! {
    async fn rows_and_names_of_tables_there_and_back(database: &Database) {
        first_tables(database).await;
        let migrator = Migrator::new(tables()).accept_data_loss(true);
        assert_eq!(database.run(&migrator).await.unwrap().applied.len(), 1);
        assert_tables_renamed(database).await;
        let back = match database.connect().await {
            Connection::Postgres(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::MySql(it) => migrator.rollback(it, Rollback::Steps(1)).await,
            Connection::Sqlite(it) => migrator.rollback(it, Rollback::Steps(1)).await,
        };
        assert_eq!(back.unwrap().rolled_back.len(), 1);
        assert_eq!(database.rows("SELECT note FROM jobs").await, [["a job"]]);
        assert_eq!(database.rows("SELECT note FROM work").await, [["work"]]);
        let first = tables().iter().take(1).cloned().collect();
        assert_eq!(drift(database, first).await, []);
        database.run(&migrator).await.unwrap();
        assert_eq!(drift(database, tables()).await, []);
    }

    async fn renamed_tables_without_records_are_taken_over(database: &Database) {
        first_tables(database).await;
        for count in [1, 2] {
            let some = Migrator::new(tables().iter().take(count).cloned().collect());
            database.run(&some).await.unwrap();
            forget_records(database).await;
            let report = database.run(&some).await.unwrap();
            assert!(report.applied.iter().all(|it| it.statements == 0), "{report:?}");
        }
        assert_tables_renamed(database).await;
    }

    async fn a_table_that_was_renamed_by_hand_is_seen(database: &Database) {
        let rename = Migrator::new(Migrations::new([
            Migration::new("001", "a").create_table(table("a").columns([integer("id")])),
            Migration::new("002", "b")
                .add_column("a", integer("n").nullable())
                .rename_table("a", "b"),
        ]));
        let first = rename.clone().up_to("001");
        database.run(&first).await.unwrap();
        for sql in ["ALTER TABLE a ADD COLUMN n INTEGER", "ALTER TABLE a RENAME TO b"] {
            database.execute(sql).await;
        }
        let report = database.run(&rename).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
    }

    async fn a_view_in_the_way_is_told(database: &Database) {
        let rename = Migrator::new(Migrations::new([
            Migration::new("001", "a").create_table(table("a").columns([integer("id")])),
            Migration::new("002", "b").rename_table("a", "b"),
        ]));
        database.run(&rename.clone().up_to("001")).await.unwrap();
        database.execute("CREATE VIEW b AS SELECT 1 AS one").await;
        let error = database.run(&rename).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 1, .. }), "{error:?}");
        assert!(error.to_string().contains("there is a view of that name"), "{error}");
    }

    async fn a_view_is_not_dropped_as_a_table(database: &Database) {
        let drop = Migrator::new(Migrations::new([
            Migration::new("001", "a").create_table(table("a").columns([integer("id")])),
            Migration::new("002", "gone").drop_table("a"),
        ]));
        database.run(&drop.clone().up_to("001")).await.unwrap();
        database.execute("DROP TABLE a").await;
        database.execute("CREATE VIEW a AS SELECT 1 AS one").await;
        let error = database.run(&drop).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 1, .. }), "{error:?}");
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_anywhere_between_renamings_goes_on(database: &Database) {
        let statements = statements(database);
        assert!(statements.len() > 6, "{statements:?}");
        for cut in 0..=statements.len() {
            first_tables(database).await;
            for sql in &statements[..cut] {
                database.execute(sql).await;
            }
            let report = database.run(&Migrator::new(tables())).await.unwrap();
            assert_eq!(report.applied[0].statements, statements.len() - cut, "{cut}");
            assert_tables_renamed(database).await;
            forget_records(database).await;
            database.execute("DROP TABLE jobs, tasks, work").await;
        }
    }

    async fn so_does_a_way_back(database: &Database) {
        let history = tables();
        let second = history.get("002_renamed").unwrap();
        let before = history.iter().take(1).cloned().collect::<Migrations>().validate().unwrap();
        let back = second.inverse(&before).unwrap();
        let undo = back.operations().iter().cloned().fold(Migration::new("undo", "u"), Migration::operation);
        let plan = undo.plan(database.dialect, &history.validate().unwrap()).unwrap();
        for cut in 0..=plan.statements.len() {
            first_tables(database).await;
            let migrator = Migrator::new(tables()).accept_data_loss(true);
            database.run(&migrator).await.unwrap();
            for statement in &plan.statements[..cut] {
                database.execute(&statement.sql).await;
            }
            let Connection::MySql(connection) = database.connect().await else {
                unreachable!("the engines of this test");
            };
            migrator.rollback(connection, Rollback::Steps(1)).await.unwrap();
            assert_eq!(database.rows("SELECT note FROM jobs").await, [["a job"]], "{cut}");
            assert_eq!(database.rows("SELECT note FROM work").await, [["work"]], "{cut}");
            let first = tables().iter().take(1).cloned().collect();
            assert_eq!(drift(database, first).await, []);
            forget_records(database).await;
            database.execute("DROP TABLE jobs, tasks, work").await;
        }
    }

    async fn a_column_that_was_made_and_renamed_is_not_made_again(database: &Database) {
        let history = Migrations::new([
            Migration::new("001", "t").create_table(
                table("t").columns([integer("id").primary_key(), integer("old").default(1)]),
            ),
            Migration::new("002", "new")
                .drop_column("t", "old")
                .add_column("t", integer("made").default(2))
                .rename_column("t", "made", "old"),
        ]);
        // From names alone a start and an end of the same names could not be told apart.
        let Err(error) = history.validate() else {
            unreachable!("an ambiguous history");
        };
        assert!(format!("{error:?}").contains("AmbiguousRenaming"), "{error:?}");

        let history = Migrations::new([
            Migration::new("001", "t").create_table(table("t").columns([integer("id").primary_key()])),
            Migration::new("002", "new")
                .add_column("t", integer("made").default(2))
                .rename_column("t", "made", "kept"),
        ]);
        database.run(&Migrator::new(history.clone())).await.unwrap();
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '002'").await;
        let report = database.run(&Migrator::new(history)).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
    }
}
