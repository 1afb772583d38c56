//! Migrations that were edited after a database applied them, and steps that were cut off.

use crate::program::{Directory, Ended};
use crate::sqlite::{execute, migrate};

#[tokio::test]
async fn an_edit_is_an_error_until_it_is_accepted() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    // The history is the program's own, so it is the database that is made to remember another one.
    execute(
        &directory,
        "UPDATE hammerwork_migrations_journal SET checksum = 'another'
         WHERE step = 0 AND migration_id IN ('002_add_priority', '005_add_batches')",
    )
    .await;

    let changed = "changed after it was applied: 002_add_priority, 005_add_batches\n";
    migrate(&directory, &[]).failed_with(&[changed, "help: ", "`repair`"]);
    let verified = migrate(&directory, &["verify"]);
    assert_eq!(verified.code, 4, "{verified:?}");
    assert!(
        verified
            .stdout
            .starts_with("migration 002_add_priority: it was changed after it was applied\n"),
        "{verified:?}"
    );

    let repaired = migrate(&directory, &["repair"]);
    assert_eq!(
        (
            repaired.code,
            repaired.stdout.as_str(),
            repaired.stderr.as_str()
        ),
        (
            0,
            "002_add_priority  accepted as it is now\n005_add_batches   accepted as it is now\n",
            ""
        )
    );
    assert_eq!(
        migrate(&directory, &["repair"]).stdout,
        "nothing to repair\n"
    );
    assert_eq!(
        migrate(&directory, &[]).stdout,
        "nothing to do, 6 applied\n"
    );
    assert_eq!(migrate(&directory, &["verify"]).code, 0);
}

#[test]
fn a_step_that_makes_no_sense_is_a_usage_error() {
    let directory = Directory::new();
    assert_eq!(migrate(&directory, &[]).code, 0);
    for (words, text) in [
        (&["--done", "002_add_priority"][..], "MIGRATION:STEP"),
        (&["--undone", "002_add_priority:0"], "MIGRATION:STEP"),
        (&["--done", ":1"], "MIGRATION:STEP"),
        (
            &["--done", "002_add_priority:99"],
            "error: there is no step 99 in a migration 002_add_priority\nhelp: ",
        ),
        (
            &["--undone", "nobodys:1"],
            "error: there is no step 1 in a migration nobodys\nhelp: ",
        ),
        (
            &[
                "--done",
                "002_add_priority:1",
                "--undone",
                "002_add_priority:1",
            ],
            "error: step 002_add_priority:1 can't be both done and undone\nhelp: ",
        ),
        (
            &["--done", "002_add_priority:1"],
            "error: whether step 1 of migration 002_add_priority has run, the database itself tells\nhelp: leave it out",
        ),
    ] {
        let Ended {
            code,
            stdout,
            stderr,
        } = migrate(&directory, &[&["repair"], words].concat());
        assert_eq!((code, stdout.as_str()), (2, ""), "{words:?}\n{stderr}");
        assert!(stderr.contains(text), "{words:?}\n{stderr}");
    }
}
