//! What must hold before an index enters a catalog.

use super::check::type_fault;
use super::constraint_check::index_names;
use super::{OperationError, names};
use crate::dialect::{Dialect, IndexNamespace};
use crate::dsl::{
    Column, ColumnType, Direction, Expr, Index, IndexColumn, IndexKey, IndexMethod, Table,
    expression,
};

/// The most bytes that a B-tree of PostgreSQL takes in one entry: longer beginnings would refuse rows.
const LONGEST_PREFIX: u32 = 2704;

pub(super) fn check(table: &Table, index: &Index) -> Result<(), OperationError> {
    let folded = |namespace| names::fold_case(&index.name_in(&table.name, namespace));
    if table
        .indexes
        .iter()
        .any(|other| names::fold_case(&other.label) == names::fold_case(&index.label))
    {
        return Err(OperationError::DuplicateIndex {
            table: table.name.clone(),
            index: index.label.clone(),
        });
    }
    names::check_index(&index.label)?;
    names::check_index(&index.name_in(&table.name, IndexNamespace::Schema))?;
    names::check_index(&index.name_in(&table.name, IndexNamespace::Table))?;
    if let Some((_, other)) = index_names(table)
        .find(|(other, _)| names::fold_case(other) == folded(IndexNamespace::Table))
    {
        return Err(OperationError::NameCollision {
            name: index.name_in(&table.name, IndexNamespace::Table),
            what: format!("index {} of {}", index.label, table.name),
            other,
        });
    }
    for name in index.named_columns() {
        if table.column_named(&name).is_none() {
            return Err(OperationError::unknown_column(table, &name));
        }
    }
    check_parts(table, index)
}

/// What an index asks of the columns that it names.
pub(super) fn check_parts(table: &Table, index: &Index) -> Result<(), OperationError> {
    match fault(table, index) {
        Some(reason) => Err(OperationError::InvalidIndex {
            table: table.name.clone(),
            index: index.label.clone(),
            reason,
        }),
        None => Ok(()),
    }
}

fn fault(table: &Table, index: &Index) -> Option<String> {
    if let Some(mistake) = index.mistakes.first() {
        return Some(mistake.clone());
    }
    if index.columns.is_empty() {
        return Some("it names no column".to_owned());
    }
    for (position, part) in index.columns.iter().enumerate() {
        let same = |other: &IndexColumn| match part.column() {
            Some(column) => other.column() == Some(column),
            None => other.key == part.key,
        };
        if index.columns[..position].iter().any(same) {
            return Some(match part.column() {
                Some(column) => format!("it names column {column} twice"),
                None => "it has an expression twice".to_owned(),
            });
        }
    }
    let parts = index.columns.iter();
    parts
        .filter_map(|part| part_fault(table, index, part))
        .next()
        .or_else(|| method_fault(index))
        .or_else(|| include_fault(index))
        .or_else(|| numbering_fault(table, index))
        .or_else(|| {
            let predicate = index.predicate.as_deref();
            predicate.and_then(expression::fault).map(str::to_owned)
        })
}

/// MySQL's error 3754, and MariaDB's 1901: nothing is computed from the number that a row is given.
fn numbering_fault(table: &Table, index: &Index) -> Option<String> {
    // There is no other form of these on MySQL and MariaDB.
    let is_partial = index.unique && index.predicate.is_some();
    let mut computed_from: Vec<String> = index
        .columns
        .iter()
        .filter(|it| is_partial || index.nulls_not_distinct || it.expression().is_some())
        .flat_map(IndexColumn::named_columns)
        .collect();
    if is_partial {
        computed_from.extend(
            index
                .predicate
                .as_deref()
                .into_iter()
                .flat_map(expression::columns),
        );
    }
    let numbers = |name: &&String| table.column_named(name).is_some_and(|it| it.auto_increment);
    let column = computed_from.iter().find(numbers)?;
    Some(format!(
        "column {column} numbers the rows, and MySQL and MariaDB compute nothing of an index from it"
    ))
}

fn part_fault(table: &Table, index: &Index, part: &IndexColumn) -> Option<String> {
    let by_key = match &part.key {
        IndexKey::Column(_) => None,
        IndexKey::Prefix { column, length } => {
            let column = table.column_named(column)?;
            Dialect::ALL
                .into_iter()
                .find_map(|dialect| prefix_fault(column, column.type_on(dialect), *length))
        }
        IndexKey::Expression {
            expression,
            column_type,
        } => expression_fault(expression)
            .map(str::to_owned)
            .or_else(|| column_type.as_deref().and_then(type_fault)),
    };
    by_key
        .or_else(|| opclass_fault(index, part))
        .or_else(|| comparison_fault(table, index, part))
}

