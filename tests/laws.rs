//! What holds of every history: random ones of all operations, with names and values that mean harm.
#![expect(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and the library's enums may grow"
)]

#[path = "laws/constraints.rs"]
mod constraints;

use std::collections::BTreeMap;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, OperationError, RenderError, SchemaError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Few, so that operations meet; odd, so that what they become in SQL is put to the test.
const NAMES: [&str; 19] = [
    "t",
    "u",
    "T",
    "order",
    "größe",
    "a b",
    "x.y",
    "1st",
    "--",
    "/*",
    ";",
    "$1",
    "?",
    "100%",
    "idx_t_u",
    "t_pkey",
    "idx_u_t",
    "null",
    "63_bytes_are_the_most_that_a_name_may_have_on_every_engine_____",
];

/// These no engine gets to see.
const REFUSED: [&str; 6] = ["it's", "a`b\"c", "", "sqlite_stat", "🦀", "bell\u{7}"];

const TEXTS: [&str; 9] = [
    "",
    "Pending",
    "it's",
    "a\"b`c",
    "back\\slash\\",
    "'; DROP TABLE t; --",
    "two\nlines\t\u{1a}",
    "größer 🦀 $1 ? %s",
    "NUL \0",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![30 => select(&NAMES[..]), 1 => select(&REFUSED[..])].prop_map(str::to_owned)
}

/// Of an enum: few, so that operations meet.
fn enum_value() -> impl Strategy<Value = String> {
    select(
        &[
            "Pending",
            "it's",
            "back\\slash",
            "größer $1 ? %s",
            "'; DROP TABLE t; --",
            "",
            "pending",
            "two\nlines",
        ][..],
    )
    .prop_map(str::to_owned)
}

fn text_value() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(&TEXTS[..]).prop_map(str::to_owned), 1 => any::<String>()]
}

/// What is said of a table or a column; too much at times.
fn comment() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(
        0.8,
        prop_oneof![9 => text_value(), 1 => (1000..2100_usize).prop_map(|it| "ä".repeat(it))],
    )
}

fn column_type() -> impl Strategy<Value = ColumnType> {
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
        1 => Just(Some(DefaultValue::Expression(now()))),
        1 => text_value().prop_map(|it| Some(DefaultValue::Expression(Expr::val(it)))),
    ]
    .boxed()
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Rows,
    Counter,
    Stored,
    Virtual,
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
fn computed(mut column: Column, predicate: &Predicate, table: &Table) -> Column {
    let plain =
        |it: &&Column| !it.auto_increment && it.generated.is_none() && it.name != column.name;
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(plain)
        .map(|it| it.name.clone())
        .collect();
    if let (Some(generated), false) = (&mut column.generated, columns.is_empty()) {
        generated.expression =
            expression(predicate, &columns).unwrap_or_else(|| col(columns[0].clone()));
    }
    column
}

