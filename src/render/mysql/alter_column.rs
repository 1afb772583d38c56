//! MySQL and MariaDB change a column by saying all of it anew.

use super::index::check_width;
use super::order::check_order;
use super::{TableChange, check_key, column};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::AlterColumn;
use crate::render::RenderError;

/// The change of the table; none where nothing of the column is another on this engine.
pub(super) fn alter_column(
    dialect: Dialect,
    step: usize,
    it: &AlterColumn,
    before: &Catalog,
) -> Result<Option<TableChange>, RenderError> {
    let (Some(table), Some((old, new))) = (before.table(&it.table), it.columns(before)) else {
        return Err(RenderError::Schema(format!(
            "there is no column {}.{}",
            it.table, it.change.column
        )));
    };
    if it.change.using.is_some() {
        return Err(RenderError::unsupported(
            dialect,
            format!(
                "compute the values of {}.{} while its type changes",
                it.table, new.name
            ),
            "add a column of the new type, fill it with .run_sql(sql(..).data_only()), drop the old one and rename the \
             new one",
        ));
    }
    if column(dialect, table, &new)? == column(dialect, table, &old)? {
        return Ok(None);
    }
    let mut after = table.clone();
    for column in after.columns.iter_mut().filter(|it| it.name == new.name) {
        column.clone_from(&new);
    }
    check_order(dialect, &after)?;
    if after.primary_key.contains(&new.name) {
        check_key(dialect, &after, &after.primary_key, "the primary key")?;
    }
    for unique in after
        .uniques
        .iter()
        .filter(|it| it.columns.contains(&new.name))
    {
        let what = format!("unique constraint {}", unique.label);
        check_key(dialect, &after, &unique.columns, &what)?;
    }
    for index in after
        .indexes
        .iter()
        .filter(|it| it.named_columns().contains(&new.name))
    {
        check_width(dialect, &after, index)?;
    }
    let mut change = TableChange::alter(&it.table, step);
    change.modify_column(dialect, table, &new)?;
    Ok(Some(change))
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::fold;
    use crate::dsl::*;
    use crate::render::RenderError;

    /// The server would refuse it, or a part of the key would be lost.
    #[test]
    fn a_key_of_any_kind_must_still_fit() {
        let short = || string("a").length(100);
        for keyed in [
            table("t").columns([short().primary_key()]),
            table("t")
                .columns([short()])
                .unique(unique("a").columns(["a"])),
            table("t")
                .columns([short()])
                .index(index("a").columns(["a"])),
        ] {
            let before = fold([CreateTable { table: keyed }.into()]).unwrap();
            for change in [
                alter("a").set_type(varchar(1000)),
                alter("a").set_type(ColumnType::Text),
            ] {
                let alter = Operation::from(AlterColumn {
                    table: "t".into(),
                    change,
                });
                for dialect in [MySql, MariaDb] {
                    let error = dialect.render(&alter, &before).unwrap_err();
                    assert!(
                        matches!(error, RenderError::Unsupported { .. }),
                        "{dialect}: {alter}: {error}"
                    );
                }
            }
        }
    }
}
