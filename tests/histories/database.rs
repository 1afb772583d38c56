//! What a database has beside its tables.

use hammerwork_migrations::dsl::*;

/// Extensions are left out where there are none; what needs them is said in other words there.
pub(crate) fn extensions() -> Migrations {
    Migrations::new([
        Migration::new("001_people", "Names that differ in case alone are one")
            .create_extension(extension("citext"))
            .create_table(
                table("people")
                    .columns([
                        integer("id").primary_key(),
                        string("name")
                            .length(40)
                            .on(Postgres, native_type("CITEXT")),
                    ])
                    .unique(unique("name").columns(["name"])),
            ),
        Migration::new("002_search", "Names are found by what is like them")
            .create_extension(extension("pg_trgm"))
            .add_column("people", string("about").length(200).nullable())
            .create_index(
                "people",
                index("about")
                    .columns(["about"])
                    .using(IndexMethod::Gin)
                    .opclass("gin_trgm_ops"),
            ),
        Migration::new("003_no_search", "Nobody searches")
            .drop_index("people", "about")
            .drop_extension("pg_trgm")
            .add_column("people", integer("age").nullable()),
    ])
}

/// Schemas, with names that need their quotes.
pub(crate) fn schemas() -> Migrations {
    Migrations::new([
        Migration::new("001_places", "Places of their own")
            .create_schema("audit")
            .create_schema("Größe; DROP SCHEMA public --")
            .create_extension(extension("uuid-ossp").in_schema("Größe; DROP SCHEMA public --")),
        Migration::new("002_moved", "One place less")
            .drop_extension("uuid-ossp")
            .drop_schema("Größe; DROP SCHEMA public --")
            .create_extension(extension("uuid-ossp").in_schema("audit")),
    ])
}
