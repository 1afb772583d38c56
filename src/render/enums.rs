//! Enums: a type of its own on PostgreSQL, a list of values in each column elsewhere.

use super::index::is_computed;
use super::postgres::literal;
use super::{RenderError, Statement};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::{Column, ColumnType, DefaultValue, DropEnumValue, Operation, Table};

/// Values as a list in the engine's quotes.
pub(super) fn value_list(dialect: Dialect, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|it| dialect.quote_text(it)).collect();
    quoted.join(", ")
}

/// The tables that have columns of the enum on `dialect`, as they are after `operation`, with those columns.
pub(super) fn users<'c>(
    dialect: Dialect,
    name: &str,
    after: &'c Catalog,
) -> Vec<(&'c Table, Vec<&'c Column>)> {
    let mut users: Vec<(&Table, Vec<&Column>)> = Vec::new();
    for (table, column) in after.columns_of_enum(name, dialect) {
        match users.last_mut() {
            Some((of, columns)) if of.name == table.name => columns.push(column),
            Some(_) | None => users.push((table, vec![column])),
        }
    }
    users
}

/// The schema after the operation.
pub(super) fn after(operation: &Operation, before: &Catalog) -> Result<Catalog, RenderError> {
    let mut after = before.clone();
    match operation.apply(&mut after) {
        Ok(()) => Ok(after),
        Err(error) => Err(RenderError::Schema(error.to_string())),
    }
}

/// What is computed from a column of the enum would still be of the old one.
pub(super) fn check_users(
    dialect: Dialect,
    name: &str,
    users: &[(&Table, Vec<&Column>)],
) -> Result<(), RenderError> {
    for (table, columns) in users {
        let is_of_it = |named: &String| columns.iter().any(|it| it.name == *named);
        let partial = table.indexes.iter().find(|index| {
            let computes = index.predicate.is_some()
                || index.columns.iter().any(|it| it.expression().is_some())
                || is_computed(dialect, index);
            computes && index.named_columns().iter().any(is_of_it)
        });
        let computed = table.columns.iter().find(|it| {
            let sources = it
                .generated
                .iter()
                .flat_map(|it| crate::dsl::expression::columns(&it.expression));
            sources.into_iter().any(|it| is_of_it(&it))
        });
        let checked = table.checks.iter().find(|it| {
            // The others compare texts; here a constant in a check is of the type that goes.
            let is_typed = match dialect {
                Dialect::Postgres => true,
                Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => false,
            };
            is_typed && it.named_columns().iter().any(is_of_it)
        });
        let user = match (partial, computed, checked) {
            (Some(index), _, _) => format!("the partial or computed index {}", index.label),
            (None, Some(column), _) => format!("the generated column {}", column.name),
            (None, None, Some(check)) => format!("the check {}", check.label),
            (None, None, None) => continue,
        };
        return Err(RenderError::unsupported(
            dialect,
            format!(
                "change the values of {name} while {user} of {} is over a column of it",
                table.name
            ),
            "drop it before, and make it again after",
        ));
    }
    Ok(())
}

/// PostgreSQL has no word for it: a new type takes the old one's name, and the columns.
pub(super) fn drop_value_on_postgres(
    step: usize,
    operation: &Operation,
    it: &DropEnumValue,
    before: &Catalog,
) -> Result<Vec<Statement>, RenderError> {
    const SELF: Dialect = Dialect::Postgres;
    let after = after(operation, before)?;
    let users = users(SELF, &it.name, &after);
    check_users(SELF, &it.name, &users)?;
    let values = after.enum_values(&it.name).unwrap_or_default();
    let name = SELF.quote(&it.name);
    let passing = SELF.quote(&after.passing_name(&it.name));
    let mut sql = vec![
        format!("ALTER TYPE {name} RENAME TO {passing}"),
        format!("CREATE TYPE {name} AS ENUM ({})", value_list(SELF, values)),
    ];
    for (table, columns) in users {
        let actions: Vec<String> = columns.iter().map(|it| retyped(SELF, &name, it)).collect();
        sql.push(format!(
            "ALTER TABLE {}\n    {}",
            SELF.quote(&table.name),
            actions.join(",\n    ")
        ));
    }
    sql.push(format!("DROP TYPE {passing}"));
    let statements = sql.into_iter().map(|sql| Statement::of(step, sql, true));
    Ok(statements.collect())
}

/// A default is of the old type, and can't follow by itself.
fn retyped(dialect: Dialect, enum_name: &str, column: &Column) -> String {
    let name = dialect.quote(&column.name);
    let retype = format!("ALTER COLUMN {name} TYPE {enum_name} USING {name}::TEXT::{enum_name}");
    match &column.default {
        Some(DefaultValue::Literal(default)) => format!(
            "ALTER COLUMN {name} DROP DEFAULT,\n    {retype},\n    ALTER COLUMN {name} SET DEFAULT {}",
            literal(dialect, default)
        ),
        Some(DefaultValue::Expression(_)) | None => retype,
    }
}

/// What SQLite checks instead of a type; nothing for a column of another type.
pub(super) fn check_on_sqlite(column: &Column) -> String {
    const SELF: Dialect = Dialect::Sqlite;
    let column_type = column.type_on(SELF);
    if let ColumnType::Enum { values, .. } = column_type {
        let name = SELF.quote(&column.name);
        return format!(" CHECK ({name} IN ({}))", value_list(SELF, values));
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;
    use crate::render::RenderError;

    #[test]
    fn a_check_of_a_column_keeps_postgresql_from_taking_a_value_out() {
        let create = CreateEnum {
            name: "state".into(),
            values: vec!["new".into(), "done".into(), "old".into()],
        };
        let jobs = table("jobs")
            .columns([integer("id"), enumerated("state", "state")])
            .check(check("open", col("state").ne("done")));
        let before = fold([create.into(), CreateTable { table: jobs }.into()]).unwrap();
        let drop = Operation::from(DropEnumValue {
            name: "state".into(),
            value: "old".into(),
        });
        let error = Postgres.render(&drop, &before).unwrap_err();
        assert!(error.to_string().contains("the check open"), "{error}");
        assert!(matches!(error, RenderError::Unsupported { .. }));
        for dialect in [MySql, MariaDb, Sqlite] {
            assert!(dialect.render(&drop, &before).is_ok(), "{dialect}");
        }
    }
}
