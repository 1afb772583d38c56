//! What is previewed is what is run: piped into the engine's own client, it makes the same schema.

use crate::database::{Database, builtin};
use crate::expected::{ALL_SIX, assert_schema, recorded};

on_every_engine! {
    async fn the_preview_makes_the_same_schema(database: &Database) {
        let sql = builtin().preview(database.dialect).unwrap().to_string();
        database.pipe_into_client(&sql);
        assert_schema(database).await;
        assert_eq!(recorded(database).await, ALL_SIX);
        // And the runner finds a database that is up to date.
        assert_eq!(database.migrate().await, Vec::<String>::new());
    }
}
