//! Rows that are inserted, changed and deleted, with what comes before and after them in their migration.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// A table whose columns hold what engines spell in ways of their own.
fn jobs() -> Migration {
    operations().create_table(table("jobs").columns([
        uuid("id").primary_key(),
        string("queue").length(40),
        integer("priority").default(2),
        json("payload").nullable(),
        timestamp("at").nullable(),
        boolean("done").default(false),
        bytes("raw").nullable(),
    ]))
}

const ROWS: [&str; 2] = [
    "INSERT INTO jobs (id, queue, priority) VALUES ('00000000-0000-0000-0000-000000000001', 'mail', 4)",
    "INSERT INTO jobs (id, queue) VALUES ('00000000-0000-0000-0000-000000000002', 'push')",
];

const OLD: &str =
    "SELECT id, queue, priority FROM jobs WHERE queue IN ('mail', 'push') ORDER BY id";

on_every_engine! {
    async fn insert(database: &Database) {
        let hostile = "it's \"q\" \\ back\\slash `x` 🦀 -- ; $1\nend";
        let change = operations().insert("jobs", [
            row()
                .set("id", "00000000-0000-0000-0000-00000000000a")
                .set("queue", hostile)
                .set("payload", r#"{"a": [1, "it's \\"]}"#)
                .set("at", "2024-02-29 12:34:56.789")
                .set("done", true)
                .set("raw", vec![0_u8, 39, 92]),
            row()
                .set("id", "00000000-0000-0000-0000-00000000000b")
                .set("queue", "plain")
                .set("payload", null())
                .set("at", null())
                .set("done", false)
                .set("raw", "a\\b"),
        ]);
        // Text is compared by the engine, so that no test client's way of showing it matters.
        let found = match database.dialect {
            Postgres => "SELECT queue = E'it\\'s \"q\" \\\\ back\\\\slash `x` 🦀 -- ; $1\\nend', payload->'a'->>1 = E'it\\'s \\\\', \
                         extract(epoch from at) = 1709210096.789, done, encode(raw, 'hex') FROM jobs WHERE done",
            MySql | MariaDb => "SELECT IF(queue = 'it''s \"q\" \\\\ back\\\\slash `x` 🦀 -- ; $1\\nend', 't', 'f'), \
                         IF(JSON_UNQUOTE(JSON_EXTRACT(payload, '$.a[1]')) = 'it''s \\\\', 't', 'f'), \
                         IF(UNIX_TIMESTAMP(at) = 1709210096.789, 't', 'f'), IF(done, 't', 'f'), LOWER(HEX(raw)) FROM jobs WHERE done",
            Sqlite => "SELECT iif(queue = 'it''s \"q\" \\ back\\slash `x` 🦀 -- ; $1' || char(10) || 'end', 't', 'f'), \
                         iif(json_extract(payload, '$.a[1]') = 'it''s \\', 't', 'f'), \
                         iif(at = '2024-02-29 12:34:56.789', 't', 'f'), iif(done, 't', 'f'), lower(hex(raw)) FROM jobs WHERE done",
        };
        case(jobs(), change)
            .rows(ROWS)
            .keeps(OLD)
            .gives(found, [["t", "t", "t", "t", "00275c"]])
            .gives("SELECT priority, payload FROM jobs WHERE queue = 'plain'", [["2", "NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn update(database: &Database) {
        let change = operations()
            .add_column("jobs", integer("twice").nullable())
            .update("jobs", rows().set("twice", col("priority").mul(2)).only_where(col("queue").eq("mail")))
            .add_column("jobs", boolean("seen").default(false));
        case(jobs(), change)
            .rows(ROWS)
            .keeps(OLD)
            .gives("SELECT twice FROM jobs ORDER BY id", [["8"], ["NULL"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn update_of_what_was_there(database: &Database) {
        let change = operations()
            .update("jobs", rows().set("done", col("priority").gt(3)).set("priority", col("priority").add(1)));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT priority FROM jobs ORDER BY id", [["5"], ["3"]])
            .gives("SELECT count(*) FROM jobs WHERE done AND priority = 5", [["1"]])
            .needs_its_record()
            .check(database)
            .await;
    }

    async fn delete(database: &Database) {
        let change = operations()
            .create_index("jobs", index("queue").columns(["queue"]))
            .delete("jobs", rows().only_where(col("queue").eq("mail")));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT queue FROM jobs", [["push"]])
            .needs_its_record()
            .check(database)
            .await;
    }
}

on_postgres! {
    async fn moments_are_in_utc_whatever_the_database_says(database: &Database) {
        database
            .execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ''Asia/Tokyo''', current_database()); END $$")
            .await;
        let change = operations()
            .insert("jobs", [row()
                .set("id", "00000000-0000-0000-0000-00000000000a")
                .set("queue", "new")
                .set("at", "1970-01-01 09:00:00")])
            .update("jobs", rows().set("done", true).only_where(col("at").lt("1970-01-01 09:00:01")));
        case(jobs(), change)
            .gives("SELECT extract(epoch from at)::int, done FROM jobs", [["32400", "t"]])
            .needs_its_record()
            .check(database)
            .await;
    }
}
