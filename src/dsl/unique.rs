//! Unique constraints: columns in which no two rows agree.

use std::fmt;

use super::NamedFor;
use super::listed::listed;

/// A unique constraint of a table, known by its label.
///
/// It is what a foreign key may refer to. An [`Index`](super::Index) that is
/// [`unique`](super::Index::unique) keeps the same rows out; it may hold some rows only, and have directions.
///
/// The physical name is `uq_<table>_<label>` on every engine, where it names the index behind it, too.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let seat = unique("seat").columns(["room", "seat"]);
/// assert_eq!(seat.to_string(), "seat (room, seat)");
/// assert_eq!(seat.physical_name("bookings"), "uq_bookings_seat");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// The name by which migrations speak of the constraint; unique among those of its kind in its table.
    pub label: String,
    /// The exact physical name, where it is not made from the label.
    pub name: Option<String>,
    /// The table's name that the physical name has in it, where the table has been renamed since.
    pub named_for: NamedFor,
    /// The columns, in their order.
    pub columns: Vec<String>,
}

/// A unique constraint, by its label; its columns are chained.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let users = table("users")
///     .columns([integer("id").primary_key(), string("email")])
///     .unique(unique("email").columns(["email"]));
/// # assert_eq!(users.uniques.len(), 1);
/// ```
#[must_use]
pub fn unique(label: impl Into<String>) -> Unique {
    Unique {
        label: label.into(),
        name: None,
        named_for: NamedFor::default(),
        columns: Vec::new(),
    }
}

impl Unique {
    /// Adds columns. NULL never equals NULL.
    ///
    /// | engine | `unique("email").columns(["email"])` on `users` |
    /// |---|---|
    /// | PostgreSQL, MySQL | `ALTER TABLE "users" ADD CONSTRAINT "uq_users_email" UNIQUE ("email")`, in each engine's quotes |
    /// | MariaDB | `` ALTER TABLE `users` ADD UNIQUE INDEX IF NOT EXISTS `uq_users_email` (`email`) `` |
    /// | SQLite | `CONSTRAINT "uq_users_email" UNIQUE ("email")` in the table, which is made anew |
    #[must_use]
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns.extend(names.into_iter().map(Into::into));
        self
    }

    /// Gives the constraint this physical name, whatever its label.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let email = unique("email").columns(["email"]).named("users_email_key");
    /// assert_eq!(email.physical_name("users"), "users_email_key");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the constraint the physical name that it would have if its table were still called `table`: for a way
    /// back that is written, after a [`rename_table`](super::Migration::rename_table).
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let email = unique("email").columns(["email"]).named_for("users");
    /// assert_eq!(email.physical_name("people"), "uq_users_email");
    /// ```
    #[must_use]
    pub fn named_for(mut self, table: impl Into<String>) -> Self {
        self.named_for = NamedFor::of(table.into());
        self
    }

    /// The name that the constraint has in a database.
    #[must_use]
    pub fn physical_name(&self, table: &str) -> String {
        let table = self.named_for.table(table);
        physical_name(self.name.as_ref(), "uq", table, &self.label)
    }

    /// The same constraint of a table called `table`, said in one way.
    pub(crate) fn settled(mut self, table: &str) -> Self {
        self.named_for = self.named_for.settled(self.name.as_ref(), table);
        self
    }
}

/// The name of a constraint: the exact one, or the one that its kind, its table and its label give it.
pub(super) fn physical_name(
    exact: Option<&String>,
    kind: &str,
    table: &str,
    label: &str,
) -> String {
    exact
        .cloned()
        .unwrap_or_else(|| format!("{kind}_{table}_{label}"))
}

/// In the words of the DSL: `email (email)`.
impl fmt::Display for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        f.write_str(" (")?;
        listed(f, &self.columns)?;
        f.write_str(")")?;
        if let Some(name) = &self.name {
            write!(f, ", named {name}")?;
        }
        self.named_for.fmt(f)
    }
}
