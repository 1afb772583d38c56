//! The work: the six built-in migrations, or so many generated ones of a table and an index each.

use std::path::Path;

use anyhow::{Context, Result};
use hammerwork_migrations::dsl::*;
use hammerwork_migrations::register_builtin_migrations;
use serde::{Deserialize, Serialize};

/// One migration as every peer needs it.
#[derive(Serialize, Deserialize)]
pub struct Piece {
    /// Counts from 1.
    pub number: usize,
    pub name: String,
    /// Its statements, without semicolons.
    pub statements: Vec<String>,
}

impl Piece {
    pub fn script(&self) -> String {
        self.statements
            .iter()
            .map(|it| format!("{it};\n"))
            .collect()
    }
}

pub fn migrations(size: usize) -> Migrations {
    if size == 6 {
        return register_builtin_migrations();
    }
    Migrations::new((1..=size).map(|number| {
        Migration::new(
            format!("{number:05}_table_{number}"),
            "A table and its index",
        )
        .create_table(
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

/// Writes what this library sends for it, so that all send the same, and no peer has to bear this library's work.
pub fn write_pieces(size: usize, dialect: Dialect, file: &Path) -> Result<()> {
    let plan = migrations(size).preview(dialect)?;
    let pieces = (1..)
        .zip(plan.migrations)
        .map(|(number, it)| {
            let (_, name) = it.id.split_once('_').context("an id has a number")?;
            Ok(Piece {
                number,
                name: name.to_owned(),
                statements: it.statements.into_iter().map(|it| it.sql).collect(),
            })
        })
        .collect::<Result<Vec<Piece>>>()?;
    Ok(std::fs::write(file, serde_json::to_string(&pieces)?)?)
}

pub fn read_pieces(file: &Path) -> Result<Vec<Piece>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}
