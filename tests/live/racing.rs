//! Many runners, one database.

use crate::database::{Database, builtin, connect};
use crate::expected::{ALL_SIX, assert_schema, recorded};

on_every_engine! {
    async fn eight_runners_apply_six_in_all(database: &Database) {
        let runners: Vec<_> = (0..8)
            .map(|_| {
                let connecting = database.url.clone();
                let dialect = database.dialect;
                tokio::spawn(async move {
                    connect(dialect, &connecting).await.migrate(&builtin()).await
                })
            })
            .collect();
        let mut applied = Vec::new();
        for runner in runners {
            applied.extend(runner.await.unwrap().unwrap().applied);
        }
        let ids: Vec<&str> = applied.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ALL_SIX);
        assert_eq!(recorded(database).await, ALL_SIX);
        assert_schema(database).await;
    }
}
