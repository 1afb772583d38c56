//! The pictures of the README are what the program prints. `scripts/screens` draws them anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::SqlitePool;

/// A terminal that is wider is hard to read where a page shrinks it.
const WIDTH: usize = 100;

#[tokio::test]
async fn the_screen_of_status_is_current() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screens");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    let url = "sqlite://hammerwork.db?mode=rwc";
    printed(&folder, &["--to", "004_add_cron", "--database-url", url]);
    // Of all that is on the screen, only when and how fast is not the same each time.
    let file = format!("sqlite://{}", folder.join("hammerwork.db").display());
    let pool = SqlitePool::connect(&file).await.unwrap();
    sqlx::raw_sql(
        "UPDATE hammerwork_migrations SET executed_at = '2026-01-15T09:30:00.000Z', execution_time_ms = 2",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    let text = printed(
        &folder,
        &["status", "--color", "always", "--database-url", url],
    );
    compare("status", "migrate status", &text);
}

#[test]
fn the_screen_of_preview_is_current() {
    let preview = ["preview", "002_add_priority", "--dialect", "postgres"];
    let words = [preview.as_slice(), &["--color", "always"]].concat();
    let text = printed(Path::new("."), &words);
    // What comes before is the record's own tables.
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len() - 8..];
    let command = format!("migrate {} | tail -n 8", preview.join(" "));
    compare("preview", &command, &last.join("\n"));
}

/// Compares the picture that is there with the one of this text, or writes it.
fn compare(name: &str, command: &str, text: &str) {
    let shown = format!("$ {command}\n{}", wrapped(text));
    let svg = anstyle_svg::Term::new().render_svg(&shown);
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("docs/screens/{name}.svg"));
    if std::env::var_os("UPDATE_SCREENS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, svg).unwrap();
        return;
    }
    assert!(
        fs::read_to_string(&file).unwrap_or_default() == svg,
        "{} is out of date: run scripts/screens. The program now prints\n{text}",
        file.display()
    );
}

fn printed(folder: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_migrate"))
        .args(words)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The text as a terminal breaks its lines. Escape sequences take no room.
fn wrapped(text: &str) -> String {
    let mut shown = String::new();
    let mut column = 0;
    let mut is_escape = false;
    for letter in text.chars() {
        is_escape |= letter == '\u{1b}';
        if is_escape {
            is_escape = letter != 'm';
        } else if letter == '\n' {
            column = 0;
        } else {
            if column == WIDTH {
                shown.push('\n');
                column = 0;
            }
            column += 1;
        }
        shown.push(letter);
    }
    shown
}
