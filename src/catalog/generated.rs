//! Generated columns: what they may name, and what names them.

use super::OperationError;
use super::check::invalid_column;
use crate::dsl::{Column, Table, expression};

/// Why `column` could not be generated at all, whatever its table has.
pub(super) fn clause_fault(column: &Column) -> Option<String> {
    let generated = column.generated.as_ref()?;
    if column.default.is_some() {
        return Some("a generated column can't have a default".to_owned());
    }
    if column.auto_increment {
        return Some("a generated column can't number the rows".to_owned());
    }
    expression::fault(&generated.expression)
        .or_else(|| expression::changing(&generated.expression))
        .map(str::to_owned)
}

/// The columns that the generated column `column` of `table` names must be there, and not be computed themselves.
pub(super) fn check_sources(table: &Table, column: &Column) -> Result<(), OperationError> {
    let generated = column.generated.iter();
    for name in generated.flat_map(|it| expression::columns(&it.expression)) {
        let fault = match table.column_named(&name) {
            None => return Err(OperationError::unknown_column(table, &name)),
            // MySQL would compute it before the number is known.
            Some(source) if source.auto_increment => "which numbers the rows",
            Some(source) if source.generated.is_some() => "which is generated itself",
            Some(_) => continue,
        };
        let reason = format!("its expression names the column {name}, {fault}");
        return Err(invalid_column(table, column, reason));
    }
    Ok(())
}

/// No foreign key may write what a generated column is computed from: not all engines would compute it anew.
pub(super) fn check_unchanged(table: &Table, column: &Column) -> Result<(), OperationError> {
    let generated = column.generated.iter();
    let sources: Vec<String> = generated
        .flat_map(|it| expression::columns(&it.expression))
        .collect();
    let mut keys = table.foreign_keys.iter().filter(|it| it.changes_rows());
    match keys.find(|key| key.columns.iter().any(|it| sources.contains(it))) {
        None => Ok(()),
        Some(key) => {
            let reason = format!(
                "its expression names a column that foreign key {} may change, which MySQL refuses",
                key.label
            );
            Err(invalid_column(table, column, reason))
        }
    }
}

/// The generated column whose expression names `column`, as a noun phrase.
pub(super) fn user_of(table: &Table, column: &str) -> Option<String> {
    let names_it = |it: &&Column| {
        let generated = it.generated.iter();
        generated
            .flat_map(|it| expression::columns(&it.expression))
            .any(|name| name == column)
    };
    let user = table.columns.iter().find(names_it)?;
    Some(format!("the generated column {}", user.name))
}

/// A column that gets another name must not be named by an expression, which is not rewritten.
pub(super) fn check_unused(table: &Table, column: &str) -> Result<(), OperationError> {
    match user_of(table, column) {
        Some(user) => Err(OperationError::ColumnInUse {
            table: table.name.clone(),
            column: column.to_owned(),
            user,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, OperationError, tests::fold};
    use crate::dsl::*;

    fn boxes() -> Operation {
        CreateTable {
            table: table("boxes").columns([
                big_integer("id").primary_key().auto_increment(),
                integer("area").stored_as(col("width").mul(col("height"))),
                integer("width"),
                integer("height"),
            ]),
        }
        .into()
    }

    fn after(operation: impl Into<Operation>) -> Result<Catalog, OperationError> {
        fold([boxes(), operation.into()])
    }

    fn add(column: Column) -> AddColumn {
        AddColumn {
            table: "boxes".into(),
            column,
        }
    }

    #[test]
    fn it_may_name_what_comes_after_it_and_needs_no_default() {
        let catalog = after(add(integer("double").virtual_as(col("width").mul(2)))).unwrap();
        assert_eq!(catalog.table("boxes").unwrap().columns.len(), 5);
    }

    #[test]
    fn what_some_engine_could_not_compute_is_refused() {
        for bad in [
            integer("n").stored_as(col("area").add(1)),
            integer("n").stored_as(col("n").add(1)),
            integer("n").stored_as(col("nope")),
            big_integer("n").stored_as(col("id")),
            timestamp("n").virtual_as(now()),
            double("n").stored_as(Func::random()),
            integer("n").stored_as(col("width")).default(1),
            integer("n").stored_as(Expr::cust_with_exprs("$2", [col("width")])),
        ] {
            let error = after(add(bad.clone()));
            assert!(error.is_err(), "{bad}");
        }
        let key =
            table("t").columns([integer("a"), integer("b").stored_as(col("a")).primary_key()]);
        assert!(fold([CreateTable { table: key }.into()]).is_err());
    }

    #[test]
    fn what_it_names_stays_under_its_name() {
        let drop = DropColumn {
            table: "boxes".into(),
            column: "width".into(),
        };
        let rename = RenameColumn {
            table: "boxes".into(),
            column: "height".into(),
            to: "tallness".into(),
        };
        for error in [after(drop), after(rename)] {
            let Err(OperationError::ColumnInUse { user, .. }) = error else {
                panic!("{error:?}");
            };
            assert_eq!(user, "the generated column area");
        }
    }

    #[test]
    fn nothing_is_lost_where_it_comes_and_goes() {
        let before = fold([boxes()]).unwrap();
        let drop = Operation::from(DropColumn {
            table: "boxes".into(),
            column: "area".into(),
        });
        let back = drop.inverse(&before);
        assert!(matches!(back, Inverse::Exact(_)), "{back:?}");
        let add = Operation::from(add(integer("n").virtual_as(col("width"))));
        let back = add.inverse(&before);
        assert!(matches!(back, Inverse::Exact(_)), "{back:?}");
    }

    #[test]
    fn a_table_needs_a_column_that_is_written_to() {
        let one = table("t").columns([integer("a"), integer("b").stored_as(Expr::val(1))]);
        let drop = DropColumn {
            table: "t".into(),
            column: "a".into(),
        };
        let error = fold([CreateTable { table: one }.into(), drop.into()]);
        assert!(
            matches!(error, Err(OperationError::NoColumns { .. })),
            "{error:?}"
        );
    }
}
