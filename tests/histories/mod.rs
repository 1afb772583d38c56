//! The histories whose SQL is snapshotted by `render.rs` and executed by `live_render.rs`: the built-in one,
//! and made-up ones in which every noun and adjective of the DSL stands at least once.

mod constraints;
mod database;

use std::path::PathBuf;

mod columns;
mod comments;
mod enums;
mod indexes;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, register_builtin_migrations};

/// A history, and for which engines it has SQL.
pub(crate) struct History {
    pub(crate) name: &'static str,
    pub(crate) migrations: Migrations,
    pub(crate) dialects: &'static [Dialect],
}

pub(crate) fn histories() -> Vec<History> {
    let every = |name, migrations| History {
        name,
        migrations,
        dialects: &Dialect::ALL,
    };
    vec![
        every("builtin", register_builtin_migrations()),
        every("types", types()),
        every("shapes", shapes()),
        every("names", names()),
        every("own_words", own_words()),
        every("rows", rows_of_all_kinds()),
        every("views", views()),
        every("triggers", triggers()),
        every("functions", functions()),
        every("constraints", constraints::constraints()),
        History {
            name: "deferred",
            migrations: constraints::deferred(),
            dialects: &[Postgres, Sqlite],
        },
        every("extensions", database::extensions()),
        History {
            name: "schemas",
            migrations: database::schemas(),
            dialects: &[Postgres],
        },
        every("columns", columns::columns()),
        every("comments", comments::comments()),
        every("enums", enums::enums()),
        every("indexes", indexes::indexes()),
        every("computed", computed()),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

impl History {
    /// Every migration in the order in which it is run: up as they are, down their inverses from the last one.
    pub(crate) fn steps(&self, direction: Direction) -> Vec<(Migration, Catalog)> {
        let mut before = Catalog::default();
        let mut steps = Vec::new();
        for migration in &self.migrations {
            let mut after = before.clone();
            for operation in &migration.operations {
                operation.apply(&mut after).unwrap();
            }
            steps.push(match direction {
                Direction::Up => (migration.clone(), before),
                Direction::Down => {
                    let inverse = migration.inverse(&before).unwrap();
                    let back = inverse.operations().iter().cloned().fold(
                        Migration::new(&migration.id, &migration.summary),
                        Migration::operation,
                    );
                    assert!(!back.operations.is_empty(), "{}: {inverse:?}", migration.id);
                    (back, after.clone())
                }
            });
            before = after;
        }
        if direction == Direction::Down {
            steps.reverse();
        }
        steps
    }

    /// Where the snapshot of one migration is, without `.snap`.
    pub(crate) fn snapshot(&self, id: &str, dialect: Dialect, direction: Direction) -> PathBuf {
        let direction = match direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        PathBuf::from("tests/snapshots")
            .join(self.name)
            .join(format!("{id}.{dialect}.{direction}"))
    }
}

/// A column of each noun, the names made by `prefix`.
fn nouns(prefix: &str) -> Vec<Column> {
    let name = |noun: &str| format!("{prefix}{noun}");
    vec![
        uuid(name("uuid")),
        json(name("json")),
        timestamp(name("timestamp")),
        datetime(name("datetime")),
        date(name("date")),
        time(name("time")),
        string(name("string")),
        string(name("string_20")).length(20),
        char(name("char"), 2),
        text(name("text")),
        small_integer(name("small_integer")),
        integer(name("integer")),
        big_integer(name("big_integer")),
        real(name("real")),
        double(name("double")),
        decimal(name("decimal"), 10, 2),
        boolean(name("boolean")),
        bytes(name("bytes")),
        bytes(name("bytes_16")).length(16),
        inet(name("inet")),
        array(name("array"), ColumnType::Text),
        array(
            name("array_of_decimals"),
            ColumnType::Decimal {
                precision: 8,
                scale: 2,
            },
        ),
        interval(name("interval"))
            .on(MySql, ColumnType::BigInteger)
            .on(Sqlite, ColumnType::BigInteger),
    ]
}

fn types() -> Migrations {
    let nullable = nouns("n_").into_iter().map(Column::nullable);
    Migrations::new([
        Migration::new("001_nouns", "Every noun, NOT NULL").create_table(
            table("things")
                .columns([integer("id").primary_key()])
                .columns(nouns("")),
        ),
        Migration::new("002_nullable", "Every noun, nullable")
            .create_table(
                table("maybes")
                    .columns([integer("id").primary_key()])
                    .columns(nullable.clone()),
            )
            .add_columns("things", nullable),
        Migration::new("003_defaults", "Every noun with a constant default")
            .create_table(
                table("constants")
                    .columns([integer("id").primary_key()])
                    .columns(constants()),
            )
            .add_columns("maybes", constants()),
        Migration::new("004_expressions", "Defaults that the engine computes").create_table(
            table("computed")
                .columns([integer("id").primary_key()])
                .columns(expressions()),
        ),
        Migration::new("005_overrides", "Types of single engines").create_table(
            table("overridden").columns([
                integer("id").primary_key(),
                string("status").on(MySql, varchar(50)),
                string("code")
                    .on(MySql, varchar(50))
                    .on(MariaDb, varchar(60))
                    .on(Postgres, varchar(70))
                    .on(Sqlite, native_type("TEXT COLLATE NOCASE")),
                text("body").on(MySql, native_type("MEDIUMTEXT")),
                big_integer("size")
                    .on(MySql, native_type("BIGINT UNSIGNED"))
                    .default(0),
                text("note").on(MySql, varchar(200)).default("none"),
            ]),
        ),
    ])
}

fn constants() -> Vec<Column> {
    vec![
        uuid("uuid").default("00000000-0000-0000-0000-000000000000"),
        json("json").default(r#"{"a": "it's"}"#),
        timestamp("timestamp").default("2024-02-29 12:34:56"),
        datetime("datetime").default("2024-02-29 12:34:56.5"),
        date("date").default("2024-02-29"),
        time("time").default("12:34:56"),
        string("string").default("it's \"quoted\", back\\slashed `and` größer 🦀"),
        string("empty").default(""),
        string("two_lines").default("one\ntwo; -- three"),
        char("char", 2).default("de"),
        text("text").default("it's"),
        small_integer("small_integer").default(i16::MIN),
        integer("integer").default(i32::MIN),
        big_integer("big_integer").default(i64::MIN),
        big_integer("most").default(i64::MAX),
        real("real").default(0.5),
        double("double").default(-1.5e300),
        double("least").default(f64::MIN_POSITIVE),
        decimal("decimal", 10, 2).default(9.99),
        decimal("whole", 5, 0).default(7),
        boolean("yes").default(true),
        boolean("no").default(false),
        bytes("bytes").default("raw"),
        bytes("bytes_3").length(3).default("raw"),
        inet("inet").default("10.0.0.0/8"),
    ]
}

fn expressions() -> Vec<Column> {
    vec![
        timestamp("timestamp").default_expression(now()),
        datetime("datetime").default_expression(now()),
        date("date").default_expression(now()),
        string("string").default_expression(Func::lower("ABC")),
        text("text").default_expression(Func::upper("abc")),
        integer("integer").default_expression(Expr::val(2).add(3)),
        double("double").default_expression(Func::abs(Expr::val(-1.5))),
        boolean("boolean").default_expression(Expr::val(1).lt(2)),
        uuid("uuid").default_expression(Expr::val("00000000-0000-0000-0000-000000000000")),
    ]
}

fn computed() -> Migrations {
    Migrations::new([
        Migration::new("001_base", "A table")
            .create_table(table("computed").columns([integer("id").primary_key()])),
        Migration::new("002_added", "Columns whose defaults the engine computes")
            .add_columns("computed", expressions()),
    ])
}

fn shapes() -> Migrations {
    Migrations::new([
        Migration::new(
            "001_keys",
            "Keys of one column, of several, in another order, and none",
        )
        .create_table(table("one").columns([big_integer("id").primary_key()]))
        .create_table(table("several").columns([
            string("a").length(40).primary_key(),
            integer("b").primary_key(),
            text("note").nullable(),
        ]))
        .create_table(
            table("turned")
                .columns([integer("a"), integer("b"), integer("c").default(0)])
                .primary_key(["c", "a"]),
        )
        .create_table(table("none").columns([text("line")])),
        Migration::new("002_seats", "Indexes made together with their table").create_table(
            table("seats")
                .columns([
                    integer("id").primary_key(),
                    string("room").length(40),
                    integer("seat").nullable(),
                    string("holder").length(40).nullable(),
                    timestamp("left_at").nullable(),
                    boolean("vip").default(false),
                ])
                .index(index("room").columns(["room"]))
                .index(index("holder").columns(["holder"]).unique())
                .index(
                    index("vip")
                        .columns(["room"])
                        .only_where(col("vip").eq(true)),
                ),
        ),
        Migration::new("003_indexes", "Indexes of every kind")
            .create_index("seats", index("mixed").asc("room").desc("seat").asc("vip"))
            .create_index(
                "seats",
                index("named").columns(["vip"]).named("seats by vip"),
            )
            .create_index("seats", index("pair").asc("room").desc("id").unique())
            .create_index(
                "seats",
                index("gone")
                    .desc("left_at")
                    .only_where(col("left_at").is_not_null().and(col("room").ne("it's \\ "))),
            ),
        Migration::new("004_taken", "One holder a seat, as long as it is held").create_index(
            "seats",
            index("taken")
                .asc("room")
                .desc("seat")
                .unique()
                .only_where(col("left_at").is_null()),
        ),
        Migration::new(
            "005_partial_unique",
            "Partial unique indexes over all that can be in one",
        )
        .create_table(
            table("claims")
                .columns([integer("id").primary_key(), boolean("open").default(true)])
                .columns(nouns("").into_iter().map(Column::nullable))
                .index(
                    index("ids")
                        .columns(["uuid", "string_20", "char"])
                        .unique()
                        .only_where(col("open").eq(true)),
                ),
        )
        .create_index(
            "claims",
            index("moments")
                .asc("timestamp")
                .desc("datetime")
                .columns(["date", "time"])
                .unique()
                .named("claim_moments")
                .only_where(col("open").eq(true)),
        )
        .create_index(
            "claims",
            index("numbers")
                .columns([
                    "small_integer",
                    "integer",
                    "big_integer",
                    "double",
                    "decimal",
                    "boolean",
                ])
                .unique()
                .only_where(col("string").is_in(["a", "b"]).or(col("integer").gt(3))),
        )
        .create_index(
            "claims",
            index("by_char").columns(["char"]).unique().only_where(
                col("uuid")
                    .is_not_null()
                    .and(col("char").is_in(["a", "b"]).not()),
            ),
        )
        .create_index(
            "claims",
            index("by_time").columns(["integer"]).unique().only_where(
                col("timestamp")
                    .gt("2024-01-01 00:00:00")
                    .and(col("date").is_null())
                    .and(Expr::expr(Func::lower(col("string"))).like("a%")),
            ),
        ),
        Migration::new("006_drops", "What was there goes")
            .drop_index("seats", "named")
            .drop_index("seats", "taken")
            .drop_index("claims", "ids")
            .drop_index("claims", "moments")
            .drop_index("claims", "by_char")
            .drop_index("claims", "by_time")
            .drop_columns("claims", ["uuid", "timestamp"])
            .drop_column("several", "note")
            .drop_table("none"),
        Migration::new(
            "007_again",
            "What goes comes back otherwise, in one migration",
        )
        .drop_index("seats", "mixed")
        .create_index("seats", index("mixed").desc("room"))
        .drop_column("claims", "text")
        .add_column("claims", string("text").length(10).nullable())
        .add_column("one", integer("passing").nullable())
        .drop_column("one", "passing"),
        Migration::new("008_renames", "What stays gets another name")
            .add_column("several", integer("count of").default(1))
            .create_index("several", index("counts").desc("count of"))
            .rename_column("several", "count of", "order")
            .create_index("several", index("orders").columns(["order"]))
            .rename_column("one", "id", "select"),
        Migration::new("009_alters", "What stays changes")
            .alter_column("several", alter("order").set_type(ColumnType::BigInteger))
            .alter_column("several", alter("order").set_default(-5).set_nullable())
            .alter_column(
                "seats",
                alter("seat").set_type(ColumnType::Text).set_not_null(),
            )
            .alter_column(
                "seats",
                alter("seat").set_type(varchar(40)).set_default("it's"),
            )
            .alter_column("turned", alter("a").set_type(ColumnType::SmallInteger))
            .alter_column(
                "turned",
                alter("b").on(MySql, native_type("BIGINT UNSIGNED")),
            )
            .alter_column("turned", alter("c").drop_default())
            .add_column("turned", string("passing").length(9).default("1"))
            .alter_column(
                "turned",
                alter("passing")
                    .set_type(ColumnType::Integer)
                    .set_default(7),
            )
            .alter_column("claims", alter("open").set_default(false)),
        Migration::new(
            "010_tables",
            "Tables get other names, and their indexes keep theirs",
        )
        .add_column("seats", text("note").nullable())
        .rename_table("seats", "chairs: 100%")
        .create_index("chairs: 100%", index("after").columns(["seat"]))
        .rename_table("several", "größe of it")
        .add_column("größe of it", text("more").nullable())
        .create_table(table("several").columns([integer("id").primary_key()]))
        .drop_index("chairs: 100%", "mixed")
        .rename_table("claims", "titles")
        .rename_table("one", "one_pkey"),
        Migration::new("011_indexes", "Indexes get other names")
            .rename_index("chairs: 100%", "room", "by room")
            .rename_index("chairs: 100%", "gone", "left; --")
            .rename_index("titles", "numbers", "zahlen")
            .create_index("titles", index("numbers").columns(["integer"])),
        Migration::new("012_again", "What was renamed goes")
            .drop_index("chairs: 100%", "by room")
            .drop_index("chairs: 100%", "holder")
            .drop_index("titles", "zahlen")
            .drop_table("several"),
    ])
}

fn names() -> Migrations {
    let long = "n".repeat(63);
    Migrations::new([
        Migration::new("001_names", "Names that need their quotes: 100%, $1, ?")
            .create_table(
                table("order")
                    .columns([
                        integer("select").primary_key(),
                        integer("group by").default(1),
                        string("größe").length(20).default("ß"),
                        integer("a.b").nullable(),
                        integer("1st").nullable(),
                        integer("100%").nullable(),
                        integer("$1").nullable(),
                        integer("who?").nullable(),
                        integer("x--y").nullable(),
                        integer("x;y").nullable(),
                        integer("/*").nullable(),
                        integer("{braces}").nullable(),
                        integer(":colon").nullable(),
                        integer("#hash").nullable(),
                        integer("UpperCase").nullable(),
                        integer(&long).nullable(),
                    ])
                    .index(index("größe").columns(["größe", "group by"])),
            )
            .create_index(
                "order",
                index("odd")
                    .columns(["a.b", "100%", "$1"])
                    .desc("who?")
                    .only_where(col("x--y").gt(0).and(col("größe").ne("who? $1 100% ß 🦀"))),
            )
            .create_index(
                "order",
                index("long").columns([&long]).named("i".repeat(63)),
            )
            .create_index(
                "order",
                index("u")
                    .columns(["UpperCase"])
                    .unique()
                    .only_where(col("x;y").is_null()),
            ),
        Migration::new("002_long", "A long name of a table")
            .create_table(table(&long).columns([integer("id").primary_key()]))
            .add_column(&long, text("größer als").nullable())
            .create_index(&long, index("short").columns(["id"]).named("short")),
    ])
}

/// Views that come, change and go, with texts that would harm what comes after them.
fn views() -> Migrations {
    Migrations::new([
        Migration::new("001_create", "Views of every kind")
            .create_table(table("jobs").columns([
                integer("id").primary_key(),
                string("status").length(20).default("open; it's"),
            ]))
            .create_view(
                view("open jobs: 100%")
                    .everywhere("SELECT id, status FROM jobs WHERE status = 'open; it''s' -- all;")
                    .on(
                        MariaDb,
                        "SELECT id, status FROM jobs WHERE status LIKE 'open%';",
                    )
                    .depends_on(["jobs"]),
            )
            .create_view(
                view("of_view")
                    .everywhere("SELECT id FROM \"open jobs: 100%\"")
                    .on(MySql, "SELECT id FROM `open jobs: 100%`")
                    .nothing_on(Sqlite)
                    .depends_on(["open jobs: 100%"]),
            )
            .create_view(
                view("$hammerwork$")
                    .everywhere("SELECT '$hammerwork$' AS \"a\"")
                    .on(MySql, "SELECT 1 AS a"),
            ),
        Migration::new(
            "002_replace",
            "With more columns, with fewer, with other ones",
        )
        .drop_view("of_view")
        .replace_view(
            view("open jobs: 100%")
                .everywhere("SELECT id, status, 1 AS one FROM jobs")
                .depends_on(["jobs"]),
        )
        .replace_view(view("$hammerwork$").everywhere("SELECT 2 AS b"))
        .create_view(
            view("of_view")
                .everywhere("SELECT id FROM jobs")
                .depends_on(["jobs"]),
        ),
        Migration::new("003_drop", "And they go, before what they read")
            .drop_view("$hammerwork$")
            .drop_view("open jobs: 100%")
            .drop_view("of_view")
            .rename_table("jobs", "tasks"),
    ])
}

/// Triggers that come, change, move and go, around a table that SQLite makes anew.
fn triggers() -> Migrations {
    let function = |name: &str, body: &str, back: &str| {
        sql(format!("the function {name}"))
            .on(
                Postgres,
                format!(
                    "CREATE FUNCTION {name}() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN {back}; END $$"
                ),
            )
            .down_on(Postgres, format!("DROP FUNCTION {name}()"))
            .nothing_on(MySql)
            .nothing_on(Sqlite)
    };
    let logged = "INSERT INTO log (what) VALUES ('it''s; --')";
    let body = format!("BEGIN {logged}; END;");
    Migrations::new([
        Migration::new("001_create", "Triggers at several moments")
            .create_table(
                table("jobs").columns([integer("id").primary_key(), integer("n").default(0)]),
            )
            .create_table(table("tasks").columns([integer("id").primary_key()]))
            .create_table(table("log").columns([string("what").length(50)]))
            .run_sql(function("log_it", logged, "NULL"))
            .create_trigger(
                trigger("log it: 100%", AfterInsert, "jobs")
                    .everywhere(body.clone())
                    .on(Postgres, "EXECUTE FUNCTION log_it() -- all;"),
            )
            .create_trigger(
                trigger("touch", BeforeUpdate, "jobs")
                    .on(MySql, "SET NEW.n = NEW.n + 1")
                    .on(Sqlite, "WHEN NEW.n > 5 BEGIN SELECT 1; END")
                    .nothing_on(Postgres),
            ),
        Migration::new(
            "002_rebuild",
            "The table is made anew on SQLite, and its triggers with it",
        )
        .alter_column("jobs", alter("n").set_type(ColumnType::BigInteger))
        .add_check("jobs", check("n_positive", col("n").gte(0))),
        Migration::new("003_replace", "Another moment, another table")
            .replace_trigger(
                trigger("touch", AfterDelete, "tasks")
                    .everywhere(body.clone())
                    .on(Postgres, "EXECUTE FUNCTION log_it()"),
            )
            .replace_trigger(
                trigger("log it: 100%", AfterUpdate, "jobs")
                    .everywhere(body)
                    .on(Postgres, "WHEN (NEW.n > 1) EXECUTE FUNCTION log_it()"),
            ),
        Migration::new("004_drop", "And they go, before their tables")
            .drop_trigger("log it: 100%")
            .drop_trigger("touch")
            .rename_table("jobs", "duties")
            .drop_table("tasks"),
    ])
}

/// Functions that come, change and go, with arguments and texts that mean harm, and a trigger that uses one.
fn functions() -> Migrations {
    let noted = |what: &str| {
        function("note it: 100%")
            .on(
                Postgres,
                format!(
                    "() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN\n    INSERT INTO log (what) VALUES ('{what}; --');\n    RETURN NULL;\nEND $$ -- all;"
                ),
            )
            .nothing_on(MySql)
            .nothing_on(Sqlite)
    };
    let priced = |arguments: &str, price: &str| {
        function("price")
            .on(
                Postgres,
                format!("({arguments} /* ), */ = '),') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT {price}';"),
            )
            .on(
                MySql,
                "(n INT, unit VARCHAR(9)) RETURNS VARCHAR(20) DETERMINISTIC RETURN CONCAT(n, unit) -- 'all",
            )
            .on(
                MariaDb,
                format!("(n INT) RETURNS VARCHAR(20) NO SQL\nBEGIN\n    -- it's // {price}\n    SET n = n + 1;\n    RETURN CONCAT(n, '; //');\nEND;"),
            )
            .nothing_on(Sqlite)
    };
    Migrations::new([
        Migration::new("001_create", "One for a trigger, one for all")
            .create_table(table("jobs").columns([integer("id").primary_key()]))
            .create_table(table("log").columns([string("what").length(50)]))
            .create_function(noted("it''s"))
            .create_trigger(
                trigger("note", AfterInsert, "jobs")
                    .everywhere("BEGIN INSERT INTO log (what) VALUES ('it'); END")
                    .on(Postgres, "EXECUTE FUNCTION \"note it: 100%\"()"),
            )
            .create_function(priced("n integer = round(1.5, 0), unit text", "n || unit")),
        Migration::new("002_replace", "Another text, other arguments")
            .replace_function(noted("more"))
            .replace_function(priced("n integer, \"Unit\" text", "n || \"Unit\"")),
        Migration::new("003_comes_and_goes", "One that not every engine has").replace_function(
            function("price")
                .on(
                    Postgres,
                    "() RETURNS SETOF jobs LANGUAGE sql AS 'TABLE jobs'",
                )
                .nothing_on(MySql)
                .nothing_on(Sqlite),
        ),
        Migration::new("004_drop", "And they go, the trigger before them")
            .drop_trigger("note")
            .drop_function("price")
            .drop_function("note it: 100%"),
    ])
}

/// SQL in the author's own words, with every adjective, and texts that would harm what comes after them.
fn own_words() -> Migrations {
    let notes = || {
        table("notes").columns([
            integer("id").primary_key(),
            text("body").nullable(),
            integer("words").default(0),
        ])
    };
    Migrations::new([
        Migration::new("001_stands_for", "A table, in the author's words").run_sql(
            sql("make notes")
                .everywhere(
                    "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, body TEXT, words INTEGER NOT NULL DEFAULT 0)",
                )
                .down("DROP TABLE notes")
                .stands_for([CreateTable { table: notes() }]),
        ),
        Migration::new("002_rows", "Rows alone, several statements, a comment last")
            .run_sql(
                sql("fill notes")
                    .everywhere("INSERT INTO notes (id, body) VALUES (10, 'it''s; -- one');\nUPDATE notes SET words = 1 -- all;")
                    .down("DELETE FROM notes WHERE id = 10 -- the one")
                    .data_only(),
            )
            .add_column("notes", integer("rank").default(3))
            .run_sql(
                sql("rank them")
                    .everywhere("UPDATE notes SET \"rank\" = 4")
                    .on(MySql, "UPDATE notes SET `rank` = 4")
                    .down("")
                    .data_only(),
            ),
        Migration::new("003_conditions", "Only where it is true").run_sql(
            sql("once")
                .everywhere("INSERT INTO notes (id, body) VALUES (20, '$hammerwork$')")
                .only_if("NOT EXISTS (SELECT 1 FROM notes WHERE id = 20) -- yet")
                .down("DELETE FROM notes WHERE id = 20"),
        ),
        Migration::new("004_own", "A trigger, as each engine writes it")
            .run_sql(
                sql("the function that counts")
                    .on(
                        Postgres,
                        "CREATE FUNCTION count_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN\n    NEW.words := 7;\n    RETURN NEW;\nEND $$;",
                    )
                    .down_on(Postgres, "DROP FUNCTION count_words()")
                    .nothing_on(MySql)
                    .nothing_on(Sqlite),
            )
            .run_sql(
                sql("count words")
                    .on(
                        Postgres,
                        "CREATE TRIGGER count_words BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_words()",
                    )
                    .down_on(Postgres, "DROP TRIGGER count_words ON notes")
                    .on(
                        MySql,
                        "CREATE TRIGGER count_words BEFORE INSERT ON notes FOR EACH ROW BEGIN\n    SET NEW.words = 6; -- 12 // 2\n    SET NEW.words = NEW.words + 1;\nEND;",
                    )
                    .on(
                        MariaDb,
                        "CREATE TRIGGER count_words BEFORE INSERT ON notes FOR EACH ROW SET NEW.words = 7",
                    )
                    .on(
                        Sqlite,
                        "CREATE TRIGGER count_words AFTER INSERT ON notes BEGIN\n    UPDATE notes SET words = 6 WHERE id = NEW.id;\n    UPDATE notes SET words = words + 1 WHERE id = NEW.id;\nEND;",
                    )
                    .down("DROP TRIGGER count_words"),
            ),
    ])
}

/// Rows with values of every kind, in names and texts that mean harm.
fn rows_of_all_kinds() -> Migrations {
    let hostile = "it's \"quoted\", back\\slashed\\ `and` größer 🦀; -- $1 ? {} %s\n/* two lines";
    let things = || {
        table("order")
            .columns([integer("id").primary_key()])
            .columns(nouns("").into_iter().map(Column::nullable))
    };
    let full = |id: i32| {
        row()
            .set("id", id)
            .set("uuid", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
            .set("json", r#"{"a": "it's \\ \"b\""}"#)
            .set("timestamp", "2024-02-29 12:34:56.789")
            .set("datetime", "2024-02-29 12:34:56")
            .set("date", "2024-02-29")
            .set("time", "12:34:56")
            .set("string", hostile)
            .set("string_20", "")
            .set("char", "de")
            .set("text", hostile)
            .set("small_integer", i16::MIN)
            .set("integer", i32::MIN)
            .set("big_integer", i64::MIN)
            .set("real", 0.5)
            .set("double", -1.5e300)
            .set("decimal", 9.99)
            .set("boolean", true)
            .set("bytes", vec![0_u8, 39, 92, 255])
    };
    Migrations::new([
        Migration::new("001_full", "A row with a value of every type").create_table(things()),
        Migration::new("002_rows", "Rows come")
            .insert("order", [full(1), full(2)])
            .insert(
                "order",
                [
                    row()
                        .set("id", 3)
                        .set("text", null())
                        .set("timestamp", now()),
                    row()
                        .set("id", Expr::val(4))
                        .set("text", "NULL")
                        .set("timestamp", "2024-01-01 00:00:00"),
                ],
            ),
        Migration::new("003_group", "A column that is filled as it comes")
            .add_column("order", integer("group by").default(0))
            .update(
                "order",
                rows()
                    .set("group by", col("id").mul(2))
                    .only_where(col("text").eq(hostile).or(col("text").is_null())),
            )
            .add_column("order", boolean("hot").nullable())
            .update(
                "order",
                rows()
                    .set("hot", true)
                    .only_where(col("timestamp").lt("2024-02-29 12:34:56.9")),
            ),
        Migration::new("004_seats", "Keys of two columns").create_table(
            table("several seats").columns([
                string("room").length(20).primary_key(),
                integer("seat").primary_key(),
            ]),
        ),
        Migration::new("005_seats", "Rows that are known by both")
            .insert(
                "several seats",
                [
                    row().set("room", "it's").set("seat", 1),
                    row().set("room", "a\\").set("seat", 2),
                ],
            )
            .run_sql(
                sql("one more")
                    .everywhere("INSERT INTO \"several seats\" VALUES ('left', 1)")
                    .on(MySql, "INSERT INTO `several seats` VALUES ('left', 1)")
                    .down("")
                    .data_only(),
            ),
        Migration::new("006_filled", "Columns that are filled some keys at a time")
            .add_column("order", text("who?").nullable())
            .backfill(
                "order",
                rows()
                    .set("who?", hostile)
                    .only_where(col("text").eq(hostile).or(col("who?").is_null())),
            )
            .add_column("several seats", integer("n").default(0))
            .backfill(
                "several seats",
                rows().set("n", col("seat").add(1)).in_batches(1),
            )
            .create_index("several seats", index("n").columns(["n"])),
        Migration::new("007_gone", "Rows go")
            .delete("order", rows().only_where(col("id").is_in([3, 4])))
            .down([Insert {
                table: "order".into(),
                rows: vec![row().set("id", 3), row().set("id", 4)],
            }
            .into()]),
    ])
}
