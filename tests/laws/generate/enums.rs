//! What is about an enum is pointed at one that is there.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

pub(crate) fn aimed_at_enum(mut operation: Operation, catalog: &Catalog, aim: usize) -> Operation {
    let Some(enum_name) = some_enum(catalog, aim) else {
        return match operation {
            Operation::AddEnumValue(AddEnumValue { name, value, .. })
            | Operation::DropEnumValue(DropEnumValue { name, value }) => CreateEnum {
                name,
                values: vec![value],
            }
            .into(),
            other => other,
        };
    };
    match &mut operation {
        Operation::DropEnum(it) => it.name = enum_name,
        Operation::AddEnumValue(it) => {
            let values = catalog.enum_values(&enum_name).unwrap_or_default();
            if let Some(before) = &mut it.before {
                before.clone_from(&values[aim / 5 % values.len()]);
            }
            it.name = enum_name;
        }
        Operation::DropEnumValue(it) => {
            let values = catalog.enum_values(&enum_name).unwrap_or_default();
            it.value.clone_from(&values[aim / 5 % values.len()]);
            it.name = enum_name;
        }
        _ => {}
    }
    operation
}

fn some_enum(catalog: &Catalog, aim: usize) -> Option<String> {
    let names: Vec<&str> = catalog.enum_names().collect();
    names.get(aim % names.len().max(1)).map(ToString::to_string)
}

/// Lets a column of an enum be of one that is there.
pub(crate) fn of_known_enum(mut column: Column, catalog: &Catalog, aim: usize) -> Column {
    if let (ColumnType::Enum { name, .. }, Some(known)) =
        (&mut column.column_type, some_enum(catalog, aim))
    {
        let values = catalog.enum_values(&known).unwrap_or_default();
        if column.default.is_some() {
            column.default = Some(DefaultValue::Literal(values[0].as_str().into()));
        }
        *name = known;
    }
    column
}
