//! Keys, foreign keys and checks that come and go: one method for each change, conditions first.

use super::{Catalog, OperationError, check, constraint_check, names};
use crate::dialect::Dialect;
use crate::dsl::{Check, Column, ForeignKey, Table, Unique};

impl Catalog {
    pub(crate) fn add_primary_key(
        &mut self,
        table: &str,
        columns: &[String],
    ) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        if !known.primary_key.is_empty() {
            return Err(OperationError::DuplicateConstraint {
                table: table.to_owned(),
                constraint: PRIMARY_KEY.to_owned(),
            });
        }
        if columns.is_empty() {
            return Err(OperationError::InvalidConstraint {
                table: table.to_owned(),
                constraint: PRIMARY_KEY.to_owned(),
                reason: constraint_check::NO_COLUMN.to_owned(),
            });
        }
        check::primary_key(known, columns)?;
        constraint_check::only_key(known, columns, PRIMARY_KEY)?;
        self.check_new_key(table, columns, PRIMARY_KEY)?;
        let made = self.table_mut(table)?;
        made.primary_key = columns.to_vec();
        let made = made.clone();
        self.claim_key(&made)
    }

    pub(crate) fn remove_primary_key(&mut self, table: &str) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        if known.primary_key.is_empty() {
            return Err(OperationError::NoPrimaryKey {
                table: table.to_owned(),
            });
        }
        if let Some(column) = known.columns.iter().find(|it| it.auto_increment) {
            return Err(OperationError::InvalidConstraint {
                table: table.to_owned(),
                constraint: PRIMARY_KEY.to_owned(),
                reason: format!("column {} numbers the rows, and must be it", column.name),
            });
        }
        let name = names::key(table);
        self.check_unused_key(table, &known.primary_key, PRIMARY_KEY)?;
        self.table_mut(table)?.primary_key.clear();
        self.release(&name);
        Ok(())
    }

    pub(crate) fn add_unique(
        &mut self,
        table: &str,
        unique: &Unique,
    ) -> Result<(), OperationError> {
        constraint_check::unique(self.known_table(table)?, unique)?;
        let what = format!("unique constraint {}", unique.label);
        self.check_new_key(table, &unique.columns, &what)?;
        self.claim(&unique.physical_name(table), unique_of(unique, table))?;
        self.table_mut(table)?
            .uniques
            .push(unique.clone().settled(table));
        Ok(())
    }

    pub(crate) fn remove_unique(&mut self, table: &str, label: &str) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        let Some(unique) = known.unique_labelled(label) else {
            let labels = known.uniques.iter().map(|it| &it.label);
            return Err(unknown(known, "unique constraint", label, labels));
        };
        let name = unique.physical_name(table);
        self.check_unused_key(
            table,
            &unique.columns,
            &format!("unique constraint {label}"),
        )?;
        self.table_mut(table)?
            .uniques
            .retain(|it| it.label != label);
        self.release(&name);
        Ok(())
    }

    pub(crate) fn add_foreign_key(
        &mut self,
        table: &str,
        key: &ForeignKey,
    ) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        let Some(referenced) = self.table(&key.table) else {
            return Err(self.unknown_table(&key.table));
        };
        constraint_check::foreign_key(known, key, referenced)?;
        self.claim(&key.physical_name(table), foreign_key_of(key, table))?;
        let key = key.clone().settled(table);
        self.refer(table, &key.table);
        self.table_mut(table)?.foreign_keys.push(key);
        Ok(())
    }

    pub(crate) fn remove_foreign_key(
        &mut self,
        table: &str,
        label: &str,
    ) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        let Some(key) = known.foreign_key_labelled(label) else {
            let labels = known.foreign_keys.iter().map(|it| &it.label);
            return Err(unknown(known, "foreign key", label, labels));
        };
        let name = key.physical_name(table);
        let referenced = key.table.clone();
        let keys = &mut self.table_mut(table)?.foreign_keys;
        keys.retain(|it| it.label != label);
        if keys.iter().all(|it| it.table != referenced) {
            self.refer_no_more(table, &referenced);
        }
        self.release(&name);
        Ok(())
    }

    pub(crate) fn add_check(&mut self, table: &str, check: &Check) -> Result<(), OperationError> {
        constraint_check::check(self.known_table(table)?, check)?;
        self.claim(&check.physical_name(table), check_of(check, table))?;
        let check = check.clone().settled(table);
        self.table_mut(table)?.checks.push(check);
        Ok(())
    }

    pub(crate) fn remove_check(&mut self, table: &str, label: &str) -> Result<(), OperationError> {
        let known = self.known_table(table)?;
        let Some(check) = known.check_labelled(label) else {
            let labels = known.checks.iter().map(|it| &it.label);
            return Err(unknown(known, "check", label, labels));
        };
        let name = check.physical_name(table);
        self.table_mut(table)?.checks.retain(|it| it.label != label);
        self.release(&name);
        Ok(())
    }

    /// A key that comes must not be one that a foreign key could take in the place of its own: PostgreSQL keeps to
    /// the one that it found first, and would not let that go.
    pub(super) fn check_new_key(
        &self,
        table: &str,
        columns: &[String],
        key: &str,
    ) -> Result<(), OperationError> {
        match self.user_of_key(table, columns) {
            None => Ok(()),
            Some(user) => Err(OperationError::InvalidConstraint {
                table: table.to_owned(),
                constraint: key.to_owned(),
                reason: format!(
                    "{user} refers to a key over these columns already, and would have two to choose from"
                ),
            }),
        }
    }

    /// A column on either side of a foreign key keeps its type, which is that of the other side; and what the foreign
    /// key writes into it must fit it still.
    pub(super) fn check_altered_key(
        &self,
        table: &Table,
        altered: &Column,
    ) -> Result<(), OperationError> {
        let Some(column) = table.column_named(&altered.name) else {
            return Ok(());
        };
        let own = table.foreign_keys.iter().map(|key| (table, key));
        let about_it: Vec<(&Table, &ForeignKey)> = own
            .filter(|(_, key)| key.columns.contains(&column.name))
            .chain(
                self.references_to(&table.name)
                    .filter(|(_, key)| key.referenced.contains(&column.name)),
            )
            .collect();
        let is_retyped = Dialect::ALL
            .into_iter()
            .any(|dialect| column.type_on(dialect) != altered.type_on(dialect));
        if is_retyped && let Some((referring, key)) = about_it.first() {
            return Err(OperationError::ColumnInUse {
                table: table.name.clone(),
                column: column.name.clone(),
                user: foreign_key_of(key, &referring.name),
            });
        }
        for (referring, key) in about_it {
            let tables = (referring, self.known_table(&key.table)?);
            let altered = Some((table, altered));
            if let Some(reason) = constraint_check::cascade_fault(tables, key, altered) {
                return Err(OperationError::InvalidConstraint {
                    table: referring.name.clone(),
                    constraint: format!("foreign key {}", key.label),
                    reason,
                });
            }
        }
        constraint_check::altered_action(table, altered)
    }

    /// A key that goes must be one that no foreign key refers to.
    pub(super) fn check_unused_key(
        &self,
        table: &str,
        columns: &[String],
        key: &str,
    ) -> Result<(), OperationError> {
        match self.user_of_key(table, columns) {
            None => Ok(()),
            Some(user) => Err(OperationError::KeyInUse {
                table: table.to_owned(),
                key: key.to_owned(),
                user,
            }),
        }
    }

    fn user_of_key(&self, table: &str, columns: &[String]) -> Option<String> {
        self.references_to(table)
            .find(|(_, key)| key.referenced == columns)
            .map(|(referring, key)| foreign_key_of(key, &referring.name))
    }
}

/// A unique constraint, as errors speak of it.
pub(super) fn unique_of(unique: &Unique, table: &str) -> String {
    format!("unique constraint {} of {table}", unique.label)
}

/// A foreign key, as errors speak of it.
pub(super) fn foreign_key_of(key: &ForeignKey, table: &str) -> String {
    format!("foreign key {} of {table}", key.label)
}

/// A check, as errors speak of it.
pub(super) fn check_of(check: &Check, table: &str) -> String {
    format!("check {} of {table}", check.label)
}

const PRIMARY_KEY: &str = "primary key";

fn unknown<'l>(
    table: &Table,
    kind: &'static str,
    label: &str,
    known: impl Iterator<Item = &'l String>,
) -> OperationError {
    OperationError::UnknownConstraint {
        table: table.name.clone(),
        kind,
        label: label.to_owned(),
        known: known.cloned().collect(),
    }
}
