use std::fmt;

use super::{Inverse, Operation};
use crate::catalog::{Catalog, OperationError};
use crate::dialect::Dialect;
use crate::dsl::texts;

/// Runs SQL in the author's own words: [`Migration::run_sql`](crate::dsl::Migration::run_sql).
///
#[doc = include_str!("../../../docs/operations/run_sql.md")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RunSql {
    /// What it does, in a few words.
    pub what: String,
    /// The SQL of each dialect; on MariaDB that of MySQL, unless it has its own.
    pub up: Vec<(Dialect, String)>,
    /// The SQL of the way back.
    pub down: Vec<(Dialect, String)>,
    /// A condition in SQL: it runs only where this is true.
    pub only_if: Option<String>,
    /// Whether it changes rows alone, and no schema.
    pub data_only: bool,
    /// What it does to the schema, in the words of the DSL.
    pub stands_for: Vec<Operation>,
}

/// SQL in the author's own words, by what it does.
///
/// | engine | `sql("close old jobs").everywhere("UPDATE jobs SET status = 'Closed'")` |
/// |---|---|
/// | all | `UPDATE jobs SET status = 'Closed'` |
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let migration = Migration::new("002_words", "Words are counted").run_sql(
///     sql("make the function count_words")
///         .on(Postgres, "CREATE FUNCTION count_words(t TEXT) RETURNS INT RETURN array_length(string_to_array(t, ' '), 1)")
///         .down_on(Postgres, "DROP FUNCTION count_words(TEXT)")
///         .on(MySql, "CREATE FUNCTION count_words(t TEXT) RETURNS INT DETERMINISTIC RETURN 1 + LENGTH(t) - LENGTH(REPLACE(t, ' ', ''))")
///         .down_on(MySql, "DROP FUNCTION count_words")
///         .nothing_on(Sqlite),
/// );
/// # assert_eq!(migration.operations.len(), 1);
/// ```
#[must_use]
pub fn sql(what: impl Into<String>) -> RunSql {
    RunSql {
        what: what.into(),
        up: Vec::new(),
        down: Vec::new(),
        only_if: None,
        data_only: false,
        stands_for: Vec::new(),
    }
}

impl RunSql {
    /// One text for all dialects that have none of their own.
    #[must_use]
    pub fn everywhere(mut self, text: impl Into<String>) -> Self {
        texts::set_everywhere(&mut self.up, &text.into());
        self
    }

    /// The text of one dialect.
    #[must_use]
    pub fn on(mut self, dialect: Dialect, text: impl Into<String>) -> Self {
        texts::set(&mut self.up, dialect, text.into());
        self
    }

    /// On this dialect there is nothing to do.
    #[must_use]
    pub fn nothing_on(self, dialect: Dialect) -> Self {
        self.on(dialect, "").down_on(dialect, "")
    }

    /// One text of the way back for all dialects that have none of their own.
    #[must_use]
    pub fn down(mut self, text: impl Into<String>) -> Self {
        texts::set_everywhere(&mut self.down, &text.into());
        self
    }

    /// The text of the way back on one dialect.
    #[must_use]
    pub fn down_on(mut self, dialect: Dialect, text: impl Into<String>) -> Self {
        texts::set(&mut self.down, dialect, text.into());
        self
    }

    /// Runs it only where this condition is true, an SQL expression such as
    /// `EXISTS (SELECT 1 FROM jobs WHERE status = 'old')`. On MySQL and MariaDB it also says whether a run
    /// that was cut off must run it again.
    ///
    /// | engine | `sql("x").everywhere("DELETE FROM jobs").only_if("1 = 1")` |
    /// |---|---|
    /// | PostgreSQL | `DO $hammerwork$ BEGIN IF (1 = 1) THEN EXECUTE 'DELETE FROM jobs'; END IF; END $hammerwork$` |
    /// | MySQL, MariaDB, SQLite | `DELETE FROM jobs`, after `SELECT CASE WHEN (1 = 1) THEN 1 ELSE 0 END` was asked |
    #[must_use]
    pub fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.only_if = Some(condition.into());
        self
    }

    /// Says that it changes rows alone. On MySQL and MariaDB it is then one transaction with the record that
    /// it was done, so that it is never done twice.
    #[must_use]
    pub fn data_only(mut self) -> Self {
        self.data_only = true;
        self
    }

    /// What it does to the schema, so that what comes after it can be checked.
    #[must_use]
    pub fn stands_for<O: Into<Operation>>(
        mut self,
        operations: impl IntoIterator<Item = O>,
    ) -> Self {
        self.stands_for = operations.into_iter().map(Into::into).collect();
        self
    }

    /// The text for `dialect`; none where its author has given none, empty where there is nothing to do.
    #[must_use]
    pub fn text_on(&self, dialect: Dialect) -> Option<&str> {
        texts::on(&self.up, dialect)
    }

    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        if self.up.is_empty() {
            return Err(OperationError::NoSql {
                what: self.what.clone(),
            });
        }
        self.stands_for
            .iter()
            .try_for_each(|operation| operation.apply(catalog))
    }

    /// Where nothing is done, nothing is to be undone: that alone is no way back for the other engines.
    fn has_way_back(&self) -> bool {
        let does = |dialect: &Dialect| texts::does(&self.up, *dialect);
        let mut done = Dialect::ALL.into_iter().filter(does).peekable();
        !self.down.is_empty()
            && (done.peek().is_none() || done.any(|it| texts::on(&self.down, it).is_some()))
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        if !self.has_way_back() {
            return Inverse::None {
                reason: format!("\"{}\" has no SQL for the way back", self.what),
            };
        }
        let mut catalog = before.clone();
        let mut back = Vec::new();
        for operation in &self.stands_for {
            back.splice(
                0..0,
                operation.inverse(&catalog).operations().iter().cloned(),
            );
            // The history has been folded before, without an error.
            if operation.apply(&mut catalog).is_err() {
                break;
            }
        }
        Inverse::Exact(vec![
            RunSql {
                what: format!("undo: {}", self.what),
                up: self.down.clone(),
                down: self.up.clone(),
                only_if: None,
                data_only: self.data_only,
                stands_for: back,
            }
            .into(),
        ])
    }
}

