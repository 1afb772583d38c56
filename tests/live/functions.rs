//! Functions: what else has the name, what was cut off half-way, and what the server refuses.

use std::error::Error;

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::{Connection, Database, connect};

fn double(factor: u8) -> Function {
    function("times")
        .on(
            Postgres,
            format!(
                "(n integer, m integer = {factor}) RETURNS integer LANGUAGE sql AS 'SELECT n * m'"
            ),
        )
        .on(
            MySql,
            format!("(n INT) RETURNS INT DETERMINISTIC BEGIN RETURN {factor} * n; END"),
        )
        .nothing_on(Sqlite)
}

fn created() -> Migration {
    Migration::new("001_times", "What is counted twice").create_function(double(2))
}

fn replaced() -> Migration {
    Migration::new("002_thrice", "Three times is better").replace_function(double(3))
}

fn migrator(migrations: impl IntoIterator<Item = Migration>) -> Migrator {
    Migrator::new(Migrations::new(migrations))
}

async fn conflict(database: &Database) -> String {
    let error = database.run(&migrator([created()])).await.unwrap_err();
    assert!(matches!(error, RunError::Conflict { .. }), "{error:?}");
    error.to_string()
}

/// What the server says against it, and what is told to do.
async fn refused(database: &Database, change: Migration) -> (RunError, String) {
    let error = database.run(&migrator([change])).await.unwrap_err();
    assert!(matches!(error, RunError::Statement { .. }), "{error:?}");
    let help = error.help().unwrap_or_default();
    (error, help)
}

on_servers! {
    async fn one_that_is_there_counts_as_made(database: &Database) {
        // No table is there: the function alone must be seen.
        database.run(&migrator([created()])).await.unwrap();
        database.execute("DROP TABLE hammerwork_migrations").await;
        database.execute("DROP TABLE hammerwork_migrations_journal").await;
        let report = database.run(&migrator([created()])).await.unwrap();
        assert_eq!(report.applied[0].statements, 0, "{report:?}");
        assert_eq!(database.rows("SELECT times(4)").await, [["8"]]);
    }

    async fn a_text_that_somebody_changed_is_told(database: &Database) {
        let both = migrator([created(), replaced()]);
        database.run(&both).await.unwrap();
        assert_eq!(database.drift(&both).await, Vec::<String>::new());
        let changed: &[&str] = match database.dialect {
            Dialect::Postgres => &[
                "CREATE OR REPLACE FUNCTION times(n integer, m integer = 3) RETURNS integer LANGUAGE sql AS 'SELECT m * n'",
            ],
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => &[
                "DROP FUNCTION times",
                "CREATE FUNCTION times(n INT) RETURNS INT DETERMINISTIC BEGIN RETURN n * 3; END",
            ],
        };
        for statement in changed {
            database.execute(statement).await;
        }
        let found = database.drift(&both).await;
        assert!(found.len() == 1 && found[0].starts_with("function times: it is "), "{found:?}");
        database.execute("DROP FUNCTION times").await;
        assert_eq!(database.drift(&both).await, ["function times: it is missing"]);
    }

    async fn who_may_make_none_is_told_before_anything_is_done(database: &Database) {
        database.run(&migrator([created()])).await.unwrap();
        let name = format!("caller_{}", std::process::id());
        let (_, address) = database.url.rsplit_once('@').unwrap();
        let (scheme, made, dropped) = match database.dialect {
            Dialect::Postgres => (
                "postgres",
                vec![
                    format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"),
                    format!("GRANT CREATE, USAGE ON SCHEMA public TO {name}"),
                    format!("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {name}"),
                ],
                vec![format!("DROP OWNED BY {name}"), format!("DROP ROLE {name}")],
            ),
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
                let (_, schema) = address.split_once('/').unwrap();
                (
                    "mysql",
                    vec![
                        format!("CREATE USER {name}@'%' IDENTIFIED BY 'secret'"),
                        format!("GRANT SELECT, INSERT, DELETE, EXECUTE ON {schema}.* TO {name}@'%'"),
                    ],
                    vec![format!("DROP USER {name}@'%'")],
                )
            }
        };
        for statement in made {
            database.execute(&statement).await;
        }
        let url = format!("{scheme}://{name}:secret@{address}");
        let both = migrator([created(), replaced()]);
        let error = match connect(database.dialect, &url).await {
            Connection::Postgres(it) => both.run(it).await,
            Connection::MySql(it) => both.run(it).await,
            Connection::Sqlite(it) => both.run(it).await,
        };
        let error = error.unwrap_err();
        let RunError::Rights { missing } = &error else { panic!("{error:?}") };
        let expected = match database.dialect {
            Dialect::Postgres => "ownership of the function times",
            Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => "CREATE ROUTINE on the database",
        };
        assert_eq!(*missing, [expected]);
        for statement in dropped {
            database.execute(&statement).await;
        }
    }
}

