//! What must hold before a unique constraint, a foreign key or a check enters a catalog.

use super::constraint::{foreign_key_of, unique_of};
use super::{OperationError, names};
use crate::dialect::{Dialect, IndexNamespace};
use crate::dsl::{Action, Check, Column, ForeignKey, Index, Table, Unique, expression};

pub(super) const NO_COLUMN: &str = "it names no column";

/// Those of columns of JSON, and of computed ones that are NOT NULL.
const NAMED_FOR_COLUMNS: &str = "and MariaDB gives the checks of columns the columns' names";

pub(super) fn unique(table: &Table, unique: &Unique) -> Result<(), OperationError> {
    let at = At {
        table,
        what: format!("unique constraint {}", unique.label),
    };
    at.label(&unique.label, table.uniques.iter().map(|it| &it.label))?;
    at.name(&unique.physical_name(&table.name))?;
    at.columns(table, &unique.columns)?;
    only_key(table, &unique.columns, &at.what)
}

/// PostgreSQL makes one of two keys that come with their table and are over the same columns, and says nothing.
pub(super) fn only_key(
    table: &Table,
    columns: &[String],
    what: &str,
) -> Result<(), OperationError> {
    let other = match table.uniques.iter().find(|it| it.columns == columns) {
        Some(other) => format!("unique constraint {}", other.label),
        None if table.primary_key == columns => "the primary key".to_owned(),
        None => return Ok(()),
    };
    let what = what.to_owned();
    Err(At { table, what }.invalid(format!("{other} is over the same columns")))
}

pub(super) fn check(table: &Table, check: &Check) -> Result<(), OperationError> {
    let at = At {
        table,
        what: format!("check {}", check.label),
    };
    at.label(&check.label, table.checks.iter().map(|it| &it.label))?;
    let name = check.physical_name(&table.name);
    at.name(&name)?;
    let mut columns = table.columns.iter();
    if let Some(column) = columns.find(|it| names::fold_case(&it.name) == names::fold_case(&name)) {
        return Err(at.invalid(format!(
            "it is named as column {} is, {NAMED_FOR_COLUMNS}",
            column.name
        )));
    }
    let named = check.named_columns();
    for name in &named {
        if table.column_named(name).is_none() {
            return Err(OperationError::unknown_column(table, name));
        }
    }
    let numbers = |name: &&String| table.column_named(name).is_some_and(|it| it.auto_increment);
    let fault = expression::fault(&check.expression)
        .or_else(|| expression::changing(&check.expression))
        .map(str::to_owned)
        .or_else(|| {
            let column = named.iter().find(numbers)?;
            Some(format!("it names column {column}, which numbers the rows"))
        });
    if let Some(fault) = fault {
        return Err(at.invalid(fault));
    }
    // MySQL's error 3823.
    match table
        .foreign_keys
        .iter()
        .find(|key| key.writes_its_columns() && key.columns.iter().any(|it| named.contains(it)))
    {
        None => Ok(()),
        Some(key) => Err(at.invalid(format!(
            "it names a column that foreign key {} may change, which MySQL refuses",
            key.label
        ))),
    }
}

/// A column that would have the name of a check.
pub(super) fn column_named_as_check(table: &Table, column: &str) -> Option<String> {
    let column = names::fold_case(column);
    let mut checks = table.checks.iter();
    let check = checks.find(|it| names::fold_case(&it.physical_name(&table.name)) == column)?;
    Some(format!(
        "check {} has that name, {NAMED_FOR_COLUMNS}",
        check.label
    ))
}

pub(super) fn foreign_key(
    table: &Table,
    key: &ForeignKey,
    referenced: &Table,
) -> Result<(), OperationError> {
    let at = At {
        table,
        what: format!("foreign key {}", key.label),
    };
    at.label(&key.label, table.foreign_keys.iter().map(|it| &it.label))?;
    at.name(&key.physical_name(&table.name))?;
    at.columns(table, &key.columns)?;
    at.columns(referenced, &key.referenced)?;
    if key.columns.len() != key.referenced.len() {
        return Err(at.invalid(format!(
            "it has {} columns, and refers to {}",
            key.columns.len(),
            key.referenced.len()
        )));
    }
    if key.table == table.name && key.columns == key.referenced {
        return Err(at.invalid("each row would refer to itself, which MySQL refuses"));
    }
    if !keys(referenced).any(|it| it == key.referenced) {
        return Err(at.invalid(format!(
            "{} ({}) is no primary key, unique constraint or unique index over all rows, in that order",
            referenced.name,
            key.referenced.join(", ")
        )));
    }
    match generated_fault(table, key, referenced)
        .or_else(|| types_fault(table, key, referenced))
        .or_else(|| action_fault(table, key, None))
        .or_else(|| cascade_fault((table, referenced), key, None))
        .or_else(|| checked_fault(table, key))
    {
        None => Ok(()),
        Some(reason) => Err(at.invalid(reason)),
    }
}

