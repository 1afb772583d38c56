//! What a person reads of a run and of a status.

use std::time::Duration;

use chrono::SecondsFormat;

use super::table::Table;
use crate::run::{Execution, Report, State, Status};

/// A line per migration that was recorded, and one that sums up. `known` is how many the program has.
pub(super) fn of_run(report: &Report, known: usize) -> String {
    if report.is_up_to_date() {
        return format!("nothing to do, {known} applied\n");
    }
    let mut table = Table::new();
    for migration in &report.applied {
        let line = table.line().cell(&migration.id);
        if migration.statements == 0 {
            line.cell("already there, recorded");
        } else {
            line.cell(format!("applied in {}", time(migration.duration)));
        }
    }
    let there = report
        .applied
        .iter()
        .filter(|it| it.statements == 0)
        .count();
    let run = report.applied.len() - there;
    let took: Duration = report.applied.iter().map(|it| it.duration).sum();
    let took = time(took);
    let summary = match (run, there) {
        (run, 0) => format!("{run} applied in {took}"),
        (0, there) => format!("{there} recorded that were already there"),
        (run, there) => {
            format!("{run} applied in {took}, {there} recorded that were already there")
        }
    };
    format!("{table}{summary}\n")
}

/// A line per migration, and one that counts.
pub(super) fn of_status(status: &Status) -> String {
    let mut table = Table::new();
    table
        .line()
        .cell("MIGRATION")
        .cell("STATE")
        .cell("APPLIED AT")
        .number("TOOK")
        .cell("SUMMARY");
    for migration in &status.migrations {
        let (state, execution) = match migration.state {
            State::Applied(execution) => ("applied", execution),
            State::Unknown(execution) => ("unknown", execution),
            State::Pending => ("pending", Execution::default()),
        };
        let at = execution
            .at
            .map(|it| it.to_rfc3339_opts(SecondsFormat::Secs, true));
        let took = execution.duration.map(time);
        table
            .line()
            .cell(&migration.id)
            .cell(state)
            .cell(at.as_deref().unwrap_or("-"))
            .number(took.as_deref().unwrap_or("-"))
            .cell(migration.summary.as_deref().unwrap_or("-"));
    }
    let mut count = format!("{} applied, {} pending", status.applied(), status.pending());
    if status.unknown() > 0 {
        count += &format!(", {} unknown to this program", status.unknown());
    }
    format!("{table}{count}\n")
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
    use crate::run::{AppliedNow, MigrationStatus};

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
        of_run(&report, 6)
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
001_jobs  already there, recorded
002_more  applied in 3 ms
1 applied in 4 ms, 1 recorded that were already there
"
        );
        assert_eq!(
            run(&[applied("001_jobs", 0, 1)]),
            "001_jobs  already there, recorded\n1 recorded that were already there\n"
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
            of_status(&status),
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
        assert!(of_status(&status).ends_with(
            "999_theirs  unknown  -                        -  -\n\
             1 applied, 1 pending, 1 unknown to this program\n"
        ));
    }
}
