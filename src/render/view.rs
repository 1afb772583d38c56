//! Views.

use super::own_words::{tag_that_is_not_in, text_on};
use super::{Guard, RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::View;

/// Nothing where there is to be no such view on this engine.
pub(super) fn create_view(
    dialect: Dialect,
    step: usize,
    view: &View,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let Some(query) = query(dialect, view)? else {
        return Ok(Vec::new());
    };
    check_what_it_reads(dialect, view, before)?;
    let (if_not_exists, guards) = match dialect {
        Dialect::MariaDb | Dialect::Sqlite => ("IF NOT EXISTS ", Vec::new()),
        Dialect::Postgres | Dialect::MySql => {
            ("", vec![Guard::Missing(format!("view {}", view.name))])
        }
    };
    let name = dialect.quote(&view.name);
    let sql = format!("CREATE VIEW {if_not_exists}{name} AS {query}");
    Ok(vec![Statement {
        guards,
        ..Statement::written(dialect, step, sql)
    }])
}

pub(super) fn replace_view(
    dialect: Dialect,
    step: usize,
    view: &View,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let Some(query) = query(dialect, view)? else {
        check_unread(dialect, view, before)?;
        return drop_view(dialect, step, &view.name, before);
    };
    check_what_it_reads(dialect, view, before)?;
    let name = dialect.quote(&view.name);
    let replace = format!("CREATE OR REPLACE VIEW {name} AS {query}");
    let sql = match dialect {
        Dialect::MySql | Dialect::MariaDb => vec![replace],
        Dialect::Sqlite => vec![
            format!("DROP VIEW IF EXISTS {name}"),
            format!("CREATE VIEW {name} AS {query}"),
        ],
        // Rights and what reads the view stay, unless a column goes or gets another name or type: that it refuses.
        Dialect::Postgres => {
            let create = dialect.quote_text(&format!("CREATE VIEW {name} AS {query}"));
            let replace = dialect.quote_text(&replace);
            let tag = tag_that_is_not_in(&format!("{replace}{create}"));
            vec![format!(
                "DO {tag} BEGIN\n    EXECUTE {replace};\n\
                 EXCEPTION WHEN invalid_table_definition THEN\n    \
                 DROP VIEW {name};\n    EXECUTE {create};\nEND {tag}"
            )]
        }
    };
    Ok(sql
        .into_iter()
        .map(|sql| Statement::written(dialect, step, sql))
        .collect())
}

/// Nothing where there was no such view on this engine.
pub(super) fn drop_view(
    dialect: Dialect,
    step: usize,
    name: &str,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    let view = before
        .view(name)
        .ok_or_else(|| RenderError::Schema(format!("there is no view {name}")))?;
    if !view.is_on(dialect) {
        return Ok(Vec::new());
    }
    let sql = format!("DROP VIEW IF EXISTS {}", dialect.quote(name));
    Ok(vec![Statement::written(dialect, step, sql)])
}

/// SQLite would make it, and fail wherever it is looked at.
fn check_what_it_reads(dialect: Dialect, view: &View, before: &Catalog) -> Result<(), RenderError> {
    let mut read = view.depends_on.iter().filter_map(|it| before.view(it));
    match read.find(|it| !it.is_on(dialect)) {
        None => Ok(()),
        Some(missing) => Err(not_on(dialect, &missing.name, &view.name)),
    }
}

/// Where it goes, nothing is left that reads it.
fn check_unread(dialect: Dialect, view: &View, before: &Catalog) -> Result<(), RenderError> {
    let reads = |other: &&View| other.depends_on.contains(&view.name) && other.is_on(dialect);
    match before.views().find(reads) {
        None => Ok(()),
        Some(reader) => Err(not_on(dialect, &view.name, &reader.name)),
    }
}

fn not_on(dialect: Dialect, missing: &str, reader: &str) -> RenderError {
    let product = dialect.product();
    RenderError::unsupported(
        dialect,
        format!("view {reader}, because it depends on view {missing}, which is not on {product}"),
        format!(
            "give {missing} a query for {dialect:?}, or {reader} none: .nothing_on({dialect:?})"
        ),
    )
}

fn query(dialect: Dialect, view: &View) -> Result<Option<String>, RenderError> {
    text_on(dialect, &view.queries, &format!("view {}", view.name))
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::dsl::*;

    /// The second reads the first, which is not on SQLite.
    fn reading() -> Migrations {
        let first = view("first").everywhere("SELECT 1 AS n").nothing_on(Sqlite);
        let second = view("second").everywhere("SELECT n FROM first");
        Migrations::new([Migration::new("001", "Views")
            .create_view(first)
            .create_view(second.depends_on(["first"]))])
    }

    fn refusal(history: &Migrations, dialect: Dialect) -> Option<String> {
        let error = history.preview(dialect).err()?;
        Some(std::error::Error::source(&error)?.to_string())
    }

    #[test]
    fn what_a_view_reads_is_on_the_engine_too() {
        let told = refusal(&reading(), Dialect::Sqlite).unwrap();
        assert!(told.contains("first, which is not on SQLite"), "{told}");
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb] {
            assert_eq!(refusal(&reading(), dialect), None);
        }
    }

    #[test]
    fn what_is_read_does_not_go() {
        let gone = view("first").everywhere("SELECT 1 AS n").nothing_on(MySql);
        let mut history: Vec<Migration> = reading().iter().cloned().collect();
        history.push(Migration::new("002", "No more").replace_view(gone));
        let history = Migrations::new(history);
        let told = refusal(&history, Dialect::MySql).unwrap();
        assert!(told.contains("first, which is not on MySQL"), "{told}");
        assert_eq!(refusal(&history, Dialect::Postgres), None);
    }
}
