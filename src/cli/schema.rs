//! A schema as text, JSON, a diagram, or a script.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::paint::{Hue, Paint};
use super::table::Table as Lines;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{
    AddForeignKey, Column, CreateEnum, CreateTable, CreateView, ForeignKey, Migration, Operation,
    Table, View,
};
use crate::run::PlanError;

/// For people: each table with its columns, and what else it has in the words of the DSL.
pub(super) fn as_text(catalog: &Catalog, dialect: Option<Dialect>, paint: Paint) -> String {
    let mut text = String::new();
    for table in catalog.tables() {
        if !text.is_empty() {
            text += "\n";
        }
        text += &paint.paint(Hue::Strong, &table.name);
        text += "\n";
        let mut lines = Lines::new();
        for column in &table.columns {
            let details = details(column);
            lines
                .line()
                .cell("  column")
                .cell(&column.name)
                .cell(type_of(column, dialect))
                .cell(if details.is_empty() { "-" } else { &details });
        }
        text += &lines.to_string();
        for part in parts(table) {
            text += &format!("  {part}\n");
        }
    }
    if text.is_empty() {
        text += "no tables\n";
    }
    text
}

/// The parts of the document that `docs/json.md` describes.
pub(super) fn as_json(catalog: &Catalog, at: Option<&str>) -> Vec<Value> {
    let tables: Vec<Value> = catalog.tables().map(json_of_table).collect();
    vec![json!({"at": at, "tables": tables})]
}

/// A diagram that Markdown shows.
pub(super) fn as_mermaid(catalog: &Catalog, dialect: Option<Dialect>) -> String {
    let mut text = String::from("erDiagram\n");
    for table in catalog.tables() {
        text += &format!("    {} {{\n", word(&table.name));
        for column in &table.columns {
            let key = if table.primary_key.contains(&column.name) {
                " PK"
            } else {
                ""
            };
            let column_type = type_of(column, dialect)
                .replace(", ", "-")
                .replace(' ', "_");
            text += &format!("        {column_type} {}{key}\n", word(&column.name));
        }
        text += "    }\n";
    }
    for (table, key) in keys(catalog) {
        text += &format!(
            "    {} }}o--|| {} : \"{}\"\n",
            word(&table.name),
            word(&key.table),
            // No quotes are in names.
            key.columns.join(", ")
        );
    }
    text
}

/// A diagram for Graphviz.
pub(super) fn as_dot(catalog: &Catalog, dialect: Option<Dialect>) -> String {
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

/// One script that makes the schema on a new database, and records nothing.
pub(super) fn as_sql(catalog: &Catalog, dialect: Dialect) -> Result<String, PlanError> {
    let mut text = format!("-- the schema for {}\n", dialect.product());
    let mut migration = Migration::new("schema", "The schema");
    migration.operations = making(catalog);
    let plan = migration.plan(dialect, &Catalog::default())?;
    // A write to a text does not fail.
    let _ = write!(text, "{plan}");
    Ok(text)
}

/// What makes the schema of nothing: enums, each table after those that it refers to, and views. A foreign key to a
/// table that must come later is added after all tables.
fn making(catalog: &Catalog) -> Vec<Operation> {
    let enums = catalog.enum_names().map(|name| {
        let values = catalog.enum_values(name).unwrap_or_default().to_vec();
        Operation::from(CreateEnum {
            name: name.to_owned(),
            values,
        })
    });
    let mut operations: Vec<Operation> = enums.collect();
    let mut later = Vec::new();
    let mut left: Vec<&Table> = catalog.tables().collect();
    while !left.is_empty() {
        let is_ready = |table: &&Table| {
            let mut keys = table.foreign_keys.iter();
            keys.all(|key| key.table == table.name || left.iter().all(|it| it.name != key.table))
        };
        // Where all that are left refer to each other, one of them must be first.
        let next = left.iter().position(is_ready).unwrap_or_default();
        let mut table = left.remove(next).clone();
        let waits = |key: &ForeignKey| left.iter().any(|it| it.name == key.table);
        let name = table.name.clone();
        let waiting = table.foreign_keys.extract_if(.., |key| waits(key));
        later.extend(waiting.map(|foreign_key| {
            Operation::from(AddForeignKey {
                table: name.clone(),
                foreign_key,
            })
        }));
        operations.push(CreateTable { table }.into());
    }
    operations.extend(later);
    operations.extend(views(catalog));
    operations
}

/// Each view after those that it reads.
fn views(catalog: &Catalog) -> Vec<Operation> {
    let mut left: Vec<&View> = catalog.views().collect();
    let mut operations = Vec::new();
    while !left.is_empty() {
        let reads = |view: &View, other: &View| view.depends_on.contains(&other.name);
        let is_ready = |view: &&View| left.iter().all(|other| !reads(view, other));
        let next = left.iter().position(is_ready).unwrap_or_default();
        let view = left.remove(next).clone();
        operations.push(CreateView { view }.into());
    }
    operations
}

fn json_of_table(table: &Table) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|it| {
            json!({
                "name": it.name, "type": it.column_type.to_string(), "nullable": it.nullable,
                "definition": it.to_string(),
            })
        })
        .collect();
    json!({
        "name": table.name, "columns": columns, "primary_key": table.primary_key, "parts": parts(table),
    })
}

