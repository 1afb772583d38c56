use std::fmt;

use super::Inverse;
use crate::catalog::{Catalog, OperationError};
use crate::dialect::Dialect;
use crate::dsl::conversion::{Conversion, conversion};
use crate::dsl::{Column, ColumnChange};

/// Changes a column that is there: [`Migration::alter_column`](crate::dsl::Migration::alter_column).
///
#[doc = include_str!("../../../docs/operations/alter_column.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct AlterColumn {
    /// The name of the table.
    pub table: String,
    /// What changes of which column.
    pub change: ColumnChange,
}

impl AlterColumn {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.alter_column(&self.table, &self.change)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        let Some((old, new)) = self.columns(before) else {
            return Inverse::None {
                reason: format!("there is no column {}.{}", self.table, self.change.column),
            };
        };
        let back = AlterColumn {
            table: self.table.clone(),
            change: ColumnChange::between(&new, &old),
        };
        if worst(&new, &old) == Conversion::Unclear {
            return Inverse::None {
                reason: format!(
                    "{}.{} was {}, which its values do not tell again",
                    self.table, old.name, old.column_type
                ),
            };
        }
        match self.loss(before) {
            None => Inverse::Exact(vec![back.into()]),
            Some(loss) => Inverse::Lossy {
                operations: vec![back.into()],
                loss,
            },
        }
    }

    /// What of the values the change itself loses, as a noun phrase.
    pub(crate) fn loss(&self, before: &Catalog) -> Option<String> {
        let (old, new) = self.columns(before)?;
        let is_lost = self.change.using.is_some() || worst(&old, &new) > Conversion::Exact;
        is_lost.then(|| {
            format!(
                "what {}.{} held as {} and not as {}",
                self.table, old.name, old.column_type, new.column_type
            )
        })
    }

    /// The column before and after.
    pub(crate) fn columns(&self, before: &Catalog) -> Option<(Column, Column)> {
        let table = before.table(&self.table)?;
        let column = table.column_named(&self.change.column)?;
        let change = before.filled_change(&self.change);
        Some((column.clone(), change.applied_to(column)))
    }
}

/// What becomes of the values on the engine where most is lost.
fn worst(from: &Column, to: &Column) -> Conversion {
    let on = |dialect| conversion(from.type_on(dialect), to.type_on(dialect));
    Dialect::ALL
        .into_iter()
        .map(on)
        .max()
        .unwrap_or(Conversion::None)
}

