//! SQL in the author's own words, passed on with what the runner must know of it.

use super::{Opaque, RenderError, Statement};
use crate::dialect::Dialect;
use crate::dsl::{Operation, RunSql};

/// The statement of a dialect; none where there is nothing to do.
pub(super) fn run_sql(
    dialect: Dialect,
    step: usize,
    sql: &RunSql,
) -> Result<Option<Statement>, RenderError> {
    let Some(text) = sql.text_on(dialect) else {
        return Err(RenderError::unsupported(
            dialect,
            format!("\"{}\": its author has given no SQL for it", sql.what),
            format!("add .on({dialect:?}, \"..\"), or .nothing_on({dialect:?})"),
        ));
    };
    let text = text.trim().trim_end_matches(';').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let (text, only_if) = match (&sql.only_if, dialect) {
        // The only engine that can say it within one batch.
        (Some(condition), Dialect::Postgres) => {
            let quoted = dialect.quote_text(text);
            let sql = format!(
                "DO $hammerwork$ BEGIN IF ({condition}) THEN EXECUTE {quoted}; END IF; END $hammerwork$"
            );
            (sql, None)
        }
        (condition, Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
            (text.to_owned(), condition.clone())
        }
    };
    let transactional = dialect.features().transactional_ddl || sql.data_only;
    Ok(Some(Statement {
        opaque: Some(Opaque {
            only_if,
            data_only: sql.data_only,
            checksum: Operation::from(sql.clone()).checksum(),
        }),
        ..Statement::of(step, text, transactional)
    }))
}
