//! Something is there already, and is not what the history makes.

use hammerwork_migrations::Migrator;
use hammerwork_migrations::RunError;
use hammerwork_migrations::dsl::*;

use crate::database::{Database, builtin};
use crate::expected::tables_of;

on_every_engine! {
    async fn a_table_of_another_shape_is_an_error_and_nothing_is_run(database: &Database) {
        database.execute("CREATE TABLE hammerwork_jobs (id INT PRIMARY KEY)").await;
        let error = database.run(&builtin()).await.unwrap_err();
        let RunError::Conflict { migration, step, .. } = &error else { panic!("{error:?}") };
        assert_eq!((migration.as_str(), *step), ("001_initial_schema", 1));
        assert!(error.to_string().contains("should be"), "{error}");
        assert_eq!(tables_of(database).await, ["hammerwork_jobs"]);
    }

    async fn a_column_of_another_type_shows_both(database: &Database) {
        let first = Migrations::new(builtin().migrations().iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        database.execute("ALTER TABLE hammerwork_jobs ADD COLUMN priority VARCHAR(10)").await;
        let error = database.run(&builtin()).await.unwrap_err().to_string();
        assert!(error.contains("002_add_priority, step 1"), "{error}");
        assert!(error.contains("column hammerwork_jobs.priority: it is "), "{error}");
        assert!(error.contains("and should be INTEGER"), "{error}");
    }

    async fn a_view_in_a_tables_place_is_told(database: &Database) {
        database.execute("CREATE VIEW hammerwork_jobs AS SELECT 1 AS id").await;
        let error = database.run(&builtin()).await.unwrap_err().to_string();
        assert!(error.contains("there is a view of that name"), "{error}");
    }

    async fn a_table_that_went_missing_is_told(database: &Database) {
        let first = Migrations::new(builtin().migrations().iter().take(2).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        database.execute("DROP TABLE hammerwork_jobs").await;
        let error = database.run(&builtin()).await.unwrap_err().to_string();
        assert!(error.contains("table hammerwork_jobs: it is missing"), "{error}");
    }

    async fn a_unique_index_must_be_the_one_that_is_meant(database: &Database) {
        let history = Migrations::new([
            Migration::new("001_users", "Users").create_table(
                table("users").columns([integer("id").primary_key(), string("email"), string("name")]),
            ),
            Migration::new("002_email", "One account each")
                .create_index("users", index("email").columns(["email"]).unique()),
        ]);
        let first = Migrations::new(history.iter().take(1).cloned());
        database.run(&Migrator::new(first)).await.unwrap();
        let name = index("email").physical_name("users", database.dialect);
        database.execute(&format!("CREATE UNIQUE INDEX {name} ON users (name)")).await;
        let error = database.run(&Migrator::new(history)).await.unwrap_err().to_string();
        assert!(error.contains("it is over (name), and should be over (email)"), "{error}");
    }
}

on_postgres! {
    async fn an_index_name_that_is_taken_elsewhere_is_told(database: &Database) {
        database.execute("CREATE TABLE other (a INT); CREATE INDEX idx_hammerwork_jobs_scheduled ON other (a)").await;
        let error = database.run(&builtin()).await.unwrap_err().to_string();
        assert!(error.contains("there is one of that name on the table other"), "{error}");
        database.execute("DROP TABLE other; CREATE TABLE idx_hammerwork_jobs_scheduled (a INT)").await;
        let error = database.run(&builtin()).await.unwrap_err().to_string();
        assert!(error.contains("there is a table or view of that name"), "{error}");
    }

    async fn so_is_one_that_comes_with_its_table(database: &Database) {
        database.execute("CREATE TABLE other (a INT); CREATE INDEX idx_t_i ON other (a)").await;
        let history = Migrations::new([Migration::new("001_t", "T")
            .create_table(table("t").columns([integer("id")]).index(index("i").columns(["id"])))]);
        let error = database.run(&Migrator::new(history)).await.unwrap_err().to_string();
        assert!(error.contains("there is one of that name on the table other"), "{error}");
    }

    async fn an_invalid_index_is_rebuilt(database: &Database) {
        let users = Migration::new("001_users", "Users")
            .create_table(table("users").columns([integer("id").primary_key(), string("email")]));
        database.run(&Migrator::new(Migrations::new([users.clone()]))).await.unwrap();
        database.execute("INSERT INTO users VALUES (1, 'a'), (2, 'a')").await;
        let create = "CREATE UNIQUE INDEX CONCURRENTLY idx_users_email ON users (email)";
        assert!(database.connect().await.run(create).await.is_err(), "two rows agree");
        database.execute("DELETE FROM users WHERE id = 2").await;
        let unique = Migration::new("002_email", "One account each")
            .create_index("users", index("email").columns(["email"]).unique());
        let report = database.run(&Migrator::new(Migrations::new([users, unique]))).await.unwrap();
        assert_eq!(report.applied[0].statements, 2);
        assert_eq!(database.column("SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_users_email'::regclass").await, ["t"]);
    }
}
