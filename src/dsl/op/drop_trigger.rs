use std::fmt;

use super::{CreateTrigger, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a trigger: [`Migration::drop_trigger`](crate::dsl::Migration::drop_trigger).
///
#[doc = include_str!("../../../docs/operations/drop_trigger.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropTrigger {
    /// The name of the trigger.
    pub trigger: String,
}

impl DropTrigger {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_trigger(&self.trigger)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.trigger(&self.trigger) {
            Some(trigger) => Inverse::Exact(vec![
                CreateTrigger {
                    trigger: trigger.clone(),
                }
                .into(),
            ]),
            None => unknown(&self.trigger),
        }
    }
}

pub(super) fn unknown(trigger: &str) -> Inverse {
    Inverse::None {
        reason: format!("the schema before it has no trigger {trigger}"),
    }
}

impl fmt::Display for DropTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop trigger {}", self.trigger)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn drop() -> Operation {
        DropTrigger {
            trigger: "t".into(),
        }
        .into()
    }

    #[test]
    fn an_unknown_trigger_cannot_be_dropped() {
        let error = fold([drop()]);
        assert!(matches!(error, Err(OperationError::UnknownTrigger { .. })));
    }

    #[test]
    fn the_way_back_is_the_trigger() {
        let table = CreateTable {
            table: table("jobs").columns([integer("id").primary_key()]),
        };
        let create = CreateTrigger {
            trigger: trigger("t", AfterInsert, "jobs").everywhere("BEGIN SELECT 1; END"),
        };
        let before = fold([table.into(), create.clone().into()]).unwrap();
        assert_eq!(drop().inverse(&before), Inverse::Exact(vec![create.into()]));
        let sql = |dialect: Dialect| dialect.render(&drop(), &before).unwrap().remove(0).sql;
        assert_eq!(sql(Postgres), r#"DROP TRIGGER IF EXISTS "t" ON "jobs""#);
        assert_eq!(sql(Sqlite), r#"DROP TRIGGER IF EXISTS "t""#);
    }
}
