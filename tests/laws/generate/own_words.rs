//! Random SQL of a user's own.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::{name, text_value};

/// Some change rows, some stand for what they do; few have no text for some engine.
pub(crate) fn own_words() -> impl Strategy<Value = RunSql> {
    let texts = || {
        (
            proptest::option::weighted(0.9, statement()),
            vec((select(&Dialect::ALL[..]), statement()), 0..3),
        )
    };
    let conditions =
        || proptest::option::weighted(0.4, select(&["1 = 1", "0.0", "'a' -- it's", "NULL"][..]));
    (
        text_value(),
        texts(),
        texts(),
        conditions(),
        any::<bool>(),
        proptest::option::weighted(0.3, name()),
    )
        .prop_map(|(what, up, down, only_if, data_only, table_name)| {
            let mut run = sql(what);
            run.data_only = data_only;
            run.only_if = only_if.map(str::to_owned);
            for (dialect, text) in up.1 {
                run = run.on(dialect, text);
            }
            for (dialect, text) in down.1 {
                run = run.down_on(dialect, text);
            }
            if let Some(text) = up.0 {
                run = run.everywhere(text);
            }
            if let Some(text) = down.0 {
                run = run.down(text);
            }
            let Some(name) = table_name.filter(|_| !data_only) else {
                return run;
            };
            let made = table(name).columns([integer("id")]);
            run.only_if = None;
            // It does what it stands for.
            for dialect in Dialect::ALL {
                let quoted = dialect.quote(&made.name);
                // As all that the library makes: a foreign key between texts of two character sets is refused.
                let options = match dialect {
                    MySql | MariaDb => " CHARACTER SET utf8mb4",
                    _ => "",
                };
                run = run
                    .on(
                        dialect,
                        format!("CREATE TABLE {quoted} (id INTEGER NOT NULL){options}; -- {{}}"),
                    )
                    .down_on(dialect, format!("DROP TABLE {quoted}"));
            }
            run.stands_for([CreateTable { table: made }])
        })
}

/// Texts that SQLite takes, and that mean harm to what comes after them.
const STATEMENTS: [&str; 6] = [
    "SELECT 1",
    " ; SELECT 1 ;; ",
    "SELECT ';' -- the end",
    "SELECT 1; SELECT '$hammerwork$'",
    "/* ; */ SELECT 'two\nlines'",
    "",
];

fn statement() -> impl Strategy<Value = String> {
    select(&STATEMENTS[..]).prop_map(str::to_owned)
}
