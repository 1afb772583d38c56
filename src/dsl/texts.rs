//! SQL in the author's own words, a text for each dialect.

use std::fmt;

use crate::dialect::Dialect;

/// The text of one dialect. The dialects' order is kept, so that the order in which an author names them means nothing.
pub(crate) fn set(texts: &mut Vec<(Dialect, String)>, dialect: Dialect, text: String) {
    texts.retain(|(other, _)| *other != dialect);
    texts.push((dialect, text));
    texts.sort_by_key(|(dialect, _)| *dialect);
}

/// The text of all dialects that have none. MariaDB gets none of its own: it has that of MySQL, also where that one
/// is set later.
pub(crate) fn set_everywhere(texts: &mut Vec<(Dialect, String)>, text: &str) {
    for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite] {
        if on(texts, dialect).is_none() {
            set(texts, dialect, text.to_owned());
        }
    }
}

/// The text for `dialect`; none where its author has given none, empty where there is nothing to do.
pub(crate) fn on(texts: &[(Dialect, String)], dialect: Dialect) -> Option<&str> {
    let of = |wanted| {
        texts
            .iter()
            .find(|(dialect, _)| *dialect == wanted)
            .map(|(_, text)| text.as_str())
    };
    let inherited = match dialect {
        Dialect::MariaDb => of(Dialect::MySql),
        Dialect::Postgres | Dialect::MySql | Dialect::Sqlite => None,
    };
    of(dialect).or(inherited)
}

/// Whether there is something to do on `dialect`.
pub(crate) fn does(texts: &[(Dialect, String)], dialect: Dialect) -> bool {
    on(texts, dialect).is_some_and(|text| !text.trim().is_empty())
}

/// A line for each text, such as `on postgres SELECT 1`.
pub(crate) fn show(
    f: &mut fmt::Formatter<'_>,
    direction: &str,
    texts: &[(Dialect, String)],
) -> fmt::Result {
    texts
        .iter()
        .try_for_each(|(dialect, text)| write!(f, "\n  {direction} {dialect} {}", deeper(text)))
}

/// Further lines stand deeper than the parts do, so that no text passes for a part.
pub(crate) fn deeper(text: &str) -> String {
    text.replace('\n', "\n    ")
}
