//! What a person reads of a run and of a status.

use std::time::Duration;

use super::paint::{Hue, Paint};
use super::step::Step;
use super::table::Table;
use super::text::one_line;
use crate::dialect::Dialect;
use crate::run::{
    AppliedNow, Difference, Execution, Found, Holder, Plan, Report, Resolution, State, Status,
};
use chrono::SecondsFormat;

/// The line of one migration that was recorded; ids are padded to `width`.
pub(super) fn of_applied(applied: &AppliedNow, width: usize) -> String {
    let id = &applied.id;
    if applied.statements == 0 {
        return format!("{id:width$}  already there, recorded\n");
    }
    let took = time(applied.duration);
    format!("{id:width$}  applied in {took}\n")
}

/// The line of a migration that was undone.
pub(super) fn of_undone(undone: &AppliedNow, width: usize) -> String {
    let id = &undone.id;
    let took = time(undone.duration);
    format!("{id:width$}  undone in {took}\n")
}

/// The line that sums up a way back.
pub(super) fn of_rollback(report: &Report) -> String {
    match report.rolled_back.len() {
        0 => "nothing to undo\n".to_owned(),
        count => {
            let took: Duration = report.rolled_back.iter().map(|it| it.duration).sum();
            format!("{count} undone in {}\n", time(took))
        }
    }
}

/// The line that sums up a run. `known` is how many migrations the program has.
pub(super) fn of_run(report: &Report, known: usize) -> String {
    if report.is_up_to_date() {
        return format!("nothing to do, {known} applied\n");
    }
    let there = report
        .applied
        .iter()
        .filter(|it| it.statements == 0)
        .count();
    let run = report.applied.len() - there;
    let took: Duration = report.applied.iter().map(|it| it.duration).sum();
    let took = time(took);
    match (run, there) {
        (run, 0) => format!("{run} applied in {took}\n"),
        (0, there) => format!("{there} recorded that were already there\n"),
        (run, there) => {
            format!("{run} applied in {took}, {there} recorded that were already there\n")
        }
    }
}

/// What a run says that waits for another one.
pub(super) fn of_waiting(holder: Option<&Holder>) -> String {
    match holder {
        Some(holder) => format!("waiting for the migration lock: {holder}"),
        None => "waiting for the migration lock".to_owned(),
    }
}

/// What a run says that waits for another session's lock.
pub(super) fn of_retrying(migration: &str, pause: Duration, reason: &str) -> String {
    format!("retrying {migration} in {}: {reason}", time(pause))
}

/// How far a backfill has come.
pub(super) fn of_backfilling(migration: &str, table: &str, keys: u64, of: Option<u64>) -> String {
    let table = one_line(table);
    match of {
        Some(of) => format!("{migration}: {keys} of about {of} rows of {table}"),
        None => format!("{migration}: {keys} rows of {table}"),
    }
}

/// Who has the migration lock.
pub(super) fn of_lock(holder: Option<&Holder>) -> String {
    match holder {
        Some(holder) => {
            let holder = one_line(&holder.to_string());
            format!("the migration lock is held by {holder}\n")
        }
        None => "nobody has the migration lock\n".to_owned(),
    }
}

/// A line per difference, and one that counts.
pub(super) fn of_drift(applied: usize, drift: &[Difference]) -> String {
    let migrations = match applied {
        1 => "1 applied migration makes".to_owned(),
        applied => format!("{applied} applied migrations make"),
    };
    let mut text = String::new();
    for difference in drift {
        text += &one_line(&difference.to_string());
        text += "\n";
    }
    text += &match drift.len() {
        0 => format!("no drift: the schema is what {migrations}\n"),
        1 => format!("1 difference from what {migrations}\n"),
        count => format!("{count} differences from what {migrations}\n"),
    };
    text
}

/// What stands in the way of a baseline.
pub(super) fn of_refused_baseline(until: &str, differences: &[Difference]) -> String {
    let mut text: String = differences
        .iter()
        .map(|it| one_line(&it.to_string()) + "\n")
        .collect();
    let count = match differences.len() {
        1 => "1 difference".to_owned(),
        count => format!("{count} differences"),
    };
    text += &format!("{count} from what the migrations up to {until} make: nothing was recorded\n");
    text
}