impl fmt::Display for RunSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run sql {:?}", self.what)?;
        if self.data_only {
            f.write_str(", data only")?;
        }
        if let Some(condition) = &self.only_if {
            write!(f, "\n  only if {}", texts::deeper(condition))?;
        }
        texts::show(f, "on", &self.up)?;
        texts::show(f, "down on", &self.down)?;
        for operation in &self.stands_for {
            write!(
                f,
                "\n  stands for {}",
                texts::deeper(&operation.to_string())
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn what_it_stands_for_enters_the_catalog() {
        let made = sql("make t")
            .everywhere("CREATE TABLE t (id INTEGER)")
            .stands_for([CreateTable {
                table: table("t").columns([integer("id")]),
            }]);
        assert!(fold([made.into()]).unwrap().table("t").is_some());
    }

    #[test]
    fn sql_without_a_text_is_a_mistake() {
        let error = fold([sql("nothing").into()]);
        assert!(matches!(error, Err(OperationError::NoSql { .. })));
    }

    #[test]
    fn mariadb_reads_what_is_said_of_mysql_unless_it_has_its_own() {
        let one = sql("x").on(MySql, "a");
        assert_eq!(one.text_on(MariaDb), Some("a"));
        assert_eq!(one.text_on(Postgres), None);
        let own = sql("x").everywhere("a").on(MariaDb, "b");
        assert_eq!(
            (own.text_on(MySql), own.text_on(MariaDb)),
            (Some("a"), Some("b"))
        );
    }

    #[test]
    fn the_way_back_is_what_its_author_wrote() {
        let forth = Operation::from(sql("x").everywhere("a").down("b"));
        let back = forth.inverse(&crate::Catalog::default());
        let [Operation::RunSql(back)] = back.operations() else {
            panic!("{back:?}");
        };
        assert_eq!(back.text_on(Sqlite), Some("b"));
        let none = Operation::from(sql("x").everywhere("a"));
        assert!(matches!(
            none.inverse(&crate::Catalog::default()),
            Inverse::None { .. }
        ));
    }

    #[test]
    fn the_order_in_which_dialects_are_named_means_nothing() {
        let one = sql("x")
            .everywhere("a")
            .on(MySql, "b")
            .down_on(MySql, "c")
            .down("d");
        let other = sql("x")
            .on(MySql, "b")
            .everywhere("a")
            .down("d")
            .down_on(MySql, "c");
        assert_eq!(one, other);
        assert_eq!(one.text_on(MariaDb), Some("b"));
        assert_eq!(
            Operation::from(one).checksum(),
            Operation::from(other).checksum()
        );
    }

    #[test]
    fn nothing_on_one_engine_is_no_way_back_on_the_others() {
        let before = crate::Catalog::default();
        let forth = |it: RunSql| Operation::from(it).inverse(&before);
        let no_way = forth(sql("x").on(Postgres, "a").nothing_on(Sqlite));
        assert!(matches!(no_way, Inverse::None { .. }), "{no_way:?}");
        let way = forth(
            sql("x")
                .on(Postgres, "a")
                .down_on(Postgres, "b")
                .nothing_on(Sqlite),
        );
        assert!(matches!(way, Inverse::Exact(_)), "{way:?}");
        let nothing_to_undo = forth(sql("analyze").everywhere("ANALYZE").down(""));
        assert!(
            matches!(nothing_to_undo, Inverse::Exact(_)),
            "{nothing_to_undo:?}"
        );
    }

    #[test]
    fn no_text_passes_for_a_part() {
        let plain = |it: RunSql| Operation::from(it).to_string();
        assert_ne!(
            plain(sql("x").on(Postgres, "a").on(Sqlite, "b")),
            plain(sql("x").on(Postgres, "a\n  on sqlite b")),
        );
        assert_ne!(
            plain(sql("x\", data only").everywhere("a")),
            plain(sql("x").everywhere("a").data_only()),
        );
        let drop = |name: &str| DropTable { table: name.into() };
        assert_ne!(
            plain(sql("x").everywhere("a").stands_for([drop("t"), drop("u")])),
            plain(
                sql("x")
                    .everywhere("a")
                    .only_if("b\n  stands for drop table t")
                    .stands_for([drop("u")])
            ),
        );
    }
}
