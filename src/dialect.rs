//! The engines, and what each can do: facts only, no SQL.
//!
//! Spelling and strategy live in [`crate::render`]; nothing else may ask which engine it is.

use std::fmt;

/// An engine whose SQL the library speaks.
///
/// MySQL and MariaDB share a wire protocol and most of their grammar, but not their DDL: MariaDB has
/// `IF NOT EXISTS` for columns and indexes, MySQL has functional indexes. So they are two dialects.
///
/// ```
/// use hammerwork_migrations::Dialect;
///
/// assert_eq!("mariadb".parse(), Ok(Dialect::MariaDb));
/// assert_eq!(Dialect::MySql.to_string(), "mysql");
/// assert!(Dialect::Postgres.features().partial_indexes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// PostgreSQL; tested on 15 and 18.
    Postgres,
    /// MySQL; tested on 9.7.
    MySql,
    /// MariaDB; tested on 10.11 and 11.8.
    MariaDb,
    /// SQLite 3.35 and later; tested on the one that is built in.
    Sqlite,
}

impl Dialect {
    /// Every dialect, in the order in which the documentation shows them.
    pub const ALL: [Dialect; 4] = [
        Dialect::Postgres,
        Dialect::MySql,
        Dialect::MariaDb,
        Dialect::Sqlite,
    ];

    /// The name that the command line and the documentation use: `postgres`, `mysql`, `mariadb` or `sqlite`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::MySql => "mysql",
            Dialect::MariaDb => "mariadb",
            Dialect::Sqlite => "sqlite",
        }
    }

    /// The name that its makers give it, for messages: `PostgreSQL`, `MySQL`, `MariaDB` or `SQLite`.
    #[must_use]
    pub const fn product(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::MySql => "MySQL",
            Dialect::MariaDb => "MariaDB",
            Dialect::Sqlite => "SQLite",
        }
    }

    /// What this engine can do.
    #[must_use]
    pub const fn features(self) -> &'static Features {
        match self {
            Dialect::Postgres => &POSTGRES,
            Dialect::MySql => &MYSQL,
            Dialect::MariaDb => &MARIADB,
            Dialect::Sqlite => &SQLITE,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no dialect's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect {0:?}: use postgres, mysql, mariadb or sqlite")]
pub struct UnknownDialect(
    /// The name as it was given.
    pub String,
);

impl std::str::FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name)
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// Where the names of indexes must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexNamespace {
    /// In the whole schema, together with the names of tables: PostgreSQL, SQLite.
    Schema,
    /// In their table: MySQL, MariaDB.
    Table,
}

/// Facts about an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// DDL takes part in transactions. Where it does not, every statement commits on its own.
    pub transactional_ddl: bool,
    /// `CREATE INDEX ... WHERE`.
    pub partial_indexes: bool,
    /// Indexes over expressions.
    pub expression_indexes: bool,
    /// Indexes that carry columns which are not part of their key: `INCLUDE`.
    pub included_columns: bool,
    /// Unique indexes in which NULL equals NULL.
    pub nulls_not_distinct: bool,
    /// Indexes of other kinds than B-trees: hash, GIN, GiST, SP-GiST, BRIN, and their operator classes.
    pub index_methods: bool,
    /// Indexes over the words of texts.
    pub fulltext_indexes: bool,
    /// Indexes over the beginnings of columns, other than as expressions.
    pub prefix_indexes: bool,
    /// `CREATE INDEX CONCURRENTLY`, which no transaction may stand around.
    pub concurrent_indexes: bool,
    /// `ADD COLUMN IF NOT EXISTS` and `DROP COLUMN IF EXISTS`.
    pub column_if_exists: bool,
    /// `CREATE INDEX IF NOT EXISTS` and `DROP INDEX IF EXISTS`.
    pub index_if_exists: bool,
    /// One `ALTER TABLE` takes several actions, and does all of them or none.
    pub combined_alter: bool,
    /// Foreign keys that set a default.
    pub set_default: bool,
    /// Foreign keys that change rows of their own table when a row of it changes.
    pub self_updates: bool,
    /// Foreign keys that a transaction may put off to its end.
    pub deferrable_constraints: bool,
    /// A foreign key has an index over its columns, and makes one where there is none.
    pub indexed_foreign_keys: bool,
    /// Tables and columns may say what they are.
    pub comments: bool,
    /// Schemas within a database.
    pub schemas: bool,
    /// Extensions that a database may be given.
    pub extensions: bool,
    /// Where names of indexes must be unique.
    pub index_namespace: IndexNamespace,
    /// Bytes that one index entry may hold at most, where the engine has such a limit for declared widths.
    pub index_key_bytes: Option<u32>,
}

const POSTGRES: Features = Features {
    transactional_ddl: true,
    partial_indexes: true,
    expression_indexes: true,
    included_columns: true,
    nulls_not_distinct: true,
    index_methods: true,
    fulltext_indexes: true,
    prefix_indexes: false,
    concurrent_indexes: true,
    column_if_exists: true,
    index_if_exists: true,
    combined_alter: true,
    set_default: true,
    self_updates: true,
    deferrable_constraints: true,
    indexed_foreign_keys: false,
    comments: true,
    schemas: true,
    extensions: true,
    index_namespace: IndexNamespace::Schema,
    index_key_bytes: None,
};

const MYSQL: Features = Features {
    transactional_ddl: false,
    partial_indexes: false,
    expression_indexes: true,
    included_columns: false,
    nulls_not_distinct: false,
    index_methods: false,
    fulltext_indexes: true,
    prefix_indexes: true,
    concurrent_indexes: false,
    column_if_exists: false,
    index_if_exists: false,
    combined_alter: true,
    set_default: false,
    self_updates: false,
    deferrable_constraints: false,
    indexed_foreign_keys: true,
    comments: true,
    schemas: false,
    extensions: false,
    index_namespace: IndexNamespace::Table,
    index_key_bytes: Some(3072),
};

const MARIADB: Features = Features {
    transactional_ddl: false,
    partial_indexes: false,
    expression_indexes: false,
    included_columns: false,
    nulls_not_distinct: false,
    index_methods: false,
    fulltext_indexes: true,
    prefix_indexes: true,
    concurrent_indexes: false,
    column_if_exists: true,
    index_if_exists: true,
    combined_alter: true,
    set_default: false,
    self_updates: false,
    deferrable_constraints: false,
    indexed_foreign_keys: true,
    comments: true,
    schemas: false,
    extensions: false,
    index_namespace: IndexNamespace::Table,
    index_key_bytes: Some(3072),
};

const SQLITE: Features = Features {
    transactional_ddl: true,
    partial_indexes: true,
    expression_indexes: true,
    included_columns: false,
    nulls_not_distinct: false,
    index_methods: false,
    fulltext_indexes: false,
    prefix_indexes: false,
    concurrent_indexes: false,
    column_if_exists: false,
    index_if_exists: true,
    combined_alter: false,
    set_default: true,
    self_updates: true,
    deferrable_constraints: true,
    indexed_foreign_keys: false,
    comments: false,
    schemas: false,
    extensions: false,
    index_namespace: IndexNamespace::Schema,
    index_key_bytes: None,
};
