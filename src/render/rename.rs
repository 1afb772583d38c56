//! Other names for tables and indexes.

use super::index::{create_index, find_index};
use super::mysql::renamed_hidden_columns;
use super::{Guard, RenderError, Statement};
use crate::catalog::{Catalog, names};
use crate::dialect::Dialect;
use crate::dsl::{RenameIndex, RenameTable};

/// A table's new name. What belongs to the table goes with it on every engine, views and triggers of SQLite
/// included; the physical names of indexes stay.
pub(super) fn rename_table(
    dialect: Dialect,
    step: usize,
    rename: &RenameTable,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let table = before
        .table(&rename.table)
        .ok_or_else(|| RenderError::Schema(format!("there is no table {}", rename.table)))?;
    let (from, to) = (dialect.quote(&rename.table), dialect.quote(&rename.to));
    let guards = vec![Guard::Present(format!("table {}", rename.table))];
    Ok(match dialect {
        Dialect::Postgres => {
            let rename_it = format!("ALTER TABLE IF EXISTS {from} RENAME TO {to}");
            let mut statements = vec![Statement::of(step, rename_it, true)];
            let [from, to] = [&rename.table, &rename.to].map(|it| names::key(it));
            // Else the old name would be in the way of a table that is made anew under the table's old name.
            if !table.primary_key.is_empty() && from != to {
                let key = Statement::of(step, rename_physical_index(&from, &to), true);
                // Whichever has the other's new name goes first.
                let position = usize::from(from != rename.to);
                statements.insert(position, key);
            }
            // So that it is always the one that the names of table and column give.
            let numbered = table.columns.iter().filter(|it| it.auto_increment);
            for column in numbered {
                let [from, to] = [&rename.table, &rename.to]
                    .map(|it| dialect.quote(&names::sequence(it, &column.name)));
                if from != to {
                    let sql = format!("ALTER SEQUENCE IF EXISTS {from} RENAME TO {to}");
                    statements.push(Statement::of(step, sql, true));
                }
            }
            statements
        }
        // A statement of its own: what is said before and after it is about other names.
        Dialect::MySql => vec![Statement {
            guards,
            ..Statement::of(step, format!("RENAME TABLE {from} TO {to}"), false)
        }],
        Dialect::MariaDb => vec![Statement::of(
            step,
            format!("RENAME TABLE IF EXISTS {from} TO {to}"),
            false,
        )],
        Dialect::Sqlite => vec![Statement {
            guards,
            ..Statement::of(step, format!("ALTER TABLE {from} RENAME TO {to}"), true)
        }],
    })
}

/// An index's new name; nothing where only its label changes, because its physical name is exact, or where the engine has no
/// such index.
pub(super) fn rename_index(
    dialect: Dialect,
    step: usize,
    rename: &RenameIndex,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let index = find_index(&rename.table, &rename.index, before)?;
    let renamed = rename.renamed(index);
    let from = index.physical_name(&rename.table, dialect);
    let to = renamed.physical_name(&rename.table, dialect);
    if from == to || !index.is_made_on(dialect) {
        return Ok(Vec::new());
    }
    Ok(match dialect {
        Dialect::Postgres => vec![Statement::of(step, rename_physical_index(&from, &to), true)],
        Dialect::MySql | Dialect::MariaDb => {
            let mut items: Vec<String> = renamed_hidden_columns(dialect, rename, index, before)?
                .iter()
                .map(|(from, to)| {
                    let (from, to) = (dialect.quote(from), dialect.quote(to));
                    format!("RENAME COLUMN {from} TO {to}")
                })
                .collect();
            items.push(format!(
                "RENAME INDEX {} TO {}",
                dialect.quote(&from),
                dialect.quote(&to)
            ));
            let table = dialect.quote(&rename.table);
            let sql = format!("ALTER TABLE {table}\n    {}", items.join(",\n    "));
            vec![Statement {
                guards: vec![Guard::Present(format!("index {from}"))],
                ..Statement::of(step, sql, false)
            }]
        }
        // It has no word for this.
        Dialect::Sqlite => {
            let drop = format!("DROP INDEX IF EXISTS {}", dialect.quote(&from));
            let create = create_index(dialect, step, &rename.table, &renamed)?;
            std::iter::once(Statement::of(step, drop, true))
                .chain(create)
                .collect()
        }
    })
}

fn rename_physical_index(from: &str, to: &str) -> String {
    let dialect = Dialect::Postgres;
    format!(
        "ALTER INDEX IF EXISTS {} RENAME TO {}",
        dialect.quote(from),
        dialect.quote(to)
    )
}
