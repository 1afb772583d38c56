//! The schema that the fold says there is, in the lines of [`found`](super::found).

use hammerwork_migrations::Catalog;
use hammerwork_migrations::dsl::*;

pub(super) fn expected(dialect: Dialect, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    for table in catalog.tables() {
        lines.extend(
            table
                .columns
                .iter()
                .map(|it| column(dialect, catalog, table, it)),
        );
        lines.extend(indexes(dialect, table));
        lines.extend(
            table
                .foreign_keys
                .iter()
                .map(|it| foreign_key_line(dialect, table, it)),
        );
        lines.extend(table.checks.iter().map(|it| {
            let name = it.physical_name(&table.name);
            match dialect {
                // Its view of the checks has no table.
                Dialect::MySql => format!("check {name}"),
                Dialect::Postgres | Dialect::MariaDb | Dialect::Sqlite => {
                    format!("check {name} of {}", table.name)
                }
            }
        }));
    }
    for view in catalog.views() {
        let query = view.query_on(dialect);
        if query.is_some_and(|it| !it.trim().is_empty()) {
            lines.push(format!("view {}", view.name));
        }
    }
    for trigger in catalog.triggers() {
        let body = trigger.body_on(dialect);
        if body.is_some_and(|it| !it.trim().is_empty()) {
            let Trigger {
                name,
                moment,
                table,
                ..
            } = trigger;
            let moment = format!("{moment:?}").to_lowercase();
            lines.push(format!("trigger {name} {moment} of {table}"));
        }
    }
    for function in catalog.functions() {
        let text = function.text_on(dialect);
        if text.is_some_and(|it| !it.trim().is_empty()) {
            lines.push(format!("function {}", function.name));
        }
    }
    if dialect == Postgres {
        lines.extend(catalog.schemas().map(|it| format!("schema {it}")));
        lines.extend(catalog.extensions().map(|it| {
            let schema = it.schema.as_deref().unwrap_or("public");
            format!("extension {} in {schema}", it.name)
        }));
        for name in catalog.enum_names() {
            let values = catalog.enum_values(name).unwrap_or_default().join(", ");
            lines.push(format!("enum {name} ({values})"));
        }
    }
    lines.sort();
    lines
}

fn column(dialect: Dialect, catalog: &Catalog, table: &Table, column: &Column) -> String {
    let source = match (&column.generated, column.auto_increment) {
        (Some(_), _) => "expression",
        (None, true) => "counter",
        (None, false) => "rows",
    };
    // MariaDB has no NOT NULL for what is computed.
    let nullable = column.nullable || dialect == MariaDb && column.generated.is_some();
    let column_type = column.type_on(dialect);
    let type_name = match dialect {
        Dialect::Postgres => on_postgres(column_type),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
            on_mysql(dialect, catalog, column_type)
        }
    };
    format!(
        "column {}.{} {type_name} null {} default {} source {source}",
        table.name,
        column.name,
        u8::from(nullable),
        u8::from(column.default.is_some()),
    )
}

fn on_postgres(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Timestamp => "timestamp with time zone".to_owned(),
        ColumnType::DateTime => "timestamp without time zone".to_owned(),
        ColumnType::Time => "time without time zone".to_owned(),
        ColumnType::Varchar { length: None } => "character varying".to_owned(),
        ColumnType::Varchar {
            length: Some(length),
        } => format!("character varying({length})"),
        ColumnType::Char { length } => format!("character({length})"),
        ColumnType::Decimal { precision, scale } => format!("numeric({precision},{scale})"),
        ColumnType::Enum { name, .. } => format!("enum {name}"),
        ColumnType::Array(element) => format!("{}[]", on_postgres(element)),
        other => Postgres.type_name(other).to_lowercase(),
    }
}

fn on_mysql(dialect: Dialect, catalog: &Catalog, column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Json | ColumnType::Array(_) if dialect == MariaDb => "longtext".to_owned(),
        ColumnType::Integer => "int".to_owned(),
        ColumnType::Boolean => "tinyint(1)".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        ColumnType::Enum { name, .. } => {
            let values = catalog.enum_values(name).unwrap_or_default().iter();
            let values: Vec<String> = values
                .map(|it| it.replace('\\', "\\\\").replace('\'', "''"))
                .map(|it| format!("'{it}'"))
                .collect();
            format!("enum({})", values.join(","))
        }
        other => dialect.type_name(other).to_lowercase(),
    }
}