/// What the table has beside its columns, each in the words of the DSL. Its own text tells it, so nothing that a
/// table may have is forgotten here.
fn parts(table: &Table) -> Vec<String> {
    let text = table.to_string();
    text.lines()
        .skip(1)
        .map(str::trim_start)
        .filter(|line| !line.starts_with("column "))
        .map(str::to_owned)
        .collect()
}

/// What the column's own text says after its name and type.
fn details(column: &Column) -> String {
    let text = column.to_string();
    let start = format!("{} {}", column.name, column.column_type);
    let rest = text.strip_prefix(&start).unwrap_or(&text);
    rest.strip_prefix(", ").unwrap_or(rest).to_owned()
}

/// The type in the words of the DSL, or of an engine.
fn type_of(column: &Column, dialect: Option<Dialect>) -> String {
    match dialect {
        Some(dialect) => dialect.type_name(column.type_on(dialect)),
        None => column.column_type.to_string(),
    }
}

/// A name as Mermaid takes it.
fn word(name: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || it == '_';
    name.chars()
        .map(|it| if is_plain(it) { it } else { '_' })
        .collect()
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

    fn tags() -> Catalog {
        Migrations::new([Migration::new("001", "Tags").create_table(
            table("hot tags")
                .columns([
                    integer("id").primary_key(),
                    decimal("weight", 10, 2).default(1),
                    text("about <it>").nullable(),
                ])
                .index(index("weight").desc("weight")),
        )])
        .validate()
        .unwrap()
    }

    #[test]
    fn a_schema_reads_well() {
        let schema = as_text(&tags(), None, Paint::default());
        insta::assert_snapshot!(schema, @r#"
        hot tags
          column  id          integer         -
          column  weight      decimal(10, 2)  default 1
          column  about <it>  text            nullable
          primary key (id)
          index weight (weight desc)
        "#);
        let mysql = as_text(&tags(), Some(Dialect::MySql), Paint::default());
        assert!(mysql.contains("DECIMAL(10, 2)"), "{mysql}");
        assert_eq!(
            as_text(&Catalog::default(), None, Paint::default()),
            "no tables\n"
        );
    }

    /// `a` and `c` refer to each other, and `b` to the last.
    fn linked() -> Catalog {
        let key = |to: &str| foreign_key("to").columns(["other"]).references(to, ["id"]);
        let of = |name: &str| {
            table(name).columns([integer("id").primary_key(), integer("other").nullable()])
        };
        let add =
            |migration: Migration, table: &str, to: &str| migration.add_foreign_key(table, key(to));
        let made = ["a", "b", "c", "d"].into_iter().fold(
            Migration::new("001", "Linked").create_enum("mood", ["good"]),
            |migration, name| migration.create_table(of(name)),
        );
        let links = [("a", "c"), ("c", "a"), ("b", "d"), ("d", "d")];
        let made = links
            .into_iter()
            .fold(made, |migration, (table, to)| add(migration, table, to));
        Migrations::new([made]).validate().unwrap()
    }

    #[test]
    fn a_script_makes_what_is_referred_to_first() {
        let made: Vec<String> = making(&linked())
            .iter()
            .map(|it| it.to_string().lines().next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(
            made,
            [
                "create enum mood (\"good\")",
                "create table d",
                "create table b",
                "create table a",
                "create table c",
                "add foreign key a.to (other) references c (id)",
            ]
        );
        let mut again = Catalog::default();
        for operation in making(&linked()) {
            operation.apply(&mut again).unwrap();
        }
        assert!(again.is_same_up_to_order(&linked()));
        for dialect in Dialect::ALL {
            assert!(as_sql(&linked(), dialect).is_ok(), "{dialect}");
        }
    }

    #[test]
    fn diagrams_show_what_refers_to_what() {
        let mermaid = as_mermaid(&linked(), None);
        assert!(
            mermaid.contains("    b }o--|| d : \"other\"\n"),
            "{mermaid}"
        );
        let dot = as_dot(&linked(), None);
        assert!(dot.contains("\"a\" -> \"c\" [label = \"other\"];"), "{dot}");
    }

    #[test]
    fn diagrams_take_any_name() {
        insta::assert_snapshot!(as_mermaid(&tags(), None), @r"
        erDiagram
            hot_tags {
                integer id PK
                decimal(10-2) weight
                text about__it_
            }
        ");
        let dot = as_dot(&tags(), None);
        assert!(dot.contains("\"hot tags\" [label = <<table"), "{dot}");
        assert!(dot.contains("about &lt;it&gt;"), "{dot}");
        assert!(dot.contains("<u>id</u>"), "{dot}");
    }
}
