//! Tables and indexes that get other names.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

/// Rows that are numbered, and indexes of every kind: one that is named by its label, one that is named exactly, and a partial unique one.
fn jobs() -> Migration {
    operations().create_table(
        table("jobs")
            .columns([
                integer("id").primary_key().auto_increment(),
                string("queue").length(40).nullable(),
            ])
            .index(index("queue").columns(["queue"]).desc("id"))
            .index(index("exact").columns(["queue"]).named("by queue"))
            .index(
                index("one")
                    .columns(["queue"])
                    .unique()
                    .only_where(col("queue").ne("mail")),
            ),
    )
}

/// Tables that refer to each other and to themselves, with keys and checks.
fn linked() -> Migration {
    operations()
        .create_table(
            table("queues")
                .columns([
                    integer("id").primary_key().auto_increment(),
                    string("name").length(40),
                    integer("parent").nullable(),
                    small_integer("size").default(1),
                ])
                .unique(unique("name").columns(["name"]))
                .check(check("size", col("size").gt(0)))
                .foreign_key(
                    foreign_key("parent")
                        .columns(["parent"])
                        .references("queues", ["id"])
                        .on_delete(SetNull),
                ),
        )
        .create_table(
            table("tasks")
                .columns([
                    integer("id").primary_key(),
                    integer("queue").nullable(),
                    string("queue_name").length(40).nullable(),
                    integer("note").nullable(),
                ])
                .foreign_key(
                    foreign_key("queue")
                        .columns(["queue"])
                        .references("queues", ["id"])
                        .on_delete(Cascade),
                )
                .foreign_key(
                    foreign_key("name")
                        .columns(["queue_name"])
                        .references("queues", ["name"])
                        .on_update(Cascade)
                        .named("the name"),
                ),
        )
}

const LINKED_ROWS: [&str; 4] = [
    "INSERT INTO queues (id, name, size) VALUES (1, 'mail', 2)",
    "INSERT INTO queues (id, name, parent) VALUES (2, 'push', 1)",
    "INSERT INTO tasks (id, queue, queue_name) VALUES (1, 1, 'push')",
    "INSERT INTO tasks (id) VALUES (2)",
];

const TASKS: &str = "SELECT * FROM tasks ORDER BY id";

const ROWS: [&str; 1] = ["INSERT INTO jobs (id, queue) VALUES (1, 'mail'), (2, 'mail'), (3, NULL)"];

