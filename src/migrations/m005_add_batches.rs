//! Jobs may belong together: batches that count how their jobs end.

use crate::dsl::*;

pub(super) fn migration() -> Migration {
    Migration::new("005_add_batches", "Jobs may belong to batches")
        .create_table(table("hammerwork_batches").columns([
            uuid("id").primary_key(),
            string("batch_name"),
            integer("total_jobs"),
            integer("completed_jobs").default(0),
            integer("failed_jobs").default(0),
            integer("pending_jobs").default(0),
            string("status").on(MySql, varchar(50)),
            string("failure_mode").on(MySql, varchar(50)),
            timestamp("created_at"),
            timestamp("completed_at").nullable(),
            text("error_summary").nullable(),
            json("metadata").nullable(),
        ]))
        .create_index("hammerwork_batches", index("status").columns(["status"]))
        .create_index(
            "hammerwork_batches",
            index("created_at").columns(["created_at"]),
        )
        .add_column("hammerwork_jobs", uuid("batch_id").nullable())
        .create_index(
            "hammerwork_jobs",
            index("batch_id")
                .columns(["batch_id"])
                .only_where(col("batch_id").is_not_null()),
        )
}
