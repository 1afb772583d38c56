//! An ordered list of migrations: a schema's whole history.

use std::cmp::Ordering;

use super::own::Own;
use super::{Inverse, Migration, Operation};
use crate::catalog::{Catalog, OperationError, SchemaError, Stages};
use crate::dialect::IndexNamespace;

/// Migrations in their order: a schema's whole history, as a value.
///
/// ```
/// use hammerwork_migrations::register_builtin_migrations;
///
/// # fn main() -> Result<(), hammerwork_migrations::SchemaError> {
/// let migrations = register_builtin_migrations();
/// let catalog = migrations.validate()?; // needs no database: one line in a test
/// assert!(catalog.table("hammerwork_jobs").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Migrations {
    list: Vec<Migration>,
}

impl Migrations {
    /// These migrations, in this order.
    #[must_use]
    pub fn new(migrations: impl IntoIterator<Item = Migration>) -> Self {
        Migrations {
            list: migrations.into_iter().collect(),
        }
    }

    /// These migrations after those that are there: your own after the built-in ones.
    ///
    /// ```
    /// use hammerwork_migrations::{dsl::*, register_builtin_migrations};
    ///
    /// let migrations = register_builtin_migrations().and([
    ///     Migration::new("100_audit", "Who did what").create_table(
    ///         table("audit").columns([big_integer("id").primary_key(), text("what")]),
    ///     ),
    /// ]);
    /// assert_eq!(migrations.iter().count(), 7);
    /// ```
    #[must_use]
    pub fn and(mut self, migrations: impl IntoIterator<Item = Migration>) -> Self {
        self.list.extend(migrations);
        self
    }

    /// The migrations, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.list.iter()
    }

    /// The migration of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Migration> {
        self.list.iter().find(|migration| migration.id == id)
    }

    /// The schema after the migration of that id; none where there is no such migration.
    ///
    /// # Errors
    ///
    /// The first [`SchemaError`], as [`validate`](Self::validate) has it.
    ///
    /// ```
    /// use hammerwork_migrations::register_builtin_migrations;
    ///
    /// let migrations = register_builtin_migrations();
    /// let schema = migrations.schema_at("002_add_priority")?.expect("there is such a migration");
    /// assert!(schema.table("hammerwork_batches").is_none());
    /// assert_eq!(migrations.schema_at("999_none")?, None);
    /// # Ok::<(), hammerwork_migrations::SchemaError>(())
    /// ```
    pub fn schema_at(&self, id: &str) -> Result<Option<Catalog>, SchemaError> {
        let Some(position) = self.list.iter().position(|it| it.id == id) else {
            return Ok(None);
        };
        let history = Migrations::new(self.iter().take(position + 1).cloned());
        history.validate().map(Some)
    }

    /// Folds the whole history: every operation against the schema that those before it have made.
    ///
    /// # Errors
    ///
    /// The first [`SchemaError`], naming migration, step and object.
    pub fn validate(&self) -> Result<Catalog, SchemaError> {
        self.check_ids()?;
        let mut catalog = Catalog::default();
        for migration in &self.list {
            migration.checked(&mut catalog, |catalog| migration.apply_all(catalog))?;
        }
        Ok(catalog)
    }

    /// What is allowed, and hardly meant: migrations without any operation. A database records such a one as applied,
    /// and operations that are added later are an edit of what it has.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([Migration::new("001_tags", "Tags")]);
    /// assert_eq!(
    ///     history.warnings(),
    ///     ["001_tags has no operations: once it is recorded as applied, none can be added to it"]
    /// );
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.list.iter().filter_map(Migration::warning).collect()
    }

    /// That the ids can be ids, each one once and in their order.
    pub(crate) fn check_ids(&self) -> Result<(), SchemaError> {
        let mut previous: Option<&str> = None;
        for migration in &self.list {
            let id = migration.id.as_str();
            if !is_usable_id(id) {
                return Err(SchemaError::InvalidId { id: id.to_owned() });
            }
            let order = previous.map_or(Ordering::Less, |previous| compare_ids(previous, id));
            match (order, previous) {
                (Ordering::Less, _) | (_, None) => {}
                (Ordering::Equal, Some(_)) => {
                    return Err(SchemaError::DuplicateId { id: id.to_owned() });
                }
                (Ordering::Greater, Some(previous)) => {
                    // Both may be true; that it stands twice is what the author needs to hear.
                    let twice = self
                        .list
                        .iter()
                        .filter(|it| compare_ids(&it.id, id).is_eq());
                    if twice.count() > 1 {
                        return Err(SchemaError::DuplicateId { id: id.to_owned() });
                    }
                    return Err(SchemaError::OutOfOrder {
                        id: id.to_owned(),
                        previous: previous.to_owned(),
                    });
                }
            }
            previous = Some(id);
        }
        Ok(())
    }
}

