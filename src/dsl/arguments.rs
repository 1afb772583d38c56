//! The arguments of a function, found in its author's own words.

/// The list of arguments that a function's text begins with, in its parentheses; none where it does not begin with one.
pub(crate) fn arguments(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if !text.starts_with('(') {
        return None;
    }
    let (end, _) = signs(text).find(|(_, sign)| sign.depth == 0)?;
    text.get(..=end)
}

/// The list as PostgreSQL wants to read it where a function is dropped: there no argument has a default.
pub(crate) fn without_defaults(arguments: &str) -> String {
    let mut kept = String::new();
    let mut start = 0;
    let mut in_default = false;
    for (at, sign) in signs(arguments) {
        // What is in the parentheses of a type or of a default is a part of it.
        let is_outer = sign.depth == 1 && sign.character != ')';
        if in_default && (is_outer && sign.character == ',' || sign.depth == 0) {
            in_default = false;
            start = at;
        } else if !in_default && is_outer && begins_default(arguments, at) {
            in_default = true;
            let until_default = arguments.get(start..at).unwrap_or_default();
            // A line that ends here may be a comment.
            kept += until_default.trim_end_matches([' ', '\t']);
        }
    }
    kept += arguments.get(start..).unwrap_or_default();
    kept
}

fn begins_default(text: &str, at: usize) -> bool {
    const WORD: &str = "DEFAULT";
    let (before, rest) = text.split_at(at);
    let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let is_word = rest
        .get(..WORD.len())
        .is_some_and(|it| it.eq_ignore_ascii_case(WORD));
    let after = rest.get(WORD.len()..).unwrap_or_default();
    rest.starts_with('=')
        || is_word && !is_part(before.chars().next_back()) && !is_part(after.chars().next())
}

/// A character that is no part of a text or name in quotes, or of a comment.
struct Sign {
    character: char,
    /// How many parentheses are open behind it.
    depth: usize,
}

/// The signs of SQL, each with its place.
fn signs(sql: &str) -> impl Iterator<Item = (usize, Sign)> {
    let mut at = 0;
    let mut depth = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let rest = sql.get(at..)?;
            let skipped = skipped(rest);
            if skipped > 0 {
                at += skipped;
                continue;
            }
            let character = rest.chars().next()?;
            match character {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let place = at;
            at += character.len_utf8();
            return Some((place, Sign { character, depth }));
        }
    })
}

/// How many bytes of `rest` are a text or name in quotes, or a comment, that it begins with.
fn skipped(rest: &str) -> usize {
    let until = |end: &str, from: usize| {
        let inner = rest.get(from..).unwrap_or_default();
        inner
            .find(end)
            .map_or(rest.len(), |it| from + it + end.len())
    };
    match rest.as_bytes() {
        // Two quotes are the end of a text and the start of the next.
        [b'\'', ..] => until("'", 1),
        [b'"', ..] => until("\"", 1),
        [b'`', ..] => until("`", 1),
        [b'-', b'-', ..] => until("\n", 2),
        [b'/', b'*', ..] => until("*/", 2),
        [b'$', ..] => dollar_tag(rest).map_or(0, |tag| until(tag, tag.len())),
        _ => 0,
    }
}

/// PostgreSQL's own quotes: `$$` or `$name$`.
fn dollar_tag(rest: &str) -> Option<&str> {
    let name = rest.get(1..)?.split('$').next()?;
    let tag = rest.get(..name.len() + 2)?;
    let is_name = name.chars().all(|it| it.is_alphanumeric() || it == '_');
    (is_name && !name.starts_with(|it: char| it.is_ascii_digit())).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_with_its_own_parenthesis() {
        let list = |text| arguments(text);
        assert_eq!(list(" () RETURNS trigger"), Some("()"));
        assert_eq!(
            list("(n numeric(9, 2), \"a)b\" text) RETURNS TABLE (x int)"),
            Some("(n numeric(9, 2), \"a)b\" text)")
        );
        assert_eq!(
            list("(a text = ')''', -- or )\n b text = $q$)$q$ /* ) */) x"),
            Some("(a text = ')''', -- or )\n b text = $q$)$q$ /* ) */)")
        );
        assert_eq!(
            list("(e ENUM('a)', 'b')) RETURNS INT"),
            Some("(e ENUM('a)', 'b'))")
        );
    }

    #[test]
    fn what_does_not_begin_with_a_list_has_none() {
        for text in [
            "",
            "f() RETURNS int",
            "(n int",
            "(a text = ')",
            "RETURNS int AS $$ () $$",
        ] {
            assert_eq!(arguments(text), None, "{text}");
        }
    }

    #[test]
    fn defaults_are_left_out_wherever_they_stand() {
        for (written, wanted) in [
            ("()", "()"),
            ("(n integer)", "(n integer)"),
            ("(n integer DEFAULT 1)", "(n integer)"),
            (
                "(a text default 'x, y', b numeric(9, 2) = round(1.5, 0), OUT c integer)",
                "(a text, b numeric(9, 2), OUT c integer)",
            ),
            ("(a integer[] = ARRAY[1, 2], b int)", "(a integer[], b int)"),
            (
                "(a int -- = 1,\n DEFAULT 2, b int)",
                "(a int -- = 1,\n, b int)",
            ),
            (
                "(\"default\" int, default_of int = 3)",
                "(\"default\" int, default_of int)",
            ),
            ("(a text = $$, $$, größe int)", "(a text, größe int)"),
        ] {
            assert_eq!(without_defaults(written), wanted, "{written}");
        }
    }
}
