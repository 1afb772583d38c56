//! The snapshots of `render.rs`, piped into the engines' own clients: every statement is taken, with rows in
//! the tables, and after the way down nothing is left.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use hammerwork_migrations::dsl::*;

mod histories;

use histories::{Direction, History, histories};

#[test]
#[ignore = "needs servers: run scripts/test"]
fn postgres_executes_its_snapshots() {
    executes_its_snapshots(Postgres);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mysql_executes_its_snapshots() {
    executes_its_snapshots(MySql);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mariadb_executes_its_snapshots() {
    executes_its_snapshots(MariaDb);
}

#[test]
fn sqlite_executes_its_snapshots() {
    executes_its_snapshots(Sqlite);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn postgres_holds_to_a_partial_unique_index() {
    holds_to_a_partial_unique_index(Postgres);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mysql_holds_to_a_partial_unique_index() {
    holds_to_a_partial_unique_index(MySql);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mariadb_holds_to_a_partial_unique_index() {
    holds_to_a_partial_unique_index(MariaDb);
}

#[test]
fn sqlite_holds_to_a_partial_unique_index() {
    holds_to_a_partial_unique_index(Sqlite);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn postgres_writes_its_defaults() {
    writes_its_defaults(Postgres);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mysql_writes_its_defaults() {
    writes_its_defaults(MySql);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mariadb_writes_its_defaults() {
    writes_its_defaults(MariaDb);
}

#[test]
fn sqlite_writes_its_defaults() {
    writes_its_defaults(Sqlite);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn postgres_does_what_its_author_wrote() {
    does_what_its_author_wrote(Postgres);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mysql_does_what_its_author_wrote() {
    does_what_its_author_wrote(MySql);
}

#[test]
#[ignore = "needs servers: run scripts/test"]
fn mariadb_does_what_its_author_wrote() {
    does_what_its_author_wrote(MariaDb);
}

#[test]
fn sqlite_does_what_its_author_wrote() {
    does_what_its_author_wrote(Sqlite);
}

/// What the author of `own_words` meant is what the rows then are.
fn does_what_its_author_wrote(dialect: Dialect) {
    let histories = histories();
    let history = histories.iter().find(|it| it.name == "own_words").unwrap();
    let mut database = Database::new(dialect);
    for (migration, _) in history.steps(Direction::Up) {
        let sql = text(history, &migration.id, dialect, Direction::Up);
        database.run(&migration.id, &sql);
        // A second run of what has a condition changes nothing, where the condition is a part of it.
        if migration.id == "003_conditions" && dialect == Postgres {
            database.run(&migration.id, &sql);
        }
        database.run("rows", &rows(history.name, &migration.id));
    }
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM notes;", "5"),
        ("SELECT COUNT(*) FROM notes WHERE words = 1;", "3"),
        ("SELECT body FROM notes WHERE id = 10;", "it's; -- one"),
        (
            "SELECT COUNT(*) FROM notes WHERE body = '$hammerwork$';",
            "1",
        ),
        ("SELECT words FROM notes WHERE id = 30;", "7"),
    ] {
        assert_eq!(database.run(sql, sql), expected, "{dialect}: {sql}");
    }
}

fn executes_its_snapshots(dialect: Dialect) {
    for history in histories() {
        if !history.dialects.contains(&dialect) {
            continue;
        }
        let mut database = Database::new(dialect);
        for direction in [Direction::Up, Direction::Down] {
            for (migration, _) in history.steps(direction) {
                let sql = text(&history, &migration.id, dialect, direction);
                let what = format!("{} {direction:?} {}", history.name, migration.id);
                database.run(&what, &sql);
                if direction == Direction::Up {
                    database.run(
                        &format!("rows after {what}"),
                        &rows(history.name, &migration.id),
                    );
                }
            }
        }
        let left = database.run("what is left", objects(dialect));
        assert_eq!(left, "", "{}: left after the way down", history.name);
    }
}

/// Rows that are there when later migrations come.
fn rows(history: &str, migration: &str) -> String {
    let fill = |table: &str, columns: &str, values: &str| {
        format!("INSERT INTO {table} ({columns}) VALUES {values};")
    };
    match (history, migration) {
        ("builtin", "001_initial_schema") => fill(
            "hammerwork_jobs",
            "id, queue_name, payload, status, created_at, scheduled_at",
            "('00000000-0000-0000-0000-000000000001', 'q', '{}', 'Pending', '2024-01-02 03:04:05', '2024-01-02 03:04:05'), \
             ('00000000-0000-0000-0000-000000000002', 'q', '{\"a\": 1}', 'Done', '2024-01-02 03:04:05', '2024-01-02 03:04:05')",
        ),
        ("builtin", "005_add_batches") => fill(
            "hammerwork_batches",
            "id, batch_name, total_jobs, status, failure_mode, created_at",
            "('00000000-0000-0000-0000-000000000001', 'b', 2, 'Open', 'Continue', '2024-01-02 03:04:05')",
        ),
        ("types", "002_nullable") => fill("maybes", "id", "(1), (2)"),
        ("types", "003_defaults") => fill("constants", "id", "(1), (2)"),
        ("types", "004_expressions") => fill("computed", "id", "(1), (2)"),
        ("types", "005_overrides") => {
            fill("overridden", "id, status, code, body", "(1, 's', 'c', 'b')")
        }
        ("computed", "001_base") => fill("computed", "id", "(1), (2)"),
        ("shapes", "001_keys") => {
            fill("none", "line", "('a')") + &fill("several", "a, b", "('a', 1), ('a', 2)")
        }
        ("shapes", "002_seats") => fill(
            "seats",
            "id, room, seat, holder",
            "(1, 'a', 1, 'x'), (2, 'a', 2, NULL), (3, 'b', 1, NULL)",
        ),
        ("shapes", "005_partial_unique") => fill("claims", "id", "(1), (2)"),
        ("views", "001_create") => fill("jobs", "id", "(1), (2)"),
        ("constraints", "001_together") => {
            fill(
                "teams",
                "id, name, region, number",
                "(1, 'a', 1, 1), (2, 'b', 1, 2)",
            ) + &fill(
                "members",
                "id, team_id, region, number, mentor, badge, old_badge",
                "(1, 1, 1, 2, NULL, 7, NULL), (2, 2, NULL, 5, 1, 8, 7)",
            )
        }
        ("constraints", "002_later") => fill(
            "games",
            "id, day, home, guest",
            "(1, 1, 1, 2), (2, 1, 2, NULL)",
        ),
        ("indexes", "001_posts") => fill(
            "posts",
            "id, email, body, score, day, open",
            "(1, 'A@x', 'some words', 3, '2024-02-29', TRUE), (2, 'b@x', NULL, NULL, NULL, FALSE), (5, NULL, 'other', 3, NULL, FALSE)",
        ),
        ("columns", "001_numbered") => {
            fill("tickets", "title", "('a'), ('b')") + &fill("small", "note", "('c')")
        }
        ("columns", "002_renamed") => fill("tickets", "title, id", "('c', 7)"),
        ("columns", "003_generated") => {
            fill("boxes", "id, width, label", "(1, 20, 'x'), (2, 21, NULL)")
        }
        ("columns", "004_later") => fill("boxes", "id, width, label", "(3, 90, 'y')"),
        ("columns", "006_collated") => fill("codes", "code, exact", "('a', 'b'), ('c', 'd')"),
        ("comments", "001_said") => fill("plain", "id", "(1), (2)"),
        ("comments", "002_later") => {
            fill("plain", "id, note", "(4, 'a')")
                + "UPDATE plain SET note = 'b' WHERE note IS NULL;"
        }
        ("enums", "001_enums") => fill("jobs", "id", "(1), (2)") + &fill("runs", "id", "(1), (2)"),
        ("own_words", "001_stands_for") => fill("notes", "id", "(1), (2)"),
        ("own_words", "004_own") => fill("notes", "id", "(30)"),
        _ => String::new(),
    }
}

/// Lists what a database has: nothing, in the end.
fn objects(dialect: Dialect) -> &'static str {
    match dialect {
        Postgres => {
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace \
             UNION ALL SELECT typname FROM pg_type WHERE typnamespace = current_schema()::regnamespace;"
        }
        MySql | MariaDb => {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE();"
        }
        // `sqlite_sequence` comes with the first table that numbers its rows, and can't be dropped.
        Sqlite => "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\';",
    }
}

/// Each step is what is written, and whether the engine must take it.
fn holds_to_a_partial_unique_index(dialect: Dialect) {
    let history = histories()
        .into_iter()
        .find(|it| it.name == "shapes")
        .unwrap();
    let mut database = Database::new(dialect);
    for id in ["002_seats", "004_taken"] {
        database.run(id, &text(&history, id, dialect, Direction::Up));
    }
    let seat = |id: u8, room: &str, seat: &str, left_at: &str| {
        format!(
            "INSERT INTO seats (id, room, seat, left_at) VALUES ({id}, '{room}', {seat}, {left_at});"
        )
    };
    let gone = "'2024-01-02 03:04:05'";
    let steps = [
        (seat(1, "a", "1", "NULL"), true),
        (seat(2, "a", "1", "NULL"), false),
        (seat(2, "a", "2", "NULL"), true),
        (seat(3, "b", "1", "NULL"), true),
        // Outside the predicate the same pair may stand as often as it likes.
        (seat(4, "a", "1", gone), true),
        (seat(5, "a", "1", gone), true),
        // NULL never equals NULL.
        (seat(6, "a", "NULL", "NULL"), true),
        (seat(7, "a", "NULL", "NULL"), true),
        // A row may leave the predicate, and not come back to a pair that is taken.
        (
            "UPDATE seats SET left_at = NULL WHERE id = 4;".to_owned(),
            false,
        ),
        (
            format!("UPDATE seats SET left_at = {gone} WHERE id = 1;"),
            true,
        ),
        (
            "UPDATE seats SET left_at = NULL WHERE id = 4;".to_owned(),
            true,
        ),
        (
            "UPDATE seats SET left_at = NULL WHERE id = 5;".to_owned(),
            false,
        ),
        ("UPDATE seats SET seat = 1 WHERE id = 2;".to_owned(), false),
        ("UPDATE seats SET seat = 1 WHERE id = 6;".to_owned(), false),
        // Hidden columns are not what a client sees.
        (
            "INSERT INTO seats VALUES (8, 'c', 1, NULL, NULL, TRUE);".to_owned(),
            true,
        ),
    ];
    for (sql, is_taken) in steps {
        match (database.client(&sql), is_taken) {
            (Ok(_), true) | (Err(_), false) => {}
            (Ok(_), false) => panic!("{dialect} takes {sql}"),
            (Err(error), true) => panic!("{dialect} refuses {sql}\n{error}"),
        }
    }
    let columns = database.run("columns", "SELECT * FROM seats WHERE id = 8;");
    assert!(columns.starts_with('8'), "{columns}");
    // The seats that are held, each once.
    let held = database.run(
        "held",
        "SELECT COUNT(*) FROM seats WHERE left_at IS NULL AND seat IS NOT NULL;",
    );
    assert_eq!(held, "4");
}

/// Constant defaults come back as they were written, whether made with the table or added to rows.
fn writes_its_defaults(dialect: Dialect) {
    let history = histories()
        .into_iter()
        .find(|it| it.name == "types")
        .unwrap();
    let mut database = Database::new(dialect);
    database.run(
        "table",
        &text(&history, "002_nullable", dialect, Direction::Up)
            .split("ALTER TABLE")
            .next()
            .unwrap()
            .replace("maybes", "old"),
    );
    database.run("rows", "INSERT INTO old (id) VALUES (1);");
    let defaults = text(&history, "003_defaults", dialect, Direction::Up);
    let (create, add) = defaults.split_once("ALTER TABLE").unwrap();
    database.run("create", create);
    database.run("add", &format!("ALTER TABLE{add}").replace("maybes", "old"));
    database.run("rows", "INSERT INTO constants (id) VALUES (1);");
    for (condition, what) in [
        (
            "[string] = $",
            "it's \"quoted\", back\\slashed `and` größer 🦀",
        ),
        ("[two_lines] = $", "one\ntwo; -- three"),
        ("[empty] = $", ""),
        ("[text] = $", "it's"),
        ("[uuid] = $", "00000000-0000-0000-0000-000000000000"),
        ("[small_integer] = -32768", ""),
        ("[big_integer] = -9223372036854775807 - 1", ""),
        ("[most] = 9223372036854775807", ""),
        ("[double] < -1.4e300 AND [double] > -1.6e300", ""),
        ("[least] > 0", ""),
        ("[decimal] = 9.99", ""),
        ("[yes] AND NOT [no]", ""),
        ("[date] = $", "2024-02-29"),
        ("[time] = $", "12:34:56"),
        ("[inet] = $", "10.0.0.0/8"),
    ] {
        for table in ["constants", "old"] {
            // `[name]` is a column, `$` the text.
            let mut condition = condition.replace('$', &dialect.quote_text(what));
            while let Some((before, rest)) = condition.split_once('[') {
                let (name, after) = rest.split_once(']').unwrap();
                condition = format!("{before}{}{after}", dialect.quote(name));
            }
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {condition};");
            assert_eq!(
                database.run(&condition, &sql),
                "1",
                "{dialect}: {table}: {condition}"
            );
        }
    }
}

/// What a snapshot holds, its header left out.
fn text(history: &History, id: &str, dialect: Dialect, direction: Direction) -> String {
    let mut path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(history.snapshot(id, dialect, direction))
        .into_os_string();
    path.push(".snap");
    let snapshot = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}: run `cargo test --test render`",
            path.display()
        )
    });
    snapshot.splitn(3, "---\n").nth(2).unwrap().to_owned()
}

/// A database of its own, with the way to it, which is dropped in the end.
struct Database {
    dialect: Dialect,
    name: String,
    server: Option<Server>,
    #[cfg(feature = "sqlite")]
    sqlite: Option<(tokio::runtime::Runtime, sqlx::SqlitePool)>,
}

/// A server's address, read from a URL.
struct Server {
    host: String,
    port: String,
    user: String,
    password: String,
    database: String,
}

impl Database {
    fn new(dialect: Dialect) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("render_{}_{count}", std::process::id());
        let url = match dialect {
            Postgres => Some(variable("TEST_POSTGRES_URL")),
            MySql => Some(variable("TEST_MYSQL_URL")),
            MariaDb => Some(variable("TEST_MARIADB_URL")),
            Sqlite => None,
        };
        let database = Database {
            dialect,
            name,
            server: url.map(|url| Server::of(&url)),
            #[cfg(feature = "sqlite")]
            sqlite: None,
        };
        if let Some(server) = &database.server {
            let create = format!("CREATE DATABASE {};", database.name);
            pipe(database.command(&server.database), &create).unwrap();
        }
        database
    }

    /// Runs SQL that must be taken; gives what it answers.
    fn run(&mut self, what: &str, sql: &str) -> String {
        match self.client(sql) {
            Ok(answer) => answer,
            Err(error) => panic!("{}: {what}:\n{error}\n{sql}", self.dialect.product()),
        }
    }

    /// Pipes SQL into the engine's own client, which stops at the first error.
    fn client(&mut self, sql: &str) -> Result<String, String> {
        if self.dialect == Sqlite && std::env::var_os("TEST_SQLITE_CLIENT").is_none() {
            return self.built_in(sql);
        }
        pipe(self.command(&self.name), sql)
    }

    fn command(&self, database: &str) -> Command {
        let Some(server) = &self.server else {
            let mut command = Command::new(variable("TEST_SQLITE_CLIENT"));
            command.arg("-bail").arg(self.file());
            return command;
        };
        match self.dialect {
            Postgres => {
                let mut command = Command::new(variable("TEST_POSTGRES_BIN"));
                command
                    .args([
                        "-qAt",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        &server.host,
                        "-p",
                        &server.port,
                    ])
                    .args(["-U", &server.user, "-d", database])
                    .env("PGPASSWORD", &server.password)
                    .env("PGOPTIONS", "--client-min-messages=warning")
                    .env("PGCLIENTENCODING", "UTF8");
                command
            }
            MySql | MariaDb => {
                let client = if self.dialect == MySql {
                    "TEST_MYSQL_CLIENT"
                } else {
                    "TEST_MARIADB_CLIENT"
                };
                let mut command = Command::new(variable(client));
                command
                    .args(["--batch", "--raw", "--skip-column-names", "--protocol=tcp"])
                    .args(["--default-character-set=utf8mb4", "--host", &server.host])
                    .args(["--port", &server.port, "--user", &server.user, database])
                    .env("MYSQL_PWD", &server.password);
                command
            }
            Sqlite => panic!("SQLite has no server"),
        }
    }

    fn file(&self) -> std::path::PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.db", self.name))
    }

    /// Without a client, the SQLite that is built in must do.
    #[cfg(feature = "sqlite")]
    fn built_in(&mut self, sql: &str) -> Result<String, String> {
        use sqlx::Row;

        let (runtime, pool) = self.sqlite.get_or_insert_with(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
            let pool = runtime
                .block_on(options.connect("sqlite::memory:"))
                .unwrap();
            (runtime, pool)
        });
        let rows = runtime
            .block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(&*pool))
            .map_err(|error| error.to_string())?;
        let values: Vec<String> = rows
            .iter()
            .map(|row| {
                row.get_unchecked::<Option<String>, _>(0)
                    .unwrap_or_default()
            })
            .collect();
        Ok(values.join("\n"))
    }

    #[cfg(not(feature = "sqlite"))]
    fn built_in(&mut self, _: &str) -> Result<String, String> {
        Err("set TEST_SQLITE_CLIENT, or build with the feature sqlite".to_owned())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.server {
            Some(server) => {
                let drop = format!("DROP DATABASE {};", self.name);
                let dropped = pipe(self.command(&server.database), &drop);
                // A test that fails already must say why it does.
                assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
            }
            // Where there was no client there is no file.
            None => std::fs::remove_file(self.file()).unwrap_or_default(),
        }
    }
}

impl Server {
    /// Reads `scheme://user:password@host:port/database`.
    fn of(url: &str) -> Server {
        let parts = || {
            let (_, rest) = url.split_once("://")?;
            let (account, rest) = rest.rsplit_once('@')?;
            let (user, password) = account.split_once(':')?;
            let (address, database) = rest.split_once('/')?;
            let (host, port) = address.split_once(':')?;
            Some(Server {
                host: host.to_owned(),
                port: port.to_owned(),
                user: decoded(user),
                password: decoded(password),
                database: decoded(database.split('?').next()?),
            })
        };
        parts().unwrap_or_else(|| {
            panic!("a test URL must be scheme://user:password@host:port/database")
        })
    }
}

/// `text` with its `%xx` made bytes again.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (
            first,
            escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (byte, _) => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/test"))
}

fn pipe(mut command: Command, sql: &str) -> Result<String, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
    // A client that stops at an error reads no further: what it says then is what counts.
    drop(child.stdin.take().unwrap().write_all(sql.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let answer = String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() && errors.is_empty() {
        Ok(answer)
    } else {
        Err(format!("{answer}{errors}"))
    }
}
