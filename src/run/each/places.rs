//! Which databases, and how each is reached.

use std::fmt;
use std::future::Future;

use super::errand::Errand;
use super::lent::Lent;
use crate::dialect::Dialect;
use crate::run::driver::{Driver, Source};
use crate::run::error::RunError;
use crate::run::migrator::{Migrator, connect, open};

/// The databases of [`Migrator::each`](crate::Migrator::each): [`Databases`] or [`Schemas`].
pub trait Places: Sync {
    /// What leads to one of them.
    #[doc(hidden)]
    type Place: Send;
    /// What is kept from one database to the next.
    #[doc(hidden)]
    type Held: Send;
    /// What is told where one of them fails.
    type Error: From<RunError> + Send;

    /// All of them in their order, each with what it is called. They are taken once.
    #[doc(hidden)]
    fn take(&mut self) -> Vec<(String, Self::Place)>;

    /// Does it with one of them.
    #[doc(hidden)]
    fn perform<E: Errand>(
        &self,
        place: Self::Place,
        held: &mut Option<Self::Held>,
        migrator: &Migrator,
        errand: &E,
    ) -> impl Future<Output = Result<E::Output, Self::Error>> + Send;

    /// Ends what was kept.
    #[doc(hidden)]
    fn leave(held: Self::Held) -> impl Future<Output = ()> + Send;
}

/// Databases that each have a connection of their own: pools, or what else a [`Source`] is.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Databases};
/// use hammerwork_migrations::run::driver::connect_sqlite;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let north = connect_sqlite("sqlite::memory:", true).await?;
/// let south = connect_sqlite("sqlite::memory:", true).await?;
/// let regions = Databases::new([("north", north), ("south", south)]);
///
/// let outcomes = Migrator::new(register_builtin_migrations()).each(regions).run().await;
/// assert_eq!(outcomes.databases[1].name, "south");
/// assert!(outcomes.are_well());
/// # Ok(())
/// # }
/// ```
pub struct Databases<S> {
    databases: Vec<(String, S)>,
}

impl<S: Source> Databases<S> {
    /// These databases, each with the name that outcomes have: no part of a URL that is secret.
    pub fn new<N: Into<String>>(databases: impl IntoIterator<Item = (N, S)>) -> Self {
        Databases {
            databases: databases
                .into_iter()
                .map(|(name, source)| (name.into(), source))
                .collect(),
        }
    }
}

impl<S: Source + Sync> Places for Databases<S> {
    type Place = S;
    type Held = ();
    type Error = RunError;

    fn take(&mut self) -> Vec<(String, S)> {
        std::mem::take(&mut self.databases)
    }

    async fn perform<E: Errand>(
        &self,
        place: S,
        _held: &mut Option<()>,
        migrator: &Migrator,
        errand: &E,
    ) -> Result<E::Output, RunError> {
        errand.on(migrator, place).await
    }

    async fn leave(_held: ()) {}
}

impl<S> fmt::Debug for Databases<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.databases.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

/// The schemas of a database of PostgreSQL, or databases of one server of MySQL or MariaDB, each with a history of its
/// own: tables, records and lock are in it. There are as many connections as
/// [`jobs`](super::Each::jobs), and each of them goes from one schema to the next.
///
/// [`Migrator::schemas_like`](crate::Migrator::schemas_like) finds names; any others do, such as those of a table of tenants.
///
#[cfg_attr(feature = "postgres", doc = "```no_run")]
#[cfg_attr(not(feature = "postgres"), doc = "```ignore")]
/// use hammerwork_migrations::{Migrator, register_builtin_migrations, run::Schemas};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::PgPool::connect("postgres://localhost/shop").await?;
/// let migrator = Migrator::new(register_builtin_migrations());
///
/// let tenants = migrator.schemas_like(&pool, "tenant\\_%").await?;
/// let outcomes = migrator.each(Schemas::new(&pool, tenants)).jobs(8).run().await;
/// for tenant in outcomes.failed() {
///     eprintln!("{}: {:?}", tenant.name, tenant.error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Schemas<S> {
    source: S,
    names: Vec<String>,
}

impl<S: Source + Clone + Sync> Schemas<S> {
    /// The schemas of these names, in the database or on the server that `source` leads to.
    pub fn new<N: Into<String>>(source: S, names: impl IntoIterator<Item = N>) -> Self {
        Schemas {
            source,
            names: names.into_iter().map(Into::into).collect(),
        }
    }
}