on_postgres! {
    async fn whatever_else_has_the_name_is_a_conflict(database: &Database) {
        for (made, expected, gone) in [
            (
                "CREATE PROCEDURE times() LANGUAGE sql AS 'SELECT 1'",
                "there is a procedure of that name",
                "DROP PROCEDURE times",
            ),
            (
                "CREATE AGGREGATE times(integer) (SFUNC = int4pl, STYPE = integer)",
                "there is a custom aggregate of that name",
                "DROP AGGREGATE times(integer)",
            ),
            (
                "CREATE FUNCTION times(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
                 CREATE FUNCTION times() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "there are 2 of that name, with the arguments () and (text)",
                "DROP FUNCTION times(); DROP FUNCTION times(text)",
            ),
        ] {
            database.execute(made).await;
            let error = conflict(database).await;
            assert!(error.contains("function times") && error.contains(expected), "{error}");
            database.execute(gone).await;
        }
        database.run(&migrator([created()])).await.unwrap();
    }

    async fn that_of_an_extension_is_not_ours(database: &Database) {
        database.execute("CREATE EXTENSION pg_trgm").await;
        let change = Migration::new("001_show", "Show").create_function(
            function("show_trgm").on(Postgres, "(text) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        );
        let error = database.run(&migrator([change])).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { .. }), "{error:?}");
        assert!(error.to_string().contains("of the extension pg_trgm"), "{error}");
    }

    async fn a_second_one_of_the_name_is_told_and_not_dropped(database: &Database) {
        let both = migrator([created(), Migration::new("002_no", "No more").drop_function("times")]);
        database.run(&both.clone().up_to("001_times")).await.unwrap();
        database.execute("CREATE FUNCTION times(text) RETURNS int LANGUAGE sql AS 'SELECT 1'").await;
        let found = database.drift(&migrator([created()])).await;
        assert!(found.len() == 1 && found[0].contains(" and "), "{found:?}");
        let error = database.run(&both).await.unwrap_err().to_string();
        assert!(error.contains("there are 2 of that name"), "{error}");
        database.execute("DROP FUNCTION times(text)").await;
        database.run(&both).await.unwrap();
    }

    async fn verify_replays_a_function_whose_arguments_changed(database: &Database) {
        // Names are looked for in the whole search path: only the arguments tell which one is meant.
        let takes = |arguments: &str| {
            function("takes")
                .on(Postgres, format!("({arguments}) RETURNS int LANGUAGE sql AS 'SELECT 1'"))
                .nothing_on(MySql)
                .nothing_on(Sqlite)
        };
        let history = migrator([
            Migration::new("001_one", "One").create_function(takes("n int")),
            Migration::new("002_two", "Two").replace_function(takes("n int, m int")),
            Migration::new("003_text", "Text").drop_function("takes").create_function(takes("n text")),
        ]);
        database.run(&history).await.unwrap();
        assert_eq!(database.drift(&history).await, Vec::<String>::new());
    }

    async fn another_type_is_refused_with_a_hint(database: &Database) {
        let text = double(2).on(Postgres, "(n integer, m integer = 2) RETURNS text LANGUAGE sql AS 'SELECT 1::text'");
        let change = created().replace_function(text);
        let (_, help) = refused(database, change).await;
        assert!(help.contains("drop_function, then create_function"), "{help}");
    }

    async fn one_that_a_trigger_uses_is_not_dropped(database: &Database) {
        let change = Migration::new("001_all", "All")
            .create_table(table("jobs").columns([integer("id")]))
            .create_function(
                function("seen")
                    .on(Postgres, "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
            )
            .create_trigger(trigger("seen", BeforeInsert, "jobs").on(Postgres, "EXECUTE FUNCTION seen()"))
            .drop_function("seen");
        let (error, _) = refused(database, change).await;
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("trigger seen"), "{error:?}");
    }
}

on_mysql_and_mariadb! {
    async fn a_replacement_that_was_cut_off_goes_on(database: &Database) {
        database.run(&migrator([created()])).await.unwrap();
        // On MySQL this is what a run leaves that is cut off between its two statements.
        database.execute("DROP FUNCTION times").await;
        let both = migrator([created(), replaced()]);
        database.run(&both).await.unwrap();
        assert_eq!(database.rows("SELECT times(4)").await, [["12"]]);
        assert!(database.run(&both).await.unwrap().is_up_to_date());
        assert_eq!(database.drift(&both).await, Vec::<String>::new());
    }

    async fn names_that_differ_in_case_are_the_same(database: &Database) {
        database.execute("CREATE FUNCTION TIMES(n INT) RETURNS INT DETERMINISTIC RETURN 5").await;
        let report = database.run(&migrator([created()])).await.unwrap();
        assert_eq!(report.applied[0].statements, 0, "{report:?}");
        assert_eq!(database.rows("SELECT times(4)").await, [["5"]]);
    }
}
