//! Colours, where they are wanted.

use std::io::IsTerminal;

use super::options::Color;

/// Whether a stream is written to in colours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paint {
    on: bool,
}

/// What is told apart by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hue {
    /// What is as it should be.
    Good,
    /// What a person should look at.
    Warning,
    /// What failed.
    Bad,
    /// What helps.
    Help,
    /// What stands out.
    Strong,
    /// What may be overlooked.
    Faint,
}

impl Paint {
    /// `NO_COLOR` counts where it is not empty, as <https://no-color.org> has it, and a terminal that is `dumb`
    /// knows none.
    pub(super) fn of(color: Color, stream: &impl IsTerminal) -> Self {
        let set = |name| std::env::var_os(name).filter(|it| !it.is_empty());
        let on = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                stream.is_terminal()
                    && set("NO_COLOR").is_none()
                    && set("TERM").is_none_or(|it| it != "dumb")
            }
        };
        Paint { on }
    }

    pub(super) fn is_on(self) -> bool {
        self.on
    }

    /// The text in that colour. It has none already, and is one line.
    pub(super) fn paint(self, hue: Hue, text: &str) -> String {
        if !self.on || text.is_empty() {
            return text.to_owned();
        }
        let code = match hue {
            Hue::Good => "32",
            Hue::Warning => "33",
            Hue::Bad => "1;31",
            Hue::Help => "36",
            Hue::Strong => "1",
            Hue::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_there_only_where_it_is_wanted() {
        let file = std::fs::File::open("Cargo.toml").unwrap();
        for (color, shown) in [
            (Color::Always, "\u{1b}[33mpending\u{1b}[0m"),
            (Color::Never, "pending"),
            // A file is no terminal.
            (Color::Auto, "pending"),
        ] {
            let paint = Paint::of(color, &file);
            assert_eq!(paint.paint(Hue::Warning, "pending"), shown);
            assert_eq!(paint.paint(Hue::Warning, ""), "");
        }
    }
}
