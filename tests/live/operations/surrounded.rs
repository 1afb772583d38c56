//! Every operation in one and the same company: tables with rows, an index of each kind, a foreign key that leads to the
//! table and one that leads from it, a view, a trigger, an enum and comments. Each is run, and turned round.

use std::collections::BTreeSet;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Catalog, Migrator, RenderError};

use super::check::{drift, operations, rollback};
use super::schema;
use crate::database::Database;

/// What an operation needs, and is said of it.
struct Change {
    /// Its verb.
    name: &'static str,
    change: Migration,
    /// It does not keep the rows of these tables.
    changes_rows_of: Vec<&'static str>,
}

fn before(dialect: Dialect) -> Migration {
    let log_it = function("log_it")
        .on(
            Postgres,
            "() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO logs (job) VALUES (NEW.id); RETURN NULL; END $$",
        )
        .nothing_on(MySql)
        .nothing_on(Sqlite);
    let migration = Migration::new("001_before", "What is there")
        .create_enum("state", ["new", "done"])
        .create_enum("unused", ["one", "other"])
        .create_extension(extension("citext"))
        .create_table(table("logs").columns([integer("job")]))
        .create_table(
            table("queues")
                .columns([integer("id").primary_key(), string("name").length(40)])
                .unique(unique("name").columns(["name"])),
        )
        .create_table(
            table("jobs")
                .columns([
                    integer("id").primary_key(),
                    integer("queue").nullable(),
                    integer("n").default(2),
                    string("note").length(40).nullable().comment("what is said"),
                    enumerated("state", "state").default("new"),
                    boolean("open").default(true),
                ])
                .comment("what is to be done")
                .index(index("n").columns(["n"]).desc("id"))
                .index(
                    index("one")
                        .columns(["queue"])
                        .unique()
                        .only_where(col("open").eq(true)),
                )
                .check(check("n", col("n").gt(0)))
                .foreign_key(
                    foreign_key("queue")
                        .columns(["queue"])
                        .references("queues", ["id"]),
                ),
        )
        .create_table(
            table("runs")
                .columns([
                    integer("id").primary_key(),
                    integer("job"),
                    integer("place").nullable(),
                    integer("queue").nullable(),
                ])
                .index(index("place").columns(["place"]))
                .foreign_key(
                    foreign_key("job")
                        .columns(["job"])
                        .references("jobs", ["id"])
                        .on_delete(Cascade),
                ),
        )
        .create_function(log_it)
        .create_function(gives("one_more", 1))
        .create_view(job_ids("SELECT id FROM jobs"))
        .create_trigger(logs("log_jobs", AfterInsert));
    match dialect {
        Dialect::Postgres => migration.create_schema("audit"),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => migration,
    }
}

/// SQLite has no functions of its own.
fn gives(name: &str, number: usize) -> Function {
    function(name)
        .on(
            Postgres,
            format!("() RETURNS INT LANGUAGE sql AS 'SELECT {number}'"),
        )
        .on(
            MySql,
            format!("() RETURNS INT DETERMINISTIC RETURN {number}"),
        )
        .nothing_on(Sqlite)
}

fn job_ids(query: &str) -> View {
    view("job_ids").everywhere(query).depends_on(["jobs"])
}

fn logs(name: &str, moment: TriggerMoment) -> Trigger {
    trigger(name, moment, "jobs")
        .everywhere("BEGIN INSERT INTO logs (job) VALUES (NEW.id); END")
        .on(Postgres, "EXECUTE FUNCTION log_it()")
}

const ROWS: [&str; 3] = [
    "INSERT INTO queues (id, name) VALUES (1, 'mail'), (2, 'push')",
    "INSERT INTO jobs (id, queue, n, note, open) VALUES (1, 1, 7, 'it''s', TRUE), (2, 2, 3, NULL, FALSE), (3, NULL, 3, '', TRUE)",
    "INSERT INTO runs (id, job, place, queue) VALUES (1, 1, 4, 1), (2, 1, NULL, NULL), (3, 2, 5, 2)",
];

/// The rows of each table, by columns: in what comes back they may stand elsewhere.
const TABLES: [(&str, &str); 4] = [
    ("queues", "SELECT id, name FROM queues ORDER BY id"),
    (
        "jobs",
        "SELECT id, queue, n, note, state, open FROM jobs ORDER BY id",
    ),
    ("runs", "SELECT id, job, place, queue FROM runs ORDER BY id"),
    ("logs", "SELECT job FROM logs ORDER BY job"),
];

