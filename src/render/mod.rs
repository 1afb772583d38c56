//! Operations as SQL: pure functions, one dialect a file.
//!
//! A renderer may widen what only concerns speed, with a note. It never drops what concerns correctness,
//! and never panics: what has no faithful form is [`RenderError::Unsupported`].

mod batch;
mod batches;
mod comment;
mod constraint;
mod enums;
mod expression;
mod function;
mod generated;
mod index;
mod left_out;
mod moment;
mod mysql;
mod own_words;
mod postgres;
mod rename;
mod rows;
mod sqlite;
mod statement;
mod trigger;
mod types;
mod view;

pub(crate) use batch::Batch;
pub use batches::Batches;
pub(crate) use batches::Cursor;
pub(crate) use index::{KeyPart, key_parts};
pub(crate) use moment::in_utc;
pub(crate) use mysql::{change_may_expect_explicit_timestamps, expects_explicit_timestamps};
pub(crate) use sqlite::{counts_on, unknown_clause};
pub use statement::{Guard, Opaque, RebuildPart, RebuiltTable, RenderError, Statement};

use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{ColumnType, Operation};

impl Dialect {
    /// The SQL of one operation, for a schema that was `before` when it came.
    ///
    /// # Errors
    ///
    /// [`RenderError`] where this engine has no faithful form of the operation.
    ///
    /// ```
    /// use hammerwork_migrations::{Catalog, dsl::*};
    ///
    /// let create = Operation::from(CreateTable { table: table("tags").columns([string("name").primary_key()]) });
    /// let statements = MySql.render(&create, &Catalog::default())?;
    /// assert_eq!(
    ///     statements[0].sql,
    ///     "CREATE TABLE IF NOT EXISTS `tags` (\n    \
    ///          `name` VARCHAR(255) NOT NULL,\n    \
    ///          PRIMARY KEY (`name`)\n\
    ///      ) ENGINE = InnoDB, CHARACTER SET utf8mb4"
    /// );
    /// # Ok::<(), hammerwork_migrations::RenderError>(())
    /// ```
    pub fn render(
        self,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<Vec<Statement>, RenderError> {
        let mut batch = Batch::new(self, false);
        batch.step(1, operation, before)?;
        Ok(batch.finish().statements)
    }

    /// The engine's spelling of a type. One that the engine has not, and nothing stands for, keeps PostgreSQL's
    /// name; [`render`](Self::render) refuses it.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// assert_eq!(Postgres.type_name(&ColumnType::Json), "JSONB");
    /// assert_eq!(MySql.type_name(&varchar(50)), "VARCHAR(50)");
    /// ```
    #[must_use]
    pub fn type_name(self, column_type: &ColumnType) -> String {
        match self {
            Dialect::Postgres => postgres::type_name(column_type),
            Dialect::MySql | Dialect::MariaDb => mysql::type_name(column_type),
            Dialect::Sqlite => sqlite::type_name(column_type),
        }
    }

    /// An identifier in the engine's quotes.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// assert_eq!(Postgres.quote("order"), r#""order""#);
    /// assert_eq!(MySql.quote("a`b"), "`a``b`");
    /// ```
    #[must_use]
    pub fn quote(self, name: &str) -> String {
        match self {
            Dialect::Postgres | Dialect::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::MySql | Dialect::MariaDb => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A text in the engine's quotes.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// assert_eq!(Sqlite.quote_text("it's"), "'it''s'");
    /// ```
    #[must_use]
    pub fn quote_text(self, text: &str) -> String {
        let doubled = text.replace('\'', "''");
        match self {
            Dialect::Sqlite => format!("'{doubled}'"),
            // Means the same whatever standard_conforming_strings says.
            Dialect::Postgres if text.contains('\\') => {
                format!("E'{}'", doubled.replace('\\', "\\\\"))
            }
            Dialect::Postgres => format!("'{doubled}'"),
            Dialect::MySql | Dialect::MariaDb => format!("'{}'", doubled.replace('\\', "\\\\")),
        }
    }

    /// Identifiers in the engine's quotes, with commas.
    pub(crate) fn quote_list<'a>(self, names: impl IntoIterator<Item = &'a String>) -> String {
        let quoted: Vec<String> = names.into_iter().map(|name| self.quote(name)).collect();
        quoted.join(", ")
    }
}