impl Migration {
    /// What is hardly meant of it.
    pub(crate) fn warning(&self) -> Option<String> {
        self.operations.is_empty().then(|| {
            format!(
                "{} has no operations: once it is recorded as applied, none can be added to it",
                self.id
            )
        })
    }

    /// Applies the operations, in their order.
    pub(crate) fn fold_into(&self, catalog: &mut Catalog) -> Result<(), SchemaError> {
        let renames = self.check_renamings(&self.operations, catalog);
        self.apply_all(catalog)?;
        renames
    }

    fn apply_all(&self, catalog: &mut Catalog) -> Result<(), SchemaError> {
        for (step, operation) in (1..).zip(&self.operations) {
            self.apply(step, operation, catalog)?;
        }
        Ok(())
    }

    /// Checks all that is asked of a migration, around what applies its operations to `catalog`.
    pub(crate) fn checked<T, E: From<SchemaError>>(
        &self,
        catalog: &mut Catalog,
        apply: impl FnOnce(&mut Catalog) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_concurrently()?;
        let before = catalog.clone();
        let renames = self.check_renamings(&self.operations, catalog);
        let applied = apply(catalog)?;
        renames?;
        self.check_new_values()?;
        self.check_down(&before, catalog)?;
        Ok(applied)
    }

    /// A run that was cut off within the operations must be able to tell where it was.
    fn check_renamings(
        &self,
        operations: &[Operation],
        before: &Catalog,
    ) -> Result<(), SchemaError> {
        let stages = Stages::of(operations, before, IndexNamespace::Table);
        let Some((done, last)) = stages.and_then(|it| it.ambiguity()) else {
            return Ok(());
        };
        let operation = operations.get(last.saturating_sub(1));
        Err(SchemaError::Operation {
            migration: self.id.clone(),
            step: last,
            operation: operation.map(Operation::headline).unwrap_or_default(),
            source: Box::new(OperationError::AmbiguousRenaming {
                first: done + 1,
                last,
            }),
        })
    }

    /// The way back: the inverse of every operation, the last one first, for a schema that was `before` when
    /// the migration came. Nothing of it has to be written.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] where the migration does not fit `before`.
    ///
    /// ```
    /// use hammerwork_migrations::{Catalog, dsl::*};
    ///
    /// let tags = Migration::new("001_tags", "Tags")
    ///     .create_table(table("tags").columns([string("name").primary_key()]))
    ///     .create_index("tags", index("name").desc("name"));
    /// let back: Vec<String> = tags
    ///     .inverse(&Catalog::default())?
    ///     .operations()
    ///     .iter()
    ///     .map(ToString::to_string)
    ///     .collect();
    /// assert_eq!(back, ["drop index tags.name", "drop table tags"]);
    /// # Ok::<(), hammerwork_migrations::SchemaError>(())
    /// ```
    pub fn inverse(&self, before: &Catalog) -> Result<Inverse, SchemaError> {
        self.fold_with_inverse(&mut before.clone())
    }

