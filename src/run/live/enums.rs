//! The values of enums that are there: in a type of PostgreSQL's, in the columns elsewhere.

use super::{Live, LiveTable};
use crate::catalog::Catalog;
use crate::dialect::Dialect;

/// What the live catalog says of one value of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiveValue {
    /// Wherever the enum is, the value is.
    There,
    /// Wherever the enum is, the value is not.
    Missing,
    /// Some columns have it and some have not, or a column is only planned.
    Unclear,
    /// No column is of the enum, which has no place of its own.
    Nowhere,
}

impl Live {
    /// Whether the value is there; `catalog` knows the columns that are of the enum.
    pub(crate) fn enum_value(
        &self,
        dialect: Dialect,
        catalog: &Catalog,
        name: &str,
        value: &str,
    ) -> LiveValue {
        let mut found = LiveValue::Nowhere;
        for values in self.enum_lists(dialect, catalog, name) {
            let Some(values) = values else {
                return LiveValue::Unclear;
            };
            let here = if values.iter().any(|it| it == value) {
                LiveValue::There
            } else {
                LiveValue::Missing
            };
            found = match found {
                LiveValue::Nowhere => here,
                found if found == here => here,
                LiveValue::There | LiveValue::Missing | LiveValue::Unclear => LiveValue::Unclear,
            };
        }
        found
    }

    /// Whether the enum has exactly these values wherever it is.
    pub(crate) fn enum_is(
        &self,
        dialect: Dialect,
        catalog: &Catalog,
        name: &str,
        values: &[String],
    ) -> bool {
        let lists = self.enum_lists(dialect, catalog, name);
        lists.iter().all(|it| it.as_deref() == Some(values))
    }

    /// Notes that a value of the enum will have come or gone; what its columns then are, nobody has read.
    pub(crate) fn plan_enum(
        &mut self,
        dialect: Dialect,
        catalog: &Catalog,
        name: &str,
        values: &[String],
    ) {
        if let Some(known) = self.enums.get_mut(name) {
            *known = values.to_vec();
        }
        for (table, column) in catalog.columns_of_enum(name, dialect) {
            let columns = self.tables.get_mut(&table.name).map(|it| &mut it.columns);
            let mut columns = columns.into_iter().flatten();
            if let Some(column) = columns.find(|it| it.name == column.name) {
                column.type_name.clear();
            }
        }
    }

    /// The values in each place that has them; none where a column is only planned.
    fn enum_lists(
        &self,
        dialect: Dialect,
        catalog: &Catalog,
        name: &str,
    ) -> Vec<Option<Vec<String>>> {
        match dialect {
            Dialect::Postgres => vec![Some(self.enums.get(name).cloned().unwrap_or_default())],
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => catalog
                .columns_of_enum(name, dialect)
                .filter_map(|(table, column)| {
                    let live = self.tables.get(&table.name)?;
                    live.column(&column.name)?;
                    Some(values_of(dialect, live, &column.name))
                })
                .collect(),
        }
    }
}

/// The values that a column takes, as its definition lists them.
fn values_of(dialect: Dialect, table: &LiveTable, column: &str) -> Option<Vec<String>> {
    let type_name = &table.column(column)?.type_name;
    if type_name.is_empty() {
        return None;
    }
    let list = match dialect {
        Dialect::Postgres => return None,
        Dialect::MySql | Dialect::MariaDb => type_name.strip_prefix("enum(")?,
        Dialect::Sqlite => {
            let check = format!("CHECK ({} IN (", dialect.quote(column));
            table.written.split_once(&check)?.1
        }
    };
    Some(listed(dialect, list))
}

/// The texts of a list, up to its closing parenthesis.
fn listed(dialect: Dialect, list: &str) -> Vec<String> {
    let escapes = match dialect {
        Dialect::MySql | Dialect::MariaDb => true,
        Dialect::Postgres | Dialect::Sqlite => false,
    };
    let mut texts = Vec::new();
    let mut characters = list.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ')' => break,
            '\'' => {}
            _ => continue,
        }
        let mut text = String::new();
        while let Some(character) = characters.next() {
            match character {
                '\'' if characters.next_if_eq(&'\'').is_none() => break,
                '\\' if escapes => text.extend(characters.next()),
                other => text.push(other),
            }
        }
        texts.push(text);
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_from_the_list_as_they_were_written() {
        for dialect in [Dialect::MySql, Dialect::Sqlite] {
            let values = ["a", "it's", "b\\c", "x','y", "d)"].map(str::to_owned);
            let quoted: Vec<String> = values.iter().map(|it| dialect.quote_text(it)).collect();
            let list = format!("{}) NOT NULL DEFAULT 'q'", quoted.join(", "));
            assert_eq!(listed(dialect, &list), values);
        }
    }
}
