//! Rows are changed batch by batch, each exactly once, wherever a run is cut and whatever the key is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Event, Resolution, State, Stop};
use hammerwork_migrations::{Migrator, Plan, RunError};

use crate::cutting::run_cut;
use crate::database::{Connection, Database};

/// A count that a backfill raises, among steps of other kinds, all of which leave a mark.
fn history() -> Migrations {
    Migrations::new([
        Migration::new("001_counters", "Things are counted").create_table(
            table("counters").columns([
                integer("id").primary_key(),
                integer("count").default(0),
                integer("before").default(0),
                integer("after").default(0),
            ]),
        ),
        Migration::new("002_raise", "Counts are raised")
            .add_column("counters", integer("note").nullable())
            .update("counters", rows().set("before", col("before").add(1)))
            .backfill(
                "counters",
                rows()
                    .set("count", col("count").add(1))
                    .set("note", col("id"))
                    .in_batches(2),
            )
            .update("counters", rows().set("after", col("after").add(1)))
            .create_index("counters", index("note").columns(["note"])),
        Migration::new("003_more", "What comes after")
            .add_column("counters", integer("more").default(1)),
    ])
}

async fn counters(database: &Database) {
    let first = Migrator::new(history().iter().take(1).cloned().collect());
    database.run(&first).await.unwrap();
    database
        .execute("INSERT INTO counters (id) VALUES (-5), (1), (2), (40), (500)")
        .await;
}

async fn assert_raised_once(database: &Database) {
    let migrator = Migrator::new(history());
    assert!(database.run(&migrator).await.unwrap().is_up_to_date());
    let sql = "SELECT id, count, note, before, after, more FROM counters ORDER BY id";
    let sql = match database.dialect {
        MySql | MariaDb => sql.replace("before, after", "`before`, `after`"),
        Postgres | Sqlite => sql.to_owned(),
    };
    let expected = ["-5", "1", "2", "40", "500"].map(|id| [id, "1", id, "1", "1", "1"]);
    assert_eq!(database.rows(&sql).await, expected);
    let left = "SELECT count(*) FROM hammerwork_migrations_batches";
    assert_eq!(database.column(left).await, ["0"]);
}

async fn dry_run(database: &Database, migrator: &Migrator) -> Plan {
    let plan = match database.connect().await {
        Connection::Postgres(it) => migrator.dry_run(it).await,
        Connection::MySql(it) => migrator.dry_run(it).await,
        Connection::Sqlite(it) => migrator.dry_run(it).await,
    };
    plan.unwrap()
}

/// Runs with an observer, and gives how many keys were done after each batch.
async fn batches_of(database: &Database, migrator: Migrator) -> (Vec<u64>, Result<(), RunError>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let migrator = migrator.observe(move |event| {
        if let Event::Backfilling { keys, .. } = event {
            heard.lock().unwrap().push(*keys);
        }
    });
    let result = database.run(&migrator).await.map(drop);
    let told = told.lock().unwrap().clone();
    (told, result)
}

/// A table whose key is `key`, filled by `inserts`, in batches of two.
async fn walked(
    database: &Database,
    key: Vec<Column>,
    inserts: &str,
) -> (Vec<u64>, Vec<Vec<String>>) {
    let walked = table("walked")
        .columns(key)
        .columns([integer("seen").default(0)]);
    let first = Migration::new("001_walked", "A table").create_table(walked);
    let second = Migration::new("002_walk", "A walk").backfill(
        "walked",
        rows().set("seen", col("seen").add(1)).in_batches(2),
    );
    let before = Migrator::new(Migrations::new([first.clone()]));
    database.run(&before).await.unwrap();
    if !inserts.is_empty() {
        database
            .execute(&format!("INSERT INTO walked {inserts}"))
            .await;
    }
    let (batches, result) =
        batches_of(database, Migrator::new(Migrations::new([first, second]))).await;
    result.unwrap_or_else(|error| panic!("{error:#?}"));
    let counts = database
        .rows("SELECT seen, count(*) FROM walked GROUP BY seen")
        .await;
    (batches, counts)
}

