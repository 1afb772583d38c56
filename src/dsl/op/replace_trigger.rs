use std::fmt;

use super::{Inverse, drop_trigger::unknown};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Trigger;

/// Gives a trigger another shape: [`Migration::replace_trigger`](crate::dsl::Migration::replace_trigger).
///
#[doc = include_str!("../../../docs/operations/replace_trigger.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceTrigger {
    /// The trigger as it is to be.
    pub trigger: Trigger,
}

impl ReplaceTrigger {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.replace_trigger(&self.trigger)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.trigger(&self.trigger.name) {
            Some(trigger) => Inverse::Exact(vec![
                ReplaceTrigger {
                    trigger: trigger.clone(),
                }
                .into(),
            ]),
            None => unknown(&self.trigger.name),
        }
    }
}

impl fmt::Display for ReplaceTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replace trigger {}", self.trigger)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn on(name: &str) -> Trigger {
        trigger("t", AfterInsert, name).everywhere("BEGIN SELECT 1; END")
    }

    fn before(trigger: Trigger) -> crate::Catalog {
        let made = |name: &str| CreateTable {
            table: table(name).columns([integer("id").primary_key()]),
        };
        let create = CreateTrigger { trigger };
        fold([made("jobs").into(), made("tasks").into(), create.into()]).unwrap()
    }

    fn replace(trigger: Trigger) -> Operation {
        ReplaceTrigger { trigger }.into()
    }

    #[test]
    fn the_way_back_is_the_trigger_as_it_was() {
        let mut catalog = before(on("jobs"));
        let new = trigger("t", BeforeDelete, "tasks").nothing_on(MySql);
        assert_eq!(
            replace(new.clone()).inverse(&catalog),
            Inverse::Exact(vec![replace(on("jobs"))])
        );
        replace(new.clone()).apply(&mut catalog).unwrap();
        assert_eq!(catalog.trigger("t"), Some(&new));
    }

    #[test]
    fn it_must_be_there() {
        let error = fold([replace(on("jobs"))]);
        assert!(matches!(error, Err(OperationError::UnknownTrigger { .. })));
    }

    /// MariaDB replaces a trigger of the same table alone.
    #[test]
    fn it_may_come_and_go_and_move() {
        let sql = |dialect: Dialect, before: &crate::Catalog, trigger: Trigger| {
            let statements = dialect.render(&replace(trigger), before).unwrap();
            statements.into_iter().map(|it| it.sql).collect::<Vec<_>>()
        };
        let there = before(on("jobs"));
        let same = sql(MariaDb, &there, on("jobs"));
        assert!(
            same.len() == 1 && same[0].starts_with("CREATE OR REPLACE"),
            "{same:?}"
        );
        let moved = sql(MariaDb, &there, on("tasks"));
        assert!(
            moved.len() == 2 && moved[0].starts_with("DROP"),
            "{moved:?}"
        );
        let moved = sql(Postgres, &there, on("tasks"));
        assert_eq!(moved[0], r#"DROP TRIGGER IF EXISTS "t" ON "jobs""#);
        let goes = sql(Sqlite, &there, on("jobs").nothing_on(Sqlite));
        assert_eq!(goes, [r#"DROP TRIGGER IF EXISTS "t""#]);
        let comes = sql(Sqlite, &before(on("jobs").nothing_on(Sqlite)), on("jobs"));
        assert!(comes[1].starts_with("CREATE TRIGGER"), "{comes:?}");
    }
}
