//! The work: the six built-in migrations, or so many generated ones of a table and an index each.

use anyhow::{Context, Result};
use hammerwork_migrations::dsl::*;
use hammerwork_migrations::register_builtin_migrations;

/// One migration as every peer needs it.
pub struct Piece {
    /// Counts from 1.
    pub number: usize,
    pub name: String,
    /// Its statements, without semicolons.
    pub statements: Vec<String>,
}

impl Piece {
    pub fn script(&self) -> String {
        self.statements.iter().map(|it| format!("{it};\n")).collect()
    }
}

pub fn migrations(size: usize) -> Migrations {
    if size == 6 {
        return register_builtin_migrations();
    }
    Migrations::new((1..=size).map(|number| {
        Migration::new(format!("{number:05}_table_{number}"), "A table and its index").create_table(
            table(format!("table_{number}"))
                .columns([
                    big_integer("id").primary_key(),
                    string("name").length(100),
                    timestamp("created_at"),
                ])
                .index(index("name").columns(["name"])),
        )
    }))
}

/// What this library sends for it, so that all send the same.
pub fn pieces(size: usize, dialect: Dialect) -> Result<Vec<Piece>> {
    let plan = migrations(size).preview(dialect)?;
    (1..)
        .zip(plan.migrations)
        .map(|(number, it)| {
            let (_, name) = it.id.split_once('_').context("an id has a number")?;
            Ok(Piece {
                number,
                name: name.to_owned(),
                statements: it.statements.into_iter().map(|it| it.sql).collect(),
            })
        })
        .collect()
}
