//! A history that is so long that the servers are asked for it in another way: what differs is found, whatever it is.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Rollback;
use hammerwork_migrations::{Migrator, RunError};
use sqlx::Connection as _;

use crate::budgets::round_trips;
use crate::database::Database;
use crate::rolling_back::roll_back;
use crate::verifying::repair;

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
const DIGEST: &str = "hammerwork_migrations_digest";

fn id(number: usize) -> String {
    format!("{number:04}_step")
}

/// The same, and then a table with that column.
fn with_last(column: &str) -> Migrator {
    let last = table("last_things").columns([integer(column).primary_key()]);
    let last = Migration::new(id(LENGTH + 1), "The last things").create_table(last);
    let before = long_history(1).migrations().clone();
    Migrator::new(before.and([last]))
}

/// How many digests of the record are kept.
async fn digests(database: &Database) -> String {
    let count = format!("SELECT COUNT(*) FROM {DIGEST}");
    database.column(&count).await.remove(0)
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
        database.execute(&format!("DELETE FROM {DIGEST}")).await;
        assert!(is_up_to_date(database).await, "the journal says the same");
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

    async fn the_digest_goes_with_the_first_that_is_rolled_back(database: &Database) {
        let before = with_last("id").accept_data_loss(true);
        database.run(&before).await.unwrap();
        assert_eq!((digests(database).await.as_str(), round_trips(database, &before).await), ("1", 1));

        roll_back(database, &before, Rollback::Steps(1)).await.unwrap();
        assert_eq!(digests(database).await, "0");
        let after = with_last("number");
        database.run(&after).await.unwrap();
        assert_eq!((digests(database).await.as_str(), round_trips(database, &after).await), ("1", 1));
        let changed = Err(RunError::Changed { ids: vec![id(LENGTH + 1)] });
        assert_eq!(database.run(&before).await, changed);
    }

    async fn the_digest_is_another_after_a_repair(database: &Database) {
        database.run(&long_history(1)).await.unwrap();
        let accepted = repair(database, &long_history(2)).await.unwrap().applied.len();
        assert_eq!((accepted, digests(database).await.as_str()), (1, "1"));
        assert_eq!(round_trips(database, &long_history(2)).await, 1);
        let changed = Err(RunError::Changed { ids: vec![id(100)] });
        assert_eq!(database.run(&long_history(1)).await, changed);
    }

    async fn a_part_of_a_history_has_no_digest(database: &Database) {
        let part = long_history(1).up_to(id(LENGTH - 1));
        assert_eq!(database.run(&part).await.unwrap().applied.len(), LENGTH - 1);
        assert!(database.run(&part).await.unwrap().is_up_to_date());
        database.execute(&format!("CREATE TABLE {DIGEST} (digest VARCHAR(64)); DROP TABLE {DIGEST}")).await;
        assert_eq!(database.run(&long_history(1)).await.unwrap().applied.len(), 1);
        assert_eq!((digests(database).await.as_str(), round_trips(database, &long_history(1)).await), ("1", 1));
    }

    async fn what_is_no_digest_of_ours_is_not_believed(database: &Database) {
        database.run(&long_history(1)).await.unwrap();
        database.execute(&format!("INSERT INTO {DIGEST} VALUES ('another')")).await;
        assert!(is_up_to_date(database).await, "of two, none is believed");
        database.execute(&format!("DELETE FROM {DIGEST} WHERE digest <> 'another'")).await;
        assert!(is_up_to_date(database).await);
        database.execute(&format!("DROP TABLE {DIGEST}; CREATE TABLE {DIGEST} (id INTEGER)")).await;
        assert!(is_up_to_date(database).await);
        // It can't be kept there, which is no failure of what was done.
        database.execute("DELETE FROM hammerwork_migrations WHERE migration_id = '0250_step'").await;
        assert_eq!(database.run(&long_history(1)).await.unwrap().applied.len(), 1);
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

on_postgres! {
    async fn on_a_lent_connection_no_digest_is_kept(database: &Database) {
        let mut lent = sqlx::PgConnection::connect(&database.url).await.unwrap();
        assert_eq!(long_history(1).run(&mut lent).await.unwrap().applied.len(), LENGTH);
        lent.close().await.unwrap();
        let tables = format!("SELECT COUNT(*) FROM pg_class WHERE relname = '{DIGEST}'");
        assert_eq!(database.column(&tables).await, ["0"]);
        assert!(is_up_to_date(database).await);
    }
}