fn changes() -> Vec<Change> {
    let tags = table("tags").columns([
        integer("id").primary_key(),
        integer("job").nullable(),
        enumerated("state", "state").nullable(),
    ]);
    let to_jobs = foreign_key("job")
        .columns(["job"])
        .references("jobs", ["id"]);
    let to_queues = foreign_key("queue")
        .columns(["queue"])
        .references("queues", ["id"]);
    let raise = sql("raise")
        .everywhere("UPDATE jobs SET n = n + 1")
        .down("UPDATE jobs SET n = n - 1")
        .data_only();
    let ids = rows().set("n", col("id"));
    let with = |name, change| Change {
        name,
        change,
        changes_rows_of: Vec::new(),
    };
    let to_rows = |name, tables: &[&'static str], change| Change {
        name,
        change,
        changes_rows_of: tables.to_vec(),
    };
    let o = operations;
    vec![
        with("create_table", o().create_table(tags.foreign_key(to_jobs))),
        to_rows("drop_table", &["runs"], o().drop_table("runs")),
        with(
            "add_column",
            o().add_column("jobs", integer("more").default(1)),
        ),
        to_rows("drop_column", &["jobs"], o().drop_column("jobs", "note")),
        with(
            "create_index",
            o().create_index("jobs", index("note").columns(["note"]).unique()),
        ),
        with("drop_index", o().drop_index("jobs", "one")),
        with("rename_column", o().rename_column("runs", "job", "of job")),
        to_rows(
            "insert",
            // The trigger writes of it.
            &["jobs", "logs"],
            o().insert("jobs", [row().set("id", 4)]),
        ),
        to_rows("update", &["jobs"], o().update("jobs", ids.clone())),
        to_rows(
            "delete",
            &["runs"],
            o().delete("runs", rows().only_where(col("job").eq(1))),
        ),
        to_rows(
            "backfill",
            &["jobs"],
            o().backfill("jobs", ids.in_batches(2)),
        ),
        with("rename_index", o().rename_index("jobs", "n", "by n")),
        with("rename_table", o().rename_table("runs", "the runs")),
        with(
            "create_view",
            o().create_view(
                view("v")
                    .everywhere("SELECT id FROM job_ids")
                    .depends_on(["job_ids"]),
            ),
        ),
        with(
            "replace_view",
            o().replace_view(job_ids("SELECT id, n FROM jobs")),
        ),
        with("drop_view", o().drop_view("job_ids")),
        with(
            "create_trigger",
            o().create_trigger(logs("log_more", AfterUpdate)),
        ),
        with(
            "replace_trigger",
            o().replace_trigger(logs("log_jobs", AfterUpdate)),
        ),
        with("drop_trigger", o().drop_trigger("log_jobs")),
        with("create_function", o().create_function(gives("another", 2))),
        with(
            "replace_function",
            o().replace_function(gives("one_more", 2)),
        ),
        with("drop_function", o().drop_function("one_more")),
        with("add_foreign_key", o().add_foreign_key("runs", to_queues)),
        with("drop_foreign_key", o().drop_foreign_key("runs", "job")),
        with(
            "add_check",
            o().add_check("jobs", check("id", col("id").gt(0))),
        ),
        with("drop_check", o().drop_check("jobs", "n")),
        with(
            "add_unique",
            o().add_unique("jobs", unique("note").columns(["note"])),
        ),
        with("drop_unique", o().drop_unique("queues", "name")),
        with("add_primary_key", o().add_primary_key("logs", ["job"])),
        with("drop_primary_key", o().drop_primary_key("runs")),
        with(
            "alter_column",
            o().alter_column(
                "runs",
                alter("place")
                    .set_type(ColumnType::BigInteger)
                    .set_default(3),
            ),
        ),
        with("create_schema", o().create_schema("other")),
        with("drop_schema", o().drop_schema("audit")),
        with(
            "create_extension",
            o().create_extension(extension("pg_trgm")),
        ),
        with("drop_extension", o().drop_extension("citext")),
        with("create_enum", o().create_enum("mood", ["good", "bad"])),
        with("drop_enum", o().drop_enum("unused")),
        with("add_enum_value", o().add_enum_value("state", "late")),
        with("drop_enum_value", o().drop_enum_value("state", "done")),
        with("comment_table", o().comment_table("jobs", "it's another")),
        with(
            "comment_column",
            o().comment_column("jobs", "note", "it's another"),
        ),
        to_rows("run_sql", &["jobs"], o().run_sql(raise)),
    ]
}

#[test]
fn every_operation_is_among_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/dsl/op");
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|it| it.unwrap().file_name().into_string().unwrap());
    let all: BTreeSet<String> = names
        .filter_map(|it| it.strip_suffix(".rs").map(str::to_owned))
        .filter(|it| it != "mod")
        .collect();
    let mut tried = BTreeSet::new();
    for change in changes() {
        let text = change.change.operations.iter();
        let kinds: Vec<String> = text
            .map(|it| format!("{it:?}").split('(').next().unwrap().to_lowercase())
            .collect();
        assert_eq!(kinds, [change.name.replace('_', "")]);
        tried.insert(change.name.to_owned());
    }
    assert_eq!(
        tried, all,
        "give changes() in tests/live/operations/surrounded.rs one for each operation"
    );
}

