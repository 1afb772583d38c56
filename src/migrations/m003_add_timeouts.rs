//! Jobs may time out: how long one may run, and when it ran out of time.

use crate::dsl::*;

pub(super) fn migration() -> Migration {
    Migration::new("003_add_timeouts", "Jobs may time out").add_columns(
        "hammerwork_jobs",
        [
            integer("timeout_seconds").nullable(),
            timestamp("timed_out_at").nullable(),
        ],
    )
}