    /// As [`inverse`](Self::inverse), and applies the operations to `catalog`.
    pub(crate) fn fold_with_inverse(&self, catalog: &mut Catalog) -> Result<Inverse, SchemaError> {
        if let Some(down) = &self.down {
            self.fold_into(catalog)?;
            return Ok(graded(down, catalog.clone()));
        }
        let mut back = Vec::new();
        let mut losses = Vec::new();
        let mut blocked = None;
        let mut own = Own::default();
        for (step, operation) in (1..).zip(&self.operations) {
            // It goes with the table or the columns that this migration made for it.
            let inverse = if own.holds_all_that_changes(operation) {
                Inverse::Exact(Vec::new())
            } else {
                operation.inverse(catalog)
            };
            own.follow(operation);
            self.apply(step, operation, catalog)?;
            match inverse {
                Inverse::Exact(operations) => back.push(operations),
                Inverse::Lossy { operations, loss } => {
                    back.push(operations);
                    losses.push(loss);
                }
                Inverse::None { reason } => blocked = blocked.or(Some(reason)),
            }
        }
        let operations = back.into_iter().rev().flatten().collect();
        Ok(match blocked {
            Some(reason) => Inverse::None { reason },
            None if losses.is_empty() => Inverse::Exact(operations),
            None => Inverse::Lossy {
                operations,
                loss: losses.join(", "),
            },
        })
    }

    /// PostgreSQL can't use a value of an enum in the transaction that adds it, so nothing comes after it.
    fn check_new_values(&self) -> Result<(), SchemaError> {
        let mut added = None;
        for (step, operation) in (1..).zip(&self.operations) {
            match (operation, added) {
                (Operation::AddEnumValue(it), _) => added = Some((step, operation, it)),
                (_, None) => {}
                (_, Some((step, operation, it))) => {
                    let reason = format!(
                        "the value {:?} can't be used in the migration that adds it: let it come last, and \
                         move what follows it to the next migration",
                        it.value
                    );
                    return Err(SchemaError::Operation {
                        migration: self.id.clone(),
                        step,
                        operation: operation.headline(),
                        source: Box::new(OperationError::InvalidEnum {
                            name: it.name.clone(),
                            reason,
                        }),
                    });
                }
            }
        }
        Ok(())
    }

    /// What no transaction holds together must be taken up again after a cut, at any step: of indexes the catalog
    /// knows all.
    fn check_concurrently(&self) -> Result<(), SchemaError> {
        let up = (1..).zip(&self.operations);
        let down = (1..).zip(self.down.iter().flatten());
        for (step, operation) in up.chain(down).filter(|_| self.concurrently) {
            let is_of_an_index = matches!(
                operation,
                Operation::CreateIndex(_) | Operation::DropIndex(_)
            );
            if !is_of_an_index {
                return Err(SchemaError::NotConcurrent {
                    migration: self.id.clone(),
                    step,
                    operation: operation.headline(),
                });
            }
        }
        Ok(())
    }

    /// The way back that the author wrote must fit, and lead to the schema before, up to the order of columns.
    fn check_down(&self, before: &Catalog, after: &Catalog) -> Result<(), SchemaError> {
        let Some(down) = &self.down else {
            return Ok(());
        };
        let mut catalog = after.clone();
        self.check_renamings(down, after)?;
        for (step, operation) in (1..).zip(down) {
            self.apply(step, operation, &mut catalog)?;
        }
        if catalog.is_same_up_to_order(before) {
            Ok(())
        } else {
            Err(SchemaError::WrongDown {
                migration: self.id.clone(),
            })
        }
    }

    /// Applies one of the operations; an error names migration and step.
    pub(crate) fn apply(
        &self,
        step: usize,
        operation: &Operation,
        catalog: &mut Catalog,
    ) -> Result<(), SchemaError> {
        operation
            .apply(catalog)
            .map_err(|source| SchemaError::Operation {
                migration: self.id.clone(),
                step,
                operation: operation.headline(),
                source: Box::new(source),
            })
    }
}

/// A way back that was written, for the schema after the migration: what it drops or converts is lost.
fn graded(down: &[Operation], mut catalog: Catalog) -> Inverse {
    let mut losses = Vec::new();
    for operation in down {
        losses.extend(loss(operation, &catalog));
        // What does not fit is found where the history is folded.
        if operation.apply(&mut catalog).is_err() {
            break;
        }
    }
    if losses.is_empty() {
        Inverse::Exact(down.to_vec())
    } else {
        Inverse::Lossy {
            operations: down.to_vec(),
            loss: losses.join(", "),
        }
    }
}

