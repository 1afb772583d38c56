//! Jobs may leave a result: what it is, when it was stored, and until when it is kept.

use crate::dsl::*;

pub(super) fn migration() -> Migration {
    Migration::new("006_add_result_storage", "Jobs may leave results")
        .add_columns(
            "hammerwork_jobs",
            [
                json("result_data").nullable(),
                timestamp("result_stored_at").nullable(),
                timestamp("result_expires_at").nullable(),
            ],
        )
        .create_index(
            "hammerwork_jobs",
            index("result_expires_at")
                .columns(["result_expires_at"])
                .only_where(col("result_expires_at").is_not_null()),
        )
}
