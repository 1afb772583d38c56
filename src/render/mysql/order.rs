//! What must come first in a table, because something after it is computed from it.

use super::default_value;
use crate::dialect::Dialect;
use crate::dsl::{Table, expression};
use crate::render::RenderError;

/// MySQL computes a default that is an expression in the order of the columns, and what is generated of one that comes later
/// it refuses (error 3107). To it every default of a text, a document or of bytes is an expression.
pub(super) fn check_order(dialect: Dialect, table: &Table) -> Result<(), RenderError> {
    match dialect {
        Dialect::MySql => {}
        Dialect::MariaDb | Dialect::Postgres | Dialect::Sqlite => return Ok(()),
    }
    for (position, column) in (1..).zip(&table.columns) {
        let generated = column.generated.iter();
        for source in generated.flat_map(|it| expression::columns(&it.expression)) {
            let mut later = table.columns.iter().skip(position);
            let Some(source) = later.find(|it| it.name == source) else {
                continue;
            };
            let is_computed = default_value(dialect, source)?.is_some_and(|it| it.starts_with('('));
            if is_computed {
                let name = &table.name;
                return Err(RenderError::unsupported(
                    dialect,
                    format!(
                        "compute {name}.{} from {name}.{}, which comes after it and has a default that is computed",
                        column.name, source.name
                    ),
                    format!(
                        "put {} before {}, or leave its default out",
                        source.name, column.name
                    ),
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, tests::fold};
    use crate::dsl::*;

    fn has_note() -> Column {
        boolean("has_note").virtual_as(col("note").is_not_null())
    }

    fn create(columns: [Column; 2]) -> Operation {
        CreateTable {
            table: table("jobs").columns(columns),
        }
        .into()
    }

    #[test]
    fn what_is_computed_comes_after_a_computed_default() {
        let note = || text("note").default("none");
        let error = MySql
            .render(&create([has_note(), note()]), &Catalog::default())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "MySQL can't do this: compute jobs.has_note from jobs.note, which comes after it and has a default that is \
             computed"
        );
        assert_eq!(
            error.help(),
            "put note before has_note, or leave its default out"
        );
        let bounded = string("note").length(40).default("none");
        for fine in [
            [note(), has_note()],
            [has_note(), text("note")],
            [has_note(), bounded],
        ] {
            MySql.render(&create(fine), &Catalog::default()).unwrap();
        }
        let create = create([has_note(), note()]);
        MariaDb.render(&create, &Catalog::default()).unwrap();
    }

    #[test]
    fn nor_does_a_column_get_such_a_default() {
        let before = fold([create([has_note(), text("note")])]).unwrap();
        let alter = Operation::from(AlterColumn {
            table: "jobs".into(),
            change: alter("note").set_default("none"),
        });
        let error = MySql.render(&alter, &before).unwrap_err();
        assert!(error.help().contains("put note before has_note"), "{error}");
        MariaDb.render(&alter, &before).unwrap();
    }
}
