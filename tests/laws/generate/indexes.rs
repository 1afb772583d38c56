//! Random indexes, and how they are made to fit a table.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::predicates::{Predicate, expression};
use super::texts::name;

/// Most are plain; some have an adjective that few may have.
pub(crate) fn index_value() -> impl Strategy<Value = Index> {
    let part = (name(), any::<bool>(), 0..8_u8, 1..50_u32);
    let adjectives = (
        proptest::option::weighted(0.2, vec(name(), 1..3)),
        0..16_u8,
        proptest::bool::weighted(0.3),
        proptest::option::weighted(0.1, select(&["jsonb_path_ops", "a.b", "it's"][..])),
    );
    (
        name(),
        vec(part, 1..4),
        any::<bool>(),
        proptest::option::weighted(0.2, name()),
        adjectives,
    )
        .prop_map(
            |(label, parts, unique, named, (include, method, nulls, opclass))| {
                let mut index = index(label);
                for (column, descending, kind, length) in parts {
                    index = match kind {
                        0 => index.prefix(column, length),
                        1 => index.expression(Func::lower(col(column))),
                        2 => index
                            .expression(Func::lower(col(column)))
                            .of_type(varchar(length)),
                        _ if descending => index.desc(column),
                        _ => index.asc(column),
                    };
                }
                if let Some(opclass) = opclass {
                    index = index.opclass(opclass);
                }
                index.method = match method {
                    0 => IndexMethod::Hash,
                    1 => IndexMethod::Gin,
                    2 => IndexMethod::Brin,
                    3 => IndexMethod::Fulltext,
                    4 => IndexMethod::SpGist,
                    5 => IndexMethod::Gist,
                    _ => IndexMethod::BTree,
                };
                index.include = include.unwrap_or_default();
                index.unique = unique;
                index.nulls_not_distinct = unique && nulls;
                index.name = named;
                index
            },
        )
}

pub(crate) fn index_of(
    mut index: Index,
    predicate: &Predicate,
    table: &Table,
    aim: usize,
) -> Index {
    let columns: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    index.columns.truncate(columns.len());
    index.include.truncate(columns.len() - index.columns.len());
    for (position, part) in index.columns.iter_mut().enumerate() {
        let column = &columns[(aim % columns.len() + position) % columns.len()];
        match &mut part.key {
            IndexKey::Column(name) | IndexKey::Prefix { column: name, .. } => {
                name.clone_from(column)
            }
            IndexKey::Expression { expression, .. } => {
                *expression = Func::lower(col(column.clone())).into();
            }
            other => panic!("teach this test {other:?}"),
        }
    }
    for (position, name) in index.include.iter_mut().enumerate() {
        name.clone_from(
            &columns[(aim % columns.len() + columns.len() - 1 - position % columns.len())
                % columns.len()],
        );
    }
    index.predicate = expression(predicate, &columns);
    index
}
