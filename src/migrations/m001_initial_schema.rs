//! The job table: a queue that workers poll, with retries.

use crate::dsl::*;

/// How often a job is tried that does not say so itself.
const ATTEMPTS: i32 = 3;

pub(super) fn migration() -> Migration {
    Migration::new("001_initial_schema", "Jobs wait, run, are retried and fail")
        .create_table(table("hammerwork_jobs").columns([
            uuid("id").primary_key(),
            string("queue_name"),
            json("payload"),
            string("status").on(MySql, varchar(50)),
            integer("attempts").default(0),
            integer("max_attempts").default(ATTEMPTS),
            timestamp("created_at"),
            timestamp("scheduled_at"),
            timestamp("started_at").nullable(),
            timestamp("completed_at").nullable(),
            timestamp("failed_at").nullable(),
            text("error_message").nullable(),
        ]))
        .create_index(
            "hammerwork_jobs",
            index("queue_status").columns(["queue_name", "status"]),
        )
        .create_index(
            "hammerwork_jobs",
            index("scheduled")
                .columns(["scheduled_at"])
                .only_where(col("status").eq("Pending")),
        )
        .create_index(
            "hammerwork_jobs",
            index("status_failed_at")
                .columns(["status", "failed_at"])
                .only_where(col("failed_at").is_not_null()),
        )
}
