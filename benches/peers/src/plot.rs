//! The plot: for each engine two groups of bars, which say how many times the one message a new database takes.

use std::fmt::{self, Write};
use std::path::Path;

use anyhow::Result;

use crate::page::count;
use crate::peer::Peer;
use crate::samples::{All, Cell};

const ROW: usize = 18;
/// Between two engines.
const GAP: usize = 34;
/// Where the bars begin, and how much room is between the two groups.
const LEFT: usize = 190;
const WIDTH: usize = 250;
const ROOM: usize = 60;
/// Longer bars end here; the number beside them tells how much they would be.
const LONGEST: f64 = 4.0;

pub fn write(all: &All, file: &Path) -> Result<()> {
    Ok(std::fs::write(file, svg(all)?)?)
}

fn svg(all: &All) -> Result<String, fmt::Error> {
    let mut sizes: Vec<usize> = all.cells.keys().map(|it| it.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut dialects: Vec<_> = all.cells.keys().map(|it| it.dialect).collect();
    dialects.dedup();
    let left = |place: usize| LEFT + place * (WIDTH + ROOM);

    let mut body = String::new();
    let mut y = 0;
    for dialect in dialects {
        y += GAP;
        writeln!(
            body,
            r#"<text x="4" y="{}" font-weight="bold">{}</text>"#,
            y - 8,
            dialect.product()
        )?;
        for (place, size) in sizes.iter().enumerate() {
            let (x, y) = (left(place), y - 8);
            writeln!(
                body,
                r#"<text x="{x}" y="{y}" font-weight="bold">{} migrations</text>"#,
                count(*size)
            )?;
        }
        for peer in all.peers() {
            let (text_y, weight, fill) = match peer {
                Peer::Hammerwork => (y + 11, "bold", "#c2410c"),
                Peer::OneMessage
                | Peer::Smallest
                | Peer::Sqlx
                | Peer::Refinery
                | Peer::RefineryGrouped
                | Peer::SeaOrm
                | Peer::Diesel => (y + 11, "normal", "#94a3b8"),
            };
            let (x, name) = (LEFT - 6, peer.name());
            writeln!(
                body,
                r#"<text x="{x}" y="{text_y}" text-anchor="end" font-weight="{weight}">{name}</text>"#
            )?;
            for (place, &size) in sizes.iter().enumerate() {
                let Some(ratio) = all.fresh_ratio(Cell {
                    dialect,
                    size,
                    peer,
                }) else {
                    continue;
                };
                let x = left(place);
                let length = (ratio.min(LONGEST) / LONGEST * WIDTH as f64).round() as usize;
                let torn = if ratio > LONGEST { "≫ " } else { "" };
                writeln!(
                    body,
                    r#"<rect x="{x}" y="{y}" width="{length}" height="13" fill="{fill}"/>"#
                )?;
                let x = x + length + 5;
                writeln!(
                    body,
                    r#"<text x="{x}" y="{text_y}" font-weight="{weight}">{torn}{ratio:.2}</text>"#
                )?;
            }
            y += ROW;
        }
    }
    let (width, height) = (left(sizes.len()), y + 10);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<title>A new database, as a ratio to the same DDL in one message; bars end \
         at {LONGEST}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    ))
}
