//! Schemas and extensions, of which a database has one each: they can't be made a second time, and are compared by
//! their names.

use super::{Difference, EXTRA, MISSING};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Migration, Operation};
use crate::run::decide::extension_difference;
use crate::run::live::Live;
use crate::run::session::Session;

/// Whether an operation makes or drops something of which there is one in a database.
pub(super) fn is_of_the_database(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
    )
}

/// How the live ones differ from those that migrations make.
pub(super) fn differences(dialect: Dialect, expected: &Catalog, live: &Live) -> Vec<Difference> {
    let mut differences = Vec::new();
    for schema in expected.schemas() {
        if !live.schemas.contains(schema) {
            differences.push(Difference::new(format!("schema {schema}"), MISSING));
        }
    }
    for schema in &live.schemas {
        if expected.schemas().all(|it| it != schema) {
            differences.push(Difference::new(format!("schema {schema}"), EXTRA));
        }
    }
    if !dialect.features().extensions {
        return differences;
    }
    for extension in expected.extensions() {
        let difference = match live.extensions.get(&extension.name) {
            Some(found) => extension_difference(extension, found),
            None => Some(MISSING.to_owned()),
        };
        let object = format!("extension {}", extension.name);
        differences.extend(difference.map(|it| Difference::new(object, it)));
    }
    for name in live.extensions.keys() {
        if expected.extension(name).is_none() {
            differences.push(Difference::new(format!("extension {name}"), EXTRA));
        }
    }
    differences
}

/// Whether what the migrations make may need an extension that is not there.
pub(super) fn lacks_extension(dialect: Dialect, expected: &Catalog, live: &Live) -> bool {
    let mut extensions = expected.extensions();
    dialect.features().extensions && extensions.any(|it| !live.extensions.contains_key(&it.name))
}

/// The extensions that a migration made and a later one dropped: what came between may need them, so the replay has them
/// for as long as it lasts.
pub(super) fn gone_extensions<'m>(
    made: &[&'m Migration],
    expected: &Catalog,
    live: &Live,
) -> Vec<&'m str> {
    let operations = made.iter().flat_map(|it| &it.operations);
    let names = operations.filter_map(|it| {
        let Operation::CreateExtension(it) = it else {
            return None;
        };
        Some(it.extension.name.as_str())
    });
    let is_gone =
        |name: &&str| expected.extension(name).is_none() && !live.extensions.contains_key(*name);
    names.filter(is_gone).collect()
}

/// PostgreSQL: where names are looked for that are not in the place of the replay. What extensions have made in the
/// schema of the migrations must be found; else nothing there is in reach.
pub(super) fn search_path(session: &Session, live: &Live) -> String {
    let home = session.schema.as_deref().unwrap_or_default();
    if live.extensions.values().any(|it| it == home) {
        format!("{}, pg_temp", session.dialect.quote(home))
    } else {
        "pg_temp".to_owned()
    }
}
