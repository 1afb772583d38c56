//! The history of a shop, in which every operation is used once: up, all the way back, and up again.
//!
//! ```sh
//! DATABASE_URL=sqlite:///tmp/shop.db cargo run --all-features --example evolution
//! ```
//!
//! The URL may be that of an empty database of PostgreSQL, MySQL or MariaDB, too. What is written here is written once for
//! all of them.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::driver::{connect_mysql, connect_postgres, connect_sqlite};
use hammerwork_migrations::run::{Event, Report, Rollback};
use hammerwork_migrations::{Migrator, RunError};

/// Schemas are PostgreSQL's alone: to the others they are databases, or nothing.
fn history_for(url: &str) -> Migrations {
    if url.starts_with("postgres") {
        history().and([archive(), no_archive()])
    } else {
        history()
    }
}

fn history() -> Migrations {
    Migrations::new([
        countries(),
        customers(),
        orders(),
        lines(),
        searches(),
        reports(),
        returns(),
        better_names(),
        larger_numbers(),
        stricter_rules(),
        looser_rules(),
        views(),
        changed_views(),
        rows_of_then(),
        rows_of_now(),
        own_words(),
        watched(),
        watched_better(),
        less(),
    ])
}

fn countries() -> Migration {
    Migration::new("001_countries", "The shop delivers to three countries")
        .create_table(table("countries").columns([
            char("code", 2).primary_key(),
            string("name").length(60),
            boolean("delivered").default(true),
        ]))
        .insert(
            "countries",
            [("CH", "Schweiz"), ("DE", "Deutschland"), ("FR", "France")]
                .map(|(code, name)| row().set("code", code).set("name", name)),
        )
}

fn customers() -> Migration {
    Migration::new("002_customers", "Somebody buys")
        .create_table(
            table("customers")
                .columns([
                    big_integer("id").primary_key().auto_increment(),
                    string("email").length(200),
                    string("name").length(100),
                    char("country", 2),
                    integer("discount").default(0),
                    timestamp("since").default_expression(now()),
                ])
                .unique(unique("email").columns(["email"]))
                .check(check("discount", col("discount").between(0, 50)))
                .foreign_key(
                    foreign_key("country")
                        .columns(["country"])
                        .references("countries", ["code"])
                        .on_update(Cascade),
                ),
        )
        .insert(
            "customers",
            [
                row()
                    .set("email", "ada@example.com")
                    .set("name", "Ada")
                    .set("country", "CH"),
                row()
                    .set("email", "bob@example.com")
                    .set("name", "Bob")
                    .set("country", "FR"),
            ],
        )
}

