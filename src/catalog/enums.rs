//! Enums: types whose values are listed, and the columns that have them.

use std::borrow::Cow;

use super::{Catalog, OperationError, names};
use crate::dialect::Dialect;
use crate::dsl::{
    Column, ColumnChange, ColumnType, DefaultValue, Literal, Operation, Shared, Table,
};

/// PostgreSQL's labels are as long as its names.
const LONGEST_VALUE: usize = names::LONGEST;

impl Catalog {
    /// The values of the enum of that name, in their order.
    #[must_use]
    pub fn enum_values(&self, name: &str) -> Option<&[String]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// The names of all enums.
    pub fn enum_names(&self) -> impl Iterator<Item = &str> {
        self.enums.keys().map(String::as_str)
    }

    /// The operation with the values of the enums that its columns name, as engines without such types need them.
    pub(crate) fn spelled_out<'o>(&self, operation: &'o Operation) -> Cow<'o, Operation> {
        let mut spelled = Cow::Borrowed(operation);
        match operation {
            Operation::CreateTable(it) if it.table.columns.iter().any(has_enum) => {
                if let Operation::CreateTable(it) = spelled.to_mut() {
                    it.table.columns.iter_mut().for_each(|it| self.fill(it));
                }
            }
            Operation::AddColumn(it) if has_enum(&it.column) => {
                if let Operation::AddColumn(it) = spelled.to_mut() {
                    self.fill(&mut it.column);
                }
            }
            Operation::CreateTable(_)
            | Operation::AddColumn(_)
            | Operation::DropTable(_)
            | Operation::DropColumn(_)
            | Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::RenameColumn(_)
            | Operation::AddForeignKey(_)
            | Operation::DropForeignKey(_)
            | Operation::AddCheck(_)
            | Operation::DropCheck(_)
            | Operation::AddUnique(_)
            | Operation::DropUnique(_)
            | Operation::AddPrimaryKey(_)
            | Operation::DropPrimaryKey(_)
            | Operation::CommentTable(_)
            | Operation::CommentColumn(_)
            // What it makes of its column is asked of the catalog.
            | Operation::AlterColumn(_)
            | Operation::CreateEnum(_)
            | Operation::DropEnum(_)
            | Operation::AddEnumValue(_)
            | Operation::CreateSchema(_)
            | Operation::DropSchema(_)
            | Operation::CreateExtension(_)
            | Operation::DropExtension(_)
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
            | Operation::DropEnumValue(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
            | Operation::RunSql(_) => {}
        }
        spelled
    }

    /// The columns that are of the enum on `dialect`, each with its table.
    pub(crate) fn columns_of_enum(
        &self,
        name: &str,
        dialect: Dialect,
    ) -> impl Iterator<Item = (&Table, &Column)> {
        self.tables()
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
            .filter(move |(_, column)| is_enum(column.type_on(dialect), name))
    }

    pub(crate) fn add_enum(&mut self, name: &str, values: &[String]) -> Result<(), OperationError> {
        names::check_table(name)?;
        if values.is_empty() {
            return Err(invalid(name, "it has no values"));
        }
        for (position, value) in values.iter().enumerate() {
            check_value(name, value, &values[..position])?;
        }
        self.claim(name, format!("enum {name}"))?;
        self.enums.insert(name.to_owned(), values.to_vec());
        Ok(())
    }

    pub(crate) fn remove_enum(&mut self, name: &str) -> Result<(), OperationError> {
        self.values_of(name)?;
        if let Some((table, column)) = self.user_of_enum(name) {
            let reason = format!("the column {table}.{column} is of it");
            return Err(invalid(name, reason));
        }
        self.enums.remove(name);
        self.release(name);
        Ok(())
    }

    pub(crate) fn add_value(
        &mut self,
        name: &str,
        value: &str,
        before: Option<&str>,
    ) -> Result<(), OperationError> {
        let mut values = self.values_of(name)?.to_vec();
        check_value(name, value, &values)?;
        let position = match before {
            None => values.len(),
            Some(before) => position_of(name, &values, before)?,
        };
        values.insert(position, value.to_owned());
        self.set_values(name, values);
        Ok(())
    }

    pub(crate) fn remove_value(&mut self, name: &str, value: &str) -> Result<(), OperationError> {
        let mut values = self.values_of(name)?.to_vec();
        values.remove(position_of(name, &values, value)?);
        if values.is_empty() {
            return Err(invalid(name, "it would have no values"));
        }
        let is_default = |column: &&Column| {
            let types = || Dialect::ALL.into_iter().map(|it| column.type_on(it));
            let default = DefaultValue::Literal(Literal::Text(value.to_owned()));
            types().any(|it| is_enum(it, name)) && column.default.as_ref() == Some(&default)
        };
        let user = self
            .tables()
            .flat_map(|it| &it.columns)
            .find(is_default)
            .map(|it| it.name.clone());
        if let Some(column) = user {
            let reason = format!("{value} is the default of the column {column}");
            return Err(invalid(name, reason));
        }
        self.set_values(name, values);
        Ok(())
    }

    /// Every enum that a column names must be there.
    pub(super) fn fill_checked(&self, column: &Column) -> Result<Column, OperationError> {
        for name in enums_of(column) {
            self.values_of(name)?;
        }
        let mut column = column.clone();
        self.fill(&mut column);
        Ok(column)
    }

    /// As [`fill_checked`](Self::fill_checked), for the columns of a table.
    pub(super) fn filled(
        &self,
        columns: &Shared<Column>,
    ) -> Result<Shared<Column>, OperationError> {
        if columns.iter().flat_map(enums_of).next().is_none() {
            return Ok(columns.clone());
        }
        columns.iter().map(|it| self.fill_checked(it)).collect()
    }

    /// As [`fill_checked`](Self::fill_checked), for the types that a column gets.
    pub(super) fn fill_change(
        &self,
        change: &ColumnChange,
    ) -> Result<ColumnChange, OperationError> {
        for column_type in types_of(&change.overrides, change.column_type.as_ref()) {
            if let Some(name) = enum_name(column_type) {
                self.values_of(name)?;
            }
        }
        Ok(self.filled_change(change))
    }

    /// The change with the values of the enums that it names.
    pub(crate) fn filled_change(&self, change: &ColumnChange) -> ColumnChange {
        let mut change = change.clone();
        let overrides = change.overrides.iter_mut().map(|(_, it)| it);
        overrides
            .chain(change.column_type.as_mut())
            .for_each(|it| self.fill_type(it));
        change
    }

    fn fill(&self, column: &mut Column) {
        let overrides = column.overrides.iter_mut().map(|(_, it)| it);
        overrides
            .chain([&mut column.column_type])
            .for_each(|it| self.fill_type(it));
    }

    fn fill_type(&self, column_type: &mut ColumnType) {
        if let ColumnType::Enum { name, values } = column_type
            && let Some(known) = self.enums.get(name)
        {
            values.clone_from(known);
        }
    }

    fn set_values(&mut self, name: &str, values: Vec<String>) {
        self.enums.insert(name.to_owned(), values);
        // What it reads, the enums, is not what it changes.
        let known = self.clone();
        self.change_tables(
            |it| it.columns.iter().any(has_enum),
            |it| it.columns.iter_mut().for_each(|it| known.fill(it)),
        );
    }

    fn user_of_enum(&self, name: &str) -> Option<(String, String)> {
        self.tables().find_map(|table| {
            let mut columns = table.columns.iter();
            let user = columns.find(|it| enums_of(it).any(|of| of == name))?;
            Some((table.name.clone(), user.name.clone()))
        })
    }

    fn values_of(&self, name: &str) -> Result<&[String], OperationError> {
        self.enum_values(name)
            .ok_or_else(|| OperationError::UnknownEnum {
                name: name.to_owned(),
                known: self.enums.keys().cloned().collect(),
            })
    }
}