fn indexes(dialect: Dialect, table: &Table) -> Vec<String> {
    let partial = |it: u8| match dialect {
        Dialect::Postgres => format!(" partial {it}"),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => String::new(),
    };
    let mut lines = Vec::new();
    if !table.primary_key.is_empty() {
        let columns = table.primary_key.join(", ");
        lines.push(format!(
            "key  of {} unique 1{} using btree ({columns})",
            table.name,
            partial(0)
        ));
    }
    let kind = match dialect {
        Dialect::Postgres => "constraint",
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => "index",
    };
    for unique in &table.uniques {
        lines.push(format!(
            "{kind} {} of {} unique 1{} using btree ({})",
            unique.physical_name(&table.name),
            table.name,
            partial(0),
            unique.columns.join(", ")
        ));
    }
    for index in table.indexes.iter().filter(|it| it.is_made_on(dialect)) {
        lines.push(format!(
            "index {} of {} unique {}{} using {} ({})",
            index.physical_name(&table.name, dialect),
            table.name,
            u8::from(index.unique),
            partial(u8::from(index.predicate.is_some())),
            method(dialect, index.method),
            parts(dialect, index).join(", ")
        ));
    }
    lines
}

fn method(dialect: Dialect, method: IndexMethod) -> &'static str {
    match (dialect, method) {
        (Postgres, IndexMethod::Hash) => "hash",
        (Postgres, IndexMethod::Gin | IndexMethod::Fulltext) => "gin",
        (Postgres, IndexMethod::Gist) => "gist",
        (Postgres, IndexMethod::SpGist) => "spgist",
        (Postgres, IndexMethod::Brin) => "brin",
        (_, IndexMethod::Fulltext) => "fulltext",
        _ => "btree",
    }
}

fn parts(dialect: Dialect, index: &Index) -> Vec<String> {
    if dialect == Postgres && index.method == IndexMethod::Fulltext {
        // All words are one value.
        return vec!["?".to_owned()];
    }
    let emulates_nulls = dialect != Postgres && index.nulls_not_distinct;
    // Rows that are not unique are told apart by what is computed of each column.
    let computed =
        dialect != Postgres && index.unique && index.predicate.is_some() || emulates_nulls;
    let mut parts = Vec::new();
    for part in &index.columns {
        let desc = match part.direction {
            Direction::Descending => " desc",
            Direction::Ascending => "",
        };
        // PostgreSQL computes the beginning of a value.
        let is_beginning = matches!(part.key, IndexKey::Prefix { .. }) && dialect == Postgres;
        parts.push(match part.column() {
            Some(column) if !computed && !is_beginning => format!("{column}{desc}"),
            _ if dialect == Postgres => format!("?{desc}"),
            _ => "?".to_owned(),
        });
        // Whether it is NULL is another.
        parts.extend(emulates_nulls.then(|| "?".to_owned()));
    }
    if dialect != Postgres && !index.unique && index.method != IndexMethod::Fulltext {
        parts.extend(index.include.iter().cloned());
    }
    parts
}

fn foreign_key_line(dialect: Dialect, table: &Table, key: &ForeignKey) -> String {
    let action = |it: Action| match (dialect, it) {
        (Dialect::Postgres, NoAction) => "a",
        (Dialect::Postgres, Restrict) => "r",
        (Dialect::Postgres, Cascade) => "c",
        (Dialect::Postgres, SetNull) => "n",
        (Dialect::Postgres, SetDefault) => "d",
        // The same to these.
        (_, NoAction | Restrict) => "no action",
        (_, Cascade) => "cascade",
        (_, SetNull) => "set null",
        (_, SetDefault) => "set default",
    };
    format!(
        "foreign key {} of {} ({}) to {} ({}) on delete {} on update {}",
        key.physical_name(&table.name),
        table.name,
        key.columns.join(", "),
        key.table,
        key.referenced.join(", "),
        action(key.on_delete),
        action(key.on_update)
    )
}
