//! Keys, foreign keys and checks that are there, and whether they are the ones that a migration makes.

use super::{LiveIndex, LivePart, LiveTable};
use crate::dialect::Dialect;
use crate::dsl::{Action, ForeignKey, NamedFor, Table, Timing, Unique};

/// A foreign key that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveForeignKey {
    /// Its label is its physical name.
    pub(crate) key: ForeignKey,
    /// Whether all rows are known to fit: PostgreSQL has foreign keys that are `NOT VALID`.
    pub(crate) valid: bool,
}

/// A check that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveCheck {
    pub(crate) name: String,
    /// All that the engine's catalog says of it.
    pub(crate) text: String,
}

impl LiveTable {
    pub(crate) fn foreign_key(&self, name: &str) -> Option<&LiveForeignKey> {
        self.foreign_keys.iter().find(|it| it.key.label == name)
    }

    pub(crate) fn check(&self, name: &str) -> Option<&LiveCheck> {
        self.checks.iter().find(|it| it.name == name)
    }

    /// Adds what one row of an engine's answer says of a foreign key: rows of one follow each other.
    pub(super) fn add_foreign_key_part(&mut self, part: LiveForeignKey) {
        match self.foreign_keys.last_mut() {
            Some(last) if last.key.label == part.key.label => {
                last.key.columns.extend(part.key.columns);
                last.key.referenced.extend(part.key.referenced);
            }
            Some(_) | None => self.foreign_keys.push(part),
        }
    }
}

impl LiveForeignKey {
    /// The foreign key that a statement of this run will make.
    pub(crate) fn planned(table: &str, key: &ForeignKey) -> Self {
        LiveForeignKey {
            key: ForeignKey {
                label: key.physical_name(table),
                name: None,
                named_for: NamedFor::default(),
                ..key.clone()
            },
            valid: true,
        }
    }
}

/// The index of a unique constraint that a statement of this run will make.
pub(crate) fn planned_unique(table: &str, unique: &Unique) -> LiveIndex {
    let part = |column: &String| LivePart {
        column: Some(column.clone()),
        text: column.clone(),
        descending: false,
        prefix: None,
        opclass: None,
    };
    LiveIndex {
        name: unique.physical_name(table),
        parts: unique.columns.iter().map(part).collect(),
        unique: true,
        predicate: None,
        method: "btree".to_owned(),
        included: Vec::new(),
        nulls_not_distinct: false,
        valid: true,
        constraint: Some(true),
    }
}

/// What differs, as a clause; none where the index that is there is that of the unique constraint.
pub(crate) fn unique_difference(expected: &Unique, live: &LiveIndex) -> Option<String> {
    if live.constraint == Some(false) {
        return Some("it is an index, and should be a unique constraint".to_owned());
    }
    if !live.unique {
        return Some("it is not unique, and should be".to_owned());
    }
    if live.predicate.is_some() {
        return Some("it covers some rows, and should cover all".to_owned());
    }
    let columns = live.parts.iter().map(|it| it.column.as_deref());
    let expected_columns = expected.columns.iter().map(|it| Some(it.as_str()));
    (!columns.clone().eq(expected_columns)).then(|| {
        let found: Vec<&str> = columns.map(|it| it.unwrap_or("an expression")).collect();
        format!(
            "it is over ({}), and should be over ({})",
            found.join(", "),
            expected.columns.join(", ")
        )
    })
}

/// What differs, as a clause; none where the foreign key that is there will do.
pub(crate) fn foreign_key_difference(
    dialect: Dialect,
    table: &str,
    expected: &ForeignKey,
    live: &LiveForeignKey,
) -> Option<String> {
    if !live.valid {
        return Some(
            "it is not validated, so that there may be rows that do not fit it".to_owned(),
        );
    }
    let expected = told(dialect, &LiveForeignKey::planned(table, expected).key);
    let found = told(dialect, &live.key);
    (expected != found).then(|| format!("it is {found}, and should be {expected}"))
}

/// Whether a primary key that is there may stand where a table is made, its own key being another.
pub(crate) fn key_difference(table: &Table, live: &LiveTable) -> Option<String> {
    (live.primary_key != table.primary_key).then(|| {
        format!(
            "its primary key is ({}), and should be ({})",
            live.primary_key.join(", "),
            table.primary_key.join(", ")
        )
    })
}

/// A foreign key as the engine has it: where no transaction can put the look at it off, to refuse is to refuse at once.
fn told(dialect: Dialect, key: &ForeignKey) -> String {
    let action = |action: Action| match action {
        Action::Restrict if !dialect.features().deferrable_constraints => Action::NoAction,
        Action::NoAction
        | Action::Restrict
        | Action::Cascade
        | Action::SetNull
        | Action::SetDefault => action,
    };
    ForeignKey {
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
        ..key.clone()
    }
    .to_string()
}

/// The action of an engine's word: `SET NULL`, or PostgreSQL's `n`.
pub(super) fn action(word: &str) -> Action {
    match word {
        "RESTRICT" | "r" => Action::Restrict,
        "CASCADE" | "c" => Action::Cascade,
        "SET NULL" | "n" => Action::SetNull,
        "SET DEFAULT" | "d" => Action::SetDefault,
        // `NO ACTION`, or `a`: there are no more.
        _ => Action::NoAction,
    }
}

pub(super) fn timing(deferrable: bool, deferred: bool) -> Timing {
    match (deferrable, deferred) {
        (_, true) => Timing::InitiallyDeferred,
        (true, false) => Timing::Deferrable,
        (false, false) => Timing::Immediate,
    }
}
