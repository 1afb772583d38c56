//! Enums that have all their values from the start: in one transaction PostgreSQL can't use a value that was added in
//! it, and a replay is one transaction.

use std::collections::BTreeSet;

use crate::dsl::{CreateEnum, Migration, Operation};

/// The history with the values that are added to an enum later made with it. It leads to the same schema.
pub(crate) fn with_whole_enums<'h>(
    history: impl IntoIterator<Item = &'h Migration>,
) -> Vec<Migration> {
    let mut history: Vec<Migration> = history.into_iter().cloned().collect();
    let places: Vec<(usize, usize)> = (0..)
        .zip(&history)
        .flat_map(|(at, migration)| (0..migration.operations.len()).map(move |step| (at, step)))
        .collect();
    let mut moved = BTreeSet::new();
    for (index, place) in places.iter().enumerate() {
        let Some(Operation::CreateEnum(made)) = operation(&history, *place) else {
            continue;
        };
        let mut whole = made.clone();
        let rest = places.iter().skip(index + 1);
        moved.extend(take_values(&mut whole, &history, rest));
        let (at, step) = *place;
        let operations = history.get_mut(at).map(|it| &mut it.operations);
        if let Some(operation) = operations.and_then(|it| it.get_mut(step)) {
            *operation = whole.into();
        }
    }
    for (at, step) in moved.into_iter().rev() {
        if let Some(migration) = history.get_mut(at) {
            migration.operations.remove(step);
        }
    }
    history
}

/// Gives `whole` the values that are added to it while it is there; one that was dropped before stays where it is.
fn take_values<'p>(
    whole: &mut CreateEnum,
    history: &[Migration],
    places: impl Iterator<Item = &'p (usize, usize)>,
) -> Vec<(usize, usize)> {
    let mut moved = Vec::new();
    for place in places {
        match operation(history, *place) {
            Some(Operation::AddEnumValue(it))
                if it.name == whole.name && !whole.values.contains(&it.value) =>
            {
                let before = |value: &String| Some(value) == it.before.as_ref();
                let end = whole.values.len();
                let position = whole.values.iter().position(before).unwrap_or(end);
                whole.values.insert(position, it.value.clone());
                moved.push(*place);
            }
            Some(Operation::DropEnum(it)) if it.name == whole.name => break,
            Some(_) | None => {}
        }
    }
    moved
}

fn operation(history: &[Migration], (at, step): (usize, usize)) -> Option<&Operation> {
    history.get(at)?.operations.get(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::Migrations;

    #[test]
    fn it_leads_to_the_same_schema() {
        let history = Migrations::new([
            Migration::new("001", "x").create_enum("e", ["a", "c"]),
            Migration::new("002", "x").add_enum_value_before("e", "b", "c"),
            Migration::new("003", "x")
                .drop_enum_value("e", "b")
                .add_enum_value("e", "d"),
            Migration::new("004", "x").add_enum_value("e", "b"),
            Migration::new("005", "x")
                .drop_enum("e")
                .create_enum("e", ["z"]),
            Migration::new("006", "x").add_enum_value("e", "y"),
        ]);
        let whole = Migrations::new(with_whole_enums(&history));
        assert_eq!(
            whole.validate().unwrap().enum_values("e"),
            history.validate().unwrap().enum_values("e")
        );
        let counts: Vec<usize> = whole.iter().map(|it| it.operations.len()).collect();
        assert_eq!(counts, [1, 0, 1, 1, 2, 0]);
        assert_eq!(
            whole.iter().next().unwrap().operations[0].to_string(),
            r#"create enum e ("a", "b", "c", "d")"#
        );
    }
}
