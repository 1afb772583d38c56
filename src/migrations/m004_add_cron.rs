//! Jobs may recur: a cron schedule, its time zone, and when it is due next.

use crate::dsl::*;

pub(super) fn migration() -> Migration {
    Migration::new("004_add_cron", "Jobs may recur on a schedule")
        .add_columns(
            "hammerwork_jobs",
            [
                string("cron_schedule").length(100).nullable(),
                timestamp("next_run_at").nullable(),
                boolean("recurring").default(false),
                string("timezone").length(50).nullable(),
            ],
        )
        .create_index(
            "hammerwork_jobs",
            index("recurring_next_run")
                .columns(["recurring", "next_run_at"])
                .only_where(col("recurring").eq(true)),
        )
        .create_index(
            "hammerwork_jobs",
            index("cron_schedule")
                .columns(["cron_schedule"])
                .only_where(col("cron_schedule").is_not_null()),
        )
}
