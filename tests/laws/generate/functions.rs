//! Random functions.

use hammerwork_migrations::dsl::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::name;

/// A function that some engines have no text for, or one for which none folds. What it says is right on every server.
pub(crate) fn function_value() -> impl Strategy<Value = Function> {
    let on_postgres = select(
        &[
            "() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "(\"a)\" text, n integer = length('), ')) RETURNS integer LANGUAGE sql AS $$ SELECT n; $$; -- b",
            "",
            "f() RETURNS integer",
        ][..],
    );
    let on_mysql = select(
        &[
            "() RETURNS INT DETERMINISTIC RETURN 1",
            "(`a)` TEXT, n INT) RETURNS INT NO SQL BEGIN SET n = n + 1; RETURN n; END; -- b",
            "",
        ][..],
    );
    let on_sqlite = select(&["", "", "", "() RETURNS INT RETURN 1"][..]);
    (
        name(),
        proptest::option::weighted(0.9, on_postgres),
        proptest::option::weighted(0.9, on_mysql),
        proptest::option::weighted(0.9, on_sqlite),
    )
        .prop_map(|(name, on_postgres, on_mysql, on_sqlite)| {
            let texts = [
                (Postgres, on_postgres),
                (MySql, on_mysql),
                (Sqlite, on_sqlite),
            ];
            let given = texts
                .into_iter()
                .filter_map(|(dialect, text)| Some((dialect, text?)));
            given.fold(function(name), |it, (dialect, text)| it.on(dialect, text))
        })
}
