use std::fmt;

use super::{DropTrigger, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::Trigger;

/// Makes a trigger: [`Migration::create_trigger`](crate::dsl::Migration::create_trigger).
///
#[doc = include_str!("../../../docs/operations/create_trigger.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// The trigger.
    pub trigger: Trigger,
}

impl CreateTrigger {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_trigger(&self.trigger)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropTrigger {
                trigger: self.trigger.name.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for CreateTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create trigger {}", self.trigger)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn jobs() -> Operation {
        let table = table("jobs").columns([integer("id").primary_key(), integer("n").nullable()]);
        CreateTable { table }.into()
    }

    fn create(name: &str) -> Operation {
        let trigger = trigger(name, AfterInsert, "jobs").everywhere("BEGIN SELECT 1; END");
        CreateTrigger { trigger }.into()
    }

    #[test]
    fn its_name_is_its_own() {
        // Tables and columns have names of another kind.
        assert!(fold([jobs(), create("jobs"), create("n")]).is_ok());
        let error = fold([jobs(), create("t"), create("T")]);
        assert!(
            matches!(error, Err(OperationError::DuplicateTrigger { .. })),
            "{error:?}"
        );
        for bad in ["", "a`b", "sqlite_t"] {
            assert!(fold([jobs(), create(bad)]).is_err(), "{bad}");
        }
    }

    #[test]
    fn its_table_must_be_there_and_keeps_its_names() {
        let error = fold([create("t")]);
        assert!(matches!(error, Err(OperationError::UnknownTable { .. })));
        let changes: [Operation; 3] = [
            DropTable {
                table: "jobs".into(),
            }
            .into(),
            RenameTable {
                table: "jobs".into(),
                to: "tasks".into(),
            }
            .into(),
            RenameColumn {
                table: "jobs".into(),
                column: "n".into(),
                to: "m".into(),
            }
            .into(),
        ];
        for refused in changes {
            let error = fold([jobs(), create("t"), refused.clone()]);
            assert!(
                matches!(error, Err(OperationError::HasTrigger { .. })),
                "{error:?}"
            );
            let drop = DropTrigger {
                trigger: "t".into(),
            };
            assert!(fold([jobs(), create("t"), drop.into(), refused]).is_ok());
        }
    }

    #[test]
    fn a_trigger_without_a_body_is_a_mistake() {
        let trigger = trigger("t", AfterInsert, "jobs");
        let error = fold([jobs(), CreateTrigger { trigger }.into()]);
        assert!(matches!(error, Err(OperationError::NoSql { .. })));
    }

    #[test]
    fn where_there_is_to_be_none_there_is_nothing_to_do() {
        let before = fold([jobs()]).unwrap();
        let render = |dialect: Dialect, trigger: Trigger| {
            dialect.render(&CreateTrigger { trigger }.into(), &before)
        };
        let some = trigger("t", AfterInsert, "jobs").nothing_on(Postgres);
        assert_eq!(render(Postgres, some.clone()).unwrap(), []);
        let error = render(Sqlite, some).unwrap_err();
        assert!(error.help().contains("nothing_on"), "{error}");
    }

    /// The rows that are inserted into a new table go with it, unless a trigger has carried them elsewhere.
    #[test]
    fn rows_of_a_table_with_a_trigger_may_be_in_another_one() {
        let insert = |migration: Migration| migration.insert("jobs", [row().set("n", 1)]);
        let made =
            || Migration::new("001", "x").create_table(table("jobs").columns([integer("n")]));
        let before = crate::Catalog::default();
        assert!(matches!(
            insert(made()).inverse(&before).unwrap(),
            Inverse::Lossy { .. }
        ));
        let trigger = trigger("t", AfterInsert, "jobs").everywhere("BEGIN SELECT 1; END");
        assert!(matches!(
            insert(made().create_trigger(trigger))
                .inverse(&before)
                .unwrap(),
            Inverse::None { .. }
        ));
    }
}
