//! Checks: what must be true of every row.

use std::fmt;

use sea_query::Expr;

use super::NamedFor;
use super::expression::{self, Shown};
use super::unique::physical_name;

/// A check of a table, known by its label: no row may make its expression false.
///
/// As in SQL, a row for which it is neither true nor false, because a column is NULL, is kept.
///
/// The physical name is `ck_<table>_<label>` on every engine.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let positive = check("positive", col("amount").gt(0));
/// assert_eq!(positive.to_string(), r#"positive "amount" > 0"#);
/// assert_eq!(positive.physical_name("payments"), "ck_payments_positive");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The name by which migrations speak of the check; unique among those of its kind in its table.
    pub label: String,
    /// The exact physical name, where it is not made from the label.
    pub name: Option<String>,
    /// The table's name that the physical name has in it, where the table has been renamed since.
    pub named_for: NamedFor,
    /// What must not be false.
    pub expression: Expr,
}

/// A check, by its label and what must not be false.
///
/// | engine | `check("positive", col("amount").gt(0))` on `payments` |
/// |---|---|
/// | PostgreSQL, MySQL | `ALTER TABLE "payments" ADD CONSTRAINT "ck_payments_positive" CHECK ("amount" > 0)`, in each engine's quotes |
/// | MariaDB | `` ALTER TABLE `payments` ADD CONSTRAINT IF NOT EXISTS `ck_payments_positive` CHECK (`amount` > 0) `` |
/// | SQLite | `CONSTRAINT "ck_payments_positive" CHECK ("amount" > 0)` in the table, which is made anew |
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let payments = table("payments")
///     .columns([integer("id").primary_key(), integer("amount")])
///     .check(check("positive", col("amount").gt(0)));
/// # assert_eq!(payments.checks.len(), 1);
/// ```
#[must_use]
pub fn check(label: impl Into<String>, expression: impl Into<Expr>) -> Check {
    Check {
        label: label.into(),
        name: None,
        named_for: NamedFor::default(),
        expression: expression.into(),
    }
}

impl Check {
    /// Gives the check this physical name, whatever its label.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let positive = check("positive", col("amount").gt(0)).named("amount_is_positive");
    /// assert_eq!(positive.physical_name("payments"), "amount_is_positive");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the check the physical name that it would have if its table were still called `table`: for a way
    /// back that is written, after a [`rename_table`](super::Migration::rename_table).
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let positive = check("positive", col("amount").gt(0)).named_for("payments");
    /// assert_eq!(positive.physical_name("receipts"), "ck_payments_positive");
    /// ```
    #[must_use]
    pub fn named_for(mut self, table: impl Into<String>) -> Self {
        self.named_for = NamedFor::of(table.into());
        self
    }

    /// The name that the check has in a database.
    #[must_use]
    pub fn physical_name(&self, table: &str) -> String {
        let table = self.named_for.table(table);
        physical_name(self.name.as_ref(), "ck", table, &self.label)
    }

    /// The same check of a table called `table`, said in one way.
    pub(crate) fn settled(mut self, table: &str) -> Self {
        self.named_for = self.named_for.settled(self.name.as_ref(), table);
        self
    }

    /// The columns that it names.
    pub(crate) fn named_columns(&self) -> Vec<String> {
        expression::columns(&self.expression)
    }
}

/// In the words of the DSL: `positive "amount" > 0`.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        if let Some(name) = &self.name {
            write!(f, ", named {name},")?;
        }
        if self.named_for != NamedFor::default() {
            write!(f, "{},", self.named_for)?;
        }
        f.write_str(" ")?;
        Shown(&self.expression).fmt(f)
    }
}
