//! Extensions of PostgreSQL: types, functions and operators that a database is given.

use std::fmt;

/// An extension of PostgreSQL, known by its name.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let extension = extension("pg_trgm").in_schema("tools");
/// assert_eq!(extension.to_string(), "pg_trgm in tools");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension {
    /// Its name, as `pg_available_extensions` lists it.
    pub name: String,
    /// The schema that has what it makes; none where the server decides.
    pub schema: Option<String>,
}

/// An extension, by its name.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let migration = Migration::new("001_search", "Texts are searched").create_extension(extension("pg_trgm"));
/// # assert_eq!(migration.operations.len(), 1);
/// ```
#[must_use]
pub fn extension(name: impl Into<String>) -> Extension {
    Extension {
        name: name.into(),
        schema: None,
    }
}

impl Extension {
    /// Says which schema has what the extension makes. Else it is the one that the extension asks for, and where it
    /// asks for none, the one that the migrations are run in.
    ///
    /// | engine | `extension("pg_trgm").in_schema("tools")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "tools"` |
    /// | MySQL, MariaDB, SQLite | nothing is run |
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.schema {
            Some(schema) => write!(f, " in {schema}"),
            None => Ok(()),
        }
    }
}
