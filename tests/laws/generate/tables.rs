//! Of a random table, what fits.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

use super::columns::computed;
use super::constraints;
use super::enums::of_known_enum;
use super::indexes::index_of;
use super::predicates::Predicate;

pub(crate) fn mended(
    wanted: Table,
    predicate: &Predicate,
    catalog: &Catalog,
    aim: usize,
) -> CreateTable {
    let mut enums = Catalog::default();
    for name in catalog.enum_names() {
        let values = catalog.enum_values(name).unwrap_or_default().to_vec();
        let create = CreateEnum {
            name: name.to_owned(),
            values,
        };
        let made = Operation::from(create).apply(&mut enums);
        assert_eq!(made, Ok(()));
    }
    let fits = |table: &Table| {
        let create = Operation::from(CreateTable {
            table: table.clone(),
        });
        create.apply(&mut enums.clone()).is_ok()
    };
    let mut made = table(&wanted.name);
    for mut column in wanted.columns.iter().cloned() {
        column.primary_key = wanted.primary_key.contains(&column.name);
        let column = of_known_enum(computed(column, predicate, &made), catalog, aim);
        let more = made.clone().columns([column]);
        if fits(&more) {
            made = more;
        }
    }
    for index in wanted.indexes.iter().cloned() {
        if made.columns.is_empty() {
            break;
        }
        let more = made.clone().index(index_of(index, predicate, &made, aim));
        if fits(&more) {
            made = more;
        }
    }
    CreateTable {
        table: constraints::mended(made, &wanted, predicate, aim, fits),
    }
}
