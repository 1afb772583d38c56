//! Text that comes from elsewhere, made fit to be printed.

/// The text in one line: a server's message may hold line breaks, and what a database holds may be anything
/// and must not steer a terminal.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|it: char| it.is_control())
        .filter(|it| !it.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_line_and_steers_nothing() {
        assert_eq!(one_line("a\r\nb\u{1b}[2Jc\n"), "a b [2Jc");
        assert_eq!(one_line("as it is"), "as it is");
        assert_eq!(one_line(""), "");
    }
}