/// A constraint whose name MySQL and MariaDB would change together with that of its table, because it looks like one
/// that they made.
pub(super) fn check_keeps_its_name(table: &Table) -> Result<(), OperationError> {
    let name = names::fold_case(&table.name);
    let follows = |physical: String, form: &str| {
        names::fold_case(&physical).starts_with(&format!("{name}_{form}_"))
    };
    let mut keys = table.foreign_keys.iter();
    let mut checks = table.checks.iter();
    let constraint = keys
        .find(|it| follows(it.physical_name(&table.name), "ibfk"))
        .map(|it| format!("foreign key {}", it.label))
        .or_else(|| {
            let check = checks.find(|it| follows(it.physical_name(&table.name), "chk"))?;
            Some(format!("check {}", check.label))
        });
    match constraint {
        None => Ok(()),
        Some(constraint) => Err(OperationError::InvalidConstraint {
            table: table.name.clone(),
            constraint,
            reason: "MySQL would rename it with its table, because its name is one that MySQL gives: drop it \
                     first, and add it again under another name"
                .to_owned(),
        }),
    }
}

/// What a foreign key may refer to: the columns of every key of a table, in the key's order.
pub(super) fn keys(table: &Table) -> impl Iterator<Item = Vec<String>> {
    std::iter::once(table.primary_key.clone())
        .chain(table.uniques.iter().map(|it| it.columns.clone()))
        .chain(table.indexes.iter().filter_map(Index::key))
}

fn generated_fault(table: &Table, key: &ForeignKey, referenced: &Table) -> Option<String> {
    let is_generated = |table: &Table, name: &String| {
        table
            .column_named(name)
            .is_some_and(|it| it.generated.is_some())
    };
    let own = key.columns.iter().find(|it| is_generated(table, it));
    let other = key
        .referenced
        .iter()
        .find(|it| is_generated(referenced, it));
    if let Some(column) = own.or(other) {
        return Some(format!("column {column} is generated"));
    }
    let generated = table
        .columns
        .iter()
        .filter_map(|it| it.generated.as_ref().map(|of| (it, of)));
    let mut sources = generated.map(|(it, of)| (it, expression::columns(&of.expression)));
    let (column, _) = sources
        .find(|(_, sources)| sources.iter().any(|it| key.columns.contains(it)))
        .filter(|_| key.changes_rows())?;
    Some(format!(
        "it may change what the generated column {} is computed from, which MySQL refuses",
        column.name
    ))
}

fn types_fault(table: &Table, key: &ForeignKey, referenced: &Table) -> Option<String> {
    key.columns
        .iter()
        .zip(&key.referenced)
        .find_map(|(own, other)| {
            let column = table.column_named(own)?;
            let referenced_column = referenced.column_named(other)?;
            let dialect = Dialect::ALL
                .into_iter()
                .find(|it| column.type_on(*it) != referenced_column.type_on(*it))?;
            Some(format!(
                "column {own} is {}, and {}.{other} is {} on {}: both must be of one type",
                column.type_on(dialect),
                referenced.name,
                referenced_column.type_on(dialect),
                dialect.product()
            ))
        })
}

/// What the actions of a foreign key write must fit its columns, one of which may be about to change.
fn action_fault(table: &Table, key: &ForeignKey, altered: Option<&Column>) -> Option<String> {
    let changes = |name: &String| altered.filter(|it| it.name == *name);
    let columns = || {
        let names = key.columns.iter();
        names.filter_map(|name| changes(name).or_else(|| table.column_named(name)))
    };
    if key.has_action(Action::SetNull)
        && let Some(column) = columns().find(|it| !it.nullable)
    {
        return Some(format!(
            "it sets column {} NULL, which is NOT NULL",
            column.name
        ));
    }
    if key.has_action(Action::SetDefault)
        && let Some(column) = columns().find(|it| !it.fits_existing_rows())
    {
        return Some(format!(
            "it sets column {} to its default, and it is NOT NULL and has none",
            column.name
        ));
    }
    None
}

