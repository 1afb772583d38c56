//! Keys, foreign keys and checks that come and go.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// Queues that have keys of every kind, and jobs that have none.
fn queues_and_jobs() -> Migration {
    operations()
        .create_table(
            table("queues")
                .columns([
                    integer("id").primary_key(),
                    string("name").length(40),
                    integer("shard"),
                    integer("slot"),
                ])
                .unique(unique("name").columns(["name"]))
                .index(index("slot").columns(["shard", "slot"]).unique()),
        )
        .create_table(
            table("jobs")
                .columns([
                    integer("id"),
                    integer("queue_id").nullable(),
                    string("queue").length(40).nullable(),
                    integer("shard").nullable(),
                    integer("slot").nullable(),
                    integer("after_id").nullable(),
                    integer("priority").default(2),
                ])
                .index(index("queue").columns(["queue_id", "priority"])),
        )
}

/// The same, with all constraints that jobs can have.
fn with_constraints() -> Migration {
    queues_and_jobs()
        .add_primary_key("jobs", ["id"])
        .add_unique("jobs", unique("slot").columns(["shard", "slot"]))
        .add_foreign_key("jobs", queue())
        .add_foreign_key("jobs", after())
        .add_check("jobs", priority())
}

fn queue() -> ForeignKey {
    foreign_key("queue")
        .columns(["queue_id"])
        .references("queues", ["id"])
        .on_delete(Cascade)
}

fn after() -> ForeignKey {
    foreign_key("after")
        .columns(["after_id"])
        .references("jobs", ["id"])
        .on_delete(SetNull)
}

fn priority() -> Check {
    check(
        "priority",
        col("priority").gt(0).and(col("priority").lt(10)),
    )
}

const ROWS: [&str; 4] = [
    "INSERT INTO queues (id, name, shard, slot) VALUES (1, 'mail', 1, 1)",
    "INSERT INTO queues (id, name, shard, slot) VALUES (2, 'push', 1, 2)",
    "INSERT INTO jobs (id, queue_id, queue, shard, slot) VALUES (1, 1, 'mail', 1, 2)",
    "INSERT INTO jobs (id, queue_id, after_id, priority) VALUES (2, 2, 1, 4)",
];

const ALL: &str = "SELECT * FROM jobs ORDER BY id";

