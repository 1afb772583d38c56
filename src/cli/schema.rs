//! A schema as text, JSON, a diagram, or a script.

mod diagram;

use serde_json::{Value, json};

pub(super) use diagram::{as_dot, as_mermaid};

use super::paint::{Hue, Paint};
use super::table::Table as Lines;
use super::text::one_line;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, Migration, Operation, Table};
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
    let others = others(catalog);
    if !(text.is_empty() || others.is_empty()) {
        text += "\n";
    }
    text.extend(others.iter().map(|it| format!("{it}\n")));
    if text.is_empty() {
        text += "nothing\n";
    }
    text
}

/// What is there beside tables, in the words of the DSL.
fn others(catalog: &Catalog) -> Vec<String> {
    let operations = catalog.operations().into_iter();
    let others = operations
        .filter(|it| !matches!(it, Operation::CreateTable(_) | Operation::AddForeignKey(_)));
    let text = |it: Operation| {
        let text = it.to_string();
        text.strip_prefix("create ").unwrap_or(&text).to_owned()
    };
    others.map(text).collect()
}

/// The parts of the document that `docs/json.md` describes.
pub(super) fn as_json(catalog: &Catalog, at: Option<&str>) -> Vec<Value> {
    let tables: Vec<Value> = catalog.tables().map(json_of_table).collect();
    let views = catalog.views().map(
        |it| json!({"name": it.name, "depends_on": it.depends_on, "definition": it.to_string()}),
    );
    let triggers = catalog
        .triggers()
        .map(|it| json!({"name": it.name, "table": it.table, "definition": it.to_string()}));
    let enums = catalog
        .enum_names()
        .map(|it| json!({"name": it, "values": catalog.enum_values(it).unwrap_or_default()}));
    let extensions = catalog
        .extensions()
        .map(|it| json!({"name": it.name, "schema": it.schema}));
    vec![json!({
        "at": at,
        "tables": tables,
        "views": views.collect::<Vec<_>>(),
        "triggers": triggers.collect::<Vec<_>>(),
        "enums": enums.collect::<Vec<_>>(),
        "schemas": catalog.schemas().collect::<Vec<_>>(),
        "extensions": extensions.collect::<Vec<_>>(),
    })]
}

/// One script that makes the schema of these migrations on a new database, and records nothing. What it does not
/// have, because only SQL in an author's own words would say it, is told in comments.
pub(super) fn as_sql<'m>(
    catalog: &Catalog,
    migrations: impl Iterator<Item = &'m Migration>,
    dialect: Dialect,
) -> Result<String, PlanError> {
    let mut text = format!("-- the schema for {}\n", dialect.product());
    for migration in migrations {
        for (step, operation) in (1..).zip(&migration.operations) {
            if let Operation::RunSql(sql) = operation
                && !sql.data_only
                && sql.stands_for.is_empty()
            {
                let line = format!("{}:{step}: {}", migration.id, operation.headline());
                text += &format!("-- not in it: what {} makes\n", one_line(&line));
            }
        }
    }
    text += &catalog.script(dialect)?;
    Ok(text)
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
            "nothing\n"
        );
    }

    /// What there is beside tables.
    fn others_alone() -> Migrations {
        let query = "SELECT id FROM jobs";
        Migrations::new([Migration::new("001", "Moods")
            .create_extension(extension("pg_trgm"))
            .create_enum("mood", ["good", "it's bad"])
            .create_table(table("jobs").columns([integer("id").primary_key()]))
            .create_view(view("all").everywhere(query).depends_on(["jobs"]))
            .create_trigger(
                trigger("seen", TriggerMoment::AfterInsert, "jobs").everywhere("SELECT 1"),
            )
            .run_sql(sql("a function").on(Postgres, "CREATE FUNCTION f() .."))])
    }

    #[test]
    fn nothing_is_kept_from_who_asks() {
        let catalog = others_alone().validate().unwrap();
        insta::assert_snapshot!(as_text(&catalog, None, Paint::default()), @r#"
        jobs
          column  id  integer  -
          primary key (id)

        extension pg_trgm
        enum mood ("good", "it's bad")
        view all, depends on jobs
          on postgres SELECT id FROM jobs
          on mysql SELECT id FROM jobs
          on sqlite SELECT id FROM jobs
        trigger seen, after insert on jobs
          on postgres SELECT 1
          on mysql SELECT 1
          on sqlite SELECT 1
        "#);
        let json = as_json(&catalog, None).remove(0);
        let of = |key: &str| json.get(key).map(ToString::to_string).unwrap_or_default();
        assert_eq!(
            of("enums"),
            r#"[{"name":"mood","values":["good","it's bad"]}]"#
        );
        assert_eq!(of("extensions"), r#"[{"name":"pg_trgm","schema":null}]"#);
        assert_eq!(of("schemas"), "[]");
        assert!(
            of("views").starts_with(r#"[{"name":"all","depends_on":["jobs"],"#),
            "{json}"
        );
        assert!(
            of("triggers").starts_with(r#"[{"name":"seen","table":"jobs","#),
            "{json}"
        );
    }

    #[test]
    fn a_script_says_what_is_not_in_it() {
        let migrations = others_alone();
        let catalog = migrations.validate().unwrap();
        let sql = as_sql(&catalog, migrations.iter(), Postgres).unwrap();
        let start = "-- the schema for PostgreSQL\n-- not in it: what 001:6: run sql";
        assert!(sql.starts_with(start), "{sql}");
        let sql = as_sql(&catalog, migrations.iter(), MySql).unwrap();
        assert!(sql.contains("SET NAMES utf8mb4;\n"), "{sql}");
    }
}
