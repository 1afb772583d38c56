//! A program of your own: a history of your own, with this library's whole command line.
//!
//! ```sh
//! cargo run --example own_program -- status --database-url sqlite://accounts.db
//! ```

use std::process::ExitCode;
use std::time::Duration;

use hammerwork_migrations::cli;
use hammerwork_migrations::dsl::*;

fn main() -> ExitCode {
    cli::main(migrations())
}

/// In a program of your own, each migration has a file, and this is the list of them.
fn migrations() -> Migrations {
    Migrations::new([accounts(), plans(), finding_plans(), greetings()])
}

fn accounts() -> Migration {
    Migration::new("001_accounts", "People may sign in").create_table(
        table("accounts").columns([big_integer("id").primary_key(), string("email").length(254)]),
    )
}

/// Rows that are there get their value batch by batch, while others go on working.
fn plans() -> Migration {
    let free = rows()
        .set("plan", "free")
        .only_where(col("plan").is_null())
        .in_batches(100)
        .pausing(Duration::from_millis(100));
    Migration::new("002_plans", "Each account has a plan")
        .add_column("accounts", string("plan").length(20).nullable())
        .backfill("accounts", free)
        .alter_column("accounts", alter("plan").set_not_null())
}

/// PostgreSQL makes it while others write; MySQL and MariaDB always do.
fn finding_plans() -> Migration {
    Migration::new("003_finding_plans", "Accounts are found by their plan")
        .concurrently()
        .create_index("accounts", index("plan").columns(["plan"]))
        .create_index("accounts", index("email").columns(["email"]))
}

/// What is SQL in your own words, no catalog tells of.
fn greetings() -> Migration {
    Migration::new("004_greetings", "Those who came first are greeted")
        .create_table(table("greetings").columns([big_integer("account").primary_key()]))
        .run_sql(
            sql("greet the first")
                .everywhere("INSERT INTO greetings SELECT id FROM accounts WHERE id < 10")
                .down("DELETE FROM greetings"),
        )
}