/// MySQL and MariaDB refuse a beginning that is the whole, and all refuse one of what has no characters.
fn prefix_fault(column: &Column, column_type: &ColumnType, length: u32) -> Option<String> {
    let name = &column.name;
    let (whole, width) = match column_type {
        ColumnType::Text => (None, 4),
        ColumnType::Varchar { length } => (Some(length.unwrap_or(255)), 4),
        ColumnType::Char { length } => (Some(*length), 4),
        ColumnType::Bytes => (None, 1),
        ColumnType::Varbinary { length } => (Some(*length), 1),
        // Only the engine knows.
        ColumnType::Native(_) => (None, 4),
        ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Timestamp
        | ColumnType::DateTime
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Decimal { .. }
        | ColumnType::Inet
        | ColumnType::Interval
        | ColumnType::Enum { .. }
        | ColumnType::Array(_)
        | ColumnType::Boolean => {
            return Some(format!(
                "column {name} is {column_type}, which has no beginning: texts and bytes have one"
            ));
        }
    };
    if length == 0 {
        return Some(format!(
            "a beginning of column {name} of length 0 holds nothing"
        ));
    }
    if let Some(whole) = whole
        && length >= whole
    {
        return Some(format!(
            "the first {length} of column {name} are all of its {whole}: name the column itself"
        ));
    }
    (length > LONGEST_PREFIX / width).then(|| {
        format!(
            "the first {length} of column {name} may not fit an entry: {} do on every engine",
            LONGEST_PREFIX / width
        )
    })
}

fn expression_fault(expression: &Expr) -> Option<&'static str> {
    if let Some(fault) = expression::fault(expression) {
        return Some(fault);
    }
    if matches!(expression, Expr::Column(_)) {
        return Some("an expression is a column alone: name it with .columns(..)");
    }
    // The parts of a CASE can't be visited: what it names is not known, and could be gone some day.
    if expression::has_case(expression) {
        return Some("an expression has a CASE in it, whose columns can't be seen");
    }
    if expression::columns(expression).is_empty() {
        return Some("an expression names no column");
    }
    expression::changing(expression)
}

fn opclass_fault(index: &Index, part: &IndexColumn) -> Option<String> {
    let opclass = part.opclass.as_ref()?;
    let fault = opclass.splitn(2, '.').find_map(names::fault_of);
    if let Some(fault) = fault {
        return Some(format!(
            "the operator class {opclass:?} is not usable: {fault}"
        ));
    }
    if index.unique {
        return Some(
            "it is unique, and an operator class could change which rows are equal".to_owned(),
        );
    }
    (index.method == IndexMethod::Fulltext)
        .then(|| "a fulltext index takes no operator class".to_owned())
}

/// What PostgreSQL would refuse: a type that the method can't compare, unless it is told how.
fn comparison_fault(table: &Table, index: &Index, part: &IndexColumn) -> Option<String> {
    let method = index.method;
    let column = table.column_named(part.column()?)?;
    let is_text = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. }
        )
    };
    let column_type = column.type_on(Dialect::Postgres);
    let is_native = matches!(column_type, ColumnType::Native(_));
    let fits = match method {
        IndexMethod::BTree | IndexMethod::Hash => true,
        IndexMethod::Fulltext => {
            let plain = matches!(part.key, IndexKey::Column(_));
            let types = Dialect::ALL.map(|dialect| column.type_on(dialect));
            return (!plain
                || !is_text(&column.column_type)
                || types
                    .iter()
                    .any(|it| !is_text(it) && !matches!(it, ColumnType::Native(_))))
            .then(|| {
                format!(
                    "a fulltext index is over whole columns of text, and {} is none",
                    column.name
                )
            });
        }
        IndexMethod::Gin => {
            is_native || matches!(column_type, ColumnType::Json | ColumnType::Array(_))
        }
        IndexMethod::Gist => is_native,
        IndexMethod::SpGist => {
            is_native
                || matches!(
                    column_type,
                    ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Inet
                )
        }
        IndexMethod::Brin => !matches!(
            column_type,
            ColumnType::Json | ColumnType::Boolean | ColumnType::Array(_)
        ),
    };
    (!fits && part.opclass.is_none()).then(|| {
        format!(
            "{method} compares no {column_type}, which column {} is: say how with .opclass(..)",
            column.name
        )
    })
}