fn column() -> impl Strategy<Value = Column> {
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

/// Comparisons of columns that are chosen by number once the table is known, joined by AND or OR.
type Predicate = Vec<(usize, u8, String, bool)>;

fn predicate() -> impl Strategy<Value = Predicate> {
    prop_oneof![
        Just(Vec::new()),
        vec((any::<usize>(), 0..6_u8, text_value(), any::<bool>()), 1..4),
    ]
}

fn expression(predicate: &Predicate, columns: &[String]) -> Option<Expr> {
    predicate
        .iter()
        .map(|(column, kind, text, both)| {
            let column = col(columns[column % columns.len()].clone());
            let comparison = match kind {
                0 => column.is_null(),
                1 => column.is_not_null(),
                2 => column.eq(text),
                3 => column.is_in([text, "other"]),
                4 => column.gt(3).not(),
                _ => Expr::expr(Func::lower(column)).like(text),
            };
            (comparison, *both)
        })
        .reduce(|(a, _), (b, both)| (if both { a.and(b) } else { a.or(b) }, both))
        .map(|(expression, _)| expression)
}

/// Most are plain; some have an adjective that few may have.
fn index_value() -> impl Strategy<Value = Index> {
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

fn constraints_of_a_table() -> impl Strategy<Value = (Vec<Unique>, Vec<ForeignKey>, Vec<Check>)> {
    (
        vec(constraints::unique_value(), 0..2),
        vec(constraints::foreign_key_value(), 0..2),
        vec(constraints::check_value(), 0..2),
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => (name(), vec(column(), 1..6), vec(index_value(), 0..3), constraints_of_a_table()).prop_map(
            |(name, columns, indexes, (uniques, foreign_keys, checks))| {
                let mut table = indexes.into_iter().fold(table(name).columns(columns), Table::index);
                table.uniques = uniques;
                table.foreign_keys = foreign_keys;
                table.checks = checks;
                CreateTable { table }.into()
            },
        ),
        8 => constraints::operation(),
        1 => name().prop_map(|table| DropTable { table }.into()),
        4 => (name(), column()).prop_map(|(table, mut column)| {
            column.primary_key = false;
            AddColumn { table, column }.into()
        }),
        3 => (name(), name()).prop_map(|(table, column)| DropColumn { table, column }.into()),
        4 => (name(), index_value()).prop_map(|(table, index)| CreateIndex { table, index }.into()),
        2 => (name(), name()).prop_map(|(table, index)| DropIndex { table, index }.into()),
        3 => (name(), name(), name())
            .prop_map(|(table, column, to)| RenameColumn { table, column, to }.into()),
        2 => (name(), name()).prop_map(|(table, to)| RenameTable { table, to }.into()),
        2 => (name(), name(), name()).prop_map(|(table, index, to)| RenameIndex::new(table, index, to).into()),
        4 => (name(), column_change())
            .prop_map(|(table, change)| AlterColumn { table, change }.into()),
        2 => (name(), vec(enum_value(), 1..4)).prop_map(|(name, values)| CreateEnum { name, values }.into()),
        1 => name().prop_map(|name| DropEnum { name }.into()),
        2 => (name(), enum_value(), proptest::option::weighted(0.4, enum_value()))
            .prop_map(|(name, value, before)| AddEnumValue { name, value, before }.into()),
        1 => (name(), comment()).prop_map(|(table, comment)| CommentTable { table, comment }.into()),
        2 => (name(), name(), comment())
            .prop_map(|(table, column, comment)| CommentColumn { table, column, comment }.into()),
        1 => (name(), enum_value()).prop_map(|(name, value)| DropEnumValue { name, value }.into()),
        2 => own_words().prop_map(Operation::from),
        3 => changes_of_rows(),
        2 => of_the_database(),
        2 => view_value().prop_map(|view| CreateView { view }.into()),
        2 => view_value().prop_map(|view| ReplaceView { view }.into()),
        1 => name().prop_map(|view| DropView { view }.into()),
        2 => trigger_value().prop_map(|trigger| CreateTrigger { trigger }.into()),
        2 => trigger_value().prop_map(|trigger| ReplaceTrigger { trigger }.into()),
        1 => name().prop_map(|trigger| DropTrigger { trigger }.into()),
    ]
}

/// Values of every kind, most of which fit no column that they come to.
fn value() -> impl Strategy<Value = Expr> {
    prop_oneof![
        text_value().prop_map(Expr::from),
        any::<i64>().prop_map(Expr::from),
        any::<i32>().prop_map(Expr::from),
        any::<f64>().prop_map(Expr::from),
        any::<bool>().prop_map(Expr::from),
        vec(any::<u8>(), 0..9).prop_map(Expr::from),
        Just(null()),
        Just(now()),
        name().prop_map(col),
    ]
}

/// A column and its value.
type Given = (String, Expr);

fn changes_of_rows() -> impl Strategy<Value = Operation> {
    let some = || {
        (
            vec((name(), value()), 0..3),
            proptest::option::of((name(), value())),
        )
    };
    let rows_of = |(changes, predicate): (Vec<Given>, Option<Given>)| {
        let all = changes
            .into_iter()
            .fold(rows(), |rows, (column, value)| rows.set(column, value));
        match predicate {
            Some((column, value)) => all.only_where(col(column).eq(value)),
            None => all,
        }
    };
    prop_oneof![
        (name(), vec(vec((name(), value()), 1..3), 0..3)).prop_map(|(table, values)| {
            let row_of = |values: Vec<Given>| {
                let given = values.into_iter();
                given.fold(row(), |row, (column, value)| row.set(column, value))
            };
            let rows = values.into_iter().map(row_of).collect();
            Insert { table, rows }.into()
        }),
        (name(), some()).prop_map(move |(table, some)| {
            let rows = rows_of(some);
            Update { table, rows }.into()
        }),
        (name(), some()).prop_map(move |(table, some)| {
            let rows = rows_of(some);
            Delete { table, rows }.into()
        }),
        (name(), some(), proptest::option::of(0..9_u32)).prop_map(move |(table, some, batch)| {
            let mut rows = rows_of(some);
            rows.batch = batch;
            Backfill { table, rows }.into()
        }),
    ]
}

/// A value that a column takes, if it is not a key that is taken.
fn fitting(column: &Column, number: usize) -> Expr {
    match column.type_on(Sqlite) {
        ColumnType::Boolean => Expr::val(number.is_multiple_of(2)),
        ColumnType::SmallInteger => Expr::val((number % 30_000) as i16),
        ColumnType::Integer | ColumnType::BigInteger => Expr::val((number % 100_000) as i32),
        ColumnType::Real | ColumnType::Double | ColumnType::Decimal { .. } => Expr::val(0),
        ColumnType::Uuid => Expr::val(format!(
            "00000000-0000-4000-8000-{:012x}",
            number % 1_000_000
        )),
        ColumnType::Timestamp | ColumnType::DateTime => Expr::val("2024-02-29 12:34:56.789"),
        ColumnType::Date => Expr::val("2024-02-29"),
        ColumnType::Time => Expr::val("12:34:56"),
        _ if column.nullable => null(),
        _ => Expr::val((number % 10).to_string()),
    }
}

fn of_the_database() -> impl Strategy<Value = Operation> {
    prop_oneof![
        1 => name().prop_map(|schema| CreateSchema { schema }.into()),
        1 => name().prop_map(|schema| DropSchema { schema }.into()),
        4 => (name(), proptest::option::of(name())).prop_map(|(name, schema)| {
            let mut extension = extension(name);
            extension.schema = schema;
            CreateExtension { extension }.into()
        }),
        2 => name().prop_map(|extension| DropExtension { extension }.into()),
    ]
}

fn column_change() -> impl Strategy<Value = ColumnChange> {
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

/// Texts that SQLite takes, and that mean harm to what comes after them.
const STATEMENTS: [&str; 6] = [
    "SELECT 1",
    " ; SELECT 1 ;; ",
    "SELECT ';' -- the end",
    "SELECT 1; SELECT '$hammerwork$'",
    "/* ; */ SELECT 'two\nlines'",
    "",
];

fn statement() -> impl Strategy<Value = String> {
    select(&STATEMENTS[..]).prop_map(str::to_owned)
}

/// A trigger that some engines have no body for. What it does is right on SQLite, and so hurts nothing there.
fn trigger_value() -> impl Strategy<Value = Trigger> {
    let body = || {
        select(
            &[
                "BEGIN SELECT 1; END",
                "BEGIN SELECT 'it''s; --'; END; -- b",
                "",
            ][..],
        )
    };
    let moment = select(
        &[
            BeforeInsert,
            AfterInsert,
            BeforeUpdate,
            AfterUpdate,
            BeforeDelete,
            AfterDelete,
        ][..],
    );
    (
        (name(), moment, name()),
        proptest::option::weighted(0.9, body()),
        vec((select(&Dialect::ALL[..]), body()), 0..2),
    )
        .prop_map(|((name, moment, table), everywhere, own)| {
            let own = own.into_iter();
            let trigger = own.fold(trigger(name, moment, table), |trigger, (dialect, body)| {
                trigger.on(dialect, body)
            });
            match everywhere {
                Some(body) => trigger.everywhere(body),
                None => trigger,
            }
        })
}

/// A view that some engines have no query for, and that may read itself.
fn view_value() -> impl Strategy<Value = View> {
    let query = || select(&["SELECT 1 AS a", "SELECT 'it''s; --' AS b -- c;", ""][..]);
    (
        name(),
        proptest::option::weighted(0.9, query()),
        vec((select(&Dialect::ALL[..]), query()), 0..2),
        vec(name(), 0..2),
    )
        .prop_map(|(name, everywhere, own, depends_on)| {
            let mut view = view(name).depends_on(depends_on);
            for (dialect, query) in own {
                view = view.on(dialect, query);
            }
            match everywhere {
                Some(query) => view.everywhere(query),
                None => view,
            }
        })
}

/// Some change rows, some stand for what they do; few have no text for some engine.
fn own_words() -> impl Strategy<Value = RunSql> {
    let texts = || {
        (
            proptest::option::weighted(0.9, statement()),
            vec((select(&Dialect::ALL[..]), statement()), 0..3),
        )
    };
    let conditions =
        || proptest::option::weighted(0.4, select(&["1 = 1", "0.0", "'a' -- it's", "NULL"][..]));
    (
        text_value(),
        texts(),
        texts(),
        conditions(),
        any::<bool>(),
        proptest::option::weighted(0.3, name()),
    )
        .prop_map(|(what, up, down, only_if, data_only, table_name)| {
            let mut run = sql(what);
            run.data_only = data_only;
            run.only_if = only_if.map(str::to_owned);
            for (dialect, text) in up.1 {
                run = run.on(dialect, text);
            }
            for (dialect, text) in down.1 {
                run = run.down_on(dialect, text);
            }
            if let Some(text) = up.0 {
                run = run.everywhere(text);
            }
            if let Some(text) = down.0 {
                run = run.down(text);
            }
            let Some(name) = table_name.filter(|_| !data_only) else {
                return run;
            };
            let made = table(name).columns([integer("id")]);
            run.only_if = None;
            // It does what it stands for.
            for dialect in Dialect::ALL {
                let quoted = dialect.quote(&made.name);
                run = run
                    .on(
                        dialect,
                        format!("CREATE TABLE {quoted} (id INTEGER NOT NULL); -- {{}}"),
                    )
                    .down_on(dialect, format!("DROP TABLE {quoted}"));
            }
            run.stands_for([CreateTable { table: made }])
        })
}

/// Points an operation that speaks of what is not there at something that is, and leaves out of a table what
/// does not fit it: else few operations would fold.
fn aimed(operation: Operation, predicate: &Predicate, catalog: &Catalog, aim: usize) -> Operation {
    let tables: Vec<&Table> = catalog.tables().collect();
    let views: Vec<&View> = catalog.views().collect();
    let read = |names: &mut Vec<String>| {
        let known = tables
            .iter()
            .map(|it| &it.name)
            .chain(views.iter().map(|it| &it.name));
        let known: Vec<&String> = known.collect();
        match known.get(aim / 3 % known.len().max(1)) {
            Some(name) => names.iter_mut().for_each(|it| it.clone_from(name)),
            None => names.clear(),
        }
    };
    let a_view = views.get(aim % views.len().max(1));
    let triggers: Vec<&Trigger> = catalog.triggers().collect();
    let a_trigger = triggers.get(aim % triggers.len().max(1));
    let operation = match operation {
        Operation::CreateTable(it) => return mended(it.table, predicate, catalog, aim).into(),
        Operation::DropSchema(mut it) => {
            if let Some(schema) = catalog.schemas().nth(aim % 3) {
                it.schema = schema.to_owned();
            }
            return it.into();
        }
        Operation::DropExtension(mut it) => {
            if let Some(extension) = catalog.extensions().nth(aim % 3) {
                it.extension.clone_from(&extension.name);
            }
            return it.into();
        }
        Operation::CreateSchema(it) => return it.into(),
        Operation::CreateExtension(it) => return it.into(),
        Operation::CreateView(mut it) => {
            read(&mut it.view.depends_on);
            return it.into();
        }
        Operation::ReplaceView(mut it) => {
            read(&mut it.view.depends_on);
            it.view.name = a_view.map_or(it.view.name, |view| view.name.clone());
            return it.into();
        }
        Operation::DropView(mut it) => {
            it.view = a_view.map_or(it.view, |view| view.name.clone());
            return it.into();
        }
        Operation::DropTrigger(mut it) => {
            it.trigger = a_trigger.map_or(it.trigger, |trigger| trigger.name.clone());
            return it.into();
        }
        Operation::ReplaceTrigger(mut it) => {
            it.trigger.name = a_trigger.map_or(it.trigger.name, |known| known.name.clone());
            it.into()
        }
        other => other,
    };
    let Some(table) = tables.get(aim % tables.len().max(1)) else {
        return operation;
    };
    if let Some(operation) = constraints::aimed(&operation, predicate, catalog, table, aim) {
        return operation;
    }
    let column = |position: usize| table.columns[position % table.columns.len()].name.clone();
    let table_name = table.name.clone();
    match operation {
        Operation::CreateTrigger(mut it) => {
            it.trigger.table = table_name;
            it.into()
        }
        Operation::ReplaceTrigger(mut it) => {
            it.trigger.table = table_name;
            it.into()
        }
        Operation::AddColumn(mut it) => {
            it.table = table_name;
            it.column.nullable |= it.column.default.is_none();
            it.column = of_known_enum(computed(it.column, predicate, table), catalog, aim);
            it.into()
        }
        Operation::DropColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::CreateIndex(mut it) => {
            it.index = index_of(it.index, predicate, table, aim);
            it.table = table_name;
            it.into()
        }
        Operation::DropIndex(mut it) => {
            if let Some(index) = table.indexes.get(aim % table.indexes.len().max(1)) {
                it.index.clone_from(&index.label);
            }
            it.table = table_name;
            it.into()
        }
        Operation::DropTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::RenameColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::CommentTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::CommentColumn(mut it) => {
            it.column = column(aim / 7);
            it.table = table_name;
            it.into()
        }
        Operation::Update(mut it) => {
            let named = column(aim / 7);
            if let Some(known) = table.column_named(&named) {
                it.rows.changes = vec![(named.clone(), fitting(known, aim / 11))];
                it.rows.predicate = expression(predicate, &[named]);
            }
            it.table = table_name;
            it.into()
        }
        Operation::RenameTable(mut it) => {
            it.table = table_name;
            it.into()
        }
        Operation::RenameIndex(mut it) => {
            if let Some(index) = table.indexes.get(aim % table.indexes.len().max(1)) {
                it.index.clone_from(&index.label);
            }
            it.table = table_name;
            it.into()
        }
        Operation::Backfill(mut it) => {
            let named = column(aim / 7);
            if let Some(known) = table.column_named(&named) {
                it.rows.changes = vec![(named.clone(), fitting(known, aim / 11))];
                it.rows.predicate = expression(predicate, &[named]);
            }
            it.table = table_name;
            it.into()
        }
        Operation::Delete(mut it) => {
            it.rows.changes = Vec::new();
            it.rows.predicate = expression(predicate, &[column(aim / 7)]);
            it.table = table_name;
            it.into()
        }
        Operation::Insert(it) => {
            let full = table
                .columns
                .iter()
                .fold(row(), |row, it| row.set(&it.name, fitting(it, aim / 7)));
            let rows = vec![full; it.rows.len().min(1)];
            Insert {
                table: table_name,
                rows,
            }
            .into()
        }
        Operation::AlterColumn(mut it) => {
            it.change.column = column(aim / 7);
            it.change.using = it
                .change
                .using
                .map(|_| col(it.change.column.clone()).is_not_null());
            it.table = table_name;
            it.into()
        }
        it @ (Operation::CreateEnum(_)
        | Operation::DropEnum(_)
        | Operation::AddEnumValue(_)
        | Operation::DropEnumValue(_)) => aimed_at_enum(it, catalog, aim),
        Operation::RunSql(it) => it.into(),
        other => panic!("teach this test the operation {other}"),
    }
}

fn aimed_at_enum(mut operation: Operation, catalog: &Catalog, aim: usize) -> Operation {
    let Some(enum_name) = some_enum(catalog, aim) else {
        return operation;
    };
    match &mut operation {
        Operation::DropEnum(it) => it.name = enum_name,
        Operation::AddEnumValue(it) => it.name = enum_name,
        Operation::DropEnumValue(it) => {
            let values = catalog.enum_values(&enum_name).unwrap_or_default();
            it.value.clone_from(&values[aim / 5 % values.len()]);
            it.name = enum_name;
        }
        _ => {}
    }
    operation
}

fn some_enum(catalog: &Catalog, aim: usize) -> Option<String> {
    let names: Vec<&str> = catalog.enum_names().collect();
    names.get(aim % names.len().max(1)).map(ToString::to_string)
}

/// Lets a column of an enum be of one that is there.
fn of_known_enum(mut column: Column, catalog: &Catalog, aim: usize) -> Column {
    if let (ColumnType::Enum { name, .. }, Some(known)) =
        (&mut column.column_type, some_enum(catalog, aim))
    {
        let values = catalog.enum_values(&known).unwrap_or_default();
        if column.default.is_some() {
            column.default = Some(DefaultValue::Literal(values[0].as_str().into()));
        }
        *name = known;
    }
    column
}

fn index_of(mut index: Index, predicate: &Predicate, table: &Table, aim: usize) -> Index {
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

fn mended(wanted: Table, predicate: &Predicate, catalog: &Catalog, aim: usize) -> CreateTable {
    let mut enums = Catalog::default();
    for name in catalog.enum_names() {
        let values = catalog.enum_values(name).unwrap_or_default().to_vec();
        let create = CreateEnum {
            name: name.to_owned(),
            values,
        };
        let made = Operation::from(create).apply(&mut enums);
        assert_eq!(made, Ok(()));
    }
    let fits = |table: &Table| {
        let create = Operation::from(CreateTable {
            table: table.clone(),
        });
        create.apply(&mut enums.clone()).is_ok()
    };
    let mut made = table(&wanted.name);
    for mut column in wanted.columns.iter().cloned() {
        column.primary_key = wanted.primary_key.contains(&column.name);
        let column = of_known_enum(computed(column, predicate, &made), catalog, aim);
        let more = made.clone().columns([column]);
        if fits(&more) {
            made = more;
        }
    }
    for index in wanted.indexes.iter().cloned() {
        if made.columns.is_empty() {
            break;
        }
        let more = made.clone().index(index_of(index, predicate, &made, aim));
        if fits(&more) {
            made = more;
        }
    }
    CreateTable {
        table: constraints::mended(made, &wanted, predicate, aim, fits),
    }
}

/// Operations that fold, each with the catalog before it: what does not fit is left out.
fn history() -> impl Strategy<Value = Vec<(Operation, Catalog)>> {
    history_where(|_, _| true)
}

fn history_where(
    keep: impl Fn(&Operation, &Catalog) -> bool,
) -> impl Strategy<Value = Vec<(Operation, Catalog)>> {
    vec((operation(), predicate(), any::<usize>()), 1..30).prop_map(move |candidates| {
        let mut catalog = Catalog::default();
        let mut history = Vec::new();
        for (operation, predicate, aim) in candidates {
            let operation = match aim % 8 {
                0 => operation,
                _ => aimed(operation, &predicate, &catalog, aim / 8),
            };
            let mut after = catalog.clone();
            if operation.apply(&mut after).is_ok() && keep(&operation, &catalog) {
                history.push((operation, catalog));
                catalog = after;
            }
        }
        history
    })
}

/// What a catalog has, columns and indexes without their order.
fn contents(catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
    let of = |table: &Table| {
        let mut parts: Vec<String> = table
            .columns
            .iter()
            .map(|it| format!("column {it}"))
            .chain(table.indexes.iter().map(|it| format!("index {it}")))
            .chain(table.uniques.iter().map(|it| format!("unique {it}")))
            .chain(table.foreign_keys.iter().map(|it| format!("refers {it}")))
            .chain(table.checks.iter().map(|it| format!("check {it}")))
            .collect();
        parts.sort();
        parts.push(format!("key {:?}", table.primary_key));
        parts.push(format!("comment {:?}", table.comment));
        parts
    };
    let tables = catalog
        .tables()
        .map(|table| (table.name.clone(), of(table)));
    let views = catalog
        .views()
        .map(|view| (view.name.clone(), vec![view.to_string()]));
    let triggers = catalog.triggers().map(|trigger| {
        (
            format!("trigger {}", trigger.name),
            vec![trigger.to_string()],
        )
    });
    tables.chain(views).chain(triggers).collect()
}

/// Operations that fold one after another may lead back to names in one migration.
fn is_ambiguous(error: &SchemaError) -> bool {
    match error {
        SchemaError::Operation { source, .. } => {
            matches!(**source, OperationError::AmbiguousRenaming { .. })
        }
        _ => false,
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        // A failure prints its smallest history; a file of old ones would be nobody's.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn the_way_back_gives_the_catalog_back(history in history()) {
        for (operation, before) in history {
            let mut catalog = before.clone();
            operation.apply(&mut catalog).unwrap();
            let inverse = operation.inverse(&before);
            if let Inverse::None { reason } = &inverse {
                prop_assert!(inverse.operations().is_empty() && !reason.is_empty());
                continue;
            }
            for back in inverse.operations() {
                back.apply(&mut catalog).unwrap();
            }
            prop_assert_eq!(contents(&catalog), contents(&before), "{}", operation);
            prop_assert!(catalog.schemas().eq(before.schemas()), "{}", operation);
            prop_assert!(catalog.extensions().eq(before.extensions()), "{}", operation);
            // Names are free again, too.
            operation.apply(&mut catalog).unwrap();
        }
    }

    #[test]
    fn a_migration_turned_round_gives_the_catalog_back(history in history()) {
        let migration = history
            .iter()
            .fold(Migration::new("001", "all"), |it, (operation, _)| it.operation(operation.clone()));
        let before = Catalog::default();
        // Folded here: a value of an enum may come in the midst of it.
        let mut catalog = before.clone();
        for operation in &migration.operations {
            operation.apply(&mut catalog).unwrap();
        }
        let mut catalog = match Migrations::new([migration.clone()]).validate() {
            Ok(catalog) => catalog,
            Err(error) => {
                prop_assert!(is_ambiguous(&error), "{error:?}");
                return Ok(());
            }
        };
        let inverse = migration.inverse(&before).unwrap();
        if let Inverse::None { .. } = inverse {
            return Ok(());
        }
        for back in inverse.operations() {
            back.apply(&mut catalog).unwrap();
        }
        prop_assert_eq!(catalog, before);
    }

    #[test]
    fn what_folds_renders_or_is_unsupported(history in history()) {
        for (operation, before) in history {
            for dialect in Dialect::ALL {
                match dialect.render(&operation, &before) {
                    Ok(statements) => {
                        // Only an author may say that there is nothing to do, and an engine that has no such index, or
                        // tells nothing of the column apart.
                        let may_be_empty = match &operation {
                            // Without columns it has no place.
                            Operation::CreateEnum(_) | Operation::DropEnum(_) | Operation::AddEnumValue(_) | Operation::DropEnumValue(_) => true,
                            // Views that are not on this engine; a label is no engine's.
                            Operation::RunSql(_)
                            | Operation::AlterColumn(_)
                            | Operation::RenameIndex(_)
                            | Operation::CreateView(_)
                            | Operation::ReplaceView(_)
                            | Operation::DropView(_) | Operation::CreateTrigger(_) | Operation::ReplaceTrigger(_) | Operation::DropTrigger(_) => true,
                            Operation::CommentTable(_) | Operation::CommentColumn(_) => !dialect.features().comments,
                            Operation::CreateIndex(it) => !it.index.is_made_on(dialect),
                            Operation::DropIndex(it) => before
                                .table(&it.table)
                                .and_then(|table| table.index_labelled(&it.index))
                                .is_some_and(|index| !index.is_made_on(dialect)),
                            Operation::CreateExtension(_) | Operation::DropExtension(_) => {
                                !dialect.features().extensions
                            }
                            _ => false,
                        };
                        prop_assert!(may_be_empty || !statements.is_empty());
                    }
                    Err(error @ RenderError::Unsupported { .. }) => prop_assert!(!error.help().is_empty()),
                    Err(error) => prop_assert!(false, "{dialect}: {operation}: {error}"),
                }
            }
        }
    }

    #[test]
    fn texts_that_differ_have_checksums_that_differ(one in own_words(), other in own_words()) {
        let checksum = |it: &RunSql| Migration::new("001", "x").run_sql(it.clone()).checksum();
        prop_assert_eq!(checksum(&one) == checksum(&other), one == other);
    }

    #[test]
    fn what_does_not_fold_is_an_error_and_never_a_panic(
        operations in vec(operation(), 1..6),
        history in history(),
    ) {
        let mut catalog = history.into_iter().next_back().map(|(_, before)| before).unwrap_or_default();
        for operation in operations {
            for dialect in Dialect::ALL {
                let _either = dialect.render(&operation, &catalog);
            }
            let _inverse = operation.inverse(&catalog);
            let _text = operation.to_string();
            let mut after = catalog.clone();
            match operation.apply(&mut after) {
                Ok(()) => catalog = after,
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}

#[cfg(feature = "sqlite")]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod sqlite {
    use super::*;
    use hammerwork_migrations::Migrator;
    use sqlx::sqlite::SqlitePoolOptions;
    use sqlx::{AssertSqlSafe, Row, SqlitePool};

    proptest! {
        #![proptest_config(config(80))]

        #[test]
        fn what_folds_and_renders_is_what_sqlite_then_has(
            // Rows of random keys would meet: what is inserted has its own tests.
            history in history_where(|operation, before| {
                !matches!(operation, Operation::Insert(_)) && Sqlite.render(operation, before).is_ok()
            }),
            cuts in vec(1..5_usize, 30),
        ) {
            let mut migrations = cut(history.clone(), cuts);
            if let Err(error) = migrations.validate() {
                prop_assert!(is_ambiguous(&error), "{error:?}");
                migrations = cut(history, vec![1; 30]);
            }
            let migrator = Migrator::new(migrations.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
                let report = migrator.run(&pool).await.unwrap();
                assert_eq!(report.applied.len(), migrations.iter().count());
                assert_eq!(report.warnings, Vec::<String>::new());
                assert!(migrator.run(&pool).await.unwrap().is_up_to_date());
                let catalog = migrations.validate().unwrap();
                assert_eq!(found(&pool).await, expected(&catalog));
            });
        }
    }

    /// The history as several migrations.
    fn cut(history: Vec<(Operation, Catalog)>, cuts: Vec<usize>) -> Migrations {
        let mut operations = history
            .into_iter()
            .map(|(operation, _)| operation)
            .peekable();
        let mut migrations = Vec::new();
        for (number, size) in cuts.into_iter().enumerate() {
            if operations.peek().is_none() {
                break;
            }
            let id = format!("{number:03}");
            let mut migration = Migration::new(id, "some");
            for operation in operations.by_ref().take(size) {
                // A new value of an enum comes last.
                let is_last = matches!(operation, Operation::AddEnumValue(_));
                migration = migration.operation(operation);
                if is_last {
                    break;
                }
            }
            migrations.push(migration);
        }
        Migrations::new(migrations)
    }

    /// Lines that say all of a schema that the catalog of SQLite can say.
    fn expected(catalog: &Catalog) -> Vec<String> {
        let mut lines = Vec::new();
        for table in catalog.tables() {
            for (position, column) in table.columns.iter().enumerate() {
                let key = table
                    .primary_key
                    .iter()
                    .position(|it| *it == column.name)
                    .map_or(0, |it| it + 1);
                lines.push(format!(
                    "column {}.{position} {} {} not null {} key {key} default {} generated {}",
                    table.name,
                    column.name,
                    // A collation is no part of the type.
                    Sqlite
                        .type_name(column.type_on(Sqlite))
                        .replace(" COLLATE NOCASE", ""),
                    u8::from(!column.nullable),
                    u8::from(column.default.is_some()),
                    u8::from(column.generated.is_some()),
                ));
            }
            for index in &table.indexes {
                if !index.is_made_on(Sqlite) {
                    continue;
                }
                let mut columns: Vec<String> = Vec::new();
                for part in &index.columns {
                    let name = match &part.key {
                        IndexKey::Column(name) if !index.nulls_not_distinct => name.clone(),
                        // Of an expression the catalog has no name.
                        _ => String::from("?"),
                    };
                    let desc = if part.direction == Direction::Descending {
                        " desc"
                    } else {
                        ""
                    };
                    columns.push(format!("{name}{desc}"));
                    if index.nulls_not_distinct {
                        columns.push("?".to_owned());
                    }
                }
                if !index.unique {
                    columns.extend(index.include.iter().cloned());
                }
                lines.push(format!(
                    "index {} of {} unique {} partial {} {}",
                    index.physical_name(&table.name, Sqlite),
                    table.name,
                    u8::from(index.unique),
                    u8::from(index.predicate.is_some()),
                    columns.join(", ")
                ));
            }
        }
        for view in catalog.views() {
            if view
                .query_on(Sqlite)
                .is_some_and(|query| !query.trim().is_empty())
            {
                lines.push(format!("view {}", view.name));
            }
        }
        for trigger in catalog.triggers() {
            if trigger
                .body_on(Sqlite)
                .is_some_and(|body| !body.trim().is_empty())
            {
                lines.push(format!("trigger {} of {}", trigger.name, trigger.table));
            }
        }
        for table in catalog.tables() {
            let name = &table.name;
            // The number of a row needs no index.
            let is_number = |key: &String| {
                let column = table.column_named(key).unwrap();
                Sqlite.type_name(column.type_on(Sqlite)) == "INTEGER"
            };
            let key = Some(&table.primary_key)
                .filter(|key| !(key.is_empty() || key.len() == 1 && key.iter().all(is_number)));
            let keys = table.uniques.iter().map(|it| &it.columns).chain(key);
            lines.extend(keys.map(|it| format!("key of {name} {}", it.join(", "))));
            for key in &table.foreign_keys {
                lines.push(format!(
                    "foreign key of {name} ({}) to {} ({}) on delete {} on update {}",
                    key.columns.join(", "),
                    key.table,
                    key.referenced.join(", "),
                    key.on_delete,
                    key.on_update
                ));
            }
            let names = (table.uniques.iter().map(|it| it.physical_name(name)))
                .chain(table.foreign_keys.iter().map(|it| it.physical_name(name)))
                .chain(table.checks.iter().map(|it| it.physical_name(name)));
            lines.extend(names.map(|it| format!("constraint of {name}: {it}")));
        }
        lines.sort();
        // Of two keys over the same columns, SQLite makes one index.
        lines.dedup_by(|a, b| a == b && a.starts_with("key "));
        lines
    }

    async fn found(pool: &SqlitePool) -> Vec<String> {
        let mut lines = texts(
            pool,
            "SELECT format('column %s.%d %s %s not null %d key %d default %d generated %d', \
                 t.name, c.cid, c.name, c.type, c.\"notnull\", c.pk, c.dflt_value IS NOT NULL, c.hidden > 1) \
             FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND t.name <> 'sqlite_sequence'",
        )
        .await;
        lines.extend(
            texts(
                pool,
                "SELECT format('index %s of %s unique %d partial %d %s', i.name, t.name, i.\"unique\", i.partial, \
                     (SELECT group_concat(COALESCE(name, '?') || iif(\"desc\", ' desc', ''), ', ') FROM \
                         (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))) \
                 FROM sqlite_master AS t, pragma_index_list(t.name) AS i \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND t.name <> 'sqlite_sequence' AND i.origin = 'c'",
            )
            .await,
        );
        lines.extend(
            texts(
                pool,
                "SELECT 'view ' || name FROM sqlite_master WHERE type = 'view' \
                 UNION ALL SELECT 'trigger ' || name || ' of ' || tbl_name FROM sqlite_master WHERE type = 'trigger'",
            )
            .await,
        );
        lines.extend(
            texts(
                pool,
                "SELECT format('key of %s %s', t.name, (SELECT group_concat(name, ', ') FROM \
                     (SELECT * FROM pragma_index_info(i.name) ORDER BY seqno))) \
                 FROM sqlite_master AS t, pragma_index_list(t.name) AS i \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'hammerwork_migrations%' AND i.origin IN ('u', 'pk')",
            )
            .await,
        );
        lines.extend(
            texts(
                pool,
                "SELECT format('foreign key of %s (%s) to %s (%s) on delete %s on update %s', name, \
                     group_concat(\"from\", ', '), \"table\", group_concat(\"to\", ', '), \
                     lower(on_delete), lower(on_update)) \
                 FROM (SELECT t.name, f.* FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f \
                     WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq) GROUP BY name, id",
            )
            .await,
        );
        // Names stand in the text of the table alone, each at the start of a line.
        for definition in texts(
            pool,
            "SELECT name || char(10) || sql FROM sqlite_master WHERE type = 'table'",
        )
        .await
        {
            let (table, sql) = definition.split_once('\n').unwrap();
            let constraints = sql
                .lines()
                .filter_map(|it| it.trim().strip_prefix("CONSTRAINT \""));
            let names = constraints.map(|it| it.split('"').next().unwrap());
            lines.extend(names.map(|it| format!("constraint of {table}: {it}")));
        }
        lines.sort();
        // Of two keys over the same columns, SQLite makes one index.
        lines.dedup_by(|a, b| a == b && a.starts_with("key "));
        lines
    }

    async fn texts(pool: &SqlitePool, sql: &str) -> Vec<String> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}
