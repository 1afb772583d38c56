//! What is said of tables and columns, in words that would harm SQL which is not quoted.

use hammerwork_migrations::dsl::*;

/// All that no engine turns into something else.
const HARMFUL: &str = "it's \\ \"größer\" `x` $1 ? 100% -- ; /* {0}\nand a second line\\";

pub(super) fn comments() -> Migrations {
    Migrations::new([
        Migration::new("001_said", "Tables and columns that say what they are")
            .create_enum("state", ["new", "it's"])
            .create_table(
                table("größe %")
                    .columns([
                        integer("id")
                            .primary_key()
                            .auto_increment()
                            .comment("counts"),
                        timestamp("at").comment(HARMFUL),
                        enumerated("state", "state")
                            .default("new")
                            .comment("as an enum"),
                        string("a b").length(10).default("x"),
                    ])
                    .comment(HARMFUL)
                    .index(index("at").columns(["at"])),
            )
            .create_table(
                table("plain").columns([
                    integer("id").primary_key(),
                    integer("twice")
                        .stored_as(col("id").mul(2))
                        .comment("computed, and never NULL"),
                ]),
            ),
        Migration::new("002_later", "More is said, and less")
            .add_column("plain", text("note").nullable().comment("it's said"))
            .comment_table("plain", HARMFUL)
            .comment_column("plain", "id", HARMFUL)
            .comment_column("plain", "twice", "twice the number")
            .uncomment_table("größe %")
            .uncomment_column("größe %", "at")
            .comment_column("größe %", "id", "counts still"),
        Migration::new("003_kept", "What changes a column keeps what is said of it")
            .alter_column("plain", alter("note").set_type(varchar(30)).set_not_null())
            .rename_column("plain", "note", "remark")
            .comment_table("plain", "first")
            .comment_table("plain", "last")
            .add_enum_value("state", "done"),
    ])
}
