//! What `verify` says of a schema that is not what its migrations make.

use crate::program::Directory;
use crate::sqlite::{execute, migrate};

const NO_DRIFT: &str = "no drift: the schema is what 6 applied migrations make\n";

#[tokio::test]
async fn drift_is_printed_and_ends_with_a_code_of_its_own() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    assert_eq!(migrate(&directory, &["verify"]).stdout, NO_DRIFT);

    execute(
        &directory,
        "DROP INDEX idx_hammerwork_jobs_batch_id; ALTER TABLE hammerwork_jobs ADD COLUMN \"a\nb\" TEXT DEFAULT 'say \"c\"'",
    )
    .await;
    let people = migrate(&directory, &["verify"]);
    assert_eq!(
        (people.code, people.stdout.as_str(), people.stderr.as_str()),
        (
            4,
            "column hammerwork_jobs.a b: it is there, and the applied migrations do not make it\n\
             index idx_hammerwork_jobs_batch_id of hammerwork_jobs: it is missing\n\
             2 differences from what 6 applied migrations make\n",
            ""
        )
    );
    let programs = migrate(&directory, &["verify", "--json"]);
    assert_eq!(
        (
            programs.code,
            programs.stdout.as_str(),
            programs.stderr.as_str()
        ),
        (
            4,
            concat!(
                r#"{"version":1,"applied":6,"drift":["#,
                r#"{"object":"column hammerwork_jobs.a\nb","description":"it is there, and the applied migrations do not make it"},"#,
                r#"{"object":"index idx_hammerwork_jobs_batch_id of hammerwork_jobs","description":"it is missing"}]}"#,
                "\n"
            ),
            ""
        )
    );
}

#[test]
fn a_database_without_migrations_has_no_drift() {
    let directory = Directory::new();
    directory.write("jobs.db", "");
    assert_eq!(
        migrate(&directory, &["verify"]).stdout,
        "no drift: the schema is what 0 applied migrations make\n"
    );
    let json = migrate(&directory, &["verify", "--json"]);
    assert_eq!(json.code, 0);
    assert_eq!(json.stdout, "{\"version\":1,\"applied\":0,\"drift\":[]}\n");
}
