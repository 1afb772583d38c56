//! Expressions: sea-query's, read for the columns they name and shown as text.

use std::fmt;

use sea_query::{
    ColumnRef, Expr, Func, IntoColumnRef, Keyword, PostgresQueryBuilder, QueryBuilder,
};

/// A column in an expression. Operators come from sea-query's `ExprTrait`, which the prelude brings in.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let predicate = col("status").is_in(["Pending", "Retrying"]);
/// # let index = index("open").columns(["status"]).only_where(predicate);
/// ```
#[must_use]
pub fn col(name: impl IntoColumnRef) -> Expr {
    Expr::col(name)
}

/// The moment at which a row is written, for [`Column::default_expression`](super::Column::default_expression):
/// `CURRENT_TIMESTAMP`, with the column's precision on MySQL and MariaDB.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let created_at = timestamp("created_at").default_expression(now());
/// # assert!(created_at.to_string().contains("CURRENT_TIMESTAMP"));
/// ```
#[must_use]
pub fn now() -> Expr {
    Expr::Keyword(Keyword::CurrentTimestamp)
}

/// Calls `visit` for `expression` and every part of it that can be seen.
///
/// sea-query keeps the parts of a CASE to itself; what stands in it is not visited.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enum may grow: what is not known has no parts to visit"
)]
pub(crate) fn walk(expression: &Expr, visit: &mut impl FnMut(&Expr)) {
    visit(expression);
    match expression {
        Expr::Tuple(parts) | Expr::CustomWithExpr(_, parts) => {
            parts.iter().for_each(|part| walk(part, visit));
        }
        Expr::Unary(_, part) | Expr::AsEnum(_, part) => walk(part, visit),
        Expr::Binary(left, _, right) => {
            walk(left, visit);
            walk(right, visit);
        }
        Expr::FunctionCall(call) => call.get_args().iter().for_each(|part| walk(part, visit)),
        _ => {}
    }
}

/// The columns that `expression` names, in the order of their appearance.
pub(crate) fn columns(expression: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    walk(expression, &mut |part| {
        if let Expr::Column(ColumnRef::Column(column)) = part {
            names.push(column.1.to_string());
        }
    });
    names
}

/// Whether `expression` may read `column`: what can't be visited is searched for the name.
pub(crate) fn may_name(expression: &Expr, column: &str) -> bool {
    let mut found = columns(expression).iter().any(|it| it == column);
    walk(expression, &mut |part| {
        found |= may_hide(part) && format!("{part:?}").contains(column);
    });
    found
}

/// Whether a CASE stands in `expression`, whose parts can't be visited.
pub(crate) fn has_case(expression: &Expr) -> bool {
    let mut found = false;
    walk(expression, &mut |part| {
        found |= matches!(part, Expr::Case(_))
    });
    found
}

/// Whether `part` has parts that can't be visited.
fn may_hide(part: &Expr) -> bool {
    matches!(
        part,
        Expr::Case(_) | Expr::Custom(_) | Expr::CustomWithExpr(..) | Expr::SubQuery(..)
    )
}

/// Why sea-query could not render `expression` on any engine; `None` where it can.
///
/// Rendering such a part would panic, so this is asked first.
pub(crate) fn fault(expression: &Expr) -> Option<&'static str> {
    let mut fault = None;
    walk(expression, &mut |part| {
        fault = fault.or_else(|| fault_of(part));
    });
    fault
}

/// What of `expression` changes from call to call, so that no engine could keep what it gives.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enum may grow: the engines refuse what is not named here"
)]
pub(crate) fn changing(expression: &Expr) -> Option<&'static str> {
    let mut changing = None;
    walk(expression, &mut |part| match part {
        Expr::Keyword(Keyword::CurrentDate | Keyword::CurrentTime | Keyword::CurrentTimestamp) => {
            changing = Some("its expression names the current moment, which changes")
        }
        Expr::FunctionCall(call) if *call.get_func() == Func::Random => {
            changing = Some("its expression has a random number in it, which changes");
        }
        _ => {}
    });
    changing
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "sea-query's enum may grow: what is named here is what it panics on"
)]
fn fault_of(part: &Expr) -> Option<&'static str> {
    match part {
        Expr::SubQuery(..) => Some("a subquery can't stand here on any engine"),
        Expr::CustomWithExpr(text, values) => (placeholders(text) > values.len())
            .then_some("custom SQL has a placeholder ($N or ?) without a value"),
        // The parts of a CASE can't be visited, so its debug text is searched for the two that panic. Text
        // in a value that happens to look like it is refused too: that is the safe side.
        Expr::Case(case) => {
            let text = format!("{case:?}");
            (text.contains("CustomWithExpr(") || text.contains("SubQuery("))
                .then_some("a CASE with custom SQL or a subquery in it can't be checked")
        }
        Expr::Column(ColumnRef::Asterisk(_)) => Some("`*` is no column"),
        _ => None,
    }
}

/// At least as many values as sea-query will take for `text`, whatever the engine's placeholder is.
fn placeholders(text: &str) -> usize {
    let mut highest = 0;
    let mut bare = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '$' && character != '?' {
            continue;
        }
        let mut digits = String::new();
        while let Some(digit) = characters.next_if(char::is_ascii_alphanumeric) {
            digits.push(digit);
        }
        match digits.parse::<usize>() {
            // `$0` would count down from nothing.
            Ok(0) => return usize::MAX,
            Ok(number) if character == '$' => highest = highest.max(number),
            Ok(_) | Err(_) => bare += 1,
        }
    }
    highest.max(bare)
}

/// `expression` as text: PostgreSQL's spelling, which is also the text that is hashed and shown in messages.
pub(crate) struct Shown<'a>(pub(crate) &'a Expr);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match fault(self.0) {
            Some(fault) => write!(f, "({fault})"),
            None => {
                let mut text = String::new();
                PostgresQueryBuilder.prepare_expr(self.0, &mut text);
                f.write_str(&text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_query::{CaseStatement, ExprTrait, Func};

    #[test]
    fn columns_are_found_in_every_part() {
        let expression = col("a")
            .eq(1)
            .and(Expr::expr(Func::lower(col("b"))).like("x%"))
            .or(col("c").is_in([1, 2]))
            .not();
        assert_eq!(columns(&expression), ["a", "b", "c"]);
    }

    #[test]
    fn what_sea_query_would_panic_on_is_a_fault() {
        for bad in [
            Expr::cust_with_exprs("$2 > 0", [col("a")]),
            Expr::cust_with_exprs("? > ?", [col("a")]),
            Expr::cust_with_exprs("$0", [col("a")]),
            Expr::Case(Box::new(
                CaseStatement::new().case(col("a").eq(1), Expr::cust_with_exprs("$9", [])),
            )),
        ] {
            assert!(fault(&bad).is_some(), "{bad:?}");
            assert!(Shown(&bad).to_string().starts_with('('));
        }
        assert_eq!(fault(&Expr::cust_with_exprs("$1 > 0", [col("a")])), None);
    }
}
