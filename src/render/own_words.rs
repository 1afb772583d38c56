//! SQL in the author's own words, passed on with what the runner must know of it.

use super::{Opaque, RenderError, Statement};
use crate::dialect::Dialect;
use crate::dsl::{Operation, RunSql, texts};

/// The statement of a dialect; none where there is nothing to do.
pub(super) fn run_sql(
    dialect: Dialect,
    step: usize,
    sql: &RunSql,
) -> Result<Option<Statement>, RenderError> {
    let Some(text) = trimmed(dialect, &sql.up, &format!("\"{}\"", sql.what))? else {
        return Ok(None);
    };
    let (text, only_if) = match (&sql.only_if, dialect) {
        // The only engine that can say it within one batch.
        (Some(condition), Dialect::Postgres) => {
            let quoted = dialect.quote_text(text);
            let condition = closed(condition);
            let tag = tag_that_is_not_in(&format!("{condition}{quoted}"));
            let sql =
                format!("DO {tag} BEGIN IF ({condition}) THEN EXECUTE {quoted}; END IF; END {tag}");
            (sql, None)
        }
        (condition, Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite) => {
            (closed(text), condition.as_deref().map(closed))
        }
    };
    let transactional = dialect.features().transactional_ddl || sql.data_only;
    Ok(Some(Statement {
        opaque: Some(Opaque {
            only_if,
            data_only: sql.data_only,
            in_utc: false,
            checksum: Operation::from(sql.clone()).checksum(),
        }),
        transactional,
        ..Statement::written(dialect, step, text)
    }))
}

/// The text of a dialect, so that more may be written after it; none where there is nothing to do.
pub(super) fn text_on(
    dialect: Dialect,
    texts: &[(Dialect, String)],
    what: &str,
) -> Result<Option<String>, RenderError> {
    Ok(trimmed(dialect, texts, what)?.map(closed))
}

fn trimmed<'t>(
    dialect: Dialect,
    texts: &'t [(Dialect, String)],
    what: &str,
) -> Result<Option<&'t str>, RenderError> {
    let Some(text) = texts::on(texts, dialect) else {
        return Err(RenderError::unsupported(
            dialect,
            format!("{what}: its author has given no SQL for it"),
            format!("add .on({dialect:?}, \"..\"), or .nothing_on({dialect:?})"),
        ));
    };
    // MySQL and MariaDB refuse a statement of nothing.
    let text = text.trim_matches(|it: char| it == ';' || it.is_whitespace());
    Ok((!text.is_empty()).then_some(text))
}

/// `text` so that what is written after it is not part of a comment in its last line.
fn closed(text: &str) -> String {
    let last = text.lines().next_back().unwrap_or_default();
    let may_be_comment = last.contains("--") || last.contains('#');
    format!("{text}{}", if may_be_comment { "\n" } else { "" })
}

/// Quotes of PostgreSQL that nothing in `text` ends.
pub(super) fn tag_that_is_not_in(text: &str) -> String {
    let mut tag = "$hammerwork$".to_owned();
    while text.contains(&tag) {
        tag.insert(tag.len() - 1, '_');
    }
    tag
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::dsl::*;

    fn sql_of(dialect: Dialect, sql: RunSql) -> String {
        let statements = dialect.render(&sql.into(), &Catalog::default()).unwrap();
        statements.into_iter().map(|it| it.sql).collect()
    }

    #[test]
    fn a_comment_at_its_end_hides_nothing_that_comes_after() {
        let commented = sql("x").everywhere("DELETE FROM t -- all of it");
        for dialect in Dialect::ALL {
            assert_eq!(
                sql_of(dialect, commented.clone()),
                "DELETE FROM t -- all of it\n"
            );
        }
        let asked = sql("x")
            .everywhere("DELETE FROM t")
            .only_if("1 = 1 -- always");
        assert!(sql_of(Postgres, asked).contains("always\n) THEN"));
    }

    #[test]
    fn nothing_before_or_after_it_is_a_statement() {
        let surrounded = sql("x").everywhere(" ; DELETE FROM t ;; \n;");
        for dialect in Dialect::ALL {
            assert_eq!(sql_of(dialect, surrounded.clone()), "DELETE FROM t");
            assert_eq!(sql_of(dialect, sql("x").everywhere(" ;\n; ")), "");
        }
    }

    #[test]
    fn no_text_gets_out_of_its_quotes() {
        let hostile = sql("x")
            .everywhere("SELECT '$hammerwork$'")
            .only_if("'$hammerwork_$' <> ''");
        let sql = sql_of(Postgres, hostile);
        assert!(sql.starts_with("DO $hammerwork__$ BEGIN"), "{sql}");
        assert_eq!(sql.matches("$hammerwork__$").count(), 2);
    }
}
