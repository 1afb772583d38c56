//! A run that was cut off after a renaming: the live catalog is taken back to the names that were there before the
//! migration, so that each of its steps is judged by the names that it speaks of.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Renamed, Stages};
use crate::dialect::Dialect;
use crate::dsl::{ForeignKey, Migration};
use crate::run::live::{Live, LiveColumn, LiveIndex, LiveTable};

/// The renamings of a migration that have happened, taken back in what is known of the live catalog: each with the
/// operation that it is, counted from 0, and with the foreign keys as they were found after it: one that has come since
/// may be about what has the old name now.
#[derive(Debug, Default)]
pub(super) struct Rewound {
    taken_back: Vec<(usize, TakenBack, Vec<ForeignKey>)>,
}

/// A renaming, and what has come since under the old name.
#[derive(Debug)]
enum TakenBack {
    Table {
        from: String,
        to: String,
        newer: Option<LiveTable>,
        /// The indexes of what is newer, where their names are schema-wide.
        owned: Vec<String>,
    },
    Column {
        table: String,
        from: String,
        to: String,
        newer: Option<LiveColumn>,
        /// The indexes that are over the renamed column.
        over: BTreeSet<String>,
    },
    Index {
        table: String,
        from: String,
        to: String,
        newer: Option<LiveIndex>,
    },
}

impl Rewound {
    /// Takes back what has happened of the renamings of `migration`, which is to change the schema `before`.
    pub(super) fn of(
        migration: &Migration,
        before: &Catalog,
        dialect: Dialect,
        live: &mut Live,
    ) -> Rewound {
        let namespace = dialect.features().index_namespace;
        let Some(stages) = Stages::of(&migration.operations, before, namespace) else {
            return Rewound::default();
        };
        let done = stages.done(|name| live.has(name)).unwrap_or_default();
        let happened = stages
            .renamings
            .into_iter()
            .filter(|it| it.operation < done);
        let last_first = happened.rev();
        let taken_back = last_first.map(|it| {
            let keys = live.foreign_keys();
            (it.operation, TakenBack::of(it.renamed, live), keys)
        });
        Rewound {
            taken_back: taken_back.collect(),
        }
    }

    /// Whether the operation at this place in the migration is a renaming that has happened. If so it is done again
    /// in what is known of the live catalog.
    pub(super) fn redo(&mut self, operation: usize, live: &mut Live) -> bool {
        let is_it = |(place, ..): &(usize, TakenBack, Vec<ForeignKey>)| *place == operation;
        let Some(position) = self.taken_back.iter().position(is_it) else {
            return false;
        };
        let (_, taken_back, keys) = self.taken_back.remove(position);
        taken_back.redo(live);
        live.restore_foreign_keys(&keys);
        true
    }
}

impl TakenBack {
    fn of(renamed: Renamed, live: &mut Live) -> TakenBack {
        match renamed {
            Renamed::Table { from, to } => {
                let owners = live.index_owners.iter();
                let owned = owners.filter(|(_, owner)| **owner == from);
                let owned: Vec<String> = owned.map(|(index, _)| index.clone()).collect();
                live.index_owners.retain(|_, owner| *owner != from);
                TakenBack::Table {
                    newer: live.rename_table(&to, &from),
                    from,
                    to,
                    owned,
                }
            }
            Renamed::Column { table, from, to } => {
                let mut over = BTreeSet::new();
                if let Some(found) = live.tables.get(&table) {
                    let is_over = |it: &&LiveIndex| {
                        let columns = it.parts.iter().flat_map(|part| &part.column);
                        columns.chain(&it.included).any(|column| *column == to)
                    };
                    let indexes = found.indexes.iter().filter(is_over);
                    over = indexes.map(|it| it.name.clone()).collect();
                }
                let newer = live.rename_column(&table, &to, &from, |it| over.contains(&it.name));
                TakenBack::Column {
                    table,
                    from,
                    to,
                    newer,
                    over,
                }
            }
            Renamed::Index { table, from, to } => TakenBack::Index {
                newer: live.rename_index(&table, &to, &from),
                table,
                from,
                to,
            },
        }
    }

    fn redo(self, live: &mut Live) {
        match self {
            TakenBack::Table {
                from,
                to,
                newer,
                owned,
            } => {
                live.rename_table(&from, &to);
                let owned = owned.into_iter().map(|index| (index, from.clone()));
                live.index_owners.extend(owned);
                live.tables.extend(newer.map(|it| (from, it)));
            }
            TakenBack::Column {
                table,
                from,
                to,
                newer,
                over,
            } => {
                live.rename_column(&table, &from, &to, |it| over.contains(&it.name));
                if let Some(found) = live.tables.get_mut(&table) {
                    found.columns.extend(newer);
                }
            }
            TakenBack::Index {
                table,
                from,
                to,
                newer,
            } => {
                live.rename_index(&table, &from, &to);
                let is_schema_wide = live.index_owners.contains_key(&to);
                if let (Some(newer), Some(found)) = (newer, live.tables.get_mut(&table)) {
                    found.indexes.push(newer);
                    if is_schema_wide {
                        live.index_owners.insert(from, table);
                    }
                }
            }
        }
    }
}
