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
                            // As long as the values of rows may become.
                            .of_type(varchar(length + 200)),
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
    let all: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    let mut columns = all.clone();
    if index.method != IndexMethod::BTree {
        columns = fitting(index.method, table);
        if columns.is_empty() {
            index.method = IndexMethod::BTree;
            columns.clone_from(&all);
        } else {
            index = without_order(index);
        }
    }
    index.columns.truncate(columns.len());
    index.include.truncate(all.len() - index.columns.len());
    for (position, part) in index.columns.iter_mut().enumerate() {
        let column = &columns[(aim % columns.len() + position) % columns.len()];
        match &mut part.key {
            IndexKey::Column(name) | IndexKey::Prefix { column: name, .. } => {
                name.clone_from(column)
            }
            IndexKey::Expression { expression, .. } => {
                **expression = Func::lower(col(column.clone())).into();
            }
            other => panic!("teach this test {other:?}"),
        }
    }
    for (position, name) in index.include.iter_mut().enumerate() {
        name.clone_from(&all[(aim % all.len() + all.len() - 1 - position % all.len()) % all.len()]);
    }
    index.predicate = expression(predicate, &all).map(Box::new);
    index
}

/// The columns that an index of this method may be over.
fn fitting(method: IndexMethod, table: &Table) -> Vec<String> {
    let fits = |it: &&Column| {
        let column_type = it.type_on(Postgres);
        let is_text = matches!(
            column_type,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. }
        );
        match method {
            IndexMethod::Gin => matches!(column_type, ColumnType::Json | ColumnType::Array(_)),
            IndexMethod::Fulltext | IndexMethod::SpGist => is_text,
            IndexMethod::Gist => matches!(column_type, ColumnType::Native(_)),
            _ => true,
        }
    };
    let columns = table.columns.iter().filter(fits);
    columns.map(|it| it.name.clone()).collect()
}

/// Of what is not sorted, nothing is unique, and nothing the first.
fn without_order(mut index: Index) -> Index {
    index.unique = false;
    index.nulls_not_distinct = false;
    let most = match index.method {
        IndexMethod::Hash => 1,
        _ => index.columns.len(),
    };
    index.columns.truncate(most);
    for part in &mut index.columns {
        part.direction = Direction::Ascending;
        if index.method != IndexMethod::Hash
            && let Some(column) = part.column()
        {
            part.key = IndexKey::Column(column.to_owned());
        }
    }
    if matches!(
        index.method,
        IndexMethod::Hash | IndexMethod::Gin | IndexMethod::Brin | IndexMethod::Fulltext
    ) {
        index.include.clear();
    }
    index
}
