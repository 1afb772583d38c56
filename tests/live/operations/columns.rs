//! Columns that number their rows, or are computed from others; types that only PostgreSQL has.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

fn boxes() -> Migration {
    operations().create_table(table("boxes").columns([
        integer("id").primary_key(),
        integer("width"),
        integer("height").default(2),
        string("label").length(20).nullable(),
    ]))
}

const ROWS: [&str; 2] = [
    "INSERT INTO boxes (id, width, label) VALUES (1, 20, 'it''s')",
    "INSERT INTO boxes (id, width, height) VALUES (2, 5, 4)",
];

const ALL: &str = "SELECT id, width, height, label FROM boxes ORDER BY id";

/// Whether the engine refuses it.
async fn refuses(database: &Database, sql: &str) -> bool {
    database.connect().await.run(sql).await.is_err()
}

on_every_engine! {
    async fn auto_increment(database: &Database) {
        let tickets = table("tickets").columns([
            big_integer("id").primary_key().auto_increment(),
            string("title").length(40),
        ]);
        case(boxes(), operations().create_table(tickets)).rows(ROWS).keeps(ALL).check(database).await;
        for title in ["a", "b", "c"] {
            database.execute(&format!("INSERT INTO tickets (title) VALUES ('{title}')")).await;
        }
        // A number that was given is not given again.
        database.execute("DELETE FROM tickets WHERE title = 'c'").await;
        database.execute("INSERT INTO tickets (title) VALUES ('d')").await;
        let rows = database.rows("SELECT id, title FROM tickets ORDER BY id").await;
        assert_eq!(rows, [["1", "a"], ["2", "b"], ["4", "d"]]);
    }

    async fn auto_increment_under_another_name(database: &Database) {
        let tickets = table("tickets").columns([
            integer("id").primary_key().auto_increment(),
            text("title"),
        ]);
        case(operations().create_table(tickets), operations().rename_column("tickets", "id", "number"))
            .rows(["INSERT INTO tickets (title) VALUES ('a')"])
            .keeps("SELECT title FROM tickets")
            .check(database)
            .await;
        database.execute("INSERT INTO tickets (title) VALUES ('b')").await;
        assert_eq!(database.rows("SELECT number, title FROM tickets ORDER BY 1").await, [["1", "a"], ["2", "b"]]);
    }

    async fn a_counter_goes_on_where_it_was(database: &Database) {
        let tickets = table("tickets").columns([
            big_integer("id").primary_key().auto_increment(),
            text("title"),
        ]);
        let at = timestamp("at").default_expression(now());
        case(operations().create_table(tickets), operations().add_column("tickets", at))
            .rows([
                "INSERT INTO tickets (title) VALUES ('a')",
                "INSERT INTO tickets (title) VALUES ('b')",
                "DELETE FROM tickets WHERE title = 'b'",
            ])
            .keeps("SELECT id, title FROM tickets")
            .check(database)
            .await;
        database.execute("INSERT INTO tickets (title) VALUES ('c')").await;
        assert_eq!(database.rows("SELECT id, title FROM tickets ORDER BY id").await, [["1", "a"], ["3", "c"]]);
    }

    async fn generated_columns(database: &Database) {
        let change = operations()
            .add_column("boxes", integer("area").stored_as(col("width").mul(col("height"))))
            .add_column("boxes", integer("girth").virtual_as(col("width").add(col("height")).mul(2)).nullable())
            .add_column("boxes", string("shout").length(20).stored_as(Func::upper(col("label"))).nullable())
            .create_index("boxes", index("area").columns(["area"]));
        case(boxes(), change)
            .rows(ROWS)
            .keeps(ALL)
            .gives(
                "SELECT id, area, girth, shout FROM boxes ORDER BY id",
                [["1", "40", "44", "IT'S"], ["2", "20", "18", "NULL"]],
            )
            .check(database)
            .await;
        database.execute("UPDATE boxes SET width = 6 WHERE id = 2").await;
        assert_eq!(database.rows("SELECT area, girth FROM boxes WHERE id = 2").await, [["24", "20"]]);
    }

    // MySQL has such a default as an expression, and these in the order of the columns.
    async fn a_column_computed_from_a_text_with_a_default(database: &Database) {
        let has_note = || boolean("has_note").virtual_as(col("note").is_not_null());
        let note = || text("note").default("it's");
        let after = operations().create_table(table("notes").columns([note(), has_note()]));
        case(operations().create_table(table("t").columns([integer("id")])), after).check(database).await;
    }

    async fn a_column_computed_from_a_text_after_it_with_a_default(database: &Database) {
        let before = operations().create_table(table("t").columns([integer("id")]));
        let change = operations().create_table(table("notes").columns([
            boolean("has_note").virtual_as(col("note").is_not_null()),
            text("note").default("it's"),
        ]));
        case(before, change).unsupported_on([MySql]).check(database).await;
    }

    async fn a_generated_column_that_goes(database: &Database) {
        let before = boxes()
            .add_column("boxes", integer("girth").virtual_as(col("width").add(col("height"))));
        case(before, operations().drop_column("boxes", "girth"))
            .rows(ROWS)
            .keeps(ALL)
            .check(database)
            .await;
    }

    async fn a_stored_column_that_goes(database: &Database) {
        let before = boxes()
            .add_column("boxes", integer("area").stored_as(col("width").mul(col("height"))));
        case(before, operations().drop_column("boxes", "area"))
            .rows(ROWS)
            .keeps(ALL)
            .check(database)
            .await;
    }

    async fn what_is_computed_is_not_null_where_it_may_not_be(database: &Database) {
        let shout = |name: &str| string(name).length(20);
        let change = operations()
            .add_column("boxes", shout("stored").stored_as(Func::lower(col("note"))))
            .add_column("boxes", shout("computed").virtual_as(Func::upper(col("note"))));
        let before = boxes().add_column("boxes", string("note").length(20).default("x").nullable());
        case(before, change).rows(ROWS).keeps(ALL).check(database).await;
        assert!(refuses(database, "UPDATE boxes SET note = NULL WHERE id = 1").await);
        assert!(refuses(database, "INSERT INTO boxes (id, width, stored) VALUES (3, 1, 'y')").await);
        assert!(!refuses(database, "UPDATE boxes SET note = 'Z' WHERE id = 1").await);
    }

    async fn defaults_that_must_be_escaped(database: &Database) {
        let hostile = ["größer ຌ 🦀", "it's", "back\\slash\\", "two\nlines\t\u{1a}\r", "('a''b')", "\"`$1 ?"];
        let columns = (0..).zip(hostile).flat_map(|(number, value)| {
            [
                string(format!("bounded_{number}")).length(40).default(value),
                text(format!("unbounded_{number}")).default(value),
            ]
        });
        let texts = table("texts").columns([integer("id").primary_key()]).columns(columns);
        case(boxes(), operations().create_table(texts)).check(database).await;
    }

    async fn collations(database: &Database) {
        let name = string("name").length(20).collate_on(Postgres, "C").collate_on(MySql, "utf8mb4_bin");
        let people = table("people")
            .columns([name.primary_key(), boolean("gone").default(false)])
            .index(index("here").columns(["name"]).unique().only_where(col("gone").eq(false)));
        let nick = text("nick").collate_on(Postgres, "C").collate_on(MySql, "utf8mb4_bin").nullable();
        let change = operations().create_table(people).add_column("boxes", nick);
        case(boxes(), change).rows(ROWS).keeps(ALL).check(database).await;
        // Each is another name.
        for name in ["a", "A", "ä", "b"] {
            database.execute(&format!("INSERT INTO people (name) VALUES ('{name}')")).await;
        }
        assert_eq!(database.column("SELECT name FROM people ORDER BY name").await, ["A", "a", "b", "ä"]);
    }

    async fn types_of_postgresql(database: &Database) {
        let change = operations().add_columns(
            "boxes",
            [
                array("tags", ColumnType::Text).nullable(),
                array("sizes", ColumnType::SmallInteger).nullable(),
                inet("seen_from").default("::1"),
                bytes("digest").length(32).nullable(),
                interval("kept").on(MySql, ColumnType::BigInteger).on(Sqlite, ColumnType::BigInteger).nullable(),
            ],
        )
        .create_index("boxes", index("digest").columns(["digest"]));
        case(boxes(), change)
            .rows(ROWS)
            .keeps(ALL)
            .gives("SELECT seen_from FROM boxes ORDER BY id", [["::1"], ["::1"]])
            .check(database)
            .await;
    }

    async fn an_interval_that_nothing_stands_for(database: &Database) {
        case(boxes(), operations().add_column("boxes", interval("kept").nullable()))
            .rows(ROWS)
            .keeps(ALL)
            .unsupported_on([MySql, MariaDb, Sqlite])
            .check(database)
            .await;
    }
}