fn orders() -> Migration {
    Migration::new("003_orders", "What is bought is an order")
        .create_enum("order_state", ["open", "paid", "sent"])
        .create_table(
            table("orders")
                .columns([
                    uuid("id").primary_key(),
                    big_integer("customer"),
                    enumerated("state", "order_state").default("open"),
                    timestamp("placed_at").default_expression(now()),
                    json("remarks").nullable(),
                ])
                .foreign_key(
                    foreign_key("customer")
                        .columns(["customer"])
                        .references("customers", ["id"]),
                )
                .index(index("placed").columns(["state"]).desc("placed_at")),
        )
        .insert(
            "orders",
            [
                row()
                    .set("id", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
                    .set("customer", 1)
                    .set("state", "open"),
                row()
                    .set("id", "0e37df36-f698-41d6-bf8a-000000000002")
                    .set("customer", 2)
                    .set("state", "paid"),
            ],
        )
}

fn lines() -> Migration {
    Migration::new("004_lines", "An order has lines, and knows what they cost")
        .create_table(
            table("lines")
                .columns([
                    uuid("order_id").primary_key(),
                    small_integer("number").primary_key(),
                    string("product").length(80),
                    integer("quantity").default(1),
                    decimal("price", 10, 2),
                    decimal("costs", 12, 2).stored_as(col("quantity").mul(col("price"))),
                ])
                .foreign_key(
                    foreign_key("order")
                        .columns(["order_id"])
                        .references("orders", ["id"])
                        .on_delete(Cascade),
                ),
        )
        .insert(
            "lines",
            [1, 2, 3].map(|number| {
                row()
                    .set("order_id", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
                    .set("number", number)
                    .set("product", format!("teapot {number}"))
                    .set("quantity", number)
                    .set("price", 19.5)
            }),
        )
}

fn searches() -> Migration {
    Migration::new("005_searches", "Products and people are searched for")
        .create_extension(extension("pg_trgm"))
        .create_index(
            "lines",
            index("product").prefix("product", 20).include(["quantity"]),
        )
        .create_index(
            "lines",
            index("words")
                .columns(["product"])
                .using(IndexMethod::Fulltext),
        )
        .create_index(
            "orders",
            index("remarks")
                .columns(["remarks"])
                .using(IndexMethod::Gin),
        )
        .create_index(
            "customers",
            index("name")
                .expression(Func::lower(col("name")))
                .of_type(varchar(100)),
        )
        .create_index(
            "orders",
            index("one_open")
                .columns(["customer"])
                .unique()
                .only_where(col("state").eq("open")),
        )
}

fn reports() -> Migration {
    Migration::new(
        "006_reports",
        "Reports go by day, and nobody waits for their index",
    )
    .concurrently()
    .create_index(
        "orders",
        index("by_day").desc("placed_at").columns(["customer"]),
    )
}

fn returns() -> Migration {
    Migration::new("007_returns", "What does not please comes back")
        .drop_index("orders", "one_open")
        .add_enum_value("order_state", "returned")
        .add_enum_value_before("order_state", "packed", "sent")
}

fn better_names() -> Migration {
    Migration::new(
        "008_better_names",
        "Lines of orders, delivery addresses, and days are called so",
    )
    .rename_table("lines", "order_lines")
    .rename_column("orders", "placed_at", "ordered_at")
    .rename_index("orders", "by_day", "by_time")
}

fn larger_numbers() -> Migration {
    Migration::new("009_larger_numbers", "The shop grows")
        .alter_column(
            "order_lines",
            alter("product")
                .set_type(varchar(120))
                .set_default("a teapot"),
        )
        .alter_column("customers", alter("country").set_nullable())
        .comment_table("order_lines", "What an order is made of")
        .comment_column("order_lines", "costs", "In euros, with taxes")
}

fn stricter_rules() -> Migration {
    Migration::new(
        "010_stricter_rules",
        "Tags are given once, and prices are none that are negative",
    )
    .create_table(table("tags").columns([
        uuid("order_id"),
        string("tag").length(40),
        string("colour").length(20).nullable(),
    ]))
    .add_primary_key("tags", ["order_id", "tag"])
    .add_foreign_key(
        "tags",
        foreign_key("order")
            .columns(["order_id"])
            .references("orders", ["id"])
            .on_delete(Cascade),
    )
    .add_unique("tags", unique("colour").columns(["order_id", "colour"]))
    .add_check("order_lines", check("price", col("price").gte(0)))
}

fn looser_rules() -> Migration {
    Migration::new(
        "011_looser_rules",
        "Colours repeat, tags outlive their orders, and prices may be anything",
    )
    .drop_check("order_lines", "price")
    .drop_unique("tags", "colour")
    .drop_foreign_key("tags", "order")
    .drop_primary_key("tags")
}

fn views() -> Migration {
    Migration::new("012_views", "What is open is seen at a glance").create_view(
        view("open_orders")
            .everywhere("SELECT id, customer FROM orders WHERE state = 'open'")
            .depends_on(["orders"]),
    )
}

fn changed_views() -> Migration {
    Migration::new("013_packed_is_open", "What is packed is not sent yet").replace_view(
        view("open_orders")
            .everywhere("SELECT id, customer, state FROM orders WHERE state IN ('open', 'packed')")
            .depends_on(["orders"]),
    )
}

/// Nothing tells what the rows were before, so the way back is written down.
fn rows_of_then() -> Migration {
    let raised = rows().set("discount", 5).only_where(col("name").eq("Ada"));
    let lowered = rows().set("discount", 0).only_where(col("name").eq("Ada"));
    let first = || col("number").eq(3);
    Migration::new(
        "014_thanks",
        "Ada gets a discount, and the third line is forgotten",
    )
    .update("customers", raised)
    .delete("order_lines", rows().only_where(first()))
    .down([Update {
        table: "customers".to_owned(),
        rows: lowered,
    }
    .into()])
}

/// What fills a new column goes with it: there is nothing else to undo.
fn rows_of_now() -> Migration {
    Migration::new(
        "015_found_by_name",
        "Customers are found by a name in small letters",
    )
    .add_column("customers", string("search").length(100).nullable())
    .backfill(
        "customers",
        rows().set("search", Func::lower(col("name"))).in_batches(1),
    )
}

fn own_words() -> Migration {
    Migration::new("016_statistics", "The planner knows the orders").run_sql(
        sql("gather statistics")
            .on(Postgres, "ANALYZE orders")
            .on(MySql, "ANALYZE TABLE orders")
            .on(MariaDb, "ANALYZE TABLE orders")
            .on(Sqlite, "ANALYZE orders")
            .down(""),
    )
}

/// What a trigger of PostgreSQL does stands in a function.
fn watched() -> Migration {
    Migration::new("017_watched", "Who takes a tag away leaves a trace")
        .create_table(table("traces").columns([string("tag").length(40), string("deed").length(20)]))
        .create_function(
            function("leave_trace")
                .on(
                    Postgres,
                    "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     INSERT INTO traces (tag, deed) VALUES (OLD.tag, TG_ARGV[0]); RETURN OLD; END $$",
                )
                .nothing_on(MySql)
                .nothing_on(Sqlite),
        )
        .create_trigger(traced("deleted"))
        .create_function(discount("10"))
}

fn watched_better() -> Migration {
    Migration::new("018_watched_better", "The trace says who did it")
        .replace_trigger(traced("by the shop"))
        .replace_function(discount("CASE WHEN spent > 1000 THEN 15 ELSE 10 END"))
}

/// In percent. SQLite leaves it to the shop's own program.
fn discount(percent: &str) -> Function {
    function("discount")
        .on(
            Postgres,
            format!(
                "(spent integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT {percent} $$"
            ),
        )
        .on(
            MySql,
            format!("(spent INT) RETURNS INT DETERMINISTIC RETURN {percent}"),
        )
        .nothing_on(Sqlite)
}

fn traced(deed: &str) -> Trigger {
    trigger("trace_tags", AfterDelete, "tags")
        .everywhere(format!(
            "BEGIN INSERT INTO traces (tag, deed) VALUES (OLD.tag, '{deed}'); END"
        ))
        .on(Postgres, format!("EXECUTE FUNCTION leave_trace('{deed}')"))
}

fn less() -> Migration {
    Migration::new("019_less", "What nobody looks at goes")
        .drop_trigger("trace_tags")
        .drop_function("leave_trace")
        .drop_function("discount")
        .drop_view("open_orders")
        .drop_index("order_lines", "words")
        .drop_column("tags", "colour")
        .drop_table("tags")
        .create_enum("mood", ["good", "bad"])
        .drop_enum_value("mood", "bad")
        .drop_enum("mood")
        .drop_extension("pg_trgm")
}

fn archive() -> Migration {
    Migration::new("020_archive", "What is old has a place").create_schema("archive")
}

fn no_archive() -> Migration {
    Migration::new("021_no_archive", "What is old is deleted").drop_schema("archive")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite::memory:".to_owned());
    let migrator = Migrator::new(history_for(&url))
        .accept_data_loss(true)
        .observe(|event| {
            if let Event::Applied(it) = event {
                println!("applied {}: {}", it.id, it.summary);
            }
            if let Event::RolledBack(it) = event {
                println!("undone  {}: {}", it.id, it.summary);
            }
        });
    let up = run(&migrator, &url, None).await?;
    let down = run(&migrator, &url, Some(Rollback::All)).await?;
    let again = run(&migrator, &url, None).await?;
    println!(
        "{} up, {} back, {} up again",
        up.applied.len(),
        down.rolled_back.len(),
        again.applied.len()
    );
    Ok(())
}

/// Up, or so far back. A connection of its own each time: an index that is built concurrently needs one.
async fn run(migrator: &Migrator, url: &str, back: Option<Rollback>) -> Result<Report, RunError> {
    let failed = |source| RunError::Database {
        doing: "connect",
        source,
    };
    if url.starts_with("postgres") {
        let driver = connect_postgres(url).await.map_err(failed)?;
        match back {
            None => migrator.run(driver).await,
            Some(back) => migrator.rollback(driver, back).await,
        }
    } else if url.starts_with("mysql") {
        let driver = connect_mysql(url).await.map_err(failed)?;
        match back {
            None => migrator.run(driver).await,
            Some(back) => migrator.rollback(driver, back).await,
        }
    } else {
        let driver = connect_sqlite(url, true).await.map_err(failed)?;
        match back {
            None => migrator.run(driver).await,
            Some(back) => migrator.rollback(driver, back).await,
        }
    }
}
