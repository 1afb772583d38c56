//! Tables in Markdown and a plot, from all that was measured.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use hammerwork_migrations::Dialect;

use crate::measure::{Cell, Samples};
use crate::peer::Peer;

const BEGIN: &str = "<!-- measured: benches/peers/run writes what follows -->";
const END: &str = "<!-- measured: up to here -->";

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

pub fn write(samples: &BTreeMap<Cell, Samples>, page: &Path, plot: &Path) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let (before, rest) = text.split_once(BEGIN).context("the page has no place for the tables")?;
    let (_, after) = rest.split_once(END).context("the page has no place for the tables")?;
    let tables = Tables { samples };
    std::fs::write(page, format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.all()?))?;
    std::fs::write(plot, tables.plot()?)?;
    Ok(())
}

struct Tables<'s> {
    samples: &'s BTreeMap<Cell, Samples>,
}

/// A value of a cell as text; none where it has none.
type Value<'v> = &'v dyn Fn(&Entry<'_>) -> Option<String>;

/// A cell with its samples.
struct Entry<'s> {
    cell: Cell,
    samples: &'s Samples,
}

impl Tables<'_> {
    fn all(&self) -> Result<String> {
        let mut text = String::new();
        let fresh = |it: &Entry<'_>| {
            let ratio = median(&it.samples.fresh) / self.baseline(it.cell)?;
            Some(format!("{ratio:.2}"))
        };
        self.table(&mut text, "A new database, as a ratio to the same DDL in one message", &fresh)?;
        let milliseconds = |it: &Entry<'_>| Some(format!("{:.1}", median(&it.samples.fresh)));
        self.table(&mut text, "A new database, in milliseconds", &milliseconds)?;
        let nothing = |it: &Entry<'_>| some(&it.samples.nothing_to_do).map(|it| format!("{it:.2}"));
        self.table(&mut text, "Nothing to do, in milliseconds", &nothing)?;
        let trips = |it: &Entry<'_>| {
            let (fresh, again) = it.samples.counted.as_ref()?;
            let again = again.as_ref().and_then(|it| it.counts.round_trips);
            let again = again.map_or("–".to_owned(), |it| it.to_string());
            Some(format!("{} / {again}", fresh.counts.round_trips?))
        };
        self.table(&mut text, "Round trips: a new database / nothing to do", &trips)?;
        let syncs = |it: &Entry<'_>| {
            let counted = it.samples.counted.as_ref().filter(|_| it.cell.dialect == Dialect::Sqlite)?;
            Some(counted.0.counts.syncs?.to_string())
        };
        self.table(&mut text, "Syncs of the disk, a new database", &syncs)?;
        let memory = |it: &Entry<'_>| some(&it.samples.memory).map(|it| format!("{:.1}", it / 1024.0));
        self.table(&mut text, "Peak memory of the process, a new database, in MiB", &memory)?;
        Ok(text)
    }

    /// A row for each peer, a column for each engine and number of migrations in which anyone has a value.
    fn table(&self, text: &mut String, title: &str, value: Value<'_>) -> Result<()> {
        let values: BTreeMap<Cell, String> = self
            .samples
            .iter()
            .filter_map(|(cell, samples)| Some((*cell, value(&Entry { cell: *cell, samples })?)))
            .collect();
        let columns: BTreeSet<(Dialect, usize)> = values.keys().map(|it| (it.dialect, it.size)).collect();
        let peers: BTreeSet<Peer> = values.keys().map(|it| it.peer).collect();
        write!(text, "**{title}**\n\n|  |")?;
        for (dialect, size) in &columns {
            write!(text, " {}, {size} |", dialect.product())?;
        }
        writeln!(text, "\n|---|{}", "---:|".repeat(columns.len()))?;
        for peer in peers {
            write!(text, "| {} |", peer.name())?;
            for &(dialect, size) in &columns {
                let value = values.get(&Cell { size, dialect, peer });
                write!(text, " {} |", value.map_or("", String::as_str))?;
            }
            writeln!(text)?;
        }
        writeln!(text)?;
        Ok(())
    }

    fn baseline(&self, cell: Cell) -> Option<f64> {
        let cell = Cell { peer: Peer::OneMessage, ..cell };
        self.samples.get(&cell).map(|it| median(&it.fresh))
    }

    /// Bars: how many times the one message each takes for a new database.
    fn plot(&self) -> Result<String> {
        const ROW: usize = 18;
        const LEFT: usize = 190;
        const WIDTH: usize = 420;
        const LONGEST: f64 = 6.0;
        let groups: BTreeSet<(Dialect, usize)> = self.samples.keys().map(|it| (it.dialect, it.size)).collect();
        let mut bars = String::new();
        let mut y = 0;
        for (dialect, size) in groups {
            y += 30;
            writeln!(bars, r#"<text x="4" y="{y}" font-weight="bold">{}, {size} migrations</text>"#, dialect.product())?;
            for (cell, samples) in self.samples {
                if (cell.dialect, cell.size) != (dialect, size) {
                    continue;
                }
                let Some(baseline) = self.baseline(*cell) else { continue };
                let ratio = median(&samples.fresh) / baseline;
                let length = (ratio.min(LONGEST) / LONGEST * WIDTH as f64).round();
                y += ROW;
                let fill = if cell.peer == Peer::Hammerwork { "#c2410c" } else { "#94a3b8" };
                let text_y = y - 4;
                writeln!(bars, r#"<text x="{}" y="{text_y}" text-anchor="end">{}</text>"#, LEFT - 6, cell.peer.name())?;
                writeln!(bars, r#"<rect x="{LEFT}" y="{}" width="{length}" height="13" fill="{fill}"/>"#, y - 14)?;
                writeln!(bars, r#"<text x="{}" y="{text_y}">{ratio:.2}</text>"#, LEFT as f64 + length + 5.0)?;
            }
        }
        let (width, height) = (LEFT + WIDTH + 60, y + 20);
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"11\">\n<title>A new database, as a ratio to the same DDL in one message; bars end at \
             {LONGEST}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{bars}</svg>\n"
        ))
    }
}

fn some(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| median(values))
}
