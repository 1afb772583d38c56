//! Is the live schema what the applied migrations say?
//!
//! The history is replayed into a place of its own, both schemas are read by the same queries, and what the
//! engine's catalog says of one is compared with what it says of the other: no spelling is guessed.

mod database;

use std::collections::BTreeSet;

use super::applied::AppliedIds;
use super::decide::told_comment;
use super::difference::{Difference, there_is};
use super::driver::{DriverError, DriverErrorKind, DynDriver};
use super::error::RunError;
use super::journal::is_true;
use super::live::{
    Live, LiveColumn, LiveForeignKey, LiveFunction, LiveIndex, LiveTable, Wanted, unread,
};
use super::migrator::Migrator;
use super::plan::{PlanError, Steps, expect};
use super::session::Session;
use super::whole_enums::with_whole_enums;
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Migration, Migrations};
use crate::render::{Opaque, Statement};

/// Compares the live schema with the applied migrations.
pub(crate) async fn verify(
    driver: &mut dyn DynDriver,
    session: &Session,
    migrator: &Migrator,
    applied: &AppliedIds,
) -> Result<Vec<Difference>, RunError> {
    let history = &*migrator.migrations;
    let made: Vec<&Migration> = history
        .iter()
        .filter(|it| applied.contains(&it.id))
        .collect();
    let changed = applied.changed(history, migrator.checksums());
    let changed = changed.into_iter().map(|id| {
        Difference::new(
            format!("migration {id}"),
            "it was changed after it was applied",
        )
    });
    let schema = differences(driver, session, history, &made).await?;
    Ok(changed.chain(schema).collect())
}

/// Compares the live schema with what those migrations make; of tables that `history` does not speak of, nothing
/// is said.
pub(crate) async fn differences(
    driver: &mut dyn DynDriver,
    session: &Session,
    history: &Migrations,
    made: &[&Migration],
) -> Result<Vec<Difference>, RunError> {
    let wanted = Wanted::of(history, session.dialect);
    let (statements, catalog) = statements(made, session.dialect)?;
    if made
        .iter()
        .any(|it| expect(session.dialect, &it.operations))
    {
        session.make_timestamps_explicit(driver).await?;
    }
    let live = Live::read(driver, session, &wanted).await.map_err(unread)?;
    let mut differences = database::differences(session.dialect, &catalog, &live);
    let path = database::search_path(session, &live);
    let gone = database::gone_extensions(made, &catalog, &live);
    match replay(driver, session, &wanted, (&path, &gone), &statements).await {
        Ok(expected) => compare(&expected, &live, &mut differences),
        // Without an extension there is nothing to replay on: that it is missing is what is told.
        Err(_) if database::lacks_extension(session.dialect, &catalog, &live) => {}
        Err(source) => return Err(RunError::Scratch { source }),
    }
    Ok(differences)
}

/// The SQL of those migrations for a place of its own, and the schema after them.
fn statements(
    made: &[&Migration],
    dialect: Dialect,
) -> Result<(Vec<Statement>, Catalog), PlanError> {
    let mut catalog = Catalog::default();
    let mut statements = Vec::new();
    for migration in with_whole_enums(made.iter().copied()) {
        // What is replayed is in one transaction, and nobody else writes there.
        let migration = Migration {
            concurrently: false,
            ..migration
        };
        let mut steps = Steps::new(&migration, dialect);
        for (step, operation) in (1..).zip(&migration.operations) {
            if !database::is_of_the_database(operation) {
                steps.run(step, operation, &catalog)?;
            }
            steps.apply(step, operation, &mut catalog)?;
        }
        let planned = steps.finish(Vec::new());
        // What changes rows alone leaves no trace in a schema, and may name a table that is not a replayed one.
        let seen = |it: &Statement| !it.opaque.as_ref().is_some_and(|it| it.data_only);
        statements.extend(planned.statements.into_iter().filter(seen));
    }
    Ok((statements, catalog))
}

