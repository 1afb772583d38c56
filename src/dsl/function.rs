//! Functions: what an engine computes in its own language, in the author's own words.

use std::fmt;

use super::{arguments, texts};
use crate::dialect::Dialect;

/// A function, known by its name. What [`create_function`](super::Migration::create_function) makes, and what the
/// [`Catalog`](crate::Catalog) holds, so that it can be dropped, replaced and brought back.
///
/// The name is the library's; all that stands behind it is the author's, for each dialect: the engines share neither the
/// words for arguments and results nor a language. A name is one function: where PostgreSQL would take a second one
/// with other arguments, that is refused.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let next_try = function("next_try")
///     .on(Postgres, "(tries integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 60 * tries'")
///     .on(MySql, "(tries INT) RETURNS INT DETERMINISTIC RETURN 60 * tries")
///     .nothing_on(Sqlite);
/// assert_eq!(next_try.text_on(MariaDb), next_try.text_on(MySql));
/// assert_eq!(next_try.text_on(Sqlite), Some(""));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// The name: 1 to 63 bytes. No two functions of a schema share one.
    pub name: String,
    /// What stands behind the name on each dialect: arguments in parentheses, then all the rest. On MariaDB what stands
    /// there on MySQL, unless it has its own.
    pub texts: Vec<(Dialect, String)>,
}

/// A function without a text yet.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let one = function("one").on(MariaDb, "() RETURNS INT DETERMINISTIC RETURN 1");
/// # assert_eq!(one.name, "one");
/// ```
#[must_use]
pub fn function(name: impl Into<String>) -> Function {
    Function {
        name: name.into(),
        texts: Vec::new(),
    }
}

impl Function {
    /// What stands behind the name on one dialect: the arguments in parentheses, `()` where there are none, what it
    /// returns, and what it does.
    ///
    /// | engine | `function("one").on(Postgres, "() RETURNS int LANGUAGE sql AS 'SELECT 1'").on(MySql, "() RETURNS INT NO SQL RETURN 1")` |
    /// |---|---|
    /// | PostgreSQL | `CREATE FUNCTION "one"() RETURNS int LANGUAGE sql AS 'SELECT 1'` |
    /// | MySQL | `` CREATE FUNCTION `one`() RETURNS INT NO SQL RETURN 1 `` |
    /// | MariaDB | `` CREATE FUNCTION IF NOT EXISTS `one`() RETURNS INT NO SQL RETURN 1 `` |
    /// | SQLite | an error, until `.nothing_on(Sqlite)` says that there is to be none |
    #[must_use]
    pub fn on(mut self, dialect: Dialect, text: impl Into<String>) -> Self {
        texts::set(&mut self.texts, dialect, text.into());
        self
    }

    /// On this dialect there is no such function, on purpose. SQLite never has one: its functions are made by the
    /// program that opens the database, not in SQL.
    ///
    /// | engine | `function("one").on(Postgres, "() RETURNS int LANGUAGE sql AS 'SELECT 1'").nothing_on(MySql).nothing_on(Sqlite)` |
    /// |---|---|
    /// | PostgreSQL | `CREATE FUNCTION "one"() RETURNS int LANGUAGE sql AS 'SELECT 1'` |
    /// | MySQL, MariaDB, SQLite | nothing |
    #[must_use]
    pub fn nothing_on(self, dialect: Dialect) -> Self {
        self.on(dialect, "")
    }

    /// What stands behind the name on `dialect`; none where its author has given nothing, empty where there is to be no
    /// such function.
    #[must_use]
    pub fn text_on(&self, dialect: Dialect) -> Option<&str> {
        texts::on(&self.texts, dialect)
    }

    /// Whether there is such a function on `dialect`.
    pub(crate) fn is_on(&self, dialect: Dialect) -> bool {
        texts::does(&self.texts, dialect)
    }

    /// Its arguments on `dialect`, in their parentheses.
    pub(crate) fn arguments_on(&self, dialect: Dialect) -> Option<&str> {
        self.text_on(dialect).and_then(arguments::arguments)
    }
}

/// In the words of the DSL, a line for each text.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        texts::show(f, "on", &self.texts)
    }
}
