//! Tables in Markdown: medians, with the least and the most in parentheses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::stdin;

use anyhow::Result;
use hammerwork_migrations::Dialect;

use crate::once::{Run, Waits};
use crate::way::Way;

type Runs = BTreeMap<(Dialect, Way), Vec<Run>>;

pub fn run() -> Result<()> {
    let mut runs = Runs::new();
    for line in stdin().lines() {
        let run: Run = serde_json::from_str(&line?)?;
        runs.entry((run.dialect.parse()?, run.way))
            .or_default()
            .push(run);
    }
    print!("{}\n{}", summary(&runs)?, by_migration(&runs)?);
    Ok(())
}

fn summary(runs: &Runs) -> Result<String> {
    let mut text = String::from(
        "|  |  | in all, s | longest stall of a reader, ms | of a writer, ms | longest statement of a reader, ms | \
         of a writer, ms | p99 of readers, ms | of writers, ms | longest before, ms | errors |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for ((dialect, way), runs) in runs {
        let of = |value: &dyn Fn(&Run) -> f64| spread(runs.iter().map(value).collect());
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            dialect.product(),
            way.name(),
            of(&|it| it.total / 1000.0),
            of(&|it| it.readers.longest),
            of(&|it| it.writers.longest),
            of(&|it| it.readers.longest_statement),
            of(&|it| it.writers.longest_statement),
            of(&|it| it.readers.p99),
            of(&|it| it.writers.p99),
            of(&|it| it.readers.longest_before.max(it.writers.longest_before)),
            errors(runs),
        )?;
    }
    Ok(text)
}

/// How long each migration took, and the longest stalls in it.
fn by_migration(runs: &Runs) -> Result<String> {
    let all = runs.values().flatten();
    let names: BTreeSet<&str> = all
        .flat_map(|it| it.took.keys().map(String::as_str))
        .collect();
    let mut text = String::from("|  |  |");
    for name in &names {
        write!(text, " {} |", name.split('_').next().unwrap_or(name))?;
    }
    writeln!(text, "\n|---|---|{}", "---:|".repeat(names.len()))?;
    for ((dialect, way), runs) in runs {
        write!(text, "| {} | {} |", dialect.product(), way.name())?;
        for name in &names {
            let of = |value: &dyn Fn(&Run) -> Option<f64>| {
                median(runs.iter().filter_map(value).collect())
            };
            let wait = |waits: &Waits| waits.by_migration.get(*name).copied();
            let took = of(&|it| it.took.get(*name).copied());
            let [reader, writer] = [of(&|it| wait(&it.readers)), of(&|it| wait(&it.writers))];
            write!(
                text,
                " {} ({} / {}) |",
                number(took),
                number(reader),
                number(writer)
            )?;
        }
        writeln!(text)?;
    }
    Ok(text)
}

fn errors(runs: &[Run]) -> String {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for (error, count) in runs
        .iter()
        .flat_map(|it| it.readers.errors.iter().chain(&it.writers.errors))
    {
        *all.entry(error).or_default() += count;
    }
    if all.is_empty() {
        return "none".to_owned();
    }
    let told: Vec<String> = all
        .iter()
        .map(|(error, count)| format!("{count} × {error}"))
        .collect();
    told.join("; ")
}

fn spread(values: Vec<f64>) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    format!(
        "{} ({}–{})",
        number(median(values)),
        number(least),
        number(most)
    )
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => 0.0,
        (length, middle) if length % 2 == 1 => values[middle],
        (_, middle) => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// With as many digits as say something.
fn number(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}
