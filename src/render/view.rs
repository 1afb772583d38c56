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
) -> Result<Vec<Statement>, RenderError> {
    let Some(query) = query(dialect, view)? else {
        return Ok(Vec::new());
    };
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
        return drop_view(dialect, step, &view.name, before);
    };
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

fn query(dialect: Dialect, view: &View) -> Result<Option<String>, RenderError> {
    text_on(dialect, &view.queries, &format!("view {}", view.name))
}