fn has_enum(column: &Column) -> bool {
    enums_of(column).next().is_some()
}

fn enums_of(column: &Column) -> impl Iterator<Item = &str> {
    types_of(&column.overrides, Some(&column.column_type)).filter_map(enum_name)
}

fn types_of<'t>(
    overrides: &'t [(Dialect, ColumnType)],
    column_type: Option<&'t ColumnType>,
) -> impl Iterator<Item = &'t ColumnType> {
    overrides.iter().map(|(_, it)| it).chain(column_type)
}

fn enum_name(column_type: &ColumnType) -> Option<&str> {
    match column_type {
        ColumnType::Enum { name, .. } => Some(name.as_str()),
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Text
        | ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Decimal { .. }
        | ColumnType::Boolean
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Array(_)
        | ColumnType::Native(_) => None,
    }
}

fn is_enum(column_type: &ColumnType, wanted: &str) -> bool {
    matches!(column_type, ColumnType::Enum { name, .. } if name == wanted)
}

fn position_of(name: &str, values: &[String], value: &str) -> Result<usize, OperationError> {
    values.iter().position(|it| it == value).ok_or_else(|| {
        invalid(
            name,
            format!("it has no value {value:?}; it has {}", values.join(", ")),
        )
    })
}

/// What every engine keeps as it is: MySQL knows no case in values, and cuts blanks at their end.
fn check_value(name: &str, value: &str, others: &[String]) -> Result<(), OperationError> {
    let fault = if value.is_empty() || value.trim() != value {
        "is empty, or has a blank at its start or end"
    } else if value.len() > LONGEST_VALUE {
        "is longer than 63 bytes"
    } else if value
        .chars()
        .any(|it| it.is_control() || it as u32 > 0xFFFF)
    {
        "has a character that not every engine keeps"
    } else if others
        .iter()
        .any(|it| names::fold_case(it) == names::fold_case(value))
    {
        "is there already, or differs from one in case alone"
    } else {
        return Ok(());
    };
    Err(invalid(name, format!("the value {value:?} {fault}")))
}

fn invalid(name: &str, reason: impl Into<String>) -> OperationError {
    OperationError::InvalidEnum {
        name: name.to_owned(),
        reason: reason.into(),
    }
}