impl<S: Source + Clone + Sync> Places for Schemas<S> {
    type Place = String;
    type Held = S::Driver;
    type Error = RunError;

    fn take(&mut self) -> Vec<(String, String)> {
        let names = std::mem::take(&mut self.names).into_iter();
        names.map(|name| (name.clone(), name)).collect()
    }

    async fn perform<E: Errand>(
        &self,
        schema: String,
        held: &mut Option<S::Driver>,
        migrator: &Migrator,
        errand: &E,
    ) -> Result<E::Output, RunError> {
        let mut driver = match held.take() {
            Some(driver) => driver,
            None => {
                let mut driver = open(self.source.clone()).await?;
                driver.dedicate();
                driver
            }
        };
        let mut is_used = false;
        let result = match enter(&mut driver, &schema, migrator).await {
            Ok(migrator) => {
                let lent = Lent {
                    driver: &mut driver,
                    is_used: &mut is_used,
                };
                errand.on(&migrator, lent).await
            }
            Err(error) => Err(error),
        };
        // What can't be left as it was is left behind.
        if !is_used || cleared(&mut driver).await {
            *held = Some(driver);
        } else {
            driver.close().await;
        }
        result
    }

    async fn leave(held: S::Driver) {
        held.close().await;
    }
}

impl<S> fmt::Debug for Schemas<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.names).finish()
    }
}

/// Goes to that schema: on PostgreSQL every transaction does so for itself.
async fn enter<D: Driver>(
    driver: &mut D,
    schema: &str,
    migrator: &Migrator,
) -> Result<Migrator, RunError> {
    match driver.dialect() {
        Dialect::Postgres => Ok(migrator.clone().schema(schema)),
        Dialect::MySql | Dialect::MariaDb => {
            let enter = format!("USE {}", Dialect::MySql.quote(schema));
            match driver.execute(&enter).await {
                Ok(()) => Ok(migrator.clone()),
                Err(source) => Err(RunError::Connect { source }),
            }
        }
        Dialect::Sqlite => Err(RunError::Schemaless),
    }
}

/// Gives up all locks and settings of the session; false says that it could not.
async fn cleared<D: Driver>(driver: &mut D) -> bool {
    match driver.dialect() {
        Dialect::Postgres => match driver.is_exclusive().await {
            // It fails in a transaction that was left open, too.
            Ok(true) => driver.execute("DISCARD ALL").await.is_ok(),
            // Nothing outlives a transaction there.
            Ok(false) => driver.execute("ROLLBACK").await.is_ok(),
            Err(_) => false,
        },
        // The run has given all back; where it could not, the connection is gone.
        Dialect::MySql | Dialect::MariaDb => driver.execute("ROLLBACK").await.is_ok(),
        Dialect::Sqlite => true,
    }
}

impl Migrator {
    /// The schemas whose names are like a pattern of SQL's `LIKE`, sorted: of PostgreSQL the schemas of the database, of
    /// MySQL and MariaDB the databases that the user can see. Those of the system are not among them. In the pattern `%`
    /// is any text and `_` any character; `\_` is the character itself.
    ///
    /// # Errors
    ///
    /// [`RunError`] where the server can't be asked; [`RunError::NoSchemaLike`] where there is none, and
    /// [`RunError::Schemaless`] where the engine is SQLite.
    ///
    #[cfg_attr(feature = "sqlite", doc = "```")]
    #[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
    /// use hammerwork_migrations::{Migrator, RunError, register_builtin_migrations};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let migrator = Migrator::new(register_builtin_migrations());
    /// assert_eq!(migrator.schemas_like(&pool, "tenant\\_%").await, Err(RunError::Schemaless));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn schemas_like<S: Source>(
        &self,
        source: S,
        pattern: &str,
    ) -> Result<Vec<String>, RunError> {
        let mut driver = connect(source).await?;
        let answer = driver.schemas_like(pattern).await;
        driver.close().await;
        let mut names = match answer {
            Ok(Some(names)) => names,
            Ok(None) => return Err(RunError::Schemaless),
            Err(source) => {
                return Err(RunError::Database {
                    doing: "list the schemas",
                    source,
                });
            }
        };
        if names.is_empty() {
            let pattern = pattern.to_owned();
            return Err(RunError::NoSchemaLike { pattern });
        }
        names.sort();
        Ok(names)
    }
}
