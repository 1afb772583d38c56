//! What is asked of every operation.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::run::Rollback;
use hammerwork_migrations::{Migrator, RenderError, Report, RunError};

use super::schema;
use crate::database::{Connection, Database};

/// No drift, no warning.
const NOTHING: [String; 0] = [];

/// An operation in its surroundings.
pub(super) struct Case {
    before: Migration,
    rows: Vec<&'static str>,
    change: Migration,
    kept: Vec<&'static str>,
    gives: Vec<(&'static str, Vec<Vec<&'static str>>)>,
    unsupported_on: Vec<Dialect>,
    needs_no_record: bool,
}

/// The case of this change. The migration's id does not matter.
pub(super) fn case(before: Migration, change: Migration) -> Case {
    let named = |id: &str, mut it: Migration| {
        id.clone_into(&mut it.id);
        it
    };
    Case {
        before: named("001_before", before),
        rows: Vec::new(),
        change: named("002_change", change),
        kept: Vec::new(),
        gives: Vec::new(),
        unsupported_on: Vec::new(),
        needs_no_record: true,
    }
}

/// The schema before, and the change: migrations without a name of their own.
pub(super) fn operations() -> Migration {
    Migration::new("", "Part of a case")
}

impl Case {
    /// SQL that all engines take, run before the change.
    pub(super) fn rows(mut self, inserts: impl IntoIterator<Item = &'static str>) -> Self {
        self.rows.extend(inserts);
        self
    }

    /// A query that has the same answer before the change, after it and after the way back.
    pub(super) fn keeps(mut self, query: &'static str) -> Self {
        self.kept.push(query);
        self
    }

    /// A query, and its answer after the change.
    pub(super) fn gives<const N: usize>(
        mut self,
        query: &'static str,
        rows: impl IntoIterator<Item = [&'static str; N]>,
    ) -> Self {
        let rows = rows.into_iter().map(|it| it.to_vec()).collect();
        self.gives.push((query, rows));
        self
    }

    /// These engines have no form of the change, and say so.
    pub(super) fn unsupported_on(mut self, dialects: impl IntoIterator<Item = Dialect>) -> Self {
        self.unsupported_on.extend(dialects);
        self
    }

    /// The catalog does not tell whether it was run: a record must.
    pub(super) fn needs_its_record(mut self) -> Self {
        self.needs_no_record = false;
        self
    }

    /// Up, compare, down, compare, up again.
    pub(super) async fn check(self, database: &Database) {
        let catalog = Migrations::new([self.before.clone()]).validate().unwrap();
        if self.unsupported_on.contains(&database.dialect) {
            let error = self.change.plan(database.dialect, &catalog).unwrap_err();
            let source = std::error::Error::source(&error).expect("it has a cause");
            let cause = source.downcast_ref::<RenderError>();
            assert!(
                cause.is_some_and(
                    |it| matches!(it, RenderError::Unsupported { .. }) && !it.help().is_empty()
                ),
                "{error:?}"
            );
            return;
        }
        let first = Migrator::new(Migrations::new([self.before.clone()]));
        let both = Migrator::new(Migrations::new([self.before.clone(), self.change.clone()]));

        database.run(&first).await.unwrap();
        for insert in &self.rows {
            database.execute(insert).await;
        }
        let kept = self.answers(database).await;
        let before = schema::read(database).await;

        self.run(database, &both).await;
        let after = schema::read(database).await;
        self.assert_after(database, &both, &kept).await;

        self.assert_satisfied_without_records(database, &both).await;
        assert_eq!(
            schema::read(database).await,
            after,
            "a second run changed the schema"
        );

        let inverse = self.change.inverse(&catalog).unwrap();
        let back = rollback(database, &both, false).await;
        if let Inverse::None { .. } = inverse {
            assert!(back.is_err(), "{back:?}");
            assert_eq!(
                schema::read(database).await,
                after,
                "what failed changed the schema"
            );
            return;
        }
        if let Inverse::Lossy { .. } = inverse {
            assert!(matches!(back, Err(RunError::DataLoss { .. })), "{back:?}");
            rollback(database, &both, true).await.unwrap();
        } else {
            back.unwrap();
            let answers = self.answers(database).await;
            assert_eq!(answers, kept, "rows changed on the way back");
        }
        assert_eq!(
            schema::read(database).await,
            before,
            "the way back leads elsewhere"
        );
        assert_eq!(drift(database, &first).await, NOTHING);

        self.run(database, &both).await;
        assert_eq!(
            schema::read(database).await,
            after,
            "the second time it came out otherwise"
        );
    }

    async fn run(&self, database: &Database, both: &Migrator) {
        let report = database
            .run(both)
            .await
            .unwrap_or_else(|it| panic!("{it:#?}"));
        let ids: Vec<&str> = report.applied.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, [self.change.id.as_str()]);
    }

    async fn assert_after(&self, database: &Database, both: &Migrator, kept: &[Vec<Vec<String>>]) {
        assert_eq!(drift(database, both).await, NOTHING);
        assert_eq!(
            self.answers(database).await,
            kept,
            "rows changed on the way up"
        );
        for (query, rows) in &self.gives {
            assert_eq!(database.rows(query).await, *rows, "{query}");
        }
        let again = database.run(both).await.unwrap();
        assert!(again.is_up_to_date(), "{again:?}");
    }

    /// The live catalog alone says that nothing is left to do: it is compared with what the operations fold to.
    async fn assert_satisfied_without_records(&self, database: &Database, both: &Migrator) {
        if !self.needs_no_record {
            return;
        }
        for forgotten in [&["002_change"][..], &["001_before", "002_change"]] {
            for table in ["hammerwork_migrations", "hammerwork_migrations_journal"] {
                let ids = forgotten.join("', '");
                database
                    .execute(&format!(
                        "DELETE FROM {table} WHERE migration_id IN ('{ids}')"
                    ))
                    .await;
            }
            let report = database
                .run(both)
                .await
                .unwrap_or_else(|it| panic!("{it:#?}"));
            let ids: Vec<&str> = report.applied.iter().map(|it| it.id.as_str()).collect();
            let sent: usize = report.applied.iter().map(|it| it.statements).sum();
            assert_eq!((ids.as_slice(), sent), (forgotten, 0), "{report:?}");
            assert_eq!(report.warnings, NOTHING);
        }
    }

    async fn answers(&self, database: &Database) -> Vec<Vec<Vec<String>>> {
        let mut answers = Vec::new();
        for query in &self.kept {
            answers.push(database.rows(query).await);
        }
        answers
    }
}

pub(super) async fn rollback(
    database: &Database,
    migrator: &Migrator,
    accepting: bool,
) -> Result<Report, RunError> {
    let migrator = migrator.clone().accept_data_loss(accepting);
    match database.connect().await {
        Connection::Postgres(it) => migrator.rollback(it, Rollback::Steps(1)).await,
        Connection::MySql(it) => migrator.rollback(it, Rollback::Steps(1)).await,
        Connection::Sqlite(it) => migrator.rollback(it, Rollback::Steps(1)).await,
    }
}

pub(super) async fn drift(database: &Database, migrator: &Migrator) -> Vec<String> {
    let found = match database.connect().await {
        Connection::Postgres(it) => migrator.verify(it).await,
        Connection::MySql(it) => migrator.verify(it).await,
        Connection::Sqlite(it) => migrator.verify(it).await,
    };
    found.unwrap().iter().map(ToString::to_string).collect()
}