/// What the statements make, in a place that is gone afterwards.
async fn replay(
    driver: &mut dyn DynDriver,
    session: &Session,
    wanted: &Wanted,
    (path, gone): (&str, &[&str]),
    statements: &[Statement],
) -> Result<Live, DriverError> {
    let scratch = format!("hammerwork_verify_{:016x}", unique());
    match session.dialect {
        // All of it in one transaction that is undone.
        Dialect::Postgres => {
            let mut before = format!(
                "CREATE SCHEMA {scratch}; SET LOCAL search_path TO {scratch}, {path}; \
                 SET LOCAL client_min_messages TO warning;"
            );
            for extension in gone {
                let extension = session.dialect.quote(extension);
                before +=
                    &format!("CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA {scratch};\n");
            }
            for statement in statements {
                before += &statement.sql;
                before += ";\n";
            }
            Live::read_after(driver, wanted, &before).await
        }
        Dialect::MySql | Dialect::MariaDb => {
            let rows = driver.rows("SELECT DATABASE()").await?;
            let home = rows
                .into_iter()
                .next()
                .and_then(|row| row.into_iter().next());
            let home = session.dialect.quote(&home.flatten().unwrap_or_default());
            driver
                .execute(&format!("CREATE DATABASE {scratch}"))
                .await?;
            let result = replay_here(driver, session, wanted, &scratch, statements).await;
            // Both in any case; what went wrong first is what is told.
            let back = driver.execute(&format!("USE {home}")).await;
            let dropped = driver.execute(&format!("DROP DATABASE {scratch}")).await;
            let live = result?;
            back.and(dropped).map(|()| live)
        }
        Dialect::Sqlite => {
            let Some(mut memory) = driver.scratch().await? else {
                return Ok(Live::default());
            };
            // As in a run that rebuilds a table.
            memory.execute("PRAGMA foreign_keys = OFF").await?;
            execute(&mut *memory, statements).await?;
            let live = Live::read(&mut *memory, session, wanted).await;
            memory.close().await;
            live
        }
    }
}

async fn replay_here(
    driver: &mut dyn DynDriver,
    session: &Session,
    wanted: &Wanted,
    database: &str,
    statements: &[Statement],
) -> Result<Live, DriverError> {
    driver.execute(&format!("USE {database}")).await?;
    execute(driver, statements).await?;
    Live::read(driver, session, wanted).await
}

/// Runs them as a run does: those with a condition only where it is true.
async fn execute(driver: &mut dyn DynDriver, statements: &[Statement]) -> Result<(), DriverError> {
    for statement in statements {
        let question = statement.opaque.as_ref().and_then(Opaque::question);
        let runs = match question {
            Some(question) => is_true(driver, &question).await?,
            None => true,
        };
        if runs {
            driver.execute(&statement.sql).await?;
        }
    }
    Ok(())
}

/// A number that no other `verify` at the same time has.
fn unique() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

fn compare(expected: &Live, live: &Live, differences: &mut Vec<Difference>) {
    for name in expected
        .enums
        .keys()
        .chain(live.enums.keys())
        .collect::<BTreeSet<_>>()
    {
        let description = match (expected.enums.get(name), live.enums.get(name)) {
            (Some(expected), Some(live)) => both_shapes(expected.join(", "), live.join(", ")),
            (Some(_), None) => Some(MISSING.to_owned()),
            (None, _) => Some(EXTRA.to_owned()),
        };
        differences.extend(description.map(|it| Difference::new(format!("enum {name}"), it)));
    }
    let triggers = expected.triggers.keys().chain(live.triggers.keys());
    for key in triggers.collect::<BTreeSet<_>>() {
        let text = |it: &Live| it.triggers.get(key).map(|text| one_line(text));
        let description = presence(text(expected), text(live));
        let object = format!("trigger {} of {}", key.0, key.1);
        differences.extend(description.map(|it| Difference::new(object, it)));
    }
    let functions = expected.functions.keys().chain(live.functions.keys());
    for name in functions.collect::<BTreeSet<_>>() {
        let text = |it: &Live| it.functions.get(name).map(|them| functions_shape(them));
        let description = presence(text(expected), text(live));
        differences.extend(description.map(|it| Difference::new(format!("function {name}"), it)));
    }
    let names: BTreeSet<&String> = expected.tables.keys().chain(live.tables.keys()).collect();
    for name in names {
        let found = expected.tables.get(name).or(live.tables.get(name));
        let kind = found.and_then(|it| it.other_kind.as_deref());
        let object = format!("{} {name}", kind.unwrap_or("table"));
        match (expected.tables.get(name), live.tables.get(name)) {
            (Some(_), None) => differences.push(Difference::new(object, MISSING)),
            (None, Some(_)) => differences.push(Difference::new(object, EXTRA)),
            (Some(expected), Some(live)) => compare_tables(name, expected, live, differences),
            (None, None) => {}
        }
    }
}

