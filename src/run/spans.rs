//! Spans of `tracing`: one for each migration, and in it one for each statement that is sent. Each has its duration
//! when it ends.

use std::time::{Duration, Instant};

use tracing::field::Empty;
use tracing::{Level, Span, debug_span, info_span, span_enabled};

use super::plan::{PlannedMigration, Way};
use crate::render::Statement;

/// What is logged is ours by this target.
const TARGET: &str = "hammerwork_migrations";

pub(super) fn of_migration(migration: &PlannedMigration) -> Span {
    let way = match migration.way {
        Way::Up => "up",
        Way::Down => "down",
    };
    info_span!(
        target: TARGET,
        "migration",
        id = %migration.id,
        way,
        statements = migration.statements.len(),
        duration_ms = Empty
    )
}

/// One of many databases.
pub(super) fn of_database(name: &str) -> Span {
    info_span!(target: TARGET, "database", name)
}

/// One statement, with the steps of its migration that it carries out.
pub(super) fn of_statement(steps: &[usize], sql: &str) -> Span {
    debug_span!(target: TARGET, "statement", ?steps, sql, duration_ms = Empty)
}

/// All statements of a transaction, where they are one message.
pub(super) fn of_batch(statements: &[&Statement]) -> Span {
    // Nobody needs a text of all of them then.
    if !span_enabled!(target: TARGET, Level::DEBUG) {
        return Span::none();
    }
    let steps: Vec<usize> = statements.iter().flat_map(|it| it.steps.clone()).collect();
    let texts: Vec<&str> = statements.iter().map(|it| it.sql.as_str()).collect();
    of_statement(&steps, &texts.join("; "))
}

pub(super) fn finish(span: &Span, start: Instant) {
    finish_after(span, start.elapsed());
}

pub(super) fn finish_after(span: &Span, duration: Duration) {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    span.record("duration_ms", milliseconds);
}