/// MariaDB's errors 1005, 1830 and 1833: what is updated to NULL would take NULL to where it can't be. A table and its column
/// may be about to change.
pub(super) fn cascade_fault(
    (table, referenced): (&Table, &Table),
    key: &ForeignKey,
    altered: Option<(&Table, &Column)>,
) -> Option<String> {
    if key.on_update != Action::Cascade {
        return None;
    }
    let is_nullable = |of: &Table, name: &String| {
        let changed =
            altered.filter(|(table, column)| table.name == of.name && column.name == *name);
        let column = changed.map(|(_, column)| column);
        column
            .or_else(|| of.column_named(name))
            .is_some_and(|it| it.nullable)
    };
    let mut pairs = key.columns.iter().zip(&key.referenced);
    pairs
        .find(|(own, other)| !is_nullable(table, own) && is_nullable(referenced, other))
        .map(|(own, other)| {
            format!(
                "an update of {other}, which may be NULL, would be passed on to {own}, which is NOT NULL: MariaDB refuses that"
            )
        })
}

/// A column that changes, in the foreign keys of its table.
pub(super) fn altered_action(table: &Table, altered: &Column) -> Result<(), OperationError> {
    let mut keys = table.foreign_keys.iter();
    let fault = keys.find_map(|key| {
        let fault = action_fault(table, key, Some(altered))?;
        Some((key, fault))
    });
    match fault {
        None => Ok(()),
        Some((key, reason)) => Err(OperationError::InvalidConstraint {
            table: table.name.clone(),
            constraint: format!("foreign key {}", key.label),
            reason,
        }),
    }
}

/// MySQL's error 3823, from the other side.
fn checked_fault(table: &Table, key: &ForeignKey) -> Option<String> {
    let named = |check: &&Check| {
        check
            .named_columns()
            .iter()
            .any(|it| key.columns.contains(it))
    };
    let check = table.checks.iter().find(named)?;
    key.writes_its_columns().then(|| {
        format!(
            "it may change a column that check {} names, which MySQL refuses",
            check.label
        )
    })
}

/// The names of a table's indexes where they are the table's own, each with what has it: unique constraints and
/// foreign keys have an index of their name there.
pub(super) fn index_names(table: &Table) -> impl Iterator<Item = (String, String)> {
    let indexes = table.indexes.iter().map(|it| {
        let name = it.name_in(&table.name, IndexNamespace::Table);
        (name, format!("index {} of {}", it.label, table.name))
    });
    let uniques = table.uniques.iter().map(|it| {
        let name = it.physical_name(&table.name);
        (name, unique_of(it, &table.name))
    });
    let keys = table.foreign_keys.iter().map(|it| {
        let name = it.physical_name(&table.name);
        (name, foreign_key_of(it, &table.name))
    });
    indexes.chain(uniques).chain(keys)
}

/// Where an error is: a constraint of a table.
struct At<'t> {
    table: &'t Table,
    what: String,
}

impl At<'_> {
    fn label<'l>(
        &self,
        label: &str,
        mut others: impl Iterator<Item = &'l String>,
    ) -> Result<(), OperationError> {
        if others.any(|it| names::fold_case(it) == names::fold_case(label)) {
            return Err(OperationError::DuplicateConstraint {
                table: self.table.name.clone(),
                constraint: self.what.clone(),
            });
        }
        names::check_constraint(label)
    }

    fn name(&self, name: &str) -> Result<(), OperationError> {
        names::check_constraint(name)?;
        let folded = names::fold_case(name);
        match index_names(self.table).find(|(other, _)| names::fold_case(other) == folded) {
            None => Ok(()),
            Some((_, other)) => Err(OperationError::NameCollision {
                name: name.to_owned(),
                what: format!("{} of {}", self.what, self.table.name),
                other,
            }),
        }
    }

    /// At least one, each once, all of them there.
    fn columns(&self, table: &Table, columns: &[String]) -> Result<(), OperationError> {
        if columns.is_empty() {
            return Err(self.invalid(NO_COLUMN));
        }
        for (position, name) in columns.iter().enumerate() {
            if table.column_named(name).is_none() {
                return Err(OperationError::unknown_column(table, name));
            }
            if columns[..position].contains(name) {
                return Err(self.invalid(format!("it names column {name} twice")));
            }
        }
        Ok(())
    }

    fn invalid(&self, reason: impl Into<String>) -> OperationError {
        OperationError::InvalidConstraint {
            table: self.table.name.clone(),
            constraint: self.what.clone(),
            reason: reason.into(),
        }
    }
}
