//! What has a meaning on a server: where SQLite lets any value stand in any column, a server asks whether it is one of
//! the column's type, and the library leaves that question to it.

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

use super::session::NOTHING;
use crate::generate::{History, peopled};

/// What every PostgreSQL with its contrib modules has.
const EXTENSIONS: [&str; 4] = ["citext", "uuid-ossp", "pg_trgm", "btree_gin"];

/// The operation with values, expressions and methods that fit their columns, if the dialect has it at all.
pub(super) fn settled(
    dialect: Dialect,
    operation: Operation,
    history: &History,
    catalog: &Catalog,
) -> Option<Operation> {
    let operation = match operation {
        Operation::CreateTable(mut it) => {
            for number in 0..it.table.columns.len() {
                let others = it.table.columns.clone();
                settle_column(dialect, &mut it.table.columns[number], &others)?;
            }
            let columns = it.table.columns.clone();
            it.table
                .indexes
                .to_mut()
                .retain_mut(|index| settle_index(dialect, index, &columns));
            for check in &mut it.table.checks {
                check.expression = col(columns[0].name.clone()).is_not_null();
            }
            it.into()
        }
        Operation::AddColumn(mut it) => {
            let others = &catalog.table(&it.table)?.columns;
            settle_column(dialect, &mut it.column, others)?;
            it.into()
        }
        Operation::CreateIndex(mut it) => {
            let columns = &catalog.table(&it.table)?.columns;
            settle_index(dialect, &mut it.index, columns).then_some(())?;
            it.into()
        }
        Operation::AddCheck(mut it) => {
            let columns = &catalog.table(&it.table)?.columns;
            it.check.expression = col(columns[0].name.clone()).is_not_null();
            it.into()
        }
        Operation::AlterColumn(mut it) => {
            // What is computed is true or false, which few types take.
            it.change.using = None;
            let mut after = catalog.clone();
            Operation::from(it.clone()).apply(&mut after).ok()?;
            let changed = after.table(&it.table)?.column_named(&it.change.column)?;
            let is_native = matches!(changed.type_on(dialect), ColumnType::Native(_));
            (fits(dialect, changed) && !is_native).then_some(())?;
            it.into()
        }
        Operation::RunSql(mut it) => {
            // What is true there, is a number, or a text, is a truth value here.
            if it.only_if.as_deref().is_some_and(|it| it != "NULL") {
                it.only_if = Some("1 = 1".to_owned());
            }
            it.into()
        }
        // PostgreSQL keeps the columns of a view that another reads, and what a query's columns are the catalog can't tell.
        Operation::ReplaceView(it)
            if dialect == Postgres
                && catalog
                    .views()
                    .any(|view| view.depends_on.contains(&it.view.name)) =>
        {
            return None;
        }
        // Which of two keys over the same columns a foreign key is tied to, only PostgreSQL knows.
        drop @ (Operation::DropIndex(_)
        | Operation::DropUnique(_)
        | Operation::DropPrimaryKey(_)) => {
            (dialect != Postgres || !drops_a_key(&drop, catalog)).then_some(drop)?
        }
        Operation::CreateTrigger(mut it) => {
            it.trigger = doing_nothing(dialect, it.trigger);
            it.into()
        }
        Operation::ReplaceTrigger(mut it) => {
            it.trigger = doing_nothing(dialect, it.trigger);
            it.into()
        }
        Operation::CreateExtension(mut it) if dialect == Postgres => {
            let wanted = EXTENSIONS[history.len() % EXTENSIONS.len()];
            it.extension.name = wanted.to_owned();
            it.extension.schema = match it.extension.schema {
                Some(_) => catalog.schemas().next().map(str::to_owned),
                None => None,
            };
            it.into()
        }
        other => other,
    };
    let operation = peopled(dialect, operation, history, catalog)?;
    dialect
        .render(&operation, catalog)
        .is_ok()
        .then_some(operation)
}

