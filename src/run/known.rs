//! What a history means, found out once where many databases get the same one.
//!
//! All of it depends on nothing but its question: so an answer that is kept is the answer.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::applied::Pending;
use super::error::RunError;
use super::live::{Live, Wanted};
use super::migrator::Migrator;
use super::plan::Plan;
use super::resolve::resolve;
use crate::catalog::{Catalog, SchemaError};
use crate::dialect::Dialect;

/// So many plans are kept. Databases that were migrated together are in the same few states.
const PLANS: usize = 8;

/// The answers so far, for one history.
#[derive(Debug, Default)]
pub(super) struct Known {
    validated: OnceLock<Result<Catalog, SchemaError>>,
    wanted: Mutex<Vec<(Dialect, Arc<Wanted>)>>,
    plans: Mutex<Vec<(Question, Result<Plan, RunError>)>>,
}

/// What a plan depends on, beside the history.
#[derive(Debug, PartialEq)]
struct Question {
    dialect: Dialect,
    /// Its SQL has the name of the tracking table in it, and no schema's.
    tracking_table: String,
    pending: Pending,
    live: Live,
}

impl Migrator {
    /// The same migrator; it and its clones find out once what the history means.
    pub(super) fn for_many(&self) -> Migrator {
        let mut migrator = self.clone();
        migrator.known.get_or_insert_default();
        migrator
    }

    /// The checksums of all migrations, in their order: computed once, whoever asks, and for one database too, where a
    /// run compares them before it has the lock and again with it.
    pub(super) fn checksums(&self) -> &[String] {
        self.checksums.get_or_init(|| self.migrations.checksums())
    }

    /// The schema that the whole history makes.
    pub(super) fn validated(&self) -> Result<Cow<'_, Catalog>, SchemaError> {
        let Some(known) = &self.known else {
            return self.migrations.validate().map(Cow::Owned);
        };
        let validated = known.validated.get_or_init(|| self.migrations.validate());
        match validated {
            Ok(catalog) => Ok(Cow::Borrowed(catalog)),
            Err(error) => Err(error.clone()),
        }
    }

    /// The names that a database is asked for.
    pub(super) fn wanted(&self, dialect: Dialect) -> Arc<Wanted> {
        let wanted = || Arc::new(Wanted::of(&self.migrations, dialect));
        let Some(known) = &self.known else {
            return wanted();
        };
        let mut all = known.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, wanted)) = all.iter().find(|(it, _)| *it == dialect) {
            return Arc::clone(wanted);
        }
        let wanted = wanted();
        all.push((dialect, Arc::clone(&wanted)));
        wanted
    }

    /// The plan for what is pending, on a database that has what `live` says.
    pub(super) fn resolved(
        &self,
        pending: &Pending,
        live: Live,
        dialect: Dialect,
    ) -> Result<Plan, RunError> {
        let resolve = |live| {
            let tracking = self.tracking.clone();
            resolve(&self.migrations, pending, live, dialect, tracking)
        };
        let Some(known) = &self.known else {
            return resolve(live);
        };
        let question = Question {
            dialect,
            tracking_table: self.tracking.table.clone(),
            pending: pending.clone(),
            live,
        };
        let mut plans = known.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = plans.iter().find(|(it, _)| *it == question) {
            let mut plan = plan.clone();
            if let Ok(plan) = &mut plan {
                plan.tracking = self.tracking.clone();
            }
            return plan;
        }
        let plan = resolve(question.live.clone());
        plans.truncate(PLANS - 1);
        plans.insert(0, (question, plan.clone()));
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::{Migration, Migrations, integer, table};

    fn migrator() -> Migrator {
        let tags = table("tags").columns([integer("id").primary_key()]);
        Migrator::new(Migrations::new([
            Migration::new("001_tags", "Tags").create_table(tags)
        ]))
    }

    fn pending() -> Pending {
        Pending {
            count: 1,
            until: 1,
            ..Pending::default()
        }
    }

    #[test]
    fn what_is_known_is_what_would_be_found_out() {
        let (alone, many) = (migrator(), migrator().for_many());
        for _ in 0..2 {
            assert_eq!(alone.checksums(), many.checksums());
            assert_eq!(
                alone.validated().map(Cow::into_owned),
                many.validated().map(Cow::into_owned)
            );
            for dialect in Dialect::ALL {
                assert_eq!(
                    alone.wanted(dialect).tables,
                    many.clone().wanted(dialect).tables
                );
                let plans =
                    [&alone, &many].map(|it| it.resolved(&pending(), Live::default(), dialect));
                assert_eq!(plans[0], plans[1]);
                assert_eq!(plans[0].as_ref().map(|it| it.dialect), Ok(dialect));
            }
        }
    }

    #[test]
    fn another_question_has_another_answer() {
        let many = migrator().for_many();
        let plan = |migrator: &Migrator, pending: &Pending| {
            migrator
                .resolved(pending, Live::default(), Dialect::Postgres)
                .unwrap()
        };
        let first = plan(&many, &pending());
        // A schema changes where it goes, and nothing of the SQL.
        let elsewhere = plan(&many.clone().schema("tenant"), &pending());
        assert_eq!(elsewhere.tracking.schema.as_deref(), Some("tenant"));
        assert_eq!(elsewhere.migrations, first.migrations);
        let other = plan(&many.clone().tracking_table("others"), &pending());
        assert!(other.create_tracking[0].contains("\"others\""));
        let none = Pending {
            until: 0,
            ..pending()
        };
        assert!(plan(&many, &none).migrations.is_empty());
    }
}
