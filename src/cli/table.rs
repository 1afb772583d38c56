//! Columns of text.

use std::fmt;

use super::paint::{Hue, Paint};

/// Lines of cells. Columns stand two spaces apart and are as wide as their widest cell; the last one ends
/// where its text does, so that no line ends in spaces.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    lines: Vec<Vec<Cell>>,
    paint: Paint,
}

#[derive(Clone, Debug)]
struct Cell {
    text: String,
    to_the_right: bool,
    hue: Option<Hue>,
}

impl Table {
    pub(super) fn new() -> Self {
        Table::default()
    }

    /// A table with colours, where `paint` has any.
    pub(super) fn with(paint: Paint) -> Self {
        Table {
            paint,
            ..Table::default()
        }
    }

    /// Begins a line.
    pub(super) fn line(&mut self) -> &mut Self {
        self.lines.push(Vec::new());
        self
    }

    /// Adds a cell to the line.
    pub(super) fn cell(&mut self, text: impl fmt::Display) -> &mut Self {
        self.add(text.to_string(), false, None)
    }

    /// Adds a cell in a colour, where the table has colours.
    pub(super) fn hued(&mut self, text: impl fmt::Display, hue: Hue) -> &mut Self {
        self.add(text.to_string(), false, Some(hue))
    }

    /// Adds a cell whose text stands to the right of its column, as numbers do.
    pub(super) fn number(&mut self, text: impl fmt::Display) -> &mut Self {
        self.add(text.to_string(), true, None)
    }

    /// What a database holds may be anything, and must not steer a terminal.
    fn add(&mut self, text: String, to_the_right: bool, hue: Option<Hue>) -> &mut Self {
        let text = text
            .chars()
            .map(|it| if it.is_control() { '\u{fffd}' } else { it })
            .collect();
        if let Some(line) = self.lines.last_mut() {
            line.push(Cell {
                text,
                to_the_right,
                hue,
            });
        }
        self
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.lines.iter().filter_map(|line| line.get(column));
        cells.map(Cell::width).max().unwrap_or(0)
    }
}

impl Cell {
    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let mut written = String::new();
            for (column, cell) in line.iter().enumerate() {
                let gap = if column == 0 { "" } else { "  " };
                let padding = " ".repeat(self.width(column).saturating_sub(cell.width()));
                let text = match cell.hue {
                    Some(hue) => self.paint.paint(hue, &cell.text),
                    None => cell.text.clone(),
                };
                written += gap;
                if cell.to_the_right {
                    written += &padding;
                    written += &text;
                } else {
                    written += &text;
                    written += &padding;
                }
            }
            writeln!(f, "{}", written.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new();
        table.line().cell("ID").number("TOOK").cell("SUMMARY");
        table.line().cell("001_jobs").number("7 ms").cell("Jobs");
        table.line().cell("é").number("1.25 s").cell("");
        assert_eq!(
            table.to_string(),
            "\
ID          TOOK  SUMMARY
001_jobs    7 ms  Jobs
é         1.25 s
"
        );
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let mut table = Table::new();
        table.line().cell("a\u{1b}[2Jb\nc");
        assert_eq!(table.to_string(), "a\u{fffd}[2Jb\u{fffd}c\n");
    }

    #[test]
    fn no_lines_are_no_text() {
        assert_eq!(Table::new().to_string(), "");
    }
}