on_every_engine! {
    async fn every_operation_there_and_back_among_its_dependants(database: &Database) {
        let first = before(database.dialect);
        let catalog = Migrations::new([first.clone()]).validate().unwrap();
        prepare(database, &first).await;
        for it in changes() {
            println!("{}", it.name);
            match it.change.inverse(&catalog) {
                // It has no way back to what the next one needs.
                Ok(Inverse::None { .. }) => {
                    let own = Database::create(database.dialect).await;
                    prepare(&own, &first).await;
                    it.check(&own, &first, &catalog).await;
                    own.destroy().await;
                }
                Ok(_) => it.check(database, &first, &catalog).await,
                // Nothing that was never made can be dropped.
                Err(error) => {
                    assert!(it.name == "drop_schema" && database.dialect != Postgres, "{}: {error}", it.name);
                }
            }
        }
    }
}

async fn prepare(database: &Database, first: &Migration) {
    let migrator = Migrator::new(Migrations::new([first.clone()]));
    database
        .run(&migrator)
        .await
        .unwrap_or_else(|error| panic!("{error:#?}"));
    for insert in ROWS {
        database.execute(insert).await;
    }
}

impl Change {
    async fn check(mut self, database: &Database, first: &Migration, catalog: &Catalog) {
        let name = self.name;
        self.change.id = format!("002_{name}");
        let one = Migrator::new(Migrations::new([first.clone()]));
        let both = Migrator::new(Migrations::new([first.clone(), self.change.clone()]));
        if let Err(error) = self.change.plan(database.dialect, catalog) {
            let source = std::error::Error::source(&error).expect("it has a cause");
            let is_told = matches!(
                source.downcast_ref::<RenderError>(),
                Some(RenderError::Unsupported { .. })
            );
            assert!(is_told && name == "create_schema", "{name}: {error:?}");
            return;
        }
        let schema_before = schema::read(database).await;
        let rows_before = self.rows(database, &[]).await;
        let others = self.rows(database, &self.changes_rows_of).await;

        let report = database.run(&both).await;
        let report = report.unwrap_or_else(|error| panic!("{name}: {error:#?}"));
        assert_eq!(report.applied.len(), 1, "{name}");
        assert_eq!(drift(database, &both).await, [""; 0], "{name}");
        if !self.renames() {
            let found = self.rows(database, &self.changes_rows_of).await;
            assert_eq!(found, others, "{name}: rows changed on the way up");
        }
        assert!(database.run(&both).await.unwrap().is_up_to_date(), "{name}");

        let inverse = self.change.inverse(catalog).unwrap();
        if let Inverse::None { .. } = inverse {
            assert!(rollback(database, &both, true).await.is_err(), "{name}");
            return;
        }
        let back = rollback(database, &both, true).await;
        back.unwrap_or_else(|error| panic!("{name}: {error:#?}"));
        assert_eq!(
            schema::read(database).await,
            schema_before,
            "{name}: the way back leads elsewhere"
        );
        assert_eq!(drift(database, &one).await, [""; 0], "{name}");
        if let Inverse::Lossy { .. } = inverse {
            let kept = self.rows(database, &self.changes_rows_of).await;
            assert_eq!(
                kept, others,
                "{name}: rows of others changed on the way back"
            );
            self.give_rows_back(database).await;
        }
        assert_eq!(
            self.rows(database, &[]).await,
            rows_before,
            "{name}: rows are not what they were"
        );
    }

    fn renames(&self) -> bool {
        self.name.starts_with("rename")
    }

    /// The rows of all tables but these.
    async fn rows(&self, database: &Database, but: &[&str]) -> Vec<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        for (table, query) in TABLES {
            if !but.contains(&table) {
                rows.push(database.rows(query).await);
            }
        }
        rows
    }

    /// What was lost, so that the next one finds what this one found.
    async fn give_rows_back(&self, database: &Database) {
        match self.name {
            "drop_table" => database.execute(ROWS[2]).await,
            "drop_column" => {
                database
                    .execute("UPDATE jobs SET note = 'it''s' WHERE id = 1")
                    .await;
                database
                    .execute("UPDATE jobs SET note = '' WHERE id = 3")
                    .await;
            }
            // What the trigger wrote of it.
            "insert" => database.execute("DELETE FROM logs WHERE job = 4").await,
            _ => {}
        }
    }
}
