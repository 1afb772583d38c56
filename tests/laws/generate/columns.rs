//! Random columns, and changes to them.

use hammerwork_migrations::dsl::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::predicates::{Predicate, expression};
use super::texts::{name, text_value};

pub(crate) fn column() -> impl Strategy<Value = Column> {
    let typed = column_type().prop_flat_map(|it| (default(&it), Just(it)));
    let overridden = proptest::option::weighted(0.2, (select(&Dialect::ALL[..]), column_type()));
    let source = prop_oneof![6 => Just(Source::Rows), 1 => Just(Source::Counter), 1 => Just(Source::Stored), 1 => Just(Source::Virtual)];
    (name(), typed, any::<[bool; 2]>(), overridden, source).prop_map(
        |(name, (default, column_type), [nullable, key], overridden, source)| {
            let mut column = Column::new(name, column_type);
            column.nullable = nullable;
            column.default = default;
            column.primary_key = key && !nullable;
            let column = match source {
                Source::Rows => column,
                Source::Counter => numbered(column),
                // What it names is chosen once its table is known.
                Source::Stored => without_default(column).stored_as(Expr::val(1)),
                Source::Virtual => without_default(column).virtual_as(Expr::val(1)),
            };
            match overridden {
                Some((dialect, column_type)) => column.on(dialect, column_type),
                None => column,
            }
        },
    )
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Rows,
    Counter,
    Stored,
    Virtual,
}

pub(crate) fn column_change() -> impl Strategy<Value = ColumnChange> {
    let typed = column_type().prop_flat_map(|it| (default(&it), Just(it)));
    let overridden = proptest::option::weighted(0.1, (select(&Dialect::ALL[..]), column_type()));
    (name(), typed, 0..8_u8, any::<[bool; 2]>(), overridden).prop_map(
        |(column, (default, column_type), what, [nullable, using], overridden)| {
            let mut change = alter(column.clone());
            if what & 1 == 0 {
                change = change.set_type(column_type);
            }
            if what & 2 == 0 {
                change.nullable = Some(nullable);
            }
            if what & 4 == 0 {
                change.default = Some(default.map_or(DefaultChange::Drop, DefaultChange::Set));
            }
            if let Some((dialect, column_type)) = overridden {
                change = change.on(dialect, column_type);
            }
            if using && change.column_type.is_some() {
                change = change.using(col(column).is_not_null());
            }
            change
        },
    )
}

/// Few are common, so that columns can refer to each other.
fn column_type() -> impl Strategy<Value = ColumnType> {
    let common = [ColumnType::Integer, ColumnType::Uuid, varchar(40)];
    prop_oneof![1 => select(common.to_vec()), 1 => any_type()]
}

fn any_type() -> impl Strategy<Value = ColumnType> {
    prop_oneof![
        Just(ColumnType::Uuid),
        Just(ColumnType::Json),
        Just(ColumnType::Timestamp),
        Just(ColumnType::DateTime),
        Just(ColumnType::Date),
        Just(ColumnType::Time),
        proptest::option::of(prop_oneof![8 => 1..60_u32, 1 => 0..20_000_u32])
            .prop_map(|length| ColumnType::Varchar { length }),
        prop_oneof![8 => 1..40_u32, 1 => 0..300_u32].prop_map(|length| ColumnType::Char { length }),
        Just(ColumnType::Text),
        Just(ColumnType::SmallInteger),
        Just(ColumnType::Integer),
        Just(ColumnType::BigInteger),
        Just(ColumnType::Real),
        Just(ColumnType::Double),
        prop_oneof![8 => (8..20_u32, 0..8_u32), 1 => (0..70_u32, 0..35_u32)]
            .prop_map(|(precision, scale)| ColumnType::Decimal { precision, scale }),
        Just(ColumnType::Boolean),
        Just(ColumnType::Bytes),
        prop_oneof![8 => 1..60_u32, 1 => 0..70_000_u32]
            .prop_map(|length| ColumnType::Varbinary { length }),
        Just(ColumnType::Inet),
        Just(ColumnType::Interval),
        name().prop_map(|name| ColumnType::Enum {
            name,
            values: Vec::new()
        }),
        select(
            &[
                ColumnType::Text,
                ColumnType::Uuid,
                ColumnType::Integer,
                ColumnType::Json
            ][..]
        )
        .prop_map(|element| ColumnType::Array(Box::new(element))),
        Just(native_type("TEXT COLLATE NOCASE")),
    ]
}

/// A default that fits the type most of the time.
fn default(column_type: &ColumnType) -> BoxedStrategy<Option<DefaultValue>> {
    let literal = match column_type {
        ColumnType::Boolean => any::<bool>().prop_map(Literal::from).boxed(),
        ColumnType::SmallInteger => any::<i16>().prop_map(Literal::from).boxed(),
        ColumnType::Integer => any::<i32>().prop_map(Literal::from).boxed(),
        ColumnType::BigInteger => any::<i64>().prop_map(Literal::from).boxed(),
        ColumnType::Real | ColumnType::Double | ColumnType::Decimal { .. } => {
            any::<f64>().prop_map(Literal::from).boxed()
        }
        _ => text_value().prop_map(Literal::from).boxed(),
    };
    prop_oneof![
        4 => literal.prop_map(|it| Some(DefaultValue::Literal(it))),
        4 => Just(None),
        1 => Just(Some(DefaultValue::Expression(Box::new(now())))),
        1 => text_value().prop_map(|it| Some(DefaultValue::Expression(Box::new(Expr::val(it))))),
    ]
    .boxed()
}

fn numbered(column: Column) -> Column {
    Column::new(column.name, ColumnType::BigInteger)
        .primary_key()
        .auto_increment()
}

fn without_default(mut column: Column) -> Column {
    column.default = None;
    column.primary_key = false;
    column
}

/// Points what a generated column names at columns of its table.
pub(crate) fn computed(mut column: Column, predicate: &Predicate, table: &Table) -> Column {
    let plain =
        |it: &&Column| !it.auto_increment && it.generated.is_none() && it.name != column.name;
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(plain)
        .map(|it| it.name.clone())
        .collect();
    if let (Some(generated), false) = (&mut column.generated, columns.is_empty()) {
        *generated.expression =
            expression(predicate, &columns).unwrap_or_else(|| col(columns[0].clone()));
    }
    column
}
