//! What indexes can be: each adjective, there and back, and what it lets into its table.

use hammerwork_migrations::dsl::*;

use super::check::{case, drift, operations};
use crate::database::Database;

fn posts() -> Migration {
    operations().create_table(table("posts").columns([
        integer("id").primary_key(),
        string("email").length(60).nullable(),
        text("body").nullable(),
        json("data").nullable(),
        integer("score").nullable(),
        date("day").nullable(),
    ]))
}

const ROWS: [&str; 3] = [
    "INSERT INTO posts (id, email, body, score) VALUES (1, 'a@x', 'once upon a time', 3)",
    "INSERT INTO posts (id, email, body, day) VALUES (2, 'b@x', 'ONCE more', '2024-02-29')",
    "INSERT INTO posts (id) VALUES (3)",
];

const ALL: &str = "SELECT id, email, body, score FROM posts ORDER BY id";

/// The index comes and goes, and so it does where it is made and dropped while others write.
async fn comes_and_goes(database: &Database, index: Index) {
    let change = operations().create_index("posts", index);
    case(posts(), change)
        .rows(ROWS)
        .keeps(ALL)
        .check(database)
        .await;
}

on_every_engine! {
    async fn over_an_expression(database: &Database) {
        let lower = || Func::lower(col("email"));
        comes_and_goes(database, index("email").expression(lower()).descending().asc("id")).await;
    }

    async fn unique_over_an_expression(database: &Database) {
        comes_and_goes(database, index("email").expression(Func::lower(col("email"))).unique()).await;
        database.run(&migrator(index("email").expression(Func::lower(col("email"))).unique())).await.unwrap();
        assert!(!takes(database, "INSERT INTO posts (id, email) VALUES (10, 'A@X')").await);
        assert!(takes(database, "INSERT INTO posts (id, email) VALUES (10, 'C@X')").await);
    }

    async fn over_an_expression_of_a_text(database: &Database) {
        let lower = Func::lower(col("body"));
        comes_and_goes(database, index("body").expression(lower).of_type(varchar(40))).await;
    }

    async fn over_an_expression_of_a_long_string(database: &Database) {
        let before = operations().create_table(table("posts").columns([string("body").length(2000)]));
        let lower = Func::lower(col("body"));
        let change = operations().create_index("posts", index("body").expression(lower).of_type(varchar(40)));
        case(before, change).check(database).await;
    }

    async fn over_the_beginning_of_a_text(database: &Database) {
        comes_and_goes(database, index("body").prefix("body", 10).desc("id")).await;
    }

    async fn unique_over_the_beginning_of_a_text(database: &Database) {
        let index = || index("body").prefix("body", 6).unique();
        comes_and_goes(database, index()).await;
        database.run(&migrator(index())).await.unwrap();
        assert!(!takes(database, "INSERT INTO posts (id, body) VALUES (10, 'once u.')").await);
        assert!(takes(database, "INSERT INTO posts (id, body) VALUES (10, 'twice')").await);
    }

    async fn that_carries_columns(database: &Database) {
        comes_and_goes(database, index("score").desc("score").include(["email", "day"])).await;
    }

    async fn that_carries_what_fits_no_key(database: &Database) {
        comes_and_goes(database, index("score").columns(["score"]).include(["body"])).await;
    }

    async fn unique_that_carries_columns(database: &Database) {
        comes_and_goes(database, index("score").columns(["score"]).unique().include(["email"])).await;
    }

    async fn in_which_null_equals_null(database: &Database) {
        let index = || index("both").asc("score").desc("day").unique().nulls_not_distinct();
        comes_and_goes(database, index()).await;
        database.run(&migrator(index())).await.unwrap();
        for (values, is_new) in [
            ("10, NULL, NULL", false),
            ("10, 3, NULL", false),
            ("10, 0, NULL", true),
            ("11, 0, '1970-01-01'", true),
            ("12, NULL, '1970-01-01'", true),
            ("13, NULL, '1970-01-01'", false),
        ] {
            let insert = format!("INSERT INTO posts (id, score, day) VALUES ({values})");
            assert_eq!(takes(database, &insert).await, is_new, "{values}");
        }
    }

    async fn partial_in_which_null_equals_null(database: &Database) {
        let index = || index("one").columns(["email"]).unique().nulls_not_distinct().only_where(col("score").is_null());
        comes_and_goes(database, index()).await;
        database.run(&migrator(index())).await.unwrap();
        assert!(!takes(database, "INSERT INTO posts (id) VALUES (10)").await);
        assert!(takes(database, "INSERT INTO posts (id, score) VALUES (10, 1)").await);
        assert!(takes(database, "INSERT INTO posts (id, score) VALUES (11, 1)").await);
    }

    async fn partial_unique_over_a_beginning_and_an_expression(database: &Database) {
        let some = index("some")
            .prefix("body", 6)
            .expression(Func::upper(col("email")))
            .unique()
            .only_where(col("score").gt(0));
        comes_and_goes(database, some).await;
    }

    async fn of_documents(database: &Database) {
        comes_and_goes(database, index("data").columns(["data"]).using(IndexMethod::Gin)).await;
    }

    async fn of_documents_in_another_way(database: &Database) {
        let paths = index("data").columns(["data"]).opclass("jsonb_path_ops").using(IndexMethod::Gin);
        comes_and_goes(database, paths).await;
    }

    async fn of_words(database: &Database) {
        comes_and_goes(database, index("words").columns(["body", "email"]).using(IndexMethod::Fulltext)).await;
    }

    async fn of_other_methods(database: &Database) {
        for method in [IndexMethod::Hash, IndexMethod::Brin] {
            comes_and_goes(database, index("score").columns(["score"]).using(method)).await;
            for table in ["posts", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn made_with_its_table(database: &Database) {
        let tags = table("tags")
            .columns([string("name").length(40).primary_key(), text("about").nullable(), json("data").nullable()])
            .index(index("name").expression(Func::lower(col("name"))).unique())
            .index(index("about").prefix("about", 20))
            .index(index("data").columns(["data"]).using(IndexMethod::Gin))
            .index(index("words").columns(["about"]).using(IndexMethod::Fulltext))
            .index(index("carry").columns(["name"]).include(["about"]));
        case(posts(), operations().create_table(tags)).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn whose_columns_get_other_names(database: &Database) {
        let before = posts()
            .create_index("posts", index("carry").columns(["score"]).include(["day"]))
            .create_index("posts", index("begin").prefix("body", 8))
            .create_index("posts", index("words").columns(["email"]).using(IndexMethod::Fulltext));
        let change = operations()
            .rename_column("posts", "score", "points")
            .rename_column("posts", "day", "on day")
            .rename_column("posts", "body", "text")
            .rename_column("posts", "email", "mail");
        case(before, change).rows(ROWS).keeps("SELECT id FROM posts ORDER BY id").check(database).await;
    }

    async fn while_others_write(database: &Database) {
        let before = posts().create_index("posts", index("old").columns(["day"]));
        let change = operations()
            .concurrently()
            .create_index("posts", index("score").desc("score").include(["day"]))
            .create_index("posts", index("email").expression(Func::lower(col("email"))).unique())
            .drop_index("posts", "old");
        case(before, change).rows(ROWS).keeps(ALL).check(database).await;
    }
}

on_every_engine! {
    async fn what_was_changed_by_hand_is_drift(database: &Database) {
        let lower = index("i").expression(Func::lower(col("email"))).asc("score").include(["day"]);
        let migrator = migrator(lower);
        database.run(&migrator).await.unwrap();
        assert_eq!(drift(database, &migrator).await, Vec::<String>::new());
        database.execute(match database.dialect {
            Postgres => "DROP INDEX idx_posts_i; CREATE INDEX idx_posts_i ON posts (UPPER(email), score) INCLUDE (day)",
            MySql => "ALTER TABLE posts DROP INDEX idx_i, ADD INDEX idx_i ((UPPER(email)), score, day)",
            MariaDb => "ALTER TABLE posts DROP INDEX idx_i, ADD INDEX idx_i (idx_i_1, score, day DESC)",
            Sqlite => "DROP INDEX idx_posts_i; CREATE INDEX idx_posts_i ON posts ((UPPER(\"email\")), score, day)",
        }).await;
        let found = drift(database, &migrator).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("index idx_"), "{found:?}");
    }
}

/// The case's own history, whose index is there in the end.
fn migrator(index: Index) -> hammerwork_migrations::Migrator {
    let named = |id: &str, mut it: Migration| {
        id.clone_into(&mut it.id);
        it
    };
    hammerwork_migrations::Migrator::new(Migrations::new([
        named("001_before", posts()),
        named("002_change", operations().create_index("posts", index)),
    ]))
}

/// Whether the engine takes the statement.
async fn takes(database: &Database, sql: &str) -> bool {
    database.connect().await.run(sql).await.is_ok()
}
