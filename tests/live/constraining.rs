//! What keys, foreign keys and checks keep out, rows that do not fit them, and constraints that are there otherwise.

use hammerwork_migrations::dsl::*;
use hammerwork_migrations::{Migrator, RunError};

use crate::database::Database;

fn tables() -> Migration {
    Migration::new("001_tables", "Teams and their members")
        .create_table(
            table("teams").columns([integer("id").primary_key(), string("name").length(40)]),
        )
        .create_table(table("members").columns([
            integer("id"),
            integer("team").nullable(),
            integer("age").default(18),
        ]))
}

fn constraints() -> Migration {
    Migration::new("002_constraints", "What must hold of them")
        .add_unique("teams", unique("name").columns(["name"]))
        .add_primary_key("members", ["id"])
        .add_foreign_key(
            "members",
            foreign_key("team")
                .columns(["team"])
                .references("teams", ["id"])
                .on_delete(Cascade)
                .on_update(Cascade),
        )
        .add_check("members", check("age", col("age").gt(17)))
}

async fn make_tables(database: &Database) {
    database
        .run(&Migrator::new(Migrations::new([tables()])))
        .await
        .unwrap();
    for row in [
        "INSERT INTO teams (id, name) VALUES (1, 'a')",
        "INSERT INTO teams (id, name) VALUES (2, 'b')",
        "INSERT INTO members (id, team) VALUES (1, 1)",
    ] {
        database.execute(row).await;
    }
}

fn all() -> Migrator {
    Migrator::new(Migrations::new([tables(), constraints()]))
}

/// As if a run had been cut off before its record.
async fn forget(database: &Database, id: &str) {
    for table in ["hammerwork_migrations", "hammerwork_migrations_journal"] {
        let delete = format!("DELETE FROM {table} WHERE migration_id = '{id}'");
        database.execute(&delete).await;
    }
}

/// The engine's words are its own: that it refuses is what counts.
async fn assert_refused(database: &Database, sql: &str) {
    let result = database.connect().await.run(sql).await;
    assert!(result.is_err(), "{} takes {sql}", database.dialect);
}

