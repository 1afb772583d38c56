//! Indexes with every adjective, over names and values that mean harm.

use hammerwork_migrations::dsl::*;

pub(super) fn indexes() -> Migrations {
    let posts = table("posts")
        .columns([
            integer("id").primary_key(),
            string("email").length(60).nullable(),
            string("path").length(80).default("/"),
            char("land", 2).default("de"),
            text("it is; --").nullable(),
            text("body").nullable(),
            bytes("raw").nullable(),
            json("data").nullable(),
            json("more").nullable(),
            integer("score").nullable(),
            decimal("price", 10, 2).nullable(),
            date("day").nullable(),
            time("hour").nullable(),
            datetime("at").nullable(),
            timestamp("seen").nullable(),
            boolean("open").default(true),
            uuid("owner").nullable(),
        ])
        .index(
            index("email")
                .expression(Func::lower(col("email")))
                .unique(),
        )
        .index(index("begin").prefix("body", 40).asc("id"))
        .index(index("data").columns(["data"]).using(IndexMethod::Gin));
    Migrations::new([
        Migration::new("001_posts", "Indexes made with their table").create_table(posts),
        Migration::new("002_expressions", "What is computed")
            .create_index(
                "posts",
                index("mixed")
                    .asc("score")
                    .expression(Func::upper(col("land")))
                    .descending()
                    .expression(Func::lower(col("it is; --")))
                    .of_type(varchar(30)),
            )
            .create_index(
                "posts",
                index("sum")
                    .expression(col("score").add(col("id")).mul(-2))
                    .of_type(ColumnType::BigInteger)
                    .only_where(col("land").ne("it's [x] \\ ")),
            )
            .create_index(
                "posts",
                index("no two")
                    .expression(Func::lower(col("email")))
                    .asc("land")
                    .prefix("body", 20)
                    .unique()
                    .only_where(col("open").eq(true)),
            ),
        Migration::new("003_beginnings", "The beginnings of texts and bytes")
            .create_index("posts", index("odd").prefix("it is; --", 10).desc("id"))
            .create_index(
                "posts",
                index("unlike")
                    .prefix("body", 12)
                    .prefix("raw", 6)
                    .prefix("land", 1)
                    .unique(),
            ),
        Migration::new("004_carried", "Columns that are carried along")
            .create_index(
                "posts",
                index("carry").desc("score").include(["email", "day"]),
            )
            .create_index("posts", index("heavy").columns(["path"]).include(["body"]))
            .create_index(
                "posts",
                index("alone")
                    .columns(["email", "path"])
                    .unique()
                    .include(["score"]),
            ),
        Migration::new("005_methods", "Indexes of every method")
            .create_index(
                "posts",
                index("more")
                    .columns(["more"])
                    .opclass("pg_catalog.jsonb_path_ops")
                    .using(IndexMethod::Gin),
            )
            .create_index(
                "posts",
                index("words")
                    .columns(["body", "path"])
                    .using(IndexMethod::Fulltext),
            )
            .create_index(
                "posts",
                index("more words")
                    .columns(["it is; --"])
                    .using(IndexMethod::Fulltext),
            )
            .create_index(
                "posts",
                index("hashed").columns(["path"]).using(IndexMethod::Hash),
            )
            .create_index(
                "posts",
                index("blocks")
                    .columns(["at", "id"])
                    .using(IndexMethod::Brin),
            )
            .create_index(
                "posts",
                index("tree").columns(["path"]).using(IndexMethod::SpGist),
            )
            .create_index(
                "posts",
                index("pattern")
                    .columns(["path"])
                    .opclass("varchar_pattern_ops")
                    .desc("id"),
            ),
        Migration::new("006_nulls", "NULL that equals NULL")
            .create_index(
                "posts",
                index("one")
                    .columns(["score", "day"])
                    .unique()
                    .nulls_not_distinct(),
            )
            .create_index(
                "posts",
                index("each")
                    .desc("hour")
                    .columns(["price", "at", "land", "owner", "open", "email"])
                    .unique()
                    .nulls_not_distinct()
                    .only_where(col("id").gt(3)),
            ),
        Migration::new("007_meanwhile", "While others write")
            .concurrently()
            .create_index("posts", index("score").columns(["score"]).include(["id"]))
            .create_index(
                "posts",
                index("later")
                    .columns(["day"])
                    .unique()
                    .only_where(col("day").is_not_null()),
            )
            .drop_index("posts", "carry"),
        Migration::new("008_renames", "Columns of theirs get other names")
            .rename_column("posts", "path", "way; of")
            .rename_column("posts", "raw", "bytes; of"),
        Migration::new("009_gone", "What was there goes")
            .drop_index("posts", "email")
            .drop_index("posts", "no two")
            .drop_index("posts", "one")
            .drop_index("posts", "each")
            .drop_index("posts", "data")
            .drop_index("posts", "words")
            .drop_index("posts", "unlike"),
    ])
}