const MISSING: &str = "it is missing";
const EXTRA: &str = "it is there, and the applied migrations do not make it";

fn compare_tables(
    name: &str,
    expected: &LiveTable,
    live: &LiveTable,
    differences: &mut Vec<Difference>,
) {
    if expected.other_kind != live.other_kind {
        let kind = |it: &LiveTable| it.other_kind.clone().unwrap_or_else(|| "table".to_owned());
        let description = there_is(&kind(live));
        let object = format!("{} {name}", kind(expected));
        differences.push(Difference::new(object, description));
        return;
    }
    if let Some(kind) = &live.other_kind {
        // Of a view the query says it all.
        let query = |it: &LiveTable| one_line(it.definition.as_deref().unwrap_or_default());
        let description = both_shapes(query(expected), query(live));
        differences.extend(description.map(|it| Difference::new(format!("{kind} {name}"), it)));
        return;
    }
    if expected.primary_key != live.primary_key {
        let description = format!(
            "its primary key is ({}), and should be ({})",
            live.primary_key.join(", "),
            expected.primary_key.join(", ")
        );
        differences.push(Difference::new(format!("table {name}"), description));
    }
    if expected.comment != live.comment {
        let description = format!(
            "it has {}, and should have {}",
            told_comment(live.comment.as_deref()),
            told_comment(expected.comment.as_deref())
        );
        differences.push(Difference::new(format!("table {name}"), description));
    }
    let columns = expected.columns.iter().chain(&live.columns);
    for column in columns.map(|it| &it.name).collect::<BTreeSet<_>>() {
        let object = format!("column {name}.{column}");
        let description = match (expected.column(column), live.column(column)) {
            (Some(expected), Some(live)) => both_shapes(column_shape(expected), column_shape(live)),
            (Some(_), None) => Some(MISSING.to_owned()),
            (None, _) => Some(EXTRA.to_owned()),
        };
        differences.extend(description.map(|it| Difference::new(object, it)));
    }
    let indexes = expected.indexes.iter().chain(&live.indexes);
    for index in indexes.map(|it| &it.name).collect::<BTreeSet<_>>() {
        let object = format!("index {index} of {name}");
        let description = match (expected.index(index), live.index(index)) {
            (Some(expected), Some(live)) => both_shapes(index_shape(expected), index_shape(live)),
            (Some(_), None) => Some(MISSING.to_owned()),
            (None, _) => Some(EXTRA.to_owned()),
        };
        differences.extend(description.map(|it| Difference::new(object, it)));
    }
    compare_constraints(name, expected, live, differences);
}

fn compare_constraints(
    name: &str,
    expected: &LiveTable,
    live: &LiveTable,
    differences: &mut Vec<Difference>,
) {
    let keys = expected.foreign_keys.iter().chain(&live.foreign_keys);
    for key in keys.map(|it| &it.key.label).collect::<BTreeSet<_>>() {
        let shape = |table: &LiveTable| table.foreign_key(key).map(foreign_key_shape);
        let description = presence(shape(expected), shape(live));
        let object = format!("foreign key {key} of {name}");
        differences.extend(description.map(|it| Difference::new(object, it)));
    }
    let checks = expected.checks.iter().chain(&live.checks);
    for check in checks.map(|it| &it.name).collect::<BTreeSet<_>>() {
        let shape = |table: &LiveTable| table.check(check).map(|it| it.text.clone());
        let description = presence(shape(expected), shape(live));
        let object = format!("check {check} of {name}");
        differences.extend(description.map(|it| Difference::new(object, it)));
    }
}

