//! Urgent jobs may overtake: a priority, and a polling index that honours it.

use crate::dsl::*;

/// The priority that existing jobs receive.
const NORMAL: i32 = 2;

pub(super) fn migration() -> Migration {
    Migration::new("002_add_priority", "Urgent jobs may overtake")
        .add_column("hammerwork_jobs", integer("priority").default(NORMAL))
        .drop_index("hammerwork_jobs", "queue_status")
        .create_index(
            "hammerwork_jobs",
            index("queue_status_priority_scheduled")
                .columns(["queue_name", "status"])
                .desc("priority")
                .asc("scheduled_at")
                .only_where(col("status").is_in(["Pending", "Retrying"])),
        )
}
