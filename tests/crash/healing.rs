//! What every accident here must be followed by.

use std::time::Duration;

use hammerwork_migrations::dsl::Migrations;
use hammerwork_migrations::{Dialect, Migrator, Report, RunError};

use crate::database::{Database, builtin, try_connect};
use crate::expected::{ALL_SIX, assert_schema, recorded};

/// A run that takes longer is taken to hang: ten times what any of them needs on a busy machine.
pub(crate) const HANGS: Duration = Duration::from_secs(60);

/// What a database holds before the accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Nothing.
    Fresh,
    /// The first migration, and a job in its table.
    WithJobs,
}

impl Start {
    pub(crate) const BOTH: [Start; 2] = [Start::Fresh, Start::WithJobs];

    /// A new database in this state.
    pub(crate) async fn database(self, dialect: Dialect) -> Database {
        let database = Database::create(dialect).await;
        self.prepare(&database).await;
        database
    }

    pub(crate) async fn prepare(self, database: &Database) {
        if self == Start::Fresh {
            return;
        }
        let first = Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        database
            .execute(
                "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at) \
                 VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'mail', '{}', 'Pending', \
                 '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
            )
            .await;
    }

    /// The next run succeeds, the one after it does nothing, and the schema is the expected one.
    pub(crate) async fn heals(self, database: &Database) {
        let report = self.run(database, &builtin()).await;
        report.unwrap_or_else(|error| panic!("the next run: {error:#?}"));
        let report = self.run(database, &builtin()).await.unwrap();
        assert!(report.is_up_to_date(), "the run after the next: {report:?}");
        self.holds(database).await;
    }

    /// The schema is complete and exact, and no row is lost.
    pub(crate) async fn holds(self, database: &Database) {
        assert_schema(database).await;
        assert_eq!(recorded(database).await, ALL_SIX);
        let jobs = database
            .column("SELECT COUNT(*) FROM hammerwork_jobs")
            .await;
        let expected = if self == Start::WithJobs { "1" } else { "0" };
        assert_eq!(jobs, [expected]);
    }

    pub(crate) async fn run(
        self,
        database: &Database,
        migrator: &Migrator,
    ) -> Result<Report, RunError> {
        attempt(database.dialect, &database.url, migrator).await
    }
}

/// A run with a connection of its own, which must end in one way or the other.
pub(crate) async fn attempt(
    dialect: Dialect,
    url: &str,
    migrator: &Migrator,
) -> Result<Report, RunError> {
    let run = async {
        match try_connect(dialect, url).await {
            Ok(connection) => connection.migrate(migrator).await,
            Err(source) => Err(RunError::Connect { source }),
        }
    };
    tokio::time::timeout(HANGS, run)
        .await
        .expect("a run comes to an end")
}
