//! What a database has beside its tables: schemas, and extensions of PostgreSQL.

use hammerwork_migrations::dsl::*;

use super::check::{case, operations};
use crate::database::Database;

const WITHOUT_SCHEMAS: [Dialect; 3] = [MySql, MariaDb, Sqlite];

/// A table, so that there is something to compare on every engine.
fn names() -> Migration {
    operations().create_table(table("names").columns([string("name").length(40).primary_key()]))
}

on_every_engine! {
    async fn create_schema(database: &Database) {
        case(names(), operations().create_schema("audit log"))
            .unsupported_on(WITHOUT_SCHEMAS)
            .check(database)
            .await;
    }

    async fn drop_schema(database: &Database) {
        if WITHOUT_SCHEMAS.contains(&database.dialect) {
            // No migration made one here.
            return case(names().create_schema("audit"), operations().drop_schema("audit"))
                .unsupported_on(WITHOUT_SCHEMAS)
                .check(database)
                .await;
        }
        case(names().create_schema("audit"), operations().drop_schema("audit"))
            .check(database)
            .await;
    }

    async fn create_extension(database: &Database) {
        case(names(), operations().create_extension(extension("pg_trgm")))
            .rows(["INSERT INTO names VALUES ('Ada')"])
            .keeps("SELECT name FROM names")
            .check(database)
            .await;
    }

    async fn an_extension_in_a_schema_of_its_own(database: &Database) {
        let change = operations()
            .create_schema("tools")
            .create_extension(extension("uuid-ossp").in_schema("tools"));
        case(names(), change)
            .unsupported_on(WITHOUT_SCHEMAS)
            .check(database)
            .await;
    }

    async fn drop_extension(database: &Database) {
        case(
            names().create_extension(extension("pg_trgm")),
            operations().drop_extension("pg_trgm"),
        )
        .rows(["INSERT INTO names VALUES ('Ada')"])
        .keeps("SELECT name FROM names")
        .check(database)
        .await;
    }

    async fn what_an_extension_brings_is_used_at_once(database: &Database) {
        let change = operations()
            .create_extension(extension("citext"))
            .create_extension(extension("pg_trgm"))
            .create_table(
                table("people")
                    .columns([
                        integer("id").primary_key(),
                        string("name").length(40).on(Postgres, native_type("CITEXT")),
                    ])
                    .unique(unique("name").columns(["name"])),
            )
            .create_index("names", index("like").columns(["name"]).using(IndexMethod::Gin).opclass("gin_trgm_ops"));
        case(names(), change).check(database).await;
    }
}