/// The line that sums up a baseline.
pub(super) fn of_baseline(report: &Report) -> String {
    match report.applied.len() {
        0 => "nothing to record\n".to_owned(),
        count => format!("{count} recorded, none was run\n"),
    }
}

/// What a check of the migrations has found to be so.
pub(super) fn of_validation(migrations: usize, dialects: &[Dialect]) -> String {
    let products: Vec<&str> = dialects.iter().map(|it| it.product()).collect();
    let noun = if migrations == 1 {
        "migration"
    } else {
        "migrations"
    };
    format!(
        "{migrations} {noun}, sound, with SQL for {}\n",
        products.join(", ")
    )
}

/// A line per operation of what is pending, and one that counts.
pub(super) fn of_plan(plan: &Plan, paint: Paint) -> String {
    let mut table = Table::with(paint);
    for migration in &plan.migrations {
        for step in &migration.steps {
            let hue = match step.found {
                Found::Needed | Found::Partly => Hue::Warning,
                Found::Satisfied => Hue::Good,
                Found::Conflict(_) => Hue::Bad,
            };
            table
                .line()
                .cell(format!("{}:{}", migration.id, step.step))
                .hued(step.found.word(), hue)
                .cell(&step.operation);
        }
    }
    let mut text = table.to_string();
    for migration in &plan.migrations {
        for step in &migration.steps {
            if let Found::Conflict(difference) = &step.found {
                let line = format!("{}:{}: {difference}", migration.id, step.step);
                text += &one_line(&line);
                text += "\n";
            }
        }
    }
    let statements = plan.statement_count();
    let noun = if statements == 1 {
        "statement"
    } else {
        "statements"
    };
    text += &match plan.migrations.len() {
        0 => "nothing to do\n".to_owned(),
        1 => format!("1 migration would be applied, with {statements} {noun}\n"),
        count => format!("{count} migrations would be applied, with {statements} {noun}\n"),
    };
    // What follows is SQL: the whole goes into an engine's client as it is.
    text.lines().map(|line| format!("-- {line}\n")).collect()
}

/// A line per migration that was accepted.
pub(super) fn of_repair(report: &Report) -> String {
    if report.applied.is_empty() {
        return "nothing to repair\n".to_owned();
    }
    let mut table = Table::new();
    for migration in &report.applied {
        table
            .line()
            .cell(&migration.id)
            .cell("accepted as it is now");
    }
    table.to_string()
}

/// What is known of a step from now on.
pub(super) fn of_step(step: &Step, resolution: Resolution) -> String {
    match resolution {
        Resolution::Done => format!("{step}  done, the next run leaves it out\n"),
        Resolution::Undone => format!("{step}  undone, the next run runs it\n"),
    }
}

/// A line per migration, and one that counts.
pub(super) fn of_status(status: &Status, paint: Paint) -> String {
    let mut table = Table::with(paint);
    table
        .line()
        .cell("MIGRATION")
        .cell("STATE")
        .cell("APPLIED AT")
        .number("TOOK")
        .cell("SUMMARY");
    for migration in &status.migrations {
        let none = Execution::default();
        let (state, hue, execution) = match migration.state {
            State::Applied(execution) => ("applied".to_owned(), Hue::Good, execution),
            State::Unknown(execution) => ("unknown".to_owned(), Hue::Bad, execution),
            State::Pending => ("pending".to_owned(), Hue::Warning, none),
            State::HalfDone { step } => (format!("half done, at step {step}"), Hue::Bad, none),
        };
        let at = execution
            .at
            .map(|it| it.to_rfc3339_opts(SecondsFormat::Secs, true));
        let took = execution.duration.map(time);
        table
            .line()
            .cell(&migration.id)
            .hued(state, hue)
            .cell(at.as_deref().unwrap_or("-"))
            .number(took.as_deref().unwrap_or("-"))
            .cell(migration.summary.as_deref().unwrap_or("-"));
    }
    format!("{table}{}", of_counts(status))
}

/// The line that counts.
pub(super) fn of_counts(status: &Status) -> String {
    let mut count = format!("{} applied, {} pending", status.applied(), status.pending());
    if status.unknown() > 0 {
        count += &format!(", {} unknown to this program", status.unknown());
    }
    count + "\n"
}

