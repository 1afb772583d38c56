//! Random triggers.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::name;

/// A trigger that some engines have no body for. What it does is right on SQLite, and so hurts nothing there.
pub(crate) fn trigger_value() -> impl Strategy<Value = Trigger> {
    let body = || {
        select(
            &[
                "BEGIN SELECT 1; END",
                "BEGIN SELECT 'it''s; --'; END; -- b",
                "",
            ][..],
        )
    };
    let moment = select(
        &[
            BeforeInsert,
            AfterInsert,
            BeforeUpdate,
            AfterUpdate,
            BeforeDelete,
            AfterDelete,
        ][..],
    );
    (
        (name(), moment, name()),
        proptest::option::weighted(0.9, body()),
        vec((select(&Dialect::ALL[..]), body()), 0..2),
    )
        .prop_map(|((name, moment, table), everywhere, own)| {
            let own = own.into_iter();
            let trigger = own.fold(trigger(name, moment, table), |trigger, (dialect, body)| {
                trigger.on(dialect, body)
            });
            match everywhere {
                Some(body) => trigger.everywhere(body),
                None => trigger,
            }
        })
}
