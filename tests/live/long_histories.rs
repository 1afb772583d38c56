//! A history that is so long that the servers are asked for it in another way: what differs is found, whatever it is.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::Database;

/// A table, and hundreds of changes of its rows, which may run twice; the one of number 100 sets `value`.
pub(crate) fn long_history(value: i32) -> Migrator {
    let things = table("things").columns([integer("id").primary_key(), integer("value")]);
    let first = Migration::new(id(1), "Things").create_table(things);
    let rest = (2..=LENGTH).map(|number| {
        let value = if number == 100 { value } else { 0 };
        Migration::new(id(number), "One more change").update("things", rows().set("value", value))
    });
    Migrator::new(Migrations::new([first].into_iter().chain(rest)))
}

const LENGTH: usize = 250;
const JOURNAL: &str = "hammerwork_migrations_journal";

fn id(number: usize) -> String {
    format!("{number:04}_step")
}

async fn is_up_to_date(database: &Database) -> bool {
    let report = database.run(&long_history(1)).await;
    report.is_ok_and(|it| it.is_up_to_date())
}

async fn unknown(database: &Database) -> Vec<String> {
    match database.run(&long_history(1)).await {
        Err(RunError::UnknownApplied { ids }) => ids,
        other => panic!("{other:?}"),
    }
}

on_every_engine! {
    async fn each_difference_is_found(database: &Database) {
        let applied = database.run(&long_history(1)).await.unwrap().applied.len();
        assert_eq!(applied, LENGTH);
        assert!(is_up_to_date(database).await);

        let changed = Err(RunError::Changed { ids: vec![id(100)] });
        assert_eq!(database.run(&long_history(2)).await, changed);
        database.execute(&format!(
            "UPDATE {JOURNAL} SET checksum = 'another' WHERE migration_id = '0100_step' AND step = 0"
        )).await;
        assert_eq!(database.run(&long_history(1)).await, changed);
        database.execute(&format!("DELETE FROM {JOURNAL} WHERE migration_id = '0100_step'")).await;
        assert!(is_up_to_date(database).await, "what has no checksum was not edited");

        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '0250_step'").await;
        let report = database.run(&long_history(1)).await.unwrap();
        assert_eq!(report.applied.len(), 1);
        assert!(is_up_to_date(database).await);
    }

    async fn ids_are_compared_byte_by_byte(database: &Database) {
        database.run(&long_history(1)).await.unwrap();
        for (before, after) in [("0005_step", "0005_STEP"), ("0005_STEP", "0005_step\n0005_steps")] {
            database.execute(&format!(
                "UPDATE hammerwork_migrations SET migration_id = '{after}' WHERE migration_id = '{before}'"
            )).await;
            assert_eq!(unknown(database).await, [after]);
        }
        // One row whose id looks like two lines.
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id >= '0249'").await;
        database.execute(
            "INSERT INTO hammerwork_migrations VALUES ('0249_step\n0250_step', CURRENT_TIMESTAMP, 1)"
        ).await;
        assert_eq!(unknown(database).await, ["0005_step\n0005_steps", "0249_step\n0250_step"]);
    }

    async fn what_the_journal_says_of_others_is_no_difference(database: &Database) {
        database.run(&long_history(1)).await.unwrap();
        for (id, step) in [("0300_cut_off", 0), ("0300_cut_off", 1), ("0007_step", 9)] {
            database.execute(&format!(
                "INSERT INTO {JOURNAL} VALUES ('{id}', {step}, 'another', 'started', CURRENT_TIMESTAMP)"
            )).await;
        }
        assert!(is_up_to_date(database).await);
        database.execute(&format!("DROP TABLE {JOURNAL}")).await;
        assert!(is_up_to_date(database).await, "the original tool made no journal");
        database.execute("INSERT INTO hammerwork_migrations VALUES ('0300_cut_off', CURRENT_TIMESTAMP, 1)").await;
        assert_eq!(unknown(database).await, ["0300_cut_off"]);
    }
}
