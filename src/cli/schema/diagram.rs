//! A schema as a diagram: its tables, and which refer to which.

use super::type_of;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{ForeignKey, Table};

/// A diagram that Markdown shows.
pub(in crate::cli) fn as_mermaid(catalog: &Catalog, dialect: Option<Dialect>) -> String {
    let mut text = String::from("erDiagram\n");
    for table in catalog.tables() {
        text += &format!("    {} {{\n", entity(&table.name));
        for column in &table.columns {
            let column_type = attribute(&type_of(column, dialect).replace(", ", "-"));
            let name = attribute(&column.name);
            text += &format!(
                "        {column_type} {name}{}\n",
                keys_of(table, &column.name)
            );
        }
        text += "    }\n";
    }
    for (table, key) in keys(catalog) {
        // A row with a NULL in its key refers to none.
        let may_be_null = |it: &String| table.column_named(it).is_some_and(|it| it.nullable);
        let parent = if key.columns.iter().any(may_be_null) {
            "o|"
        } else {
            "||"
        };
        text += &format!(
            "    {} }}o--{parent} {} : \"{}\"\n",
            entity(&table.name),
            entity(&key.table),
            // No quotes are in names.
            key.columns.join(", ")
        );
    }
    text
}

/// A diagram for Graphviz.
pub(in crate::cli) fn as_dot(catalog: &Catalog, dialect: Option<Dialect>) -> String {
    let mut text =
        String::from("digraph schema {\n    rankdir = LR;\n    node [shape = plaintext];\n");
    for table in catalog.tables() {
        let mut rows = format!(
            "<tr><td colspan=\"2\"><b>{}</b></td></tr>",
            html(&table.name)
        );
        for column in &table.columns {
            let name = html(&column.name);
            let name = if table.primary_key.contains(&column.name) {
                format!("<u>{name}</u>")
            } else {
                name
            };
            let column_type = html(&type_of(column, dialect));
            rows += &format!(
                "<tr><td align=\"left\">{name}</td><td align=\"left\">{column_type}</td></tr>"
            );
        }
        let name = quoted(&table.name);
        text += &format!(
            "    {name} [label = <<table border=\"0\" cellborder=\"1\" cellspacing=\"0\">{rows}</table>>];\n"
        );
    }
    for (table, key) in keys(catalog) {
        text += &format!(
            "    {} -> {} [label = {}];\n",
            quoted(&table.name),
            quoted(&key.table),
            quoted(&key.columns.join(", "))
        );
    }
    text + "}\n"
}

/// The foreign keys, each with its table.
fn keys(catalog: &Catalog) -> impl Iterator<Item = (&Table, &ForeignKey)> {
    let of = |table| {
        let table: &Table = table;
        table.foreign_keys.iter().map(move |key| (table, key))
    };
    catalog.tables().flat_map(of)
}

/// What a column is a part of, in Mermaid's words.
fn keys_of(table: &Table, column: &str) -> String {
    let is_in = |columns: &[String]| columns.iter().any(|it| it == column);
    let primary = is_in(&table.primary_key).then_some("PK");
    let foreign = table.foreign_keys.iter().any(|it| is_in(&it.columns));
    let both: Vec<&str> = primary.into_iter().chain(foreign.then_some("FK")).collect();
    match both.as_slice() {
        [] => String::new(),
        both => format!(" {}", both.join(", ")),
    }
}

/// A table's name as Mermaid takes it: in quotes, which it needs for anything but plain letters.
fn entity(name: &str) -> String {
    // No quotes, backslashes or control characters are in names; a percent sign begins a comment.
    format!("\"{}\"", name.replace('%', "_"))
}

/// A column's name or type as Mermaid takes it: one word, which begins with a letter and is none of its own.
fn attribute(text: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || "_-()[]".contains(it);
    let word: String = text
        .chars()
        .map(|it| if is_plain(it) { it } else { '_' })
        .collect();
    let is_letter = |it: char| it.is_alphabetic() || it == '_';
    if !word.starts_with(is_letter) || ["PK", "FK", "UK"].contains(&word.as_str()) {
        return format!("_{word}");
    }
    word
}

/// A name as Graphviz takes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\\\""))
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::*;

    fn jobs() -> Catalog {
        let to = |label: &str, column: &str, table: &str| {
            foreign_key(label)
                .columns([column])
                .references(table, ["id"])
        };
        Migrations::new([Migration::new("001", "Jobs")
            .create_table(table("hot tags: 100%").columns([
                integer("id").primary_key(),
                decimal("weight", 10, 2).default(1),
                text("about <it>").nullable(),
                integer("PK"),
                string("1st").on(MySql, native_type("ENUM('it''s', 'b')")),
                integer("größe"),
            ]))
            .create_table(
                table("runs")
                    .columns([
                        integer("id").primary_key(),
                        integer("tag"),
                        integer("before").nullable(),
                    ])
                    .foreign_key(to("tag", "tag", "hot tags: 100%"))
                    .foreign_key(to("before", "before", "runs")),
            )])
        .validate()
        .unwrap()
    }

    #[test]
    fn mermaid_takes_any_name() {
        insta::assert_snapshot!(as_mermaid(&jobs(), None), @r#"
        erDiagram
            "hot tags: 100_" {
                integer id PK
                decimal(10-2) weight
                text about__it_
                integer _PK
                string _1st
                integer größe
            }
            "runs" {
                integer id PK
                integer tag FK
                integer before FK
            }
            "runs" }o--|| "hot tags: 100_" : "tag"
            "runs" }o--o| "runs" : "before"
        "#);
        let mysql = as_mermaid(&jobs(), Some(MySql));
        assert!(
            mysql.contains("        ENUM(_it__s_-_b_) _1st\n"),
            "{mysql}"
        );
    }

    #[test]
    fn graphviz_takes_any_name() {
        let dot = as_dot(&jobs(), None);
        assert!(dot.contains("\"hot tags: 100%\" [label = <<table"), "{dot}");
        assert!(dot.contains("about &lt;it&gt;"), "{dot}");
        assert!(dot.contains("<u>id</u>"), "{dot}");
        let link = "\"runs\" -> \"hot tags: 100%\" [label = \"tag\"];";
        assert!(dot.contains(link), "{dot}");
    }
}
