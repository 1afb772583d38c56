//! The text of a table's definition, read for what would be lost with it.

/// What a definition can say that is no column, no type and no default.
const CLAUSES: [&str; 11] = [
    "AS",
    "AUTOINCREMENT",
    "CHECK",
    "COLLATE",
    "CONFLICT",
    "DEFERRABLE",
    "GENERATED",
    "REFERENCES",
    "STRICT",
    "UNIQUE",
    "WITHOUT",
];

/// The first clause that stands in `live` more often than in `known`, both CREATE TABLE statements.
pub(crate) fn unknown_clause(live: &str, known: &str) -> Option<&'static str> {
    let [live, known] = [live, known].map(bare_words);
    let count =
        |words: &[String], clause: &str| words.iter().filter(|word| *word == clause).count();
    CLAUSES
        .into_iter()
        .find(|clause| count(&live, clause) > count(&known, clause))
}

/// Whether the table gives only numbers that none of its rows ever had.
pub(crate) fn counts_on(definition: &str) -> bool {
    bare_words(definition)
        .iter()
        .any(|word| word == "AUTOINCREMENT")
}

/// The words of a statement, in upper case; what stands in quotes or in a comment is none.
fn bare_words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_alphanumeric() || character == '_' {
            word.extend(character.to_uppercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match (character, characters.peek()) {
            ('"' | '`' | '\'', _) => {
                // A doubled quote ends one text and begins the next.
                characters.by_ref().find(|it| *it == character);
            }
            ('[', _) => {
                characters.by_ref().find(|it| *it == ']');
            }
            ('-', Some('-')) => {
                characters.by_ref().find(|it| *it == '\n');
            }
            ('/', Some('*')) => {
                let mut last = ' ';
                characters.by_ref().skip(1).find(|it| {
                    let ends = last == '*' && *it == '/';
                    last = *it;
                    ends
                });
            }
            (_, _) => {}
        }
    }
    words.push(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_migration_made_is_found() {
        let known = r#"CREATE TABLE "t" ("a" TEXT COLLATE NOCASE DEFAULT 'it''s UNIQUE')"#;
        for (live, clause) in [
            ("CREATE TABLE t (a TEXT COLLATE NOCASE)", None),
            (
                "CREATE TABLE t (a TEXT /* UNIQUE ** */, -- CHECK (1)\n [check] INT, `as` INT)",
                None,
            ),
            ("CREATE TABLE t (a TEXT check(a > 'b'))", Some("CHECK")),
            ("CREATE TABLE t (a INT, UNIQUE(a))", Some("UNIQUE")),
            (
                "CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM)",
                Some("COLLATE"),
            ),
            (
                "CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID",
                Some("WITHOUT"),
            ),
            ("CREATE TABLE t (a INT) /**/ STRICT", Some("STRICT")),
        ] {
            assert_eq!(unknown_clause(live, known), clause, "{live}");
        }
    }
}