on_every_engine! {
    async fn rename_table(database: &Database) {
        let change = operations()
            .rename_table("jobs", "the jobs")
            .drop_index("the jobs", "queue")
            .create_index("the jobs", index("queue").columns(["queue"]))
            .create_table(table("jobs").columns([integer("id").primary_key()]));
        case(jobs(), change)
            .rows(ROWS)
            .gives("SELECT COUNT(*) FROM jobs", [["0"]])
            .check(database)
            .await;
    }

    async fn rename_index(database: &Database) {
        let change = operations()
            .rename_index("jobs", "queue", "by_queue")
            .rename_index("jobs", "exact", "precise")
            .rename_index("jobs", "one", "only one");
        case(jobs(), change).rows(ROWS).keeps("SELECT id, queue FROM jobs ORDER BY id").check(database).await;
    }

    async fn rename_table_with_constraints(database: &Database) {
        let change = operations().rename_table("queues", "the queues");
        case(linked(), change).rows(LINKED_ROWS).keeps(TASKS).check(database).await;
    }

    async fn both_sides_of_a_foreign_key_get_other_names(database: &Database) {
        let change = operations()
            .rename_table("queues", "shelves")
            .rename_column("shelves", "id", "number")
            .rename_table("tasks", "jobs")
            .rename_column("jobs", "queue", "line");
        case(linked(), change)
            .rows(LINKED_ROWS)
            .gives("SELECT COUNT(*) FROM jobs JOIN shelves ON shelves.number = jobs.line", [["1"]])
            .check(database)
            .await;
    }

    async fn what_a_renamed_table_has_is_dropped(database: &Database) {
        let change = operations()
            .rename_table("queues", "shelves")
            .drop_foreign_key("shelves", "parent")
            .drop_check("shelves", "size")
            .drop_foreign_key("tasks", "name")
            .drop_unique("shelves", "name")
            .add_unique("shelves", unique("name").columns(["name", "size"]));
        case(linked(), change).rows(LINKED_ROWS).keeps(TASKS).check(database).await;
    }

    async fn what_a_renamed_table_has_changes(database: &Database) {
        let change = operations()
            .rename_table("queues", "shelves")
            .alter_column("shelves", alter("name").set_default("none"))
            .add_check("shelves", check("parent", col("name").ne("")))
            .rename_table("tasks", "jobs")
            .alter_column("jobs", alter("note").set_type(ColumnType::BigInteger))
            .add_foreign_key(
                "jobs",
                foreign_key("fallback").columns(["note"]).references("other", ["id"]),
            );
        let before = linked().create_table(table("other").columns([big_integer("id").primary_key()]));
        case(before, change).rows(LINKED_ROWS).check(database).await;
    }

    async fn a_table_of_the_old_name_is_another_one(database: &Database) {
        let change = operations()
            .rename_table("queues", "shelves")
            .create_table(
                table("queues")
                    .columns([integer("id").primary_key()])
                    .foreign_key(foreign_key("line").columns(["id"]).references("shelves", ["id"])),
            )
            .add_foreign_key("tasks", foreign_key("note").columns(["note"]).references("queues", ["id"]));
        case(linked(), change).rows(LINKED_ROWS).keeps(TASKS).check(database).await;
    }

    // Where the engine computes what such an index is over, that is named after the index.
    async fn rename_an_index_that_is_made_in_the_same_migration(database: &Database) {
        let before = operations().create_table(
            table("jobs").columns([integer("id").primary_key(), integer("parent").nullable()]),
        );
        let change = operations()
            .create_index("jobs", index("old").columns(["parent"]).unique().nulls_not_distinct())
            .rename_index("jobs", "old", "new");
        case(before, change).check(database).await;
    }

    // On PostgreSQL all names of a schema are in one space, those of indexes and keys among them.
    async fn a_table_that_gets_the_name_of_a_dropped_index(database: &Database) {
        let change = operations().drop_index("queues", "names").create_table(free());
        case(with_index("free"), change).check(database).await;
    }

    async fn a_table_that_gets_the_name_of_a_dropped_unique_constraint(database: &Database) {
        let before = operations().create_table(
            table("queues").columns([integer("n")]).unique(unique("names").columns(["n"]).named("free")),
        );
        let change = operations().drop_unique("queues", "names").create_table(free());
        case(before, change).check(database).await;
    }

    async fn a_table_that_gets_the_name_of_an_index_whose_table_is_dropped(database: &Database) {
        let change = operations().drop_table("queues").create_table(free());
        case(with_index("free"), change).check(database).await;
    }

    async fn a_table_that_gets_the_name_of_a_dropped_primary_key(database: &Database) {
        let change = operations()
            .drop_primary_key("queues")
            .create_table(table("queues_pkey").columns([integer("id")]));
        case(with_index("free"), change).check(database).await;
    }

    async fn a_table_that_gets_the_old_name_of_a_renamed_tables_key(database: &Database) {
        let change = operations()
            .rename_table("queues", "lists")
            .create_table(table("queues_pkey").columns([integer("id")]));
        case(with_index("free"), change).check(database).await;
    }

    async fn a_table_that_gets_the_old_name_of_a_renamed_index(database: &Database) {
        let before = with_index("other").create_index("queues", index("old").columns(["id"]));
        let change = operations()
            .rename_index("queues", "old", "new")
            .create_table(table("idx_queues_old").columns([integer("id")]));
        case(before, change).check(database).await;
    }
}

fn free() -> Table {
    table("free").columns([integer("id")])
}

/// A table with an index of this name.
fn with_index(name: &str) -> Migration {
    operations().create_table(
        table("queues")
            .columns([integer("id").primary_key(), integer("n")])
            .index(index("names").columns(["n"]).named(name)),
    )
}