/// Whether a foreign key may be tied to what goes.
fn drops_a_key(operation: &Operation, catalog: &Catalog) -> bool {
    let Some(table) = operation.table().and_then(|it| catalog.table(it)) else {
        return false;
    };
    let is_key = match operation {
        Operation::DropIndex(it) => table
            .index_labelled(&it.index)
            .is_some_and(|index| index.unique),
        _ => true,
    };
    let mut keys = catalog.tables().flat_map(|it| &it.foreign_keys);
    is_key && keys.any(|it| it.table == table.name)
}

/// Where it does anything: what can be said on that dialect, and hurts nothing.
fn doing_nothing(dialect: Dialect, trigger: Trigger) -> Trigger {
    let body = match (dialect, trigger.body_on(dialect)) {
        (_, None | Some("")) => return trigger,
        (Dialect::Postgres, Some(_)) => format!("EXECUTE FUNCTION {NOTHING}(); -- it's"),
        (Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite, Some(_)) => {
            "BEGIN SET @laws = 'it''s; --'; END -- b".to_owned()
        }
    };
    trigger.on(dialect, body)
}

fn settle_column(dialect: Dialect, column: &mut Column, others: &[Column]) -> Option<()> {
    if column.generated.is_some() {
        let name = column.name.clone();
        let plain = others
            .iter()
            .find(|it| it.name != name && it.generated.is_none() && !it.auto_increment)?;
        column.column_type = ColumnType::Boolean;
        column.overrides.clear();
        *column.generated.as_mut()?.expression = col(plain.name.clone()).is_not_null();
        return Some(());
    }
    if !fits(dialect, column) {
        column.default = None;
    }
    // Its words are SQLite's.
    let is_native = matches!(column.type_on(dialect), ColumnType::Native(_));
    (!is_native).then_some(())
}

/// Whether the default is a value of the type.
fn fits(dialect: Dialect, column: &Column) -> bool {
    let column_type = column.type_on(dialect);
    match &column.default {
        None => true,
        Some(DefaultValue::Literal(literal)) => match (literal, column_type) {
            (Literal::Boolean(_), ColumnType::Boolean) => true,
            (Literal::Integer(_), ColumnType::BigInteger) => true,
            (Literal::Integer(value), ColumnType::Integer) => i32::try_from(*value).is_ok(),
            (Literal::Integer(value), ColumnType::SmallInteger) => i16::try_from(*value).is_ok(),
            (Literal::Text(_), ColumnType::Text | ColumnType::Varchar { length: None }) => true,
            (
                Literal::Text(text),
                ColumnType::Varchar {
                    length: Some(length),
                },
            ) => u32::try_from(text.chars().count()).is_ok_and(|count| count <= *length),
            (Literal::Text(_), ColumnType::Enum { .. }) => true,
            _ => false,
        },
        Some(_) => false,
    }
}

fn is_text(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. }
    )
}

/// Whether it is one that the types of its columns have.
fn settle_index(dialect: Dialect, index: &mut Index, columns: &[Column]) -> bool {
    let type_of = |name: &str| {
        let column = columns.iter().find(|it| it.name == name);
        column.map(|it| it.type_on(dialect).clone())
    };
    if index.predicate.is_some() {
        let first = columns.first();
        index.predicate = first.map(|it| Box::new(col(it.name.clone()).is_not_null()));
    }
    // PostgreSQL alone has these of its own choosing, and knows of nothing that is computed which of them it has.
    let has_all = matches!(index.method, IndexMethod::BTree | IndexMethod::Hash);
    if dialect == Postgres && !has_all && index.columns.iter().any(|it| it.column().is_none()) {
        return false;
    }
    // What is too wide for a key is not carried along.
    let is_narrow = |it: &String| {
        let column_type = type_of(it);
        column_type.is_some_and(|it| matches!(it, ColumnType::Integer | ColumnType::Uuid))
    };
    index.include.retain(is_narrow);
    index.columns.iter_mut().all(|part| {
        part.opclass = None;
        match &mut part.key {
            IndexKey::Column(_) => true,
            IndexKey::Prefix { column, .. } => type_of(column).is_some_and(|it| is_text(&it)),
            IndexKey::Expression { expression, .. } => {
                let text = columns.iter().find(|it| is_text(it.type_on(dialect)));
                text.is_some_and(|it| {
                    **expression = Func::lower(col(it.name.clone())).into();
                    true
                })
            }
            _ => false,
        }
    })
}