/// What of rows and values an operation takes away.
fn loss(operation: &Operation, before: &Catalog) -> Option<String> {
    match operation {
        Operation::DropTable(it) => Some(format!("the rows of {}", it.table)),
        Operation::DropColumn(it) => Some(format!("the values of {}.{}", it.table, it.column)),
        Operation::Delete(it) => Some(format!("the rows that are deleted from {}", it.table)),
        Operation::AlterColumn(it) => it.loss(before),
        // What its author sets on the way back is what was there.
        Operation::Insert(_) | Operation::Update(_) | Operation::Backfill(_) => None,
        Operation::CreateTable(_)
        | Operation::AddColumn(_)
        | Operation::CreateIndex(_)
        | Operation::DropIndex(_)
        | Operation::RenameColumn(_)
        | Operation::RenameIndex(_)
        | Operation::RenameTable(_)
        | Operation::CreateView(_)
        | Operation::ReplaceView(_)
        | Operation::DropView(_)
        | Operation::CreateTrigger(_)
        | Operation::ReplaceTrigger(_)
        | Operation::DropTrigger(_)
        | Operation::CreateFunction(_)
        | Operation::ReplaceFunction(_)
        | Operation::DropFunction(_)
        | Operation::AddForeignKey(_)
        | Operation::DropForeignKey(_)
        | Operation::AddCheck(_)
        | Operation::DropCheck(_)
        | Operation::AddUnique(_)
        | Operation::DropUnique(_)
        | Operation::AddPrimaryKey(_)
        | Operation::CreateSchema(_)
        | Operation::DropSchema(_)
        | Operation::CreateExtension(_)
        | Operation::DropExtension(_)
        | Operation::DropPrimaryKey(_)
        | Operation::CommentTable(_)
        | Operation::CommentColumn(_)
        | Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)
        | Operation::RunSql(_) => None,
    }
}

impl<'a> IntoIterator for &'a Migrations {
    type Item = &'a Migration;
    type IntoIter = std::slice::Iter<'a, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Migration> for Migrations {
    fn from_iter<I: IntoIterator<Item = Migration>>(migrations: I) -> Self {
        Migrations::new(migrations)
    }
}

fn is_usable_id(id: &str) -> bool {
    (1..=255).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// By the number at the start, then by the text, whose case MySQL's tracking table does not see.
pub(crate) fn compare_ids(a: &str, b: &str) -> Ordering {
    let number = |id: &str| -> Option<(usize, String)> {
        let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
        let significant = digits.trim_start_matches('0').to_owned();
        (!digits.is_empty()).then_some((significant.len(), significant))
    };
    // A longer number is a larger one, whatever its digits: numbers of any length compare without overflow.
    let by_number = match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) | (None, Some(_)) | (None, None) => Ordering::Equal,
    };
    by_number.then_with(|| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validate(ids: &[&str]) -> Result<Catalog, SchemaError> {
        Migrations::new(ids.iter().map(|id| Migration::new(*id, "x"))).validate()
    }

    #[test]
    fn ids_are_in_order_by_number_then_by_text() {
        for good in [
            &["001_a", "002_b", "010_c"][..],
            &["9_a", "10_b", "100_c"],
            &["20240101000000_a", "20240101000001_b"],
            &["m001_a", "m002_b"],
            &["001_a", "001_b"],
        ] {
            assert!(validate(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["002_b", "001_a"][..],
            &["10_b", "9_a"],
            &["m002_b", "m001_a"],
        ] {
            assert!(
                matches!(validate(bad), Err(SchemaError::OutOfOrder { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn an_id_stands_once_whatever_its_case() {
        for bad in [
            &["001_a", "001_a"][..],
            &["001_a", "001_A"],
            &["001_a", "002_b", "001_a"],
        ] {
            assert!(
                matches!(validate(bad), Err(SchemaError::DuplicateId { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn ids_are_plain_ascii() {
        let long = "x".repeat(256);
        for bad in ["", "001 a", "001_'", "001_ä", "a/b", &long] {
            assert!(
                matches!(validate(&[bad]), Err(SchemaError::InvalidId { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_error_names_migration_step_and_object() {
        let error = Migrations::new([Migration::new("001_a", "x")
            .create_table(super::super::table("t").columns([super::super::uuid("id")]))
            .drop_column("t", "nope")])
        .validate();
        let Err(SchemaError::Operation {
            migration,
            step,
            source,
            ..
        }) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((migration.as_str(), step), ("001_a", 2));
        assert_eq!(source.to_string(), "table t has no column nope; it has id");
    }
}
