//! A history of any length.

use hammerwork_migrations::dsl::*;

/// A table and an index each; every tenth migration changes the table before it.
pub(crate) fn history(size: usize) -> Migrations {
    Migrations::new((1..=size).map(migration))
}

/// What the migration of that number is called.
pub(crate) fn id(number: usize) -> String {
    format!("{number:05}_orders")
}

fn migration(number: usize) -> Migration {
    let made = Migration::new(id(number), "Orders of one more customer");
    if number.is_multiple_of(10) {
        return made.add_column(format!("orders_{}", number - 1), text("remark").nullable());
    }
    made.create_table(
        table(format!("orders_{number}"))
            .columns([
                uuid("id").primary_key(),
                string("customer").length(100),
                json("lines"),
                timestamp("created_at").default_expression(now()),
            ])
            .index(
                index("open")
                    .columns(["customer"])
                    .desc("created_at")
                    .only_where(col("customer").is_not_null()),
            ),
    )
}
