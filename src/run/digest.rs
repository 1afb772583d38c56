//! The digest of a long record: what it says as a whole, so that a start with nothing to do need not read the journal.
//!
//! The checksums of a thousand migrations are most of what such a start would read. So a run that leaves the record as its
//! history is keeps one hash of all that the history does, in a table of one row; and what changes a checksum that was recorded,
//! a rollback or a repair, takes it away first. The ids themselves are read at each start: a row that comes or goes is seen
//! whatever the digest says.

use super::driver::DynDriver;
use super::error::RunError;
use super::migrator::Migrator;
use super::plan::PlanError;
use super::record::Record;
use super::repair::begin;
use super::tracking::{Tracking, made};
use super::work::Work;
use crate::checksum::digest;
use crate::dialect::Dialect;
use crate::dsl::{Migrations, Table, string, table};

/// So many migrations are a long history. With fewer of them, the journal is read in the time that it takes to look up one
/// table more.
const LONG: usize = 200;

impl Migrator {
    /// The digest of the record, where all is applied as it is; none of a history that is not long.
    pub(super) fn digest(&self) -> Option<&str> {
        let digest = || digest(&self.migrations);
        is_long(&self.migrations).then(|| self.digest.get_or_init(digest).as_str())
    }

    /// What a record is compared with first: the digest of a long history, or the checksums of another, which has none.
    pub(super) fn find_out(&self) -> Option<&str> {
        let digest = self.digest();
        if digest.is_none() {
            self.checksums();
        }
        digest
    }
}

/// Whether a digest is kept of its record.
pub(super) fn is_long(history: &Migrations) -> bool {
    history.iter().len() >= LONG
}

impl Tracking {
    pub(crate) fn digest_name(&self) -> String {
        format!("{}_digest", self.table)
    }

    /// It has a key because a server of MySQL can be told to make no table without.
    fn digest(&self) -> Table {
        table(self.digest_name()).columns([string("digest").length(64).primary_key()])
    }

    /// One message for the ids and the digest. Of PostgreSQL: a row with an array and one with the digest. Of the others: how many
    /// ids there are, a text of them, each on a line, and the digest.
    pub(super) fn ids_and_digest(&self, dialect: Dialect) -> String {
        let table = self.qualified(&self.table, dialect);
        let digest = self.qualified(&self.digest_name(), dialect);
        let digest = format!("SELECT digest FROM {digest}");
        match dialect {
            // No function and no operator, which a new session would have to look up.
            Dialect::Postgres => {
                format!("SELECT ARRAY(SELECT migration_id FROM {table}); {digest}")
            }
            Dialect::Sqlite => format!(
                "SELECT COUNT(migration_id), group_concat(migration_id || '\n', ''), ({digest}) FROM {table}"
            ),
            // MySQL cuts off what is longer than 1,024 bytes. MariaDB lets it be 1 MiB, and reads no hints.
            Dialect::MySql | Dialect::MariaDb => format!(
                "SELECT /*+ SET_VAR(group_concat_max_len = 4294967295) */ COUNT(migration_id), \
                 GROUP_CONCAT(migration_id, '\n' SEPARATOR ''), ({digest}) FROM {table}"
            ),
        }
    }

    /// Takes the digest away, where there is a table of it.
    pub(super) fn forget_digest(&self, dialect: Dialect) -> String {
        format!("DELETE FROM {}", dialect.quote(&self.digest_name()))
    }

    /// Whether the record of that history may have a digest that has to go.
    pub(super) async fn has_digest(
        &self,
        driver: &mut dyn DynDriver,
        history: &Migrations,
    ) -> bool {
        if !is_long(history) {
            return false;
        }
        let dialect = driver.dialect();
        let table = self.qualified(&self.digest_name(), dialect);
        let question = format!("SELECT digest FROM {table}");
        driver.rows(&question).await.is_ok()
    }

    /// Keeps this digest and no other.
    fn keep_digest(&self, dialect: Dialect, digest: &str) -> Result<[String; 2], PlanError> {
        let create = made(dialect, [self.digest()]).map_err(|source| PlanError::Render {
            migration: "none".to_owned(),
            step: 0,
            operation: "create the table of the digest".to_owned(),
            source,
        })?;
        let table = dialect.quote(&self.digest_name());
        let insert = format!(
            "INSERT INTO {table} (digest) VALUES ({})",
            dialect.quote_text(digest)
        );
        let replace = format!("{}; {insert}", self.forget_digest(dialect));
        Ok([create.join("; "), replace])
    }
}

impl Work<'_> {
    /// Keeps the digest of a long history, where the record is as the history is. What stands in the way of it is no
    /// failure: all is done and recorded, and the next start reads the journal.
    pub(super) async fn keep_digest(&self, driver: &mut dyn DynDriver) {
        let Some(digest) = self.migrator.digest() else {
            return;
        };
        // The transaction is several messages there: who drops the run between two of them would get the connection back with the
        // transaction still open. One of our own ends with the run.
        if self.session.dialect == Dialect::Postgres && driver.is_borrowed() {
            return;
        }
        if let Err(error) = self.try_to_keep(driver, digest).await {
            tracing::debug!(%error, "the digest of the record is not kept");
            match self.session.dialect {
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                    drop(driver.execute("ROLLBACK").await);
                }
                // The transaction is the run's, with all that it has done.
                Dialect::Sqlite => {}
            }
        }
    }

    /// Without a lock of the session's own, others may come in between the look and the record: so both are one transaction.
    async fn try_to_keep(&self, driver: &mut dyn DynDriver, digest: &str) -> Result<(), RunError> {
        let migrator = self.migrator;
        let dialect = self.session.dialect;
        let failed = |source| RunError::Database {
            doing: "keep the digest of the record",
            source,
        };
        let [create, replace] = migrator.tracking.keep_digest(dialect, digest)?;
        let (begin, keep, leave) = match dialect {
            Dialect::Postgres => (
                Some(begin(self.session, self.lock)),
                format!("{create}; {replace}; COMMIT"),
                Some("COMMIT"),
            ),
            // The lock is the session's own, and to make a table ends a transaction.
            Dialect::MySql | Dialect::MariaDb => (
                None,
                format!("{create}; START TRANSACTION; {replace}; COMMIT"),
                None,
            ),
            // The lock is a transaction.
            Dialect::Sqlite => (None, format!("{create}; {replace}"), None),
        };
        if let Some(begin) = begin {
            driver.execute(&begin).await.map_err(failed)?;
        }
        let record = Record::read(driver, &migrator.tracking).await?;
        let is_whole = record.is_of(&migrator.migrations, None, || migrator.checksums());
        match if is_whole { Some(keep.as_str()) } else { leave } {
            Some(end) => driver.execute(end).await.map_err(failed),
            None => Ok(()),
        }
    }
}
