//! Tables in Markdown, from all that was measured.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use hammerwork_migrations::Dialect;

use crate::peer::Peer;
use crate::samples::{All, Cell, Samples, median};

const BEGIN: &str = "<!-- measured: benches/peers/run writes what follows -->";
const END: &str = "<!-- measured: up to here -->";

/// Writes the tables between the marks that the page has for them.
pub fn write(all: &All, page: &Path) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .context("the page has no place for the tables")?;
    let (_, after) = rest
        .split_once(END)
        .context("the page has no place for the tables")?;
    let tables = tables(all)?;
    Ok(std::fs::write(
        page,
        format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"),
    )?)
}

fn tables(all: &All) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let mut table = |title: &str, value: Value<'_>| table(&mut text, all, title, value);
    table("Nothing to do, in milliseconds", &|_, it| {
        median(&it.nothing_to_do.medians).map(|it| format!("{it:.2}"))
    })?;
    table(
        "Nothing to do, as a ratio to the smallest honest migrator",
        &|cell, _| all.nothing_ratio(cell).map(|it| format!("{it:.2}")),
    )?;
    table(
        "A new database, as a ratio to the same DDL in one message",
        &|cell, _| all.fresh_ratio(cell).map(|it| format!("{it:.2}")),
    )?;
    table("A new database, in milliseconds", &|_, it| {
        median(&it.fresh.medians).map(|it| {
            if it < 100.0 {
                format!("{it:.1}")
            } else {
                format!("{it:.0}")
            }
        })
    })?;
    table(
        "The first run of a process, nothing to do, as the same ratio",
        &|cell, _| all.first_nothing_ratio(cell).map(|it| format!("{it:.2}")),
    )?;
    table(
        "The first run of a process, a new database, as the same ratio",
        &|cell, _| all.first_fresh_ratio(cell).map(|it| format!("{it:.2}")),
    )?;
    table("Round trips: a new database / nothing to do", &|_, it| {
        let (fresh, again) = it.counted.as_ref()?;
        let again = again.as_ref().and_then(|it| it.counts.round_trips);
        let again = again.map_or("–".to_owned(), |it| it.to_string());
        Some(format!("{} / {again}", fresh.counts.round_trips?))
    })?;
    table(
        "Syncs of the disk by the process, a new database / nothing to do",
        &|cell, it| {
            let (fresh, again) = it
                .counted
                .as_ref()
                .filter(|_| cell.dialect == Dialect::Sqlite)?;
            let again = again.as_ref().and_then(|it| it.counts.syncs);
            let again = again.map_or("–".to_owned(), |it| it.to_string());
            Some(format!("{} / {again}", fresh.counts.syncs?))
        },
    )?;
    table(
        "Peak memory of the process, a new database, in MiB",
        &|_, it| median(&it.memory).map(|it| format!("{:.1}", it / 1024.0)),
    )?;
    how_often(&mut text, all)?;
    failures(&mut text, all)?;
    Ok(text)
}

/// A value of a cell as text; none where it has none.
type Value<'v> = &'v dyn Fn(Cell, &Samples) -> Option<String>;

/// A row for each peer, a column for each engine and number of migrations in which anyone has a value.
fn table(text: &mut String, all: &All, title: &str, value: Value<'_>) -> fmt::Result {
    let values: BTreeMap<Cell, String> = all
        .cells
        .iter()
        .filter_map(|(cell, samples)| Some((*cell, value(*cell, samples)?)))
        .collect();
    let columns: BTreeSet<(Dialect, usize)> =
        values.keys().map(|it| (it.dialect, it.size)).collect();
    let peers: BTreeSet<Peer> = values.keys().map(|it| it.peer).collect();
    write!(text, "**{title}**\n\n|  |")?;
    for &(dialect, size) in &columns {
        write!(text, " {}, {} |", dialect.product(), count(size))?;
    }
    writeln!(text, "\n|---|{}", "---:|".repeat(columns.len()))?;
    for peer in peers {
        write!(text, "| {} |", peer.name())?;
        for &(dialect, size) in &columns {
            let cell = Cell {
                dialect,
                size,
                peer,
            };
            let failed = all
                .cells
                .get(&cell)
                .is_some_and(|it| !it.failures.is_empty());
            let value = values.get(&cell).map(String::as_str);
            let value = value.unwrap_or(if failed { "failed" } else { "" });
            // Ours stands out.
            if peer == Peer::Hammerwork && !value.is_empty() {
                write!(text, " **{value}** |")?;
            } else {
                write!(text, " {value} |")?;
            }
        }
        writeln!(text)?;
    }
    writeln!(text)
}

fn how_often(text: &mut String, all: &All) -> fmt::Result {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    writeln!(
        text,
        "Measured on {cores} cores, with {}.",
        all.versions.join(", ")
    )?;
    let mut sizes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (cell, samples) in &all.cells {
        let runs = samples.fresh.medians.len();
        let (least, most) = sizes.entry(cell.size).or_insert((runs, runs));
        (*least, *most) = (runs.min(*least), runs.max(*most));
    }
    for (size, (least, most)) in sizes {
        if least == most {
            write!(
                text,
                "With {} migrations each was measured {most} times. ",
                count(size)
            )?;
            continue;
        }
        write!(
            text,
            "With {} migrations each was measured up to {most} times; ",
            count(size)
        )?;
        let fewer = all
            .cells
            .iter()
            .filter(|(cell, it)| cell.size == size && it.fresh.medians.len() < most);
        let fewer: Vec<String> = fewer
            .map(|(cell, it)| {
                format!(
                    "{} on {} {}",
                    cell.peer.name(),
                    cell.dialect.product(),
                    it.fresh.medians.len()
                )
            })
            .collect();
        write!(text, "what takes long fewer times: {}. ", fewer.join(", "))?;
    }
    writeln!(text)
}

fn failures(text: &mut String, all: &All) -> fmt::Result {
    if all.cells.values().all(|it| it.failures.is_empty()) {
        return Ok(());
    }
    writeln!(text, "\nWhat failed:\n")?;
    for (cell, samples) in &all.cells {
        let Some(reason) = samples.failures.first() else {
            continue;
        };
        let (peer, product, size) = (cell.peer.name(), cell.dialect.product(), count(cell.size));
        let (failed, through) = (samples.failures.len(), samples.fresh.medians.len());
        writeln!(
            text,
            "- {peer} on {product}, {size}: {failed} failed, {through} did not: `{reason}`"
        )?;
    }
    Ok(())
}

/// With a comma before the thousands.
pub fn count(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
