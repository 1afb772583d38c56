//! What the pages say is what the library does: the Rust on a page is the Rust that is run here, and the SQL
//! on it is what that gives.
//!
//! `UPDATE_PAGES=1 cargo test --test docs` writes the parts between the marks `<!-- begin .. -->` and
//! `<!-- end -->` anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, PlanError};

/// The code of an example, as a value and as the text that must stand on its page.
macro_rules! example {
    ($page:literal, let migration = $code:expr;) => {
        Example {
            page: $page,
            code: concat!("let migration = ", stringify!($code), ";"),
            migration: $code,
        }
    };
}

struct Example {
    page: &'static str,
    code: &'static str,
    migration: Migration,
}

fn examples() -> Vec<Example> {
    vec![
        example! {
            "docs/operations/create_table.md",
            let migration = Migration::new("001_batches", "Jobs may belong to batches").create_table(
                table("batches")
                    .columns([
                        uuid("id").primary_key(),
                        string("batch_name").length(100),
                        integer("total_jobs").default(0),
                        string("status").on(MySql, varchar(50)),
                        timestamp("created_at").default_expression(now()),
                        timestamp("completed_at").nullable(),
                        json("metadata").nullable(),
                    ])
                    .index(index("status").columns(["status"])),
            );
        },
        example! {
            "docs/operations/drop_table.md",
            let migration = Migration::new("009_no_jobs", "Jobs live elsewhere now").drop_table("jobs");
        },
        example! {
            "docs/operations/add_column.md",
            let migration = Migration::new("002_add_priority", "Urgent jobs may overtake")
                .add_column("jobs", integer("priority").default(2))
                .add_column("jobs", timestamp("timed_out_at").nullable());
        },
        example! {
            "docs/operations/drop_column.md",
            let migration = Migration::new("008_no_failures", "Failures are kept elsewhere")
                .drop_column("jobs", "failed_at");
        },
        example! {
            "docs/operations/create_index.md",
            let migration = Migration::new("002_polling", "Workers poll by priority")
                .create_index(
                    "jobs",
                    index("polling")
                        .columns(["queue_name", "status"])
                        .desc("scheduled_at")
                        .only_where(col("status").is_in(["Pending", "Retrying"])),
                )
                .create_index(
                    "jobs",
                    index("one_pending")
                        .columns(["queue_name"])
                        .unique()
                        .only_where(col("status").eq("Pending")),
                )
                .create_index(
                    "jobs",
                    index("any_case")
                        .expression(Func::lower(col("queue_name")))
                        .asc("scheduled_at")
                        .include(["status"]),
                );
        },
        example! {
            "docs/operations/drop_index.md",
            let migration = Migration::new("002_no_queue_status", "Workers poll otherwise")
                .drop_index("jobs", "queue_status");
        },
        example! {
            "docs/operations/rename_column.md",
            let migration = Migration::new("011_state", "A job has a state")
                .rename_column("jobs", "status", "state");
        },
        example! {
            "docs/operations/comment_table.md",
            let migration = Migration::new("030_say_what_jobs_are", "Say what a job is")
                .comment_table("jobs", "what is to be done, and what became of it");
        },
        example! {
            "docs/operations/comment_column.md",
            let migration = Migration::new("031_say_what_status_is", "Say what a status is")
                .comment_column("jobs", "status", "Pending, Running, Completed or Failed");
        },
        example! {
            "docs/operations/insert.md",
            let migration = Migration::new("012_first_job", "The first job is there from the start").insert(
                "jobs",
                [row()
                    .set("id", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
                    .set("queue_name", "mail")
                    .set("status", "Pending")
                    .set("scheduled_at", now())
                    .set("failed_at", null())],
            );
        },
        example! {
            "docs/operations/update.md",
            let migration = Migration::new("013_late", "Late jobs are tried again")
                .update(
                    "jobs",
                    rows()
                        .set("status", "Retrying")
                        .set("failed_at", null())
                        .only_where(col("status").eq("Late")),
                );
        },
        example! {
            "docs/operations/delete.md",
            let migration = Migration::new("014_no_dead_jobs", "Dead jobs are not kept")
                .delete("jobs", rows().only_where(col("status").eq("Dead")));
        },
        example! {
            "docs/operations/backfill.md",
            let migration = Migration::new("015_search", "Jobs are searched by their queue")
                .add_column("jobs", string("search").length(100).nullable())
                .backfill(
                    "jobs",
                    rows()
                        .set("search", Func::lower(col("queue_name")))
                        .only_where(col("search").is_null())
                        .in_batches(500),
                );
        },
        example! {
            "docs/operations/rename_index.md",
            let migration = Migration::new("013_by_queue", "The index says what it is for")
                .rename_index("jobs", "queue_status", "by_queue");
        },
        example! {
            "docs/operations/rename_table.md",
            let migration = Migration::new("012_tasks", "Jobs are tasks")
                .rename_table("jobs", "tasks")
                .add_column("tasks", text("note").nullable());
        },
        example! {
            "docs/operations/create_view.md",
            let migration = Migration::new("014_queues", "What stands in each queue")
                .create_view(
                    view("queue_sizes")
                        .everywhere("SELECT queue_name, COUNT(*) AS jobs FROM jobs GROUP BY queue_name")
                        .on(Postgres, "SELECT queue_name, COUNT(*)::INTEGER AS jobs FROM jobs GROUP BY queue_name")
                        .depends_on(["jobs"]),
                );
        },
        example! {
            "docs/operations/replace_view.md",
            let migration = Migration::new("015_open_jobs", "Open jobs have a queue")
                .replace_view(view("open_jobs").everywhere("SELECT id, queue_name FROM jobs WHERE status = 'open'"));
        },
        example! {
            "docs/operations/drop_view.md",
            let migration = Migration::new("016_no_open_jobs", "Nobody asks for open jobs").drop_view("open_jobs");
        },
        example! {
            "docs/operations/create_trigger.md",
            let migration = Migration::new("017_count_tries", "Who updates a job has tried it")
                .create_trigger(
                    trigger("count_tries", AfterUpdate, "jobs")
                        .everywhere("BEGIN INSERT INTO tries (job_id) VALUES (NEW.id); END")
                        .on(Postgres, "WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION count_tries()"),
                );
        },
        example! {
            "docs/operations/replace_trigger.md",
            let migration = Migration::new("018_log_deleted", "What is deleted is logged with its queue")
                .replace_trigger(
                    trigger("log_deleted", AfterDelete, "old_jobs")
                        .everywhere("BEGIN INSERT INTO deleted (job_id, queue) VALUES (OLD.id, OLD.queue_name); END")
                        .on(Postgres, "EXECUTE FUNCTION log_deleted_with_queue()"),
                );
        },
        example! {
            "docs/operations/drop_trigger.md",
            let migration = Migration::new("019_no_log", "Nobody reads the log").drop_trigger("log_deleted");
        },
        example! {
            "docs/operations/create_function.md",
            let migration = Migration::new("020_next_try", "Who fails waits longer each time").create_function(
                function("next_try")
                    .on(Postgres, "(tries integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 60 * tries'")
                    .on(MySql, "(tries INT) RETURNS INT DETERMINISTIC RETURN 60 * tries")
                    .nothing_on(Sqlite),
            );
        },
        example! {
            "docs/operations/replace_function.md",
            let migration = Migration::new("022_no_endless_wait", "Nobody waits longer than an hour").replace_function(
                function("wait_after")
                    .on(
                        Postgres,
                        "(tries integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT least(60 * tries, 3600)'",
                    )
                    .on(MySql, "(tries INT) RETURNS INT DETERMINISTIC RETURN LEAST(60 * tries, 3600)")
                    .nothing_on(Sqlite),
            );
        },
        example! {
            "docs/operations/drop_function.md",
            let migration = Migration::new("023_no_wait", "Nobody waits").drop_function("wait_after");
        },
        example! {
            "docs/operations/add_foreign_key.md",
            let migration = Migration::new("012_queues", "A job is in a queue that is there").add_foreign_key(
                "jobs",
                foreign_key("queue")
                    .columns(["queue_name"])
                    .references("queues", ["name"])
                    .on_update(Cascade)
                    .on_delete(Restrict),
            );
        },
        example! {
            "docs/operations/drop_foreign_key.md",
            let migration = Migration::new("013_free_attempts", "Attempts outlive their workers")
                .drop_foreign_key("attempts", "worker");
        },
        example! {
            "docs/operations/add_check.md",
            let migration = Migration::new("014_known_status", "A job has a status that is known").add_check(
                "jobs",
                check("status", col("status").is_in(["Pending", "Running", "Completed", "Failed"])),
            );
        },
        example! {
            "docs/operations/drop_check.md",
            let migration = Migration::new("015_any_number", "Attempts are numbered from 0")
                .drop_check("attempts", "number");
        },
        example! {
            "docs/operations/add_unique.md",
            let migration = Migration::new("016_worker_names", "No two workers have one name")
                .add_unique("workers", unique("name").columns(["name"]));
        },
        example! {
            "docs/operations/drop_unique.md",
            let migration = Migration::new("017_same_worker", "A worker may try a job again")
                .drop_unique("attempts", "worker");
        },
        example! {
            "docs/operations/add_primary_key.md",
            let migration = Migration::new("018_tags", "A job has a tag once")
                .add_primary_key("tags", ["job_id", "tag"]);
        },
        example! {
            "docs/operations/drop_primary_key.md",
            let migration = Migration::new("019_retries", "An attempt may be written twice")
                .drop_primary_key("attempts");
        },
        example! {
            "docs/operations/alter_column.md",
            let migration = Migration::new("012_long_names", "Names of queues are longer, and a status may be missing")
                .alter_column("jobs", alter("queue_name").set_type(varchar(200)).set_default("main"))
                .alter_column("jobs", alter("status").set_nullable());
        },
        example! {
            "docs/operations/create_schema.md",
            let migration = Migration::new("020_audit", "Audits have a place of their own").create_schema("audit");
        },
        example! {
            "docs/operations/drop_schema.md",
            let migration = Migration::new("021_no_archive", "Nothing is archived any more").drop_schema("archive");
        },
        example! {
            "docs/operations/create_extension.md",
            let migration = Migration::new("022_similar", "Texts are found by what is like them")
                .create_extension(extension("pg_trgm").in_schema("archive"));
        },
        example! {
            "docs/operations/drop_extension.md",
            let migration = Migration::new("023_exact", "Names differ by case again").drop_extension("citext");
        },
        example! {
            "docs/operations/create_enum.md",
            let migration = Migration::new("012_status", "A job's status is one of a few")
                .create_enum("job_state", ["Pending", "Done", "it's dead"])
                .add_column("jobs", enumerated("state", "job_state").default("Pending"));
        },
        example! {
            "docs/operations/drop_enum.md",
            let migration = Migration::new("013_no_levels", "Levels are numbers now").drop_enum("level");
        },
        example! {
            "docs/operations/add_enum_value.md",
            let migration = Migration::new("014_urgent", "Some things can't wait")
                .add_enum_value("mood", "angry")
                .add_enum_value_before("mood", "calm", "happy");
        },
        example! {
            "docs/operations/drop_enum_value.md",
            let migration = Migration::new("015_no_sadness", "Nobody is sad any more").drop_enum_value("mood", "sad");
        },
        example! {
            "docs/operations/run_sql.md",
            let migration = Migration::new("010_mail", "Mail has a queue of its own")
                .run_sql(
                    sql("move mail into its own queue")
                        .everywhere("UPDATE jobs SET queue_name = 'mail' WHERE queue_name = 'post'")
                        .down("UPDATE jobs SET queue_name = 'post' WHERE queue_name = 'mail'")
                        .data_only(),
                )
                .run_sql(
                    sql("archive of jobs")
                        .everywhere("CREATE TABLE archive (id INTEGER NOT NULL)")
                        .down("DROP TABLE archive")
                        .stands_for([CreateTable { table: table("archive").columns([integer("id")]) }]),
                )
                .run_sql(
                    sql("gather what the planner knows")
                        .on(Postgres, "ANALYZE jobs")
                        .on(MySql, "ANALYZE TABLE jobs")
                        .nothing_on(Sqlite)
                        .down("")
                        .only_if("EXISTS (SELECT 1 FROM jobs)"),
                );
        },
        example! {
            "README.md",
            let migration = Migration::new("002_add_priority", "Urgent jobs may overtake")
                .add_column("jobs", integer("priority").default(2))
                .drop_index("jobs", "queue_status")
                .create_index(
                    "jobs",
                    index("polling")
                        .columns(["queue_name", "status"])
                        .desc("priority")
                        .asc("scheduled_at")
                        .only_where(col("status").is_in(["Pending", "Retrying"])),
                );
        },
    ]
}

/// The schema that the examples change.
fn before() -> Catalog {
    let jobs = table("jobs")
        .columns([
            uuid("id").primary_key(),
            string("queue_name").length(100),
            string("status").length(50),
            timestamp("scheduled_at"),
            timestamp("failed_at").nullable(),
        ])
        .index(index("queue_status").columns(["queue_name", "status"]));
    let beside = Migration::new("003_other", "What a database has beside its tables")
        .create_schema("archive")
        .create_extension(extension("citext"));
    let constrained = Migration::new("002_keys", "Tables with keys and checks")
        .create_table(table("queues").columns([string("name").length(100).primary_key()]))
        .create_table(
            table("workers").columns([uuid("id").primary_key(), string("name").length(100)]),
        )
        .create_table(table("tags").columns([uuid("job_id"), string("tag").length(50)]))
        .create_table(
            table("attempts")
                .columns([
                    uuid("job_id").primary_key(),
                    integer("number").primary_key(),
                    uuid("worker_id").nullable(),
                ])
                .unique(unique("worker").columns(["job_id", "worker_id"]))
                .foreign_key(
                    foreign_key("worker")
                        .columns(["worker_id"])
                        .references("workers", ["id"])
                        .on_delete(SetNull),
                )
                .check(check("number", col("number").gt(0))),
        );
    let people = table("people").columns([
        integer("id").primary_key(),
        enumerated("mood", "mood").default("happy"),
    ]);
    let jobs = Migration::new("001_jobs", "Jobs")
        .create_table(jobs)
        .create_enum("level", ["low", "high"])
        .create_enum("mood", ["sad", "happy"])
        .create_table(people)
        .create_view(view("open_jobs").everywhere("SELECT id FROM jobs WHERE status = 'open'"))
        .create_table(table("old_jobs").columns([uuid("id").primary_key(), string("queue_name")]))
        .create_trigger(
            trigger("log_deleted", AfterDelete, "old_jobs")
                .everywhere("BEGIN INSERT INTO deleted (job_id) VALUES (OLD.id); END")
                .on(Postgres, "EXECUTE FUNCTION log_deleted()"),
        )
        .create_function(
            function("wait_after")
                .on(
                    Postgres,
                    "(tries integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 60 * tries'",
                )
                .on(
                    MySql,
                    "(tries INT) RETURNS INT DETERMINISTIC RETURN 60 * tries",
                )
                .nothing_on(Sqlite),
        );
    Migrations::new([jobs, constrained, beside])
        .validate()
        .unwrap()
}

#[test]
fn the_rust_on_every_page_is_what_is_tested_here() {
    for example in examples() {
        let page = read(example.page);
        let block = page
            .split("```rust\n")
            .nth(1)
            .unwrap()
            .split("```")
            .next()
            .unwrap();
        let shown: String = block
            .lines()
            .filter(|line| !line.starts_with("use "))
            .collect();
        assert_eq!(
            bare(&shown),
            bare(example.code),
            "the first Rust block of {} and the example of it in tests/docs.rs differ",
            example.page
        );
    }
}

#[test]
fn the_sql_on_every_page_is_what_is_rendered() {
    for example in examples() {
        let sql: String = Dialect::ALL
            .into_iter()
            .map(|dialect| {
                let product = dialect.product();
                match example.migration.plan(dialect, &before()) {
                    Ok(sql) => format!("{product}:\n\n```sql\n{sql}```\n\n"),
                    Err(PlanError::Render { source, .. }) => {
                        format!("{product} refuses it: {}.\n\n", source.help())
                    }
                    Err(error) => panic!("{}: {error}", example.page),
                }
            })
            .collect();
        check_part(example.page, "sql", sql.trim_end());
    }
}

#[test]
fn the_way_back_on_every_page_is_what_is_derived() {
    for example in examples().into_iter().filter(|it| it.page != "README.md") {
        let inverse = example.migration.inverse(&before()).unwrap();
        let operations: String = inverse
            .operations()
            .iter()
            .map(|it| format!("{it}\n"))
            .collect();
        let loss = match &inverse {
            Inverse::Lossy { loss, .. } => format!("\nlost: {loss}\n"),
            Inverse::None { reason } => format!("none: {reason}\n"),
            Inverse::Exact(_) | _ => String::new(),
        };
        check_part(
            example.page,
            "back",
            &format!("```text\n{operations}{loss}```"),
        );
    }
}

/// What stands between the marks of that name on a page.
fn check_part(page: &str, name: &str, expected: &str) {
    // Two tests may write the same page.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock();
    let text = read(page);
    let begin = format!("<!-- begin {name} -->\n");
    let (head, rest) = text.split_once(&begin).unwrap();
    let (shown, tail) = rest.split_once("<!-- end -->").unwrap();
    let expected = format!("\n{expected}\n\n");
    if std::env::var_os("UPDATE_PAGES").is_some() {
        fs::write(
            path(page),
            format!("{head}{begin}{expected}<!-- end -->{tail}"),
        )
        .unwrap();
        return;
    }
    assert_eq!(
        shown, expected,
        "{page} is out of date: run UPDATE_PAGES=1 cargo test --test docs, and read what it wrote"
    );
}

/// Without white space and the comma that rustfmt puts last.
fn bare(code: &str) -> String {
    let joined: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    joined.replace(",)", ")").replace(",]", "]")
}

fn read(page: &str) -> String {
    fs::read_to_string(path(page)).unwrap()
}

fn path(page: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(page)
}
