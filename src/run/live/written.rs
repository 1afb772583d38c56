//! The constraints of a table of SQLite: their names stand in the text of its definition alone.

use super::LiveTable;
use super::constraints::{LiveCheck, LiveForeignKey, action, planned_unique, timing};
use crate::dsl::{foreign_key, unique};

/// Adds to `table` what its `CREATE TABLE` says of unique constraints, foreign keys, checks and collations.
pub(super) fn add_constraints(table: &mut LiveTable, sql: &str) {
    let tokens = tokens(sql);
    let Some(start) = tokens.iter().position(|it| it.is("(")) else {
        return;
    };
    let mut reader = Reader {
        tokens: &tokens,
        at: start + 1,
    };
    while let Some(token) = reader.peek() {
        // A definition is that of a column, unless it starts with one of these.
        let is_constraint = ["CONSTRAINT", "UNIQUE", "FOREIGN", "CHECK", "PRIMARY"]
            .iter()
            .any(|word| token.is(word));
        let column = (!is_constraint).then(|| reader.name());
        item(&mut reader, column.as_deref(), table);
        if !reader.takes(",") {
            return;
        }
    }
}

/// Reads one definition, up to the comma or the parenthesis after it.
fn item(reader: &mut Reader<'_>, column: Option<&str>, table: &mut LiveTable) {
    let mut name = String::new();
    let own = || column.map(str::to_owned).into_iter().collect::<Vec<_>>();
    let mut columns = own();
    while let Some(token) = reader.peek() {
        if token.is(",") || token.is(")") {
            return;
        }
        if reader.takes("CONSTRAINT") {
            name = reader.name();
        } else if reader.takes("COLLATE") {
            let collation = reader.name().to_ascii_uppercase();
            let of_it = table
                .columns
                .iter_mut()
                .find(|it| Some(it.name.as_str()) == column);
            if let Some(column) = of_it {
                column.details += &format!(" collate {collation}");
            }
        } else if reader.takes("UNIQUE") {
            let columns = reader.names().unwrap_or_else(own);
            let named = named(&mut name, &columns);
            let made = unique("").columns(columns).named(named);
            table.indexes.push(planned_unique("", &made));
        } else if reader.takes("FOREIGN") {
            reader.takes("KEY");
            columns = reader.names().unwrap_or_default();
        } else if reader.takes("REFERENCES") {
            let label = named(&mut name, &columns);
            let parent = reader.name();
            let referenced = reader.names().unwrap_or_default();
            let mut key = foreign_key(label)
                .columns(columns.clone())
                .references(parent, referenced);
            loop {
                if reader.takes("ON") {
                    let deleted = reader.takes("DELETE");
                    let updated = !deleted && reader.takes("UPDATE");
                    let action = action(&reader.action());
                    if deleted {
                        key.on_delete = action;
                    } else if updated {
                        key.on_update = action;
                    }
                } else if reader.takes("MATCH") {
                    reader.name();
                } else if reader.takes_both("NOT", "DEFERRABLE") {
                    reader.deferred();
                } else if reader.takes("DEFERRABLE") {
                    key.timing = timing(true, reader.deferred());
                } else {
                    break;
                }
            }
            table.foreign_keys.push(LiveForeignKey { key, valid: true });
        } else if reader.takes("CHECK") {
            let text = reader.parenthesis();
            let name = if name.is_empty() {
                text.clone()
            } else {
                std::mem::take(&mut name)
            };
            table.checks.push(LiveCheck { name, text });
        } else if token.is("(") {
            reader.parenthesis();
        } else {
            reader.at += 1;
        }
    }
}

/// The name of a constraint; one without is known by its columns.
fn named(name: &mut String, columns: &[String]) -> String {
    match std::mem::take(name) {
        name if name.is_empty() => format!("({})", columns.join(", ")),
        name => name,
    }
}

/// A word, a name in quotes, a text, or a sign.
#[derive(Debug, PartialEq, Eq)]
struct Token {
    /// As it was written.
    text: String,
    /// What stands in the quotes, where it has some.
    quoted: Option<String>,
}

impl Token {
    /// Whether it is this word or sign, outside quotes.
    fn is(&self, word: &str) -> bool {
        self.quoted.is_none() && self.text.eq_ignore_ascii_case(word)
    }
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|it| it.is(word));
        self.at += usize::from(is);
        is
    }

    fn takes_both(&mut self, first: &str, second: &str) -> bool {
        let next = self.tokens.get(self.at + 1);
        let is = next.is_some_and(|it| it.is(second)) && self.takes(first);
        self.at += usize::from(is);
        is
    }

    fn name(&mut self) -> String {
        let token = self.peek();
        let name = token.map(|it| it.quoted.as_ref().unwrap_or(&it.text).clone());
        self.at += 1;
        name.unwrap_or_default()
    }

    /// The names in a parenthesis, if there is one.
    fn names(&mut self) -> Option<Vec<String>> {
        if !self.takes("(") {
            return None;
        }
        let mut names = vec![self.name()];
        while let Some(token) = self.peek() {
            if token.is(")") {
                self.at += 1;
                break;
            }
            if self.takes(",") {
                names.push(self.name());
            } else {
                // A collation or a direction.
                self.at += 1;
            }
        }
        Some(names)
    }

    /// What stands in a parenthesis, with one blank between its words.
    fn parenthesis(&mut self) -> String {
        let mut depth = 0_usize;
        let mut words = Vec::new();
        while let Some(token) = self.peek() {
            depth += usize::from(token.is("("));
            depth = depth.saturating_sub(usize::from(token.is(")")));
            words.push(token.text.as_str());
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        words.join(" ")
    }

    /// `CASCADE`, or the two words of another action.
    fn action(&mut self) -> String {
        let first = self.name().to_ascii_uppercase();
        if first == "SET" || first == "NO" {
            format!("{first} {}", self.name().to_ascii_uppercase())
        } else {
            first
        }
    }

    fn deferred(&mut self) -> bool {
        self.takes("INITIALLY") && self.name().eq_ignore_ascii_case("DEFERRED")
    }
}

fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '`' | '\'' => quoted_length(rest, first),
            '[' => rest.find(']').map_or(rest.len(), |it| it + 1),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |it| it + 2),
            _ if is_word(first) => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        let is_comment = text.starts_with("--") || text.starts_with("/*");
        if !is_comment && !first.is_whitespace() {
            let inner = text
                .get(1..text.len().saturating_sub(1))
                .unwrap_or_default();
            let quoted = match first {
                '"' | '`' | '\'' => {
                    Some(inner.replace(&format!("{first}{first}"), &first.to_string()))
                }
                '[' => Some(inner.to_owned()),
                _ => None,
            };
            tokens.push(Token {
                text: text.to_owned(),
                quoted,
            });
        }
        rest = after;
    }
    tokens
}

/// The bytes of what starts with a quote, up to the same one; a doubled one does not end it.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote && characters.next_if(|(_, it)| *it == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> LiveTable {
        let mut table = LiveTable::default();
        add_constraints(&mut table, sql);
        table
    }

    #[test]
    fn constraints_are_read_with_their_names() {
        let table = read(
            r#"CREATE TABLE "odd, (" (
                "id" INTEGER NOT NULL, -- CHECK (no), UNIQUE (no)
                "a ""b" TEXT DEFAULT 'it''s, UNIQUE (' COLLATE NOCASE,
                "unique" NUMERIC(10, 2) DEFAULT (1 + (2)),
                PRIMARY KEY ("id"),
                CONSTRAINT "uq, x" UNIQUE ("unique", "a ""b"),
                CONSTRAINT ck CHECK ("id" > 0 AND (1 = 1)),
                CONSTRAINT "fk" FOREIGN KEY ("id", "unique") REFERENCES "p t" ("x", "y")
                    ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
            )"#,
        );
        let unique = &table.indexes[0];
        assert_eq!(unique.name, "uq, x");
        let columns: Vec<&str> = unique.parts.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(columns, ["unique", "a \"b"]);
        assert_eq!(table.checks.len(), 1);
        assert_eq!(table.checks[0].name, "ck");
        assert_eq!(table.checks[0].text, r#"( "id" > 0 AND ( 1 = 1 ) )"#);
        assert_eq!(
            table.foreign_keys[0].key.to_string(),
            "fk (id, unique) references p t (x, y), on delete set null, on update cascade, initially deferred"
        );
    }

    #[test]
    fn what_stands_with_a_column_or_has_no_name_is_read_too() {
        let table = read(
            "CREATE TABLE t (a INT CONSTRAINT x UNIQUE CHECK(a > 0) NOT NULL REFERENCES p (id) ON DELETE CASCADE \
             NOT DEFERRABLE NOT NULL, [check] INT, UNIQUE (a, [check] DESC), FOREIGN KEY (a) REFERENCES q)",
        );
        let uniques: Vec<&str> = table.indexes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(uniques, ["x", "(a, check)"]);
        assert_eq!(table.checks[0].name, "( a > 0 )");
        let keys: Vec<String> = table
            .foreign_keys
            .iter()
            .map(|it| it.key.to_string())
            .collect();
        assert_eq!(
            keys,
            [
                "(a) (a) references p (id), on delete cascade",
                "(a) (a) references q ()"
            ]
        );
    }

    #[test]
    fn collations_are_read_with_their_columns() {
        let mut table = LiveTable::default();
        for name in ["a", "b"] {
            table.columns.push(crate::run::live::LiveColumn {
                name: name.to_owned(),
                type_name: "TEXT".to_owned(),
                nullable: true,
                default: None,
                source: crate::run::live::Source::Rows,
                collation: None,
                comment: None,
                details: String::new(),
            });
        }
        add_constraints(
            &mut table,
            "CREATE TABLE t (a TEXT DEFAULT 'COLLATE x' COLLATE \"nocase\" NOT NULL, b TEXT, UNIQUE (b COLLATE RTRIM))",
        );
        let details: Vec<&str> = table.columns.iter().map(|it| it.details.as_str()).collect();
        assert_eq!(details, [" collate NOCASE", ""]);
    }

    #[test]
    fn a_text_that_ends_too_early_is_read_as_far_as_it_goes() {
        for sql in [
            "",
            "CREATE TABLE t",
            "CREATE TABLE t (",
            "CREATE TABLE t (a, UNIQUE (",
            "CREATE TABLE t ('",
        ] {
            assert_eq!(read(sql).foreign_keys, [], "{sql}");
        }
    }
}
