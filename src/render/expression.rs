//! sea-query's expressions, checked before they are rendered: what it can't say, it panics on.

use sea_query::{
    BinOper, Expr, Func, MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, SqliteQueryBuilder,
    Value,
};

use super::RenderError;
use crate::dialect::Dialect;
use crate::dsl::expression::{fault, walk};

/// `expression` in the dialect's SQL.
pub(super) fn expression(dialect: Dialect, expression: &Expr) -> Result<String, RenderError> {
    if let Some(fault) = fault(expression) {
        return Err(refused(dialect, fault));
    }
    let mut unsayable = None;
    walk(expression, &mut |part| {
        unsayable = unsayable.or_else(|| unsayable_on(dialect, part));
    });
    if let Some(fault) = unsayable {
        return Err(refused(dialect, fault));
    }
    let mut sql = String::new();
    match dialect {
        Dialect::Postgres => PostgresQueryBuilder.prepare_expr(expression, &mut sql),
        Dialect::MySql | Dialect::MariaDb => MysqlQueryBuilder.prepare_expr(expression, &mut sql),
        Dialect::Sqlite => SqliteQueryBuilder.prepare_expr(expression, &mut sql),
    }
    Ok(sql)
}

fn refused(dialect: Dialect, what: &str) -> RenderError {
    RenderError::unsupported(
        dialect,
        what,
        "write the expression with operators and functions that all engines have",
    )
}

/// What of `part` the dialect's builder would panic on, or write so that it means something else.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enum may grow: what is named here is what it panics on"
)]
fn unsayable_on(dialect: Dialect, part: &Expr) -> Option<&'static str> {
    const OPERATOR: &str = "the expression has another engine's operator in it";
    const FUNCTION: &str = "the expression has a function of PostgreSQL in it";
    const TEXT: &str = "the expression has a text with a control character in it";
    const NUMBER: &str = "the expression has a number in it that is not finite";
    let mysql = matches!(dialect, Dialect::MySql | Dialect::MariaDb);
    match part {
        Expr::Binary(_, BinOper::PgOperator(_), _) if dialect != Dialect::Postgres => {
            Some(OPERATOR)
        }
        Expr::Binary(_, BinOper::SqliteOperator(_), _) if dialect != Dialect::Sqlite => {
            Some(OPERATOR)
        }
        Expr::FunctionCall(call)
            if dialect != Dialect::Postgres && matches!(call.get_func(), Func::PgFunction(_)) =>
        {
            Some(FUNCTION)
        }
        // A CASE keeps its parts to itself, so its debug text is searched; a text that happens to look like
        // an operator is refused with it.
        Expr::Case(case) if dialect != Dialect::Postgres => {
            let text = format!("{case:?}");
            (text.contains("PgOperator(") || text.contains("PgFunction(")).then_some(OPERATOR)
        }
        // sea-query writes the character 0x1A as `\z`, which MySQL reads as the letter z, and NUL in a way
        // that only MySQL can read.
        Expr::Value(value) | Expr::Constant(value) => {
            let bad = |text: &str| text.contains('\0') || (mysql && text.contains('\x1a'));
            match value {
                Value::String(Some(text)) if bad(text) => Some(TEXT),
                Value::Char(Some(it)) if bad(&it.to_string()) => Some(TEXT),
                Value::Double(Some(it)) if !it.is_finite() => Some(NUMBER),
                Value::Float(Some(it)) if !it.is_finite() => Some(NUMBER),
                _ => None,
            }
        }
        Expr::Values(values) => values
            .iter()
            .find_map(|value| unsayable_on(dialect, &Expr::Value(value.clone()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::col;
    use sea_query::ExprTrait;
    use sea_query::extension::postgres::{PgBinOper, PgExpr};

    #[test]
    fn each_engine_gets_its_own_quotes() {
        let open = col("status").is_in(["Pending", "it's"]);
        assert_eq!(
            expression(Dialect::Postgres, &open).unwrap(),
            r#""status" IN ('Pending', E'it\'s')"#
        );
        assert_eq!(
            expression(Dialect::MySql, &open).unwrap(),
            r"`status` IN ('Pending', 'it\'s')"
        );
        assert_eq!(
            expression(Dialect::Sqlite, &open).unwrap(),
            r#""status" IN ('Pending', 'it''s')"#
        );
    }

    #[test]
    fn what_only_postgresql_has_is_an_error_elsewhere() {
        let ilike = col("status").ilike("p%");
        let contains = Expr::expr(col("tags")).binary(PgBinOper::Contains, Expr::val("x"));
        for only_postgres in [ilike, contains] {
            assert!(expression(Dialect::Postgres, &only_postgres).is_ok());
            for dialect in [Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite] {
                assert!(expression(dialect, &only_postgres).is_err());
            }
        }
    }

    #[test]
    fn texts_that_would_change_are_refused() {
        assert!(expression(Dialect::MySql, &col("a").eq("\x1a")).is_err());
        assert!(expression(Dialect::Postgres, &col("a").is_in(["\0"])).is_err());
        assert!(expression(Dialect::Postgres, &col("a").eq("\x1a")).is_ok());
    }
}
