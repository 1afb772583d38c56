//! Renamed tables and columns that foreign keys are about, where a run was cut off.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use crate::database::{Connection, Database};

/// Both sides of foreign keys get other names, and another table gets a name that was one of them.
fn linked() -> Migrations {
    let refers = |label: &str, column: &str, table: &str, key: &str| {
        foreign_key(label)
            .columns([column])
            .references(table, [key])
    };
    Migrations::new([
        Migration::new("001_tables", "Three tables")
            .create_table(
                table("queues").columns([integer("id").primary_key(), integer("n").default(1)]),
            )
            .create_table(
                table("jobs")
                    .columns([integer("id").primary_key(), integer("queue").nullable()])
                    .unique(unique("queue").columns(["queue"]))
                    .check(check("queue", col("queue").gt(0)))
                    .foreign_key(refers("queue", "queue", "queues", "id"))
                    .foreign_key(refers("before", "queue", "jobs", "id")),
            )
            .create_table(
                table("notes")
                    .columns([
                        integer("id").primary_key(),
                        integer("job").nullable(),
                        integer("queue").nullable(),
                    ])
                    .foreign_key(refers("job", "job", "jobs", "id")),
            ),
        Migration::new("002_renamed", "Two of them are called otherwise")
            .rename_table("queues", "shelves")
            .drop_foreign_key("jobs", "queue")
            .rename_column("shelves", "id", "number")
            .add_foreign_key("jobs", refers("shelf", "queue", "shelves", "number"))
            .create_table(table("queues").columns([integer("id").primary_key()]))
            .add_foreign_key("notes", refers("queue", "queue", "queues", "id"))
            .rename_table("jobs", "tasks")
            .drop_check("tasks", "queue")
            .rename_column("notes", "queue", "shelf")
            .add_column("notes", integer("queue").nullable())
            .drop_unique("tasks", "queue"),
    ])
}

const ROWS: [&str; 3] = [
    "INSERT INTO queues (id) VALUES (1)",
    "INSERT INTO jobs (id, queue) VALUES (1, 1)",
    "INSERT INTO notes (id, job) VALUES (1, 1)",
];

async fn drift(database: &Database, migrator: &Migrator) -> Vec<String> {
    let found = match database.connect().await {
        Connection::Postgres(it) => migrator.verify(it).await,
        Connection::MySql(it) => migrator.verify(it).await,
        Connection::Sqlite(it) => migrator.verify(it).await,
    };
    found.unwrap().iter().map(ToString::to_string).collect()
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_anywhere_goes_on(database: &Database) {
        let history = linked();
        let first: Migrations = history.iter().take(1).cloned().collect();
        let second = history.get("002_renamed").unwrap();
        let plan = second.plan(database.dialect, &first.validate().unwrap()).unwrap();
        let statements = plan.statements;
        assert!(statements.len() > 6, "{statements:?}");
        for cut in 0..=statements.len() {
            database.run(&Migrator::new(first.clone())).await.unwrap();
            for row in ROWS {
                database.execute(row).await;
            }
            for statement in &statements[..cut] {
                database.execute(&statement.sql).await;
            }
            let both = Migrator::new(history.clone());
            let report = database.run(&both).await.unwrap_or_else(|it| panic!("{cut}: {it:#?}"));
            assert_eq!(report.applied[0].statements, statements.len() - cut, "{cut}");
            assert_eq!(drift(database, &both).await, [""; 0], "{cut}");
            let joined = "SELECT COUNT(*) FROM tasks JOIN shelves ON shelves.number = tasks.queue";
            assert_eq!(database.rows(joined).await, [["1"]]);
            database
                .execute(
                    "DROP TABLE notes, tasks, queues, shelves, hammerwork_migrations, hammerwork_migrations_journal",
                )
                .await;
        }
    }
}