on_every_engine! {
    async fn each_batch_is_told_and_each_row_changed_once(database: &Database) {
        counters(database).await;
        let (batches, result) = batches_of(database, Migrator::new(history())).await;
        result.unwrap_or_else(|error| panic!("{error:#?}"));
        assert_eq!(batches, [2, 4, 5]);
        assert_raised_once(database).await;
    }

    async fn it_stops_between_two_batches_and_goes_on_later(database: &Database) {
        counters(database).await;
        let stop = Stop::new();
        let wish = stop.clone();
        let migrator = Migrator::new(history()).stop_on(&stop).observe(move |event| {
            if matches!(event, Event::Backfilling { keys: 4, .. }) {
                wish.request();
            }
        });
        let error = database.run(&migrator).await.unwrap_err();
        assert_eq!(error, RunError::Stopped { migration: Some("002_raise".to_owned()), step: 3 });
        assert_eq!(database.column("SELECT sum(count) FROM counters").await, ["4"]);
        let left = "SELECT keys_done FROM hammerwork_migrations_batches";
        assert_eq!(database.column(left).await, ["4"]);
        // Where it stands is told, and told of a run that would go on.
        let status = database.status(&Migrator::new(history())).await.unwrap();
        let states: Vec<State> = status.migrations.iter().map(|it| it.state).collect();
        assert_eq!(states[1..], [State::HalfDone { step: 3 }, State::Pending]);
        assert_eq!(status.pending(), 2);
        let plan = dry_run(database, &Migrator::new(history())).await;
        let found: Vec<&str> = plan.migrations[0].steps.iter().map(|it| it.found.word()).collect();
        assert_eq!(found, ["satisfied", "satisfied", "partly", "needed", "needed"]);
        // The lock is free, and what is left is one batch.
        let next = Migrator::new(history()).lock_timeout(Duration::ZERO);
        let (batches, result) = batches_of(database, next).await;
        result.unwrap_or_else(|error| panic!("{error:#?}"));
        assert_eq!(batches, [5]);
        assert_raised_once(database).await;
    }

    async fn a_dry_run_tells_of_the_backfill_and_of_its_table(database: &Database) {
        counters(database).await;
        let migrator = Migrator::new(history());
        let plan = dry_run(database, &migrator).await;
        assert_eq!(plan.refusal(), None);
        let text = plan.to_string();
        assert!(text.contains("hammerwork_migrations_batches"), "{text}");
        // Nothing was made by looking.
        database.run(&migrator).await.unwrap();
        assert_raised_once(database).await;
    }

    async fn cut_at_every_call_each_row_is_changed_once(database: &Database) {
        let mut cuts = 0;
        for answered in [false, true] {
            for left in 1.. {
                counters(database).await;
                let migrator = Migrator::new(history());
                let ended = run_cut(database, &migrator, left, answered).await.is_ok();
                if !ended {
                    cuts += 1;
                    let report = database.run(&migrator).await;
                    report.unwrap_or_else(|error| panic!("cut {left}, {answered}: {error:#?}"));
                }
                assert_raised_once(database).await;
                for table in ["counters", "hammerwork_migrations", "hammerwork_migrations_journal", "hammerwork_migrations_batches"] {
                    database.execute(&format!("DROP TABLE {table}")).await;
                }
                if ended {
                    break;
                }
            }
        }
        println!("{}: {cuts} cuts", database.dialect);
        assert!(cuts > 20);
    }

    async fn a_table_without_rows_is_done_at_once(database: &Database) {
        let (batches, counts) = walked(database, vec![integer("id").primary_key()], "").await;
        assert_eq!((batches, counts.len()), (vec![], 0));
    }

    async fn numbers_that_no_float_holds(database: &Database) {
        let key = vec![big_integer("id").primary_key()];
        let inserts = "(id) VALUES (9007199254740993), (9007199254740992), (9007199254740994), (-9223372036854775807), \
                       (9223372036854775807), (9223372036854775806), (0)";
        let (batches, counts) = walked(database, key, inserts).await;
        assert_eq!((batches, counts), (vec![2, 4, 6, 7], vec![vec!["1".to_owned(), "7".to_owned()]]));
    }

    async fn texts_in_the_order_of_the_server(database: &Database) {
        let key = vec![string("name").length(40).primary_key()];
        // What is escaped, what collations order in ways of their own, and what has no bytes.
        let inserts = match database.dialect {
            MySql | MariaDb => "(name) VALUES ('it''s'), ('\\\\'), ('Zebra'), ('apple'), ('Ärger'), ('zoo'), (''), ('🦀'), ('a,b'), ('%'), ('a\\0b')",
            Postgres => "(name) VALUES ('it''s'), (E'\\\\'), ('Zebra'), ('apple'), ('Ärger'), ('zoo'), (''), ('🦀'), ('a,b'), ('%'), ('a b')",
            Sqlite => "(name) VALUES ('it''s'), ('\\'), ('Zebra'), ('apple'), ('Ärger'), ('zoo'), (''), ('🦀'), ('a,b'), ('%'), ('a' || char(0) || 'b')",
        };
        let (batches, counts) = walked(database, key, inserts).await;
        assert_eq!((batches, counts), (vec![2, 4, 6, 8, 10, 11], vec![vec!["1".to_owned(), "11".to_owned()]]));
    }

    async fn keys_of_several_columns(database: &Database) {
        let key = vec![
            char("room", 3).primary_key(),
            timestamp("at").primary_key(),
            boolean("vip").primary_key(),
            uuid("who").primary_key(),
        ];
        let mut values = Vec::new();
        for room in ["a", "b"] {
            for at in ["2024-02-29 12:34:56.000001", "2024-02-29 12:34:56.000002"] {
                for vip in ["TRUE", "FALSE"] {
                    for who in 1..=2 {
                        values.push(format!("('{room}', '{at}', {vip}, '00000000-0000-0000-0000-00000000000{who}')"));
                    }
                }
            }
        }
        let inserts = format!("(room, at, vip, who) VALUES {}", values.join(", "));
        let (batches, counts) = walked(database, key, &inserts).await;
        assert_eq!((batches, counts), (vec![2, 4, 6, 8, 10, 12, 14, 16], vec![vec!["1".to_owned(), "16".to_owned()]]));
    }

    async fn only_the_rows_that_are_meant(database: &Database) {
        let items = table("items").columns([integer("id").primary_key(), integer("n").nullable()]);
        let first = Migration::new("001_items", "Items").create_table(items);
        let fill = rows().set("n", 7).only_where(col("n").is_null().or(col("n").lt(0))).in_batches(3);
        let second = Migration::new("002_n", "n").backfill("items", fill);
        database.run(&Migrator::new(Migrations::new([first.clone()]))).await.unwrap();
        database.execute("INSERT INTO items (id, n) VALUES (1, 1), (2, 2), (3, 3), (4, NULL), (5, -1), (6, 6), (7, NULL)").await;
        let (batches, result) = batches_of(database, Migrator::new(Migrations::new([first, second]))).await;
        result.unwrap();
        assert_eq!(batches, [3, 6, 7]);
        assert_eq!(database.column("SELECT n FROM items ORDER BY id").await, ["1", "2", "3", "7", "7", "6", "7"]);
    }

    async fn a_batch_that_fails_keeps_those_before_it(database: &Database) {
        counters(database).await;
        let broken = |value: Expr| {
            let second = Migration::new("002_raise", "Counts are raised")
                .update("counters", rows().set("before", col("before").add(1)))
                .backfill("counters", rows().set("count", value).in_batches(2));
            Migrator::new(Migrations::new([history().iter().next().unwrap().clone(), second]))
        };
        // Over the largest integer in the third batch.
        let migrator = broken(col("id").mul(5_000_000));
        let (batches, result) = batches_of(database, migrator.clone()).await;
        if database.dialect == Sqlite {
            // It has no smaller integers than of 64 bits.
            result.unwrap();
            return;
        }
        assert!(matches!(result, Err(RunError::Statement { ref steps, .. }) if steps == &[2]), "{result:?}");
        assert_eq!(batches, [2, 4]);
        let kept = database.column("SELECT keys_done FROM hammerwork_migrations_batches").await;
        assert_eq!(kept, ["4"]);
        // Its mending is an edit, about which a person must say what is to be done.
        let mended = broken(col("id"));
        let (_, result) = batches_of(database, mended.clone()).await;
        assert!(matches!(result, Err(RunError::Unfinished { step: 2, .. })), "{result:?}");
        let repaired = match database.connect().await {
            Connection::Postgres(it) => mended.repair_step(it, "002_raise", 2, Resolution::Undone).await,
            Connection::MySql(it) => mended.repair_step(it, "002_raise", 2, Resolution::Undone).await,
            Connection::Sqlite(it) => mended.repair_step(it, "002_raise", 2, Resolution::Undone).await,
        };
        repaired.unwrap();
        let (batches, result) = batches_of(database, mended).await;
        result.unwrap();
        assert_eq!(batches, [2, 4, 5]);
        assert_eq!(database.column("SELECT count FROM counters ORDER BY id").await, ["-5", "1", "2", "40", "500"]);
    }

    async fn rows_may_come_and_go_meanwhile(database: &Database) {
        counters(database).await;
        let writer = async {
            for id in 1000..1040 {
                let mut connection = database.connect().await;
                // SQLite has one writer at a time, and may be busy.
                while connection.run(&format!("INSERT INTO counters (id) VALUES ({id})")).await.is_err() {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            }
        };
        let migrator = Migrator::new(history());
        let (report, ()) = tokio::join!(database.run(&migrator), writer);
        report.unwrap_or_else(|error| panic!("{error:#?}"));
        let twice = database.column("SELECT count(*) FROM counters WHERE count > 1").await;
        let old = database.column("SELECT count(*) FROM counters WHERE id < 1000 AND count = 1").await;
        assert_eq!((twice, old), (vec!["0".to_owned()], vec!["5".to_owned()]));
    }

    async fn two_runners_share_the_work_and_do_none_twice(database: &Database) {
        counters(database).await;
        let migrator = Migrator::new(history());
        let (one, other, third) = tokio::join!(
            database.run(&migrator),
            database.run(&migrator),
            database.run(&migrator)
        );
        for result in [one, other, third] {
            result.unwrap_or_else(|error| panic!("{error:#?}"));
        }
        assert_raised_once(database).await;
    }
}

on_postgres! {
    // Connections that are lent to runners have no lock that outlives a transaction: each batch asks for itself.
    async fn without_a_lock_of_the_session_none_is_done_twice(database: &Database) {
        counters(database).await;
        let run = async || {
            let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&database.url).await.unwrap();
            Migrator::new(history()).run(&mut connection).await
        };
        let (one, other, third) = tokio::join!(run(), run(), run());
        let mut recorded = 0;
        for result in [one, other, third] {
            recorded += result.unwrap_or_else(|error| panic!("{error:#?}")).applied.len();
        }
        assert_eq!(recorded, 2);
        assert_raised_once(database).await;
    }
}
