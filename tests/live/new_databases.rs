//! A new database has a shorter way: what it does must be what the ordinary way does.

use std::time::Duration;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Event;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::{Database, builtin};
use crate::expected::assert_schema;

on_every_engine! {
    // Who looks on is told of each migration, and so goes the ordinary way.
    async fn both_ways_leave_the_same(short: &Database) {
        let long = Database::create(short.dialect).await;
        short.run(&builtin()).await.unwrap();
        long.run(&builtin().observe(|_: &Event| ())).await.unwrap();
        for database in [short, &long] {
            assert_schema(database).await;
            let journal = "SELECT migration_id, step, state FROM hammerwork_migrations_journal ORDER BY 1, 2";
            assert_eq!(database.rows(journal).await.len(), 6);
        }
        let checksums = "SELECT checksum FROM hammerwork_migrations_journal ORDER BY migration_id";
        assert_eq!(short.column(checksums).await, long.column(checksums).await);
        long.destroy().await;
    }

    async fn a_history_that_does_not_fold_leaves_nothing(database: &Database) {
        let wrong = Migrations::new([
            Migration::new("001_a", "A").create_table(table("a").columns([integer("id").primary_key()])),
            Migration::new("002_b", "B").drop_table("b"),
        ]);
        let error = database.run(&Migrator::new(wrong)).await.unwrap_err();
        assert!(matches!(error, RunError::Plan(_)), "{error:?}");
        assert!(error.to_string().contains("002_b"), "{error}");
        assert_eq!(database.status(&builtin()).await.unwrap().applied(), 0);
        let made = Migrations::new([Migration::new("001_a", "A")
            .create_table(table("a").columns([integer("id").primary_key()]))]);
        assert_eq!(database.run(&Migrator::new(made)).await.unwrap().applied.len(), 1);
    }

    async fn a_history_may_not_make_the_tables_that_record_it(database: &Database) {
        for name in ["hammerwork_migrations", "hammerwork_migrations_journal", "hammerwork_migrations_batches"] {
            let history = Migrations::new([Migration::new("001_own", "Our own")
                .create_table(table(name).columns([integer("id").primary_key()]))]);
            let error = database.run(&Migrator::new(history)).await.unwrap_err();
            assert!(error.to_string().contains("the history has a table of that name"), "{error}");
        }
    }

    async fn a_table_without_records_is_found_by_the_short_way(database: &Database) {
        database.execute("CREATE TABLE hammerwork_batches (id INT PRIMARY KEY)").await;
        let error = database.run(&builtin()).await.unwrap_err();
        let RunError::Conflict { difference, .. } = &error else { panic!("{error:?}") };
        assert!(difference.to_string().contains("hammerwork_batches"), "{difference}");
    }
}

/// A table each, and the third has a foreign key.
fn families() -> Migrator {
    let people =
        |name: &str| table(name).columns([integer("id").primary_key(), integer("parent_id")]);
    let parent = foreign_key("parent")
        .columns(["parent_id"])
        .references("parents", ["id"]);
    Migrator::new(Migrations::new([
        Migration::new("001_parents", "Parents").create_table(people("parents")),
        Migration::new("002_friends", "Friends")
            .create_table(people("friends"))
            .create_index("friends", index("parent").columns(["parent_id"])),
        Migration::new("003_children", "Children")
            .create_table(people("children").foreign_key(parent)),
        Migration::new("004_names", "Names").add_column("children", string("name").nullable()),
        Migration::new("005_pets", "Pets").create_table(people("pets")),
    ]))
}