on_every_engine! {
    async fn what_does_not_fit_is_kept_out(database: &Database) {
        make_tables(database).await;
        database.run(&all()).await.unwrap();
        for sql in [
            "INSERT INTO teams (id, name) VALUES (3, 'a')",
            "INSERT INTO members (id) VALUES (1)",
            "INSERT INTO members (id, team) VALUES (2, 9)",
            "INSERT INTO members (id, age) VALUES (2, 3)",
        ] {
            assert_refused(database, sql).await;
        }
        database.execute("INSERT INTO members (id) VALUES (2)").await;
        database.execute("UPDATE teams SET id = 7 WHERE id = 1").await;
        let members = "SELECT id, team FROM members ORDER BY id";
        assert_eq!(database.rows(members).await, [["1", "7"], ["2", "NULL"]]);
        database.execute("DELETE FROM teams WHERE id = 7").await;
        assert_eq!(database.rows(members).await, [["2", "NULL"]]);
    }

    async fn rows_that_do_not_fit_stop_the_change_until_they_are_mended(database: &Database) {
        for (wrong, mended) in [
            ("INSERT INTO teams (id, name) VALUES (3, 'a')", "DELETE FROM teams WHERE id = 3"),
            ("INSERT INTO members (id) VALUES (1)", "DELETE FROM members WHERE team IS NULL"),
            ("INSERT INTO members (id, team) VALUES (3, 9)", "DELETE FROM members WHERE id = 3"),
            ("INSERT INTO members (id, age) VALUES (3, 3)", "DELETE FROM members WHERE id = 3"),
        ] {
            make_tables(database).await;
            database.execute(wrong).await;
            let error = database.run(&all()).await.unwrap_err();
            assert!(
                matches!(error, RunError::Statement { .. } | RunError::Orphans { .. }),
                "{wrong}: {error:?}"
            );
            database.execute(mended).await;
            let report = database.run(&all()).await.unwrap();
            assert_eq!(report.applied.len(), 1, "{wrong}");
            assert_refused(database, "INSERT INTO members (id, age) VALUES (2, 3)").await;
            for table in ["members", "teams", "hammerwork_migrations", "hammerwork_migrations_journal"] {
                database.execute(&format!("DROP TABLE {table}")).await;
            }
        }
    }

    async fn a_foreign_key_that_does_otherwise_is_a_conflict_that_shows_both(database: &Database) {
        make_tables(database).await;
        let key = || foreign_key("team").columns(["team"]).references("teams", ["id"]);
        let with = |key: ForeignKey| {
            let change = Migration::new("002_key", "Members and their team").add_foreign_key("members", key);
            Migrator::new(Migrations::new([tables(), change]))
        };
        database.run(&with(key().on_delete(SetNull))).await.unwrap();
        forget(database, "002_key").await;
        let error = database.run(&with(key().on_delete(Cascade))).await.unwrap_err();
        assert!(matches!(error, RunError::Conflict { step: 1, .. }), "{error:?}");
        let error = error.to_string();
        assert!(error.contains("foreign key fk_members_team of table members"), "{error}");
        assert!(error.contains("on delete set null, and should be"), "{error}");
        assert!(error.contains("on delete cascade"), "{error}");
    }

    async fn another_primary_key_is_a_conflict_that_shows_both(database: &Database) {
        make_tables(database).await;
        let by_hand = Migrations::new([tables(), Migration::new("002_x", "x").add_primary_key("members", ["age", "id"])]);
        database.run(&Migrator::new(by_hand)).await.unwrap();
        forget(database, "002_x").await;
        let error = database.run(&all()).await.unwrap_err().to_string();
        assert!(error.contains("it is (age, id), and should be (id)"), "{error}");
    }

    async fn a_constraint_that_went_missing_is_drift(database: &Database) {
        let migration = Migration::new("001_tables", "Both")
            .create_table(table("teams").columns([integer("id").primary_key()]))
            .create_table(
                table("members")
                    .columns([integer("id"), integer("team").nullable(), integer("age")])
                    .unique(unique("id").columns(["id"]))
                    .foreign_key(foreign_key("team").columns(["team"]).references("teams", ["id"]))
                    .check(check("age", col("age").gt(17))),
            );
        let migrator = Migrator::new(Migrations::new([migration]));
        database.run(&migrator).await.unwrap();
        database.execute("DROP TABLE members").await;
        database.execute("CREATE TABLE members (id INTEGER NOT NULL, team INTEGER, age INTEGER NOT NULL)").await;
        let drift = database.drift(&migrator).await;
        for missing in [
            "index uq_members_id of members: it is missing",
            "foreign key fk_members_team of members: it is missing",
            "check ck_members_age of members: it is missing",
        ] {
            assert!(drift.iter().any(|it| it == missing), "{drift:?}");
        }
    }
}

on_mysql_and_mariadb! {
    async fn a_run_that_was_cut_off_between_two_tables_goes_on(database: &Database) {
        make_tables(database).await;
        // The first statement of the second migration, by hand.
        database.execute("ALTER TABLE teams ADD UNIQUE INDEX uq_teams_name (name)").await;
        let report = database.run(&all()).await.unwrap();
        assert_eq!(report.applied[0].statements, 1);
        assert_refused(database, "INSERT INTO teams (id, name) VALUES (3, 'a')").await;
        assert_refused(database, "INSERT INTO members (id, team) VALUES (2, 9)").await;
    }

    async fn so_does_one_that_had_dropped_what_was_referred_to(database: &Database) {
        let cut = Migration::new("002_change", "Away with it")
            .add_foreign_key("members", foreign_key("team").columns(["team"]).references("teams", ["id"]))
            .drop_foreign_key("members", "team")
            .drop_table("teams");
        make_tables(database).await;
        database.execute("DROP TABLE teams").await;
        let both = Migrator::new(Migrations::new([tables(), cut]));
        let report = database.run(&both).await.unwrap();
        assert_eq!(report.applied[0].statements, 0);
    }
}