impl fmt::Display for AlterColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alter column {}.{}", self.table, self.change)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, OperationError, tests::fold};
    use crate::dsl::*;

    fn before() -> Catalog {
        let jobs = table("jobs")
            .columns([
                uuid("id").primary_key(),
                integer("n").default(2),
                string("status").on(MySql, varchar(50)),
                datetime("at").nullable(),
                decimal("price", 10, 2),
                boolean("open").default(true),
            ])
            .index(
                index("open")
                    .columns(["n"])
                    .only_where(col("open").eq(true)),
            );
        fold([CreateTable { table: jobs }.into()]).unwrap()
    }

    fn alter_jobs(change: ColumnChange) -> Operation {
        AlterColumn {
            table: "jobs".into(),
            change,
        }
        .into()
    }

    fn altered(change: ColumnChange) -> Result<Column, OperationError> {
        let mut catalog = before();
        let name = change.column.clone();
        alter_jobs(change).apply(&mut catalog)?;
        Ok(catalog
            .table("jobs")
            .unwrap()
            .column_named(&name)
            .unwrap()
            .clone())
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(
            altered(alter("n").set_nullable()).unwrap(),
            integer("n").default(2).nullable()
        );
        assert_eq!(altered(alter("n").drop_default()).unwrap(), integer("n"));
        assert_eq!(
            altered(alter("status").set_default("new")).unwrap(),
            string("status").on(MySql, varchar(50)).default("new")
        );
        assert_eq!(
            altered(alter("status").on(MariaDb, varchar(60))).unwrap(),
            string("status")
                .on(MySql, varchar(50))
                .on(MariaDb, varchar(60))
        );
        // A new type is that of all engines.
        assert_eq!(
            altered(alter("status").set_type(ColumnType::Text)).unwrap(),
            text("status")
        );
    }

    #[test]
    fn the_way_back_is_derived_and_graded() {
        let back = |change| alter_jobs(change).inverse(&before());
        let exact = |change: ColumnChange, text: &str| {
            let inverse = back(change);
            assert!(matches!(inverse, Inverse::Exact(_)), "{inverse:?}");
            assert_eq!(inverse.operations()[0].to_string(), text);
        };
        exact(
            alter("at").set_type(ColumnType::Timestamp),
            "alter column jobs.at: type datetime",
        );
        exact(alter("at").set_not_null(), "alter column jobs.at: nullable");
        exact(
            alter("open").drop_default(),
            "alter column jobs.open: default true",
        );
        exact(
            alter("status").set_type(varchar(20)),
            "alter column jobs.status: type string, on mysql varchar(50)",
        );
        let lossy = back(alter("price").set_type(ColumnType::Integer));
        let Inverse::Lossy { loss, .. } = lossy else {
            panic!("{lossy:?}")
        };
        assert_eq!(
            loss,
            "what jobs.price held as decimal(10, 2) and not as integer"
        );
        let none = back(alter("at").set_type(ColumnType::Date).using(col("at")));
        assert!(matches!(none, Inverse::None { .. }), "{none:?}");
    }

    #[test]
    fn both_sides_of_a_foreign_key_keep_their_type() {
        let queues = table("queues").columns([integer("id").primary_key(), integer("n")]);
        let jobs = table("jobs")
            .columns([
                integer("id").primary_key(),
                integer("queue").nullable(),
                integer("fallback").nullable().default(1),
            ])
            .check(check("id", col("id").gt(0)))
            .foreign_key(
                foreign_key("queue")
                    .columns(["queue"])
                    .references("queues", ["id"])
                    .on_delete(SetNull),
            )
            .foreign_key(
                foreign_key("fallback")
                    .columns(["fallback"])
                    .references("queues", ["id"])
                    .on_delete(SetDefault),
            );
        let before = fold([queues, jobs].map(|table| CreateTable { table }.into())).unwrap();
        let altered = |table: &str, change: ColumnChange| {
            let table = table.to_owned();
            let error = AlterColumn { table, change }.apply(&mut before.clone());
            error.map_err(|it| it.to_string())
        };
        let big = |column: &str| alter(column).set_type(ColumnType::BigInteger);
        for (table, change, words) in [
            ("queues", big("id"), "named by foreign key queue of jobs"),
            ("jobs", big("queue"), "named by foreign key queue of jobs"),
            ("jobs", big("id"), "named by check id"),
            (
                "jobs",
                alter("queue").set_not_null(),
                "sets column queue NULL",
            ),
            (
                "jobs",
                alter("fallback").set_not_null().drop_default(),
                "sets column fallback to its default",
            ),
        ] {
            let error = altered(table, change.clone()).unwrap_err();
            assert!(error.contains(words), "{change}: {error}");
        }
        assert_eq!(altered("queues", big("n")), Ok(()));
        assert_eq!(altered("jobs", alter("fallback").set_not_null()), Ok(()));
        assert_eq!(altered("jobs", alter("queue").set_default(1)), Ok(()));
    }

    #[test]
    fn what_some_engine_would_refuse_is_refused() {
        for (change, words) in [
            (alter("nope").set_nullable(), "no column nope"),
            (alter("n"), "nothing of it changes"),
            (alter("n").set_not_null(), "nothing of it changes"),
            (alter("id").set_nullable(), "primary key"),
            (alter("status").set_type(ColumnType::Boolean), "using"),
            (alter("status").using(col("id")), "a new type"),
            (
                alter("status")
                    .set_type(ColumnType::Integer)
                    .using(col("nope")),
                "no column nope",
            ),
            (alter("status").set_default(3), "no value of the type"),
            (
                alter("price").set_type(ColumnType::Text).set_default(1),
                "no value of the type",
            ),
            (
                alter("n").set_type(ColumnType::Text).drop_default(),
                "partial index open",
            ),
            (
                alter("open").set_type(ColumnType::Integer).drop_default(),
                "partial index open",
            ),
            (alter("status").set_type(varchar(0)), "a length of 0"),
        ] {
            let error = altered(change.clone()).unwrap_err().to_string();
            assert!(error.contains(words), "{change}: {error}");
        }
        let using = alter("status")
            .set_type(ColumnType::Boolean)
            .using(col("status").eq("on"));
        assert!(altered(using).is_ok());
    }
}