on_mysql_and_mariadb! {
    // No table of the history is there, but the name of a foreign key is taken, which the engine alone finds out.
    async fn what_was_done_before_a_failure_is_kept_and_recorded(database: &Database) {
        let name = foreign_key("parent").physical_name("children");
        database.execute("CREATE TABLE others (id INT PRIMARY KEY)").await;
        database.execute(&format!(
            "CREATE TABLE theirs (other_id INT, CONSTRAINT {name} FOREIGN KEY (other_id) REFERENCES others (id))"
        )).await;
        let error = database.run(&families()).await.unwrap_err();
        assert!(error.to_string().contains("003_children"), "{error}");
        assert_eq!(database.status(&families()).await.unwrap().applied(), 2);
        let journal = "SELECT migration_id FROM hammerwork_migrations_journal WHERE step = 0 ORDER BY 1";
        assert_eq!(database.column(journal).await, ["001_parents", "002_friends"]);
        database.execute("DROP TABLE theirs").await;
        let report = database.run(&families()).await.unwrap();
        assert_eq!(report.applied.len(), 3);
        assert!(database.drift(&families()).await.is_empty());
    }

    // A server that was killed between the statements of one message leaves this: tables, and no record of any.
    async fn what_was_done_and_not_recorded_is_found(database: &Database) {
        let plan = families().preview(database.dialect).unwrap();
        let statements: Vec<String> = plan
            .migrations
            .iter()
            .flat_map(|it| &it.statements)
            .map(|it| it.sql.clone())
            .collect();
        for done in 1..=statements.len() {
            let place = Database::create(database.dialect).await;
            for sql in &statements[..done] {
                place.execute(sql).await;
            }
            let report = place.run(&families()).await.unwrap();
            let run: usize = report.applied.iter().map(|it| it.statements).sum();
            assert_eq!((report.applied.len(), run), (5, statements.len() - done), "after {done}");
            assert!(place.drift(&families()).await.is_empty());
            place.destroy().await;
        }
    }
}

/// The number of the migration lock of a schema, as SQL: what else locks it is kept out as well.
pub(crate) fn lock_key(schema: &str) -> String {
    format!("hashtextextended('{schema}', 8763663596297648753)")
}

on_postgres! {
    // A statement that only makes what is missing would pass them over. With a view, which is made anew where it is there,
    // it is asked for beforehand.
    async fn what_has_our_name_alone_is_not_taken_for_ours(database: &Database) {
        let pets = || table("pets").columns([integer("id").primary_key()]).index(index("id").columns(["id"]));
        let made = Migration::new("001_pets", "Pets").create_table(pets());
        let ids = view("ids").everywhere("SELECT id FROM pets");
        for migration in [made.clone(), made.create_view(ids)] {
            let place = Database::create(database.dialect).await;
            let history = Migrator::new(Migrations::new([migration]));
            place.execute("CREATE TABLE others (id INT)").await;
            for (make, drop) in [
                ("CREATE INDEX idx_pets_id ON others (id)", "DROP INDEX idx_pets_id"),
                ("CREATE TABLE pets (name TEXT)", "DROP TABLE pets"),
            ] {
                place.execute(make).await;
                let error = place.run(&history).await.expect_err(make);
                assert_eq!(place.status(&history).await.unwrap().applied(), 0, "{error}");
                place.execute(drop).await;
            }
            place.run(&history).await.unwrap();
            assert!(place.drift(&history).await.is_empty());
            place.destroy().await;
        }
    }

    // A type of a table's name is in its way, and is no table: the transaction fails, and is told by the ordinary way.
    async fn what_the_short_way_cannot_see_is_told_by_the_other(database: &Database) {
        database.execute("CREATE TYPE pets AS ENUM ('cat')").await;
        let error = database.run(&families()).await.unwrap_err();
        assert!(error.to_string().contains("005_pets"), "{error}");
        let tables = database.column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").await;
        assert!(!tables.contains(&"pets".to_owned()), "{tables:?}");
        database.execute("DROP TYPE pets").await;
        database.run(&families()).await.unwrap();
        assert!(database.drift(&families()).await.is_empty());
    }

    async fn a_pools_connection_comes_back_as_it_was(database: &Database) {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&database.url).await.unwrap();
        let before = state(&pool).await;
        assert_eq!(builtin().run(&pool).await.unwrap().applied.len(), 6);
        assert_eq!(state(&pool).await, before);
        assert_schema(database).await;
    }

    async fn another_runners_lock_is_waited_for(database: &Database) {
        let key = lock_key("public");
        let mut holder = database.connect().await;
        holder.run(&format!("SELECT pg_advisory_lock({key})")).await.unwrap();
        let impatient = builtin().lock_timeout(Duration::ZERO);
        let error = database.run(&impatient).await.unwrap_err();
        assert!(matches!(error, RunError::Locked { .. }), "{error:?}");
        assert_eq!(database.status(&builtin()).await.unwrap().applied(), 0);
        holder.run(&format!("SELECT pg_advisory_unlock({key})")).await.unwrap();
        assert_eq!(database.run(&impatient).await.unwrap().applied.len(), 6);
    }
}

/// Which session a pool of one connection has, what is set in it, and which locks it holds.
async fn state(pool: &sqlx::PgPool) -> String {
    let sql = "SELECT pg_backend_pid()::text || current_setting('search_path') || current_setting('lock_timeout') \
               || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())";
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}
