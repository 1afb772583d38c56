//! A program with a history of its own: checked, previewed, run, and taken back.
//!
//! ```sh
//! cargo run --example own_migrations
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::{Event, Rollback};

/// In a program of your own, each migration has a file, and this is the list of them.
fn migrations() -> Migrations {
    Migrations::new([
        Migration::new("001_users", "People may sign in").create_table(table("users").columns([
            uuid("id").primary_key(),
            string("email").length(254),
            timestamp("created_at").default_expression(now()),
            timestamp("left_at").nullable(),
        ])),
        Migration::new(
            "002_one_account_each",
            "An address belongs to one person at a time",
        )
        .create_index(
            "users",
            index("email")
                .columns(["email"])
                .unique()
                .only_where(col("left_at").is_null()),
        ),
        Migration::new(
            "003_plans",
            "People have a plan, and those who came first have the best",
        )
        .add_column("users", string("plan").length(20).default("free"))
        .run_sql(
            sql("thank the first")
                .everywhere("UPDATE users SET plan = 'founder' WHERE left_at IS NULL")
                .down("UPDATE users SET plan = 'free' WHERE plan = 'founder'")
                .data_only(),
        ),
    ])
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // One line in a test: every mistake in the history is found here.
    migrations().validate()?;

    println!("{}", migrations().preview(Dialect::MySql)?);

    let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    let migrator = Migrator::new(migrations()).observe(|event| {
        if let Event::Applied(it) = event {
            println!("applied {}: {}", it.id, it.summary);
        }
        if let Event::RolledBack(it) = event {
            println!("undone  {}: {}", it.id, it.summary);
        }
    });
    migrator.run(&pool).await?;

    // The way back of the newest loses the values of a column, and says so before it does anything.
    if let Err(refusal) = migrator.rollback(&pool, Rollback::Steps(1)).await {
        println!("refused: {refusal}");
    }
    migrator
        .accept_data_loss(true)
        .rollback(&pool, Rollback::Steps(1))
        .await?;
    Ok(())
}
