//! What columns can be, beyond their types: counters and generated ones.

use hammerwork_migrations::dsl::*;

pub(super) fn columns() -> Migrations {
    Migrations::new([
        Migration::new("001_numbered", "Tables that number their rows")
            .create_table(
                table("tickets")
                    .columns([
                        big_integer("id").primary_key().auto_increment(),
                        string("title").length(40),
                    ])
                    .index(index("title").columns(["title"])),
            )
            .create_table(table("small").columns([
                text("note").nullable(),
                small_integer("id").auto_increment().primary_key(),
            ]))
            .create_table(table("größe").columns([
                integer("group by").primary_key().auto_increment(),
                text("note").nullable(),
            ])),
        Migration::new("002_renamed", "The counter goes with its column")
            .rename_column("tickets", "id", "number")
            .add_column("tickets", integer("id").default(0)),
        Migration::new("003_generated", "Values that are computed").create_table(
            table("boxes")
                .columns([
                    integer("id").primary_key(),
                    integer("area").stored_as(col("width").mul(col("height"))),
                    integer("width"),
                    integer("height").default(2),
                    string("label").length(20).nullable(),
                    char("code", 4).default("ab"),
                    integer("twice").virtual_as(col("width").mul(2)).nullable(),
                    string("shout")
                        .length(20)
                        .stored_as(Func::upper(col("label")))
                        .nullable(),
                    string("odd 100% $1 ? größe")
                        .length(40)
                        .stored_as(Func::coalesce([
                            col("label"),
                            Expr::val("it's \\ \"no label\" 🦀"),
                        ])),
                    boolean("is_ab").virtual_as(col("code").eq("ab")),
                ])
                .index(index("area").columns(["area"]))
                .index(
                    index("wide")
                        .columns(["twice"])
                        .unique()
                        .only_where(col("area").gt(100)),
                ),
        ),
        Migration::new(
            "004_later",
            "Values that are computed in rows that are there",
        )
        .add_column(
            "boxes",
            integer("girth").virtual_as(col("width").add(col("height")).mul(2)),
        )
        .add_column(
            "boxes",
            integer("square").stored_as(col("width").mul(col("width"))),
        )
        .add_column("boxes", integer("depth").default(3))
        .add_column(
            "boxes",
            integer("volume")
                .stored_as(col("width").mul(col("height")).mul(col("depth")))
                .nullable(),
        )
        .create_index("boxes", index("girth").desc("girth")),
        Migration::new(
            "005_gone",
            "What is computed goes, comes back, and gets other names",
        )
        .rename_column("boxes", "shout", "LOUD")
        .drop_column("boxes", "volume")
        .drop_column("boxes", "depth")
        .drop_index("boxes", "girth")
        .drop_column("boxes", "girth")
        .add_column(
            "boxes",
            integer("girth").virtual_as(col("height").mul(2)).nullable(),
        ),
        Migration::new(
            "006_collated",
            "Texts that are compared in ways of their own",
        )
        .create_table(
            table("codes")
                .columns(
                    [
                        string("code").length(20).primary_key(),
                        string("exact").length(20).nullable(),
                        text("note").nullable(),
                    ]
                    .map(exactly),
                )
                .index(
                    index("exact")
                        .columns(["exact"])
                        .unique()
                        .only_where(col("code").ne("x")),
                ),
        )
        .add_column("codes", exactly(char("kind", 2).default("ab")))
        .add_column(
            "codes",
            exactly(
                string("shout")
                    .length(20)
                    .stored_as(Func::upper(col("exact")))
                    .nullable(),
            ),
        ),
    ])
}

/// By its bytes on the servers, without regard to case on SQLite.
fn exactly(column: Column) -> Column {
    column
        .collate_on(Postgres, "C")
        .collate_on(MySql, "utf8mb4_bin")
        .collate_on(Sqlite, "NOCASE")
}
