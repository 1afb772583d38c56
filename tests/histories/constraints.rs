//! Keys, foreign keys and checks: with their tables and after them, and what goes comes back.

use hammerwork_migrations::dsl::*;

pub(crate) fn constraints() -> Migrations {
    Migrations::new([
        Migration::new("001_together", "All of them, made with their tables")
            .create_table(
                table("teams")
                    .columns([
                        integer("id").primary_key(),
                        string("name").length(40),
                        integer("region").default(1),
                        integer("number").default(1),
                    ])
                    .unique(unique("name").columns(["name"]))
                    .unique(
                        unique("place")
                            .columns(["region", "number"])
                            .named("one at a place"),
                    )
                    .check(check("region", col("region").gt(0))),
            )
            .create_table(
                table("members")
                    .columns([
                        integer("id").primary_key(),
                        integer("team_id").nullable(),
                        integer("region").nullable(),
                        integer("number").nullable(),
                        string("team name").length(40).nullable(),
                        integer("mentor").nullable(),
                        integer("badge"),
                        integer("old_badge").nullable(),
                        integer("age").default(18),
                    ])
                    .index(index("badge").columns(["badge"]).unique())
                    .index(index("team").columns(["team_id", "age"]))
                    .foreign_key(
                        foreign_key("team")
                            .columns(["team_id"])
                            .references("teams", ["id"])
                            .on_delete(Cascade),
                    )
                    .foreign_key(
                        foreign_key("place")
                            .columns(["region", "number"])
                            .references("teams", ["region", "number"])
                            .on_delete(SetNull)
                            .on_update(Cascade),
                    )
                    .foreign_key(
                        foreign_key("name of the team")
                            .columns(["team name"])
                            .references("teams", ["name"])
                            .on_delete(Restrict)
                            .named("100% fk; --"),
                    )
                    .foreign_key(
                        foreign_key("mentor")
                            .columns(["mentor"])
                            .references("members", ["id"]),
                    )
                    .foreign_key(
                        foreign_key("badge")
                            .columns(["old_badge"])
                            .references("members", ["badge"]),
                    )
                    .check(check(
                        "age",
                        col("age")
                            .gt(17)
                            .or(col("mentor").is_not_null())
                            .and(col("badge").ne(0)),
                    )),
            ),
        Migration::new("002_later", "The same on tables that have rows")
            .create_table(table("games").columns([
                integer("id"),
                integer("day").default(1),
                integer("home").nullable(),
                integer("guest").nullable(),
                string("result").length(40).default("it's \\ 1:1; --"),
            ]))
            .add_primary_key("games", ["day", "id"])
            .add_unique("games", unique("id").columns(["id"]))
            .add_foreign_key(
                "games",
                foreign_key("home")
                    .columns(["home"])
                    .references("teams", ["id"])
                    .on_update(SetNull),
            )
            .add_column("teams", integer("next game").nullable())
            .add_foreign_key(
                "teams",
                foreign_key("next game")
                    .columns(["next game"])
                    .references("games", ["id"])
                    .on_delete(NoAction),
            )
            .add_check(
                "games",
                check("result", col("result").ne("it's \\ ; -- \"")).named("größe: 100%"),
            ),
        Migration::new("003_to_itself", "A key and what refers to it, in one table")
            .add_column("members", integer("deputy").nullable())
            .add_column("members", integer("desk").nullable())
            .add_unique("members", unique("desk").columns(["desk"]))
            .add_foreign_key(
                "members",
                foreign_key("deputy")
                    .columns(["deputy"])
                    .references("members", ["desk"]),
            ),
        Migration::new("004_renamed", "What is renamed keeps its keys")
            .rename_column("members", "team_id", "team")
            .rename_column("teams", "id", "team id"),
        Migration::new("005_other_keys", "What goes comes back otherwise")
            .drop_foreign_key("teams", "next game")
            .drop_foreign_key("games", "home")
            .add_foreign_key(
                "games",
                foreign_key("home")
                    .columns(["home", "guest"])
                    .references("teams", ["region", "number"]),
            )
            .drop_primary_key("games")
            .add_primary_key("games", ["id", "day"])
            .drop_unique("games", "id")
            .drop_check("games", "result")
            .add_check("games", check("result", col("home").ne(col("guest"))))
            .drop_foreign_key("members", "deputy")
            .drop_unique("members", "desk")
            .drop_columns("members", ["deputy", "desk"]),
        Migration::new("006_other_tables", "Keys stay with renamed tables")
            .rename_table("members", "players: 100%")
            .rename_table("teams", "sides")
            .drop_foreign_key("players: 100%", "team")
            .add_foreign_key(
                "players: 100%",
                foreign_key("again")
                    .columns(["team"])
                    .references("sides", ["team id"]),
            ),
        Migration::new("007_gone", "All of it goes")
            .drop_check("players: 100%", "age")
            .drop_foreign_key("players: 100%", "badge")
            .drop_index("players: 100%", "badge")
            .drop_table("games")
            .drop_table("players: 100%")
            .drop_primary_key("sides")
            .drop_unique("sides", "place")
            .drop_check("sides", "region"),
    ])
}

/// What only PostgreSQL and SQLite have.
pub(crate) fn deferred() -> Migrations {
    Migrations::new([
        Migration::new("001_parents", "Two tables that refer to each other")
            .create_table(
                table("hens").columns([integer("id").primary_key(), integer("egg").default(1)]),
            )
            .create_table(
                table("eggs")
                    .columns([integer("id").primary_key(), integer("hen").default(1)])
                    .foreign_key(
                        foreign_key("hen")
                            .columns(["hen"])
                            .references("hens", ["id"])
                            .on_delete(SetDefault)
                            .deferrable(),
                    ),
            ),
        Migration::new("002_cycle", "And back").add_foreign_key(
            "hens",
            foreign_key("egg")
                .columns(["egg"])
                .references("eggs", ["id"])
                .on_update(SetDefault)
                .initially_deferred(),
        ),
    ])
}
