//! What the pages of the command line say is so.

use std::path::Path;

use serde_json::Value;

use crate::program::{Directory, command, migrate, run};

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_command_has_its_part_of_the_page() {
    let help = migrate(&["-h"]).stdout;
    let commands = help.split_once("Commands:\n").unwrap().1;
    let commands = commands.split_once("\n\n").unwrap().0;
    let commands: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter_map(|line| {
            line.split_whitespace()
                .next()
                .filter(|_| !line.starts_with(' '))
        })
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    let page = page("docs/cli.md");
    let parts: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .collect();
    assert_eq!(
        parts, commands,
        "the parts of docs/cli.md are the commands, in their order"
    );
    for command in commands {
        let part = page.split_once(&format!("## `{command}`\n")).unwrap().1;
        let part = part.split("\n## ").next().unwrap();
        let help = migrate(&[command, "--help"]).stdout;
        let options = help
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with('-'))
            .flat_map(str::split_whitespace)
            .filter(|it| it.starts_with("--"))
            .map(|it| it.trim_matches(|it: char| !it.is_alphanumeric() && it != '-'));
        for option in options {
            let told =
                part.contains(option) || page.split("\n## ").next().unwrap().contains(option);
            assert!(told, "docs/cli.md says nothing of {option} of {command}");
        }
    }
}

#[test]
fn the_codes_are_those_of_the_page_and_of_the_help() {
    use hammerwork_migrations::cli::exit;

    let codes = [
        exit::OK,
        exit::PENDING,
        exit::USAGE,
        exit::FAILED,
        exit::DRIFT,
        exit::INTERRUPTED,
        exit::TERMINATED,
    ];
    assert_eq!(codes, [0, 1, 2, 3, 4, 130, 143]);
    let page = page("docs/cli.md");
    let table = page.split_once("| ends with | where |\n").unwrap().1;
    let table = table.split_once("\n\n").unwrap().0;
    let cells = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split('|').nth(1));
    let told: Vec<u8> = cells
        .flat_map(|it| it.split(','))
        .map(|it| it.trim().parse().unwrap())
        .collect();
    assert_eq!(told, codes);
    let help = migrate(&["--help"]).stdout;
    let help = help.split_once("Exit codes:\n").unwrap().1;
    let told: Vec<u8> = help
        .lines()
        .map_while(|line| line.split_whitespace().next()?.parse().ok())
        .collect();
    assert_eq!(told, codes);
}

#[test]
fn the_json_is_what_its_page_shows() {
    let directory = Directory::new();
    directory.write("urls.txt", "sqlite://other.db\n");
    directory.write("missing.txt", "sqlite://missing.db\n");
    let page = page("docs/json.md");
    let mut examples = 0;
    for example in page.split("```sh\n").skip(1) {
        let (line, rest) = example.split_once("\n```").unwrap();
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let ended = run(command(directory.path()).args(&words));
        let Some(shown) = rest.trim_start().strip_prefix("```json\n") else {
            continue;
        };
        let shown = shown.split_once("\n```").unwrap().0;
        let shown: Value = serde_json::from_str(shown).unwrap_or_else(|it| panic!("{line}: {it}"));
        let real: Value = serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|it| panic!("{line}: {it}: {ended:?}"));
        assert_eq!(shown["version"], real["version"], "{line}");
        assert_eq!(shape(&shown), shape(&real), "{line}\n{real:#}");
        examples += 1;
    }
    assert!(examples >= 8, "{examples} examples");
}

/// Keys in their order, and the kinds of values; of a list its first.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(list) => format!("[{}]", list.first().map(shape).unwrap_or_default()),
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", shape(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

#[test]
fn scripts_and_pages_come_out_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = migrate(&["completions", shell]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{shell}");
        for word in ["baseline", "dry-run", "database-url"] {
            assert!(ended.stdout.contains(word), "{shell}: {word}");
        }
    }
    let directory = Directory::new();
    let ended = run(command(directory.path()).args(["man", "--dir", "man"]));
    assert_eq!(ended.code, 0, "{ended:?}");
    let read = |name: &str| std::fs::read_to_string(directory.path().join("man").join(name));
    assert!(read("migrate.1").unwrap().contains(".TH migrate 1"));
    assert!(read("migrate-status.1").unwrap().contains("check"));
    assert!(migrate(&["man"]).stdout.contains(".SH NAME\nmigrate"));
}

#[test]
fn a_log_is_lines_of_json_where_that_is_asked_for() {
    let ended = migrate(&[
        "-v",
        "--log-format",
        "json",
        "--database-url",
        "sqlite::memory:",
    ]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|it| panic!("{line}: {it}")))
        .collect();
    let spans: Vec<&Value> = lines.iter().map(|it| &it["span"]).collect();
    let migration = spans
        .iter()
        .find(|it| it["id"] == "002_add_priority")
        .unwrap();
    assert_eq!(migration["name"], "migration");
    assert!(migration["duration_ms"].is_number(), "{migration}");
    let text = migrate(&["-vv", "--database-url", "sqlite::memory:"]).stderr;
    assert!(text.contains("migration{id=002_add_priority"), "{text}");
    // A new database gets all in one message.
    assert!(text.contains("statement{steps=[1, 2"), "{text}");
    assert_eq!(migrate(&["--database-url", "sqlite::memory:"]).stderr, "");
}
