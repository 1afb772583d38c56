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
    let fits = |table: &Table| {
        let create = Operation::from(CreateTable {
            table: table.clone(),
        });
        create.apply(&mut catalog.clone()).is_ok()
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
    // A table of one plain column is better than none.
    if let (true, Some(first)) = (made.columns.is_empty(), wanted.columns.first()) {
        made = made.columns([integer(&first.name)]);
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
        table: constraints::mended(made, &wanted, predicate, catalog, aim, fits),
    }
}