/// To the millisecond, which is what the tracking table holds.
fn time(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::run::MigrationStatus;

    fn applied(id: &str, statements: usize, milliseconds: u64) -> AppliedNow {
        AppliedNow {
            id: id.to_owned(),
            summary: "Jobs".to_owned(),
            statements,
            duration: Duration::from_millis(milliseconds),
        }
    }

    fn run(applied: &[AppliedNow]) -> String {
        let report = Report {
            applied: applied.to_vec(),
            ..Report::default()
        };
        let lines: String = applied.iter().map(|it| of_applied(it, 10)).collect();
        lines + &of_run(&report, 6)
    }

    #[test]
    fn a_run_is_a_line_per_migration_and_a_sum() {
        assert_eq!(run(&[]), "nothing to do, 6 applied\n");
        assert_eq!(
            run(&[applied("001_jobs", 4, 12), applied("002_longer", 1, 1250)]),
            "\
001_jobs    applied in 12 ms
002_longer  applied in 1.25 s
2 applied in 1.26 s
"
        );
        assert_eq!(
            run(&[applied("001_jobs", 0, 1), applied("002_more", 2, 3)]),
            "\
001_jobs    already there, recorded
002_more    applied in 3 ms
1 applied in 4 ms, 1 recorded that were already there
"
        );
        assert_eq!(
            run(&[applied("001_jobs", 0, 1)]),
            "001_jobs    already there, recorded\n1 recorded that were already there\n"
        );
    }

    #[test]
    fn a_holder_is_told_of_in_one_line() {
        let mut holder = Holder {
            session: Some(7),
            host: Some("10.0.0.1\n".to_owned()),
            since: Some("connected since 2026-01-01".to_owned()),
        };
        assert_eq!(
            of_lock(Some(&holder)),
            "the migration lock is held by session 7 from 10.0.0.1 , connected since 2026-01-01\n"
        );
        holder.host = None;
        assert_eq!(
            of_waiting(Some(&holder)),
            "waiting for the migration lock: session 7, connected since 2026-01-01"
        );
        assert_eq!(of_waiting(None), "waiting for the migration lock");
        assert_eq!(of_lock(None), "nobody has the migration lock\n");
    }

    #[test]
    fn drift_is_a_line_per_difference_and_a_count() {
        let one = [Difference::new("table a\nb", "it is \"missing\"")];
        let two = [one[0].clone(), Difference::new("table c", "it is there")];
        assert_eq!(
            of_drift(6, &[]),
            "no drift: the schema is what 6 applied migrations make\n"
        );
        assert_eq!(
            of_drift(1, &one),
            "table a b: it is \"missing\"\n1 difference from what 1 applied migration makes\n"
        );
        assert!(
            of_drift(6, &two).ends_with("\n2 differences from what 6 applied migrations make\n")
        );
    }

    #[test]
    fn a_status_is_a_table_and_a_count() {
        let execution = Execution {
            at: DateTime::from_timestamp_millis(1_767_225_600_123),
            duration: Some(Duration::from_millis(7)),
        };
        let line = |id: &str, summary: Option<&str>, state| MigrationStatus {
            id: id.to_owned(),
            summary: summary.map(str::to_owned),
            state,
        };
        let mut status = Status {
            migrations: vec![
                line("001_jobs", Some("Jobs"), State::Applied(execution)),
                line("002_more", Some("More of them"), State::Pending),
            ],
        };
        assert_eq!(
            of_status(&status, Paint::default()),
            "\
MIGRATION  STATE    APPLIED AT            TOOK  SUMMARY
001_jobs   applied  2026-01-01T00:00:00Z  7 ms  Jobs
002_more   pending  -                        -  More of them
1 applied, 1 pending
"
        );
        status.migrations.push(line(
            "999_theirs",
            None,
            State::Unknown(Execution::default()),
        ));
        assert!(of_status(&status, Paint::default()).ends_with(
            "999_theirs  unknown  -                        -  -\n\
             1 applied, 1 pending, 1 unknown to this program\n"
        ));
    }
}
