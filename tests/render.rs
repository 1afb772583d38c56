//! The SQL of every migration, for each dialect, up and down: one snapshot each.
//!
//! No snapshot is blessed until its engine has executed it: `live_render.rs` pipes these very texts into the
//! engines' own clients. After `INSTA_UPDATE=always cargo test --test render`, run `scripts/test`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, RenderError};

mod histories;

use histories::{Direction, History, histories};

#[test]
fn every_migration_renders_as_its_snapshot_says() {
    for history in histories() {
        for (dialect, direction) in both_ways(&history) {
            for (migration, before) in history.steps(direction) {
                let sql = migration.plan(dialect, &before).unwrap().to_string();
                snapshot(&history.snapshot(&migration.id, dialect, direction), &sql);
            }
        }
    }
}

#[test]
fn there_is_no_snapshot_of_what_is_gone() {
    let mut expected = BTreeSet::new();
    for history in histories() {
        for (dialect, direction) in both_ways(&history) {
            for migration in &history.migrations {
                expected.insert(history.snapshot(&migration.id, dialect, direction));
            }
        }
    }
    for history in histories() {
        for entry in Path::new("tests/snapshots")
            .join(history.name)
            .read_dir()
            .unwrap()
        {
            let path = entry.unwrap().path();
            assert!(
                expected.contains(&path.with_extension("")),
                "{} belongs to no migration: delete it",
                path.display()
            );
        }
    }
}

/// What an engine can't do is refused, with a hint, and never written some other way.
#[test]
fn what_has_no_faithful_form_is_refused() {
    let long = |letter: &str| letter.repeat(63);
    let base = Operation::from(CreateTable {
        table: table("t")
            .columns([
                integer("id").primary_key(),
                text("body"),
                json("data"),
                bytes("raw"),
                string("a"),
                string("b"),
                string("c"),
                string("d"),
                integer("b_c").default(0),
                integer("x_1").default(0),
                timestamp("at").nullable(),
            ])
            .index(
                index("2")
                    .columns(["b_c"])
                    .unique()
                    .only_where(col("id").gt(0)),
            ),
    });
    let mut before = Catalog::default();
    base.apply(&mut before).unwrap();
    let index_on = |index: Index| -> Operation {
        CreateIndex {
            table: "t".into(),
            index,
        }
        .into()
    };
    let refer = |key: ForeignKey| -> Operation {
        AddForeignKey {
            table: "t".into(),
            foreign_key: key.references("t", ["id"]),
        }
        .into()
    };
    let cases: [(&str, Operation); 21] = [
        ("index_over_text", index_on(index("i").columns(["body"]))),
        ("index_over_json", index_on(index("i").columns(["data"]))),
        ("index_over_bytes", index_on(index("i").columns(["raw"]))),
        (
            "index_too_wide",
            index_on(index("i").columns(["a", "b", "c", "d"])),
        ),
        (
            "expression_of_unknown_type",
            index_on(index("i").expression(col("id").add(col("b_c")))),
        ),
        (
            "expression_without_a_bound",
            index_on(index("i").expression(Func::lower(col("body")))),
        ),
        (
            "hidden_column_of_an_expression_taken",
            index_on(index("i").expression(Func::lower(col("a"))).named("x")),
        ),
        (
            "null_in_place_of_a_timestamp",
            index_on(index("i").columns(["at"]).unique().nulls_not_distinct()),
        ),
        (
            "hidden_column_name_too_long",
            index_on(
                index("i")
                    .columns(["a"])
                    .unique()
                    .named(long("i"))
                    .only_where(col("b").eq("x")),
            ),
        ),
        (
            "hidden_column_name_taken",
            index_on(
                index("2_b")
                    .columns(["c"])
                    .unique()
                    .only_where(col("id").gt(0)),
            ),
        ),
        (
            "name_of_a_hidden_column",
            AddColumn {
                table: "t".into(),
                column: integer("IDX_2_b_c").nullable(),
            }
            .into(),
        ),
        (
            "key_over_text",
            CreateTable {
                table: table("u").columns([text("id").primary_key()]),
            }
            .into(),
        ),
        (
            "varchar_too_wide",
            AddColumn {
                table: "t".into(),
                column: string("s").length(20_000).nullable(),
            }
            .into(),
        ),
        (
            "foreign_key_that_sets_a_default",
            refer(foreign_key("f").columns(["b_c"]).on_delete(SetDefault)),
        ),
        (
            "foreign_key_that_is_deferrable",
            refer(foreign_key("f").columns(["b_c"]).deferrable()),
        ),
        (
            "foreign_key_that_is_deferred",
            refer(foreign_key("f").columns(["b_c"]).initially_deferred()),
        ),
        (
            "foreign_key_that_follows_its_own_table",
            refer(foreign_key("f").columns(["b_c"]).on_update(Cascade)),
        ),
        (
            "unique_over_text",
            AddUnique {
                table: "t".into(),
                unique: unique("u").columns(["body"]),
            }
            .into(),
        ),
        (
            "check_that_only_postgres_can_say",
            AddCheck {
                table: "t".into(),
                check: check(
                    "c",
                    col("a").binary(sea_query::extension::postgres::PgBinOper::ILike, "x%"),
                ),
            }
            .into(),
        ),
        (
            "schema",
            CreateSchema {
                schema: "audit".into(),
            }
            .into(),
        ),
        (
            "text_with_a_control_character",
            index_on(
                index("i")
                    .columns(["a"])
                    .unique()
                    .only_where(col("b").eq("\x1a")),
            ),
        ),
    ];
    for (name, operation) in cases {
        let text: String = Dialect::ALL
            .into_iter()
            .map(|dialect| match dialect.render(&operation, &before) {
                Ok(statements) => {
                    let sql: String = statements.iter().map(ToString::to_string).collect();
                    format!("-- {dialect}\n{sql}\n")
                }
                Err(error @ RenderError::Unsupported { .. }) => {
                    format!("-- {dialect}\nerror: {error}\nhelp: {}\n\n", error.help())
                }
                Err(error) => format!("-- {dialect}: unexpected {error:?}\n"),
            })
            .collect();
        assert!(
            text.contains("help:"),
            "{name} is refused by no engine:\n{text}"
        );
        snapshot(&Path::new("tests/snapshots/refused").join(name), &text);
    }
}

fn both_ways(history: &History) -> impl Iterator<Item = (Dialect, Direction)> + use<> {
    history
        .dialects
        .iter()
        .flat_map(|dialect| [(*dialect, Direction::Up), (*dialect, Direction::Down)])
}

fn snapshot(path: &Path, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path.parent().unwrap());
    settings.set_snapshot_path(directory);
    let name = path.file_name().unwrap().to_str().unwrap();
    settings.bind(|| insta::assert_snapshot!(name, text));
}
