//! SQL in colours: what is a comment, a text and a keyword.

use super::paint::{Hue, Paint};

/// The same SQL, coloured. Only colours are added: without them it is what it was.
pub(super) fn sql(text: &str, paint: Paint) -> String {
    if !paint.is_on() {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while !rest.is_empty() {
        let (token, hue) = next_token(rest);
        match hue {
            // A colour that runs over a line break would colour the shell's prompt where the output is cut.
            Some(hue) => {
                let lines: Vec<String> = token.split('\n').map(|it| paint.paint(hue, it)).collect();
                shown += &lines.join("\n");
            }
            None => shown += token,
        }
        rest = &rest[token.len()..];
    }
    shown
}

/// The first token, never empty, and its colour.
fn next_token(text: &str) -> (&str, Option<Hue>) {
    let first = text.chars().next().unwrap_or(' ');
    if text.starts_with("--") {
        let end = text.find('\n').unwrap_or(text.len());
        return (&text[..end], Some(Hue::Faint));
    }
    if matches!(first, '\'' | '"' | '`') {
        let end = text[1..].find(first).map_or(text.len(), |it| it + 2);
        let hue = (first == '\'').then_some(Hue::Good);
        return (&text[..end], hue);
    }
    let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    if !is_word(first) {
        return (&text[..first.len_utf8()], None);
    }
    let end = text.find(|it| !is_word(it)).unwrap_or(text.len());
    let word = &text[..end];
    // The renderers write keywords in capitals, and names in quotes.
    let keyword = word.len() > 1 && word.chars().all(|it| it.is_ascii_uppercase() || it == '_');
    (word, keyword.then_some(Hue::Help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::options::Color;
    use crate::{Dialect, register_builtin_migrations};

    fn colours() -> Paint {
        Paint::of(Color::Always, &std::io::stdout())
    }

    #[test]
    fn keywords_texts_and_comments_are_told_apart() {
        assert_eq!(
            sql("-- a 'b'\nDROP TABLE \"A B\" ('it''s', 1);", colours()),
            "\u{1b}[2m-- a 'b'\u{1b}[0m\n\u{1b}[36mDROP\u{1b}[0m \u{1b}[36mTABLE\u{1b}[0m \"A B\" \
             (\u{1b}[32m'it'\u{1b}[0m\u{1b}[32m's'\u{1b}[0m, 1);"
        );
    }

    #[test]
    fn nothing_but_colours_is_added() {
        for dialect in Dialect::ALL {
            let plan = register_builtin_migrations().preview(dialect).unwrap();
            let plain = plan.to_string() + "'never ended\n";
            let mut shown = sql(&plain, colours());
            for code in ["2", "36", "32", "0"] {
                shown = shown.replace(&format!("\u{1b}[{code}m"), "");
            }
            assert_eq!(shown, plain);
        }
    }
}