fn presence(expected: Option<String>, live: Option<String>) -> Option<String> {
    match (expected, live) {
        (Some(expected), Some(live)) => both_shapes(expected, live),
        (Some(_), None) => Some(MISSING.to_owned()),
        (None, Some(_)) => Some(EXTRA.to_owned()),
        (None, None) => None,
    }
}

/// All that have the name: a second one is a difference.
fn functions_shape(functions: &[LiveFunction]) -> String {
    let shapes = functions.iter().map(|it| match &it.other_kind {
        Some(kind) => format!("a {kind}"),
        None => one_line(&it.definition),
    });
    shapes.collect::<Vec<_>>().join(" and ")
}

fn foreign_key_shape(key: &LiveForeignKey) -> String {
    let not_valid = if key.valid { "" } else { ", not valid" };
    format!("{}{not_valid}", key.key)
}

fn both_shapes(expected: String, live: String) -> Option<String> {
    (expected != live).then(|| format!("it is {live}, and should be {expected}"))
}

fn column_shape(column: &LiveColumn) -> String {
    let null = if column.nullable {
        "nullable"
    } else {
        "NOT NULL"
    };
    let default = match &column.default {
        Some(default) => format!(", default {default}"),
        None => String::new(),
    };
    let details = match column.details.trim() {
        "" => String::new(),
        details => format!(", {details}"),
    };
    let comment = match &column.comment {
        Some(comment) => format!(", comment {comment:?}"),
        None => String::new(),
    };
    format!("{} {null}{default}{details}{comment}", column.type_name)
}

fn index_shape(index: &LiveIndex) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let prefix = part.prefix.map_or_else(String::new, |it| format!("({it})"));
            let opclass = part.opclass.iter().map(|it| format!(" {it}"));
            let direction = if part.descending { " DESC" } else { "" };
            format!(
                "{}{prefix}{}{direction}",
                one_line(&part.text),
                opclass.collect::<String>()
            )
        })
        .collect();
    let unique = if index.unique { "unique " } else { "" };
    let invalid = if index.valid { "" } else { "INVALID " };
    let predicate = match &index.predicate {
        // Only SQLite keeps the text as it was written, with its line breaks.
        Some(predicate) => format!(" where {}", one_line(predicate)),
        None => String::new(),
    };
    let constraint = match index.constraint {
        Some(true) => "a constraint, ",
        Some(false) | None => "",
    };
    // What nearly every index is, is not told.
    let method = match index.method.as_str() {
        "btree" => String::new(),
        method => format!("{method} "),
    };
    let included = match index.included.as_slice() {
        [] => String::new(),
        included => format!(" including ({})", included.join(", ")),
    };
    let nulls = if index.nulls_not_distinct {
        " with NULL equal to NULL"
    } else {
        ""
    };
    format!(
        "{constraint}{invalid}{unique}{method}over ({}){included}{nulls}{predicate}",
        parts.join(", ")
    )
}

/// With one blank where there is any white space.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// What the role must be allowed, so that the history can be replayed.
pub(crate) fn scratch_help(source: &DriverError) -> Option<String> {
    match source.kind {
        DriverErrorKind::NotAllowed => Some(
            "verify replays the history into a schema (PostgreSQL) or a database (MySQL, MariaDB) of its own, \
             which is dropped again: grant the role CREATE, or run it as one that has it"
                .to_owned(),
        ),
        DriverErrorKind::MissingTable
        | DriverErrorKind::Refused
        | DriverErrorKind::InTransaction
        | DriverErrorKind::Busy
        | DriverErrorKind::Connection
        | DriverErrorKind::NoTls
        | DriverErrorKind::Other => None,
    }
}