fn method_fault(index: &Index) -> Option<String> {
    let method = index.method;
    if index.nulls_not_distinct && !index.unique {
        return Some("it is not unique, so it does not matter whether NULL equals NULL".to_owned());
    }
    if method.is_sorted() {
        return None;
    }
    if index.unique {
        return Some(format!("a {method} index can't be unique"));
    }
    if index
        .columns
        .iter()
        .any(|it| it.direction == Direction::Descending)
    {
        return Some(format!("a {method} index has no direction"));
    }
    let takes_one = matches!(method, IndexMethod::Hash | IndexMethod::SpGist);
    if takes_one && index.columns.len() > 1 {
        return Some(format!("a {method} index is over one column"));
    }
    let expression = index.columns.iter().any(|it| it.expression().is_some());
    (method == IndexMethod::Fulltext && expression)
        .then(|| "a fulltext index is over columns".to_owned())
}

fn include_fault(index: &Index) -> Option<String> {
    if !index.include.is_empty() && !index.method.carries_columns() {
        return Some(format!(
            "a {} index carries no further columns",
            index.method
        ));
    }
    for (position, name) in index.include.iter().enumerate() {
        if index.include[..position].contains(name) {
            return Some(format!("it includes column {name} twice"));
        }
        if index.columns.iter().any(|it| it.column() == Some(name)) {
            return Some(format!("it includes column {name}, which is in its key"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    /// What is said of the index.
    fn fault(index: Index) -> Option<String> {
        let jobs = table("jobs").columns([
            uuid("id"),
            string("email").length(40),
            text("body"),
            json("data"),
            integer("score"),
            boolean("open"),
        ]);
        match fold([CreateTable {
            table: jobs.index(index),
        }
        .into()])
        {
            Ok(_) => None,
            Err(OperationError::InvalidIndex { reason, .. }) => Some(reason),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn assert_fault(index: Index, part: &str) {
        let text = index.to_string();
        let fault = fault(index).unwrap_or_default();
        assert!(fault.contains(part), "{text}: {fault}");
    }

    #[test]
    fn nothing_is_computed_from_the_number_of_a_row() {
        let with = |index: Index| {
            let jobs = table("jobs")
                .columns([integer("id").primary_key().auto_increment(), integer("a")])
                .index(index);
            fold([CreateTable { table: jobs }.into()])
        };
        let partial = |column: &str| index("i").columns([column]).only_where(col("id").gt(3));
        for refused in [
            partial("a").unique(),
            index("i")
                .columns(["a", "id"])
                .unique()
                .only_where(col("a").gt(3)),
            index("i").columns(["id"]).unique().nulls_not_distinct(),
            index("i").expression(col("id").add(1)),
        ] {
            let text = refused.to_string();
            let error = with(refused).unwrap_err();
            assert!(
                error.to_string().contains("numbers the rows"),
                "{text}: {error}"
            );
        }
        // One that is not unique covers all rows where there are no partial ones.
        for admitted in [
            partial("a"),
            partial("id"),
            index("i").columns(["id"]).unique(),
        ] {
            let text = admitted.to_string();
            assert!(with(admitted).is_ok(), "{text}");
        }
    }

    #[test]
    fn expressions_are_computed_from_columns_alone() {
        let lower = || Func::lower(col("email"));
        assert_eq!(fault(index("i").expression(lower()).asc("id")), None);
        assert_fault(index("i").expression(col("email")), "a column alone");
        assert_fault(
            index("i").expression(Expr::val(1).add(2)),
            "names no column",
        );
        assert_fault(
            index("i").expression(col("score").add(now())),
            "names the current moment",
        );
        assert_fault(
            index("i").expression(lower()).expression(lower()),
            "an expression twice",
        );
        assert_fault(
            index("i").expression(lower()).of_type(varchar(0)),
            "length of 0",
        );
    }

    #[test]
    fn adjectives_follow_what_they_speak_of() {
        assert_fault(index("i").columns(["id"]).of_type(varchar(4)), "of_type");
        assert_fault(index("i").descending(), "descending");
        assert_fault(index("i").opclass("x"), "opclass");
    }

    #[test]
    fn beginnings_are_of_texts_and_shorter_than_they() {
        assert_eq!(
            fault(index("i").prefix("body", 40).prefix("email", 39)),
            None
        );
        assert_fault(index("i").prefix("body", 0), "length 0");
        assert_fault(index("i").prefix("email", 40), "all of its 40");
        assert_fault(index("i").prefix("body", 677), "may not fit");
        assert_fault(index("i").prefix("score", 2), "has no beginning");
        assert_fault(index("i").prefix("data", 2), "has no beginning");
        assert_fault(index("i").prefix("body", 2).asc("body"), "body twice");
    }

    #[test]
    fn what_is_carried_is_no_part_of_the_key() {
        assert_eq!(
            fault(index("i").columns(["id"]).include(["body", "data"])),
            None
        );
        assert_fault(index("i").columns(["id"]).include(["id"]), "in its key");
        assert_fault(
            index("i").columns(["id"]).include(["body", "body"]),
            "twice",
        );
        let hash = index("i").columns(["id"]).using(IndexMethod::Hash);
        assert_fault(hash.include(["body"]), "carries no");
    }

    #[test]
    fn methods_take_what_they_can_compare() {
        let by = |method| index("i").using(method);
        for good in [
            by(IndexMethod::Gin).columns(["data"]),
            by(IndexMethod::Gin)
                .columns(["body"])
                .opclass("public.gin_trgm_ops"),
            by(IndexMethod::Brin).columns(["score", "email"]),
            by(IndexMethod::SpGist).columns(["body"]),
            by(IndexMethod::Hash).columns(["id"]),
            by(IndexMethod::Fulltext).columns(["body", "email"]),
        ] {
            assert_eq!(fault(good), None);
        }
        assert_fault(by(IndexMethod::Gin).columns(["score"]), "say how");
        assert_fault(by(IndexMethod::Gist).columns(["email"]), "say how");
        assert_fault(by(IndexMethod::SpGist).columns(["id"]), "say how");
        assert_fault(by(IndexMethod::Brin).columns(["open"]), "say how");
        assert_fault(
            by(IndexMethod::Gin).columns(["data"]).unique(),
            "can't be unique",
        );
        assert_fault(by(IndexMethod::Brin).desc("score"), "no direction");
        assert_fault(by(IndexMethod::Hash).columns(["id", "score"]), "one column");
        let two = by(IndexMethod::SpGist).columns(["body", "email"]);
        assert_fault(two, "one column");
        assert_fault(
            by(IndexMethod::Fulltext).columns(["data"]),
            "columns of text",
        );
        assert_fault(
            by(IndexMethod::Fulltext).prefix("body", 4),
            "columns of text",
        );
        assert_fault(
            by(IndexMethod::Fulltext).expression(Func::lower(col("body"))),
            "over columns",
        );
    }

    #[test]
    fn operator_classes_have_names_and_leave_unique_indexes_alone() {
        for bad in ["", "a\"b", "a.", ".a"] {
            assert_fault(index("i").columns(["id"]).opclass(bad), "not usable");
        }
        assert_fault(
            index("i")
                .columns(["email"])
                .opclass("text_pattern_ops")
                .unique(),
            "which rows are equal",
        );
    }

    #[test]
    fn only_a_unique_index_compares_null() {
        assert_fault(
            index("i").columns(["id"]).nulls_not_distinct(),
            "not unique",
        );
    }

    #[test]
    fn what_an_expression_names_neither_goes_nor_gets_another_name() {
        let jobs = || CreateTable {
            table: table("t")
                .columns([integer("a"), string("b"), integer("c")])
                .index(
                    index("i")
                        .asc("a")
                        .expression(Func::lower(col("b")))
                        .include(["c"]),
                ),
        };
        let rename = |column: &str| {
            let rename = RenameColumn {
                table: "t".into(),
                column: column.into(),
                to: "z".into(),
            };
            fold([jobs().into(), rename.into()])
        };
        assert!(matches!(
            rename("b"),
            Err(OperationError::ColumnInUse { .. })
        ));
        let renamed = rename("c").unwrap();
        assert_eq!(renamed.table("t").unwrap().indexes[0].include, ["z"]);
        for column in ["a", "b", "c"] {
            let drop = DropColumn {
                table: "t".into(),
                column: column.into(),
            };
            let error = fold([jobs().into(), drop.into()]);
            assert!(
                matches!(error, Err(OperationError::ColumnInUse { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn what_is_done_concurrently_is_made_of_indexes() {
        let validate = |it: Migration| {
            let jobs = Migration::new("001", "x")
                .create_table(table("t").columns([integer("a"), integer("b")]));
            Migrations::new([jobs, it]).validate()
        };
        let made = Migration::new("002", "x").create_index("t", index("a").columns(["a"]));
        assert!(validate(made.clone().concurrently()).is_ok());
        assert_ne!(made.checksum(), made.clone().concurrently().checksum());
        let more = made.drop_column("t", "b");
        assert!(validate(more.clone()).is_ok());
        let error = validate(more.concurrently());
        assert!(
            matches!(
                error,
                Err(crate::SchemaError::NotConcurrent { step: 2, .. })
            ),
            "{error:?}"
        );
    }
}