on_every_engine! {
    async fn add_foreign_key(database: &Database) {
        let change = operations()
            .add_foreign_key("jobs", queue())
            .add_foreign_key(
                "jobs",
                foreign_key("name")
                    .columns(["queue"])
                    .references("queues", ["name"])
                    .on_update(Cascade)
                    .on_delete(Restrict),
            )
            .add_foreign_key(
                "jobs",
                foreign_key("slot")
                    .columns(["shard", "slot"])
                    .references("queues", ["shard", "slot"])
                    .on_delete(SetNull)
                    .on_update(SetNull)
                    .named("the slot"),
            );
        case(queues_and_jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn drop_foreign_key(database: &Database) {
        let change = operations().drop_foreign_key("jobs", "queue").drop_foreign_key("jobs", "after");
        case(with_constraints(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn a_foreign_key_that_comes_back_otherwise(database: &Database) {
        let change = operations()
            .drop_foreign_key("jobs", "queue")
            .add_foreign_key("jobs", queue().on_delete(NoAction).on_update(Cascade));
        case(with_constraints(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn a_foreign_key_with_all_that_it_needs(database: &Database) {
        let change = operations()
            .create_table(table("owners").columns([integer("id").primary_key()]))
            .add_column("jobs", integer("owner").nullable())
            .add_foreign_key("jobs", foreign_key("owner").columns(["owner"]).references("owners", ["id"]))
            .add_foreign_key("owners", foreign_key("queue").columns(["id"]).references("queues", ["id"]));
        case(with_constraints(), change)
            .rows(ROWS)
            .keeps("SELECT id, priority FROM jobs ORDER BY id")
            .check(database)
            .await;
    }

    async fn a_foreign_key_to_its_own_table(database: &Database) {
        let change = operations()
            .add_primary_key("jobs", ["id"])
            .add_foreign_key("jobs", after())
            .create_index("jobs", index("priority").columns(["priority", "id"]).unique())
            .add_foreign_key(
                "jobs",
                foreign_key("pair").columns(["shard", "slot"]).references("jobs", ["priority", "id"]),
            );
        // A row that refers to none of its own table.
        let rows = [ROWS[0], ROWS[1], "INSERT INTO jobs (id, after_id) VALUES (1, 1)"];
        case(queues_and_jobs(), change).rows(rows).keeps(ALL).check(database).await;
    }

    async fn a_foreign_key_that_waits(database: &Database) {
        let change = operations()
            .add_foreign_key("jobs", queue().deferrable())
            .add_foreign_key("jobs", after().initially_deferred().on_delete(SetDefault));
        let before = queues_and_jobs().add_primary_key("jobs", ["id"]);
        case(before, change)
            .rows(ROWS)
            .keeps(ALL)
            .unsupported_on([MySql, MariaDb])
            .check(database)
            .await;
    }

    async fn add_check(database: &Database) {
        let change = operations().add_check("jobs", priority()).add_check(
            "queues",
            check("name", col("name").ne("it's; --").or(Expr::expr(Func::lower(col("name"))).like("m%"))),
        );
        case(queues_and_jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn drop_check(database: &Database) {
        let change = operations().drop_check("jobs", "priority");
        case(with_constraints(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn add_unique(database: &Database) {
        let change = operations()
            .add_unique("jobs", unique("slot").columns(["shard", "slot"]))
            .add_unique("jobs", unique("id").columns(["id"]).named("one each"));
        case(queues_and_jobs(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn drop_unique(database: &Database) {
        let change = operations().drop_unique("jobs", "slot").drop_unique("queues", "name");
        case(with_constraints(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn add_primary_key(database: &Database) {
        case(queues_and_jobs(), operations().add_primary_key("jobs", ["priority", "id"]))
            .rows(ROWS)
            .keeps(ALL)
            .check(database)
            .await;
    }

    async fn drop_primary_key(database: &Database) {
        let before = queues_and_jobs().add_primary_key("jobs", ["id"]);
        case(before, operations().drop_primary_key("jobs")).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn another_primary_key(database: &Database) {
        let change = operations().drop_primary_key("jobs").add_primary_key("jobs", ["id", "priority"]);
        let before = queues_and_jobs().add_primary_key("jobs", ["id"]);
        case(before, change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn constraints_that_come_with_their_table(database: &Database) {
        let change = operations().create_table(
            table("runs")
                .columns([
                    integer("job").primary_key(),
                    integer("number").primary_key(),
                    integer("before").nullable(),
                    integer("ticket"),
                ])
                .index(index("ticket").columns(["ticket"]).unique())
                .unique(unique("number").columns(["number"]))
                .foreign_key(foreign_key("job").columns(["job"]).references("jobs", ["id"]))
                .foreign_key(foreign_key("before").columns(["before"]).references("runs", ["ticket"]))
                .foreign_key(foreign_key("next").columns(["before"]).references("runs", ["number"]))
                .check(check("number", col("number").gt(0))),
        );
        case(with_constraints(), change).rows(ROWS).keeps(ALL).check(database).await;
    }

    async fn constrained_columns_that_are_renamed(database: &Database) {
        let change = operations()
            .rename_column("jobs", "queue_id", "queue id")
            .rename_column("queues", "id", "number")
            .rename_column("jobs", "slot", "place");
        case(with_constraints(), change)
            .rows(ROWS)
            .keeps("SELECT priority, after_id FROM jobs ORDER BY id")
            .check(database)
            .await;
    }

    async fn a_table_with_constraints_that_goes(database: &Database) {
        case(with_constraints(), operations().drop_table("jobs")).rows(ROWS).check(database).await;
    }
}
