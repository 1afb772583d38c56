//! The rules of the house that neither the compiler nor clippy knows. Each failure says how to mend it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_operation_has_its_file_and_every_file_its_operation() {
    let registry = read("src/dsl/op/mod.rs");
    let body = between(&registry, "pub enum Operation {", "\n}");
    let variants: BTreeSet<String> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.is_empty())
        .map(|line| snake_case(line.split('(').next().unwrap()))
        .collect();
    let files = names_in("src/dsl/op");
    assert_eq!(
        variants, files,
        "the variants of Operation and the files of src/dsl/op differ: one variant, one file, one name"
    );
    for operation in &variants {
        let declared = format!("mod {operation};");
        assert!(
            registry.contains(&declared),
            "add `{declared}` to src/dsl/op/mod.rs"
        );
    }
}

#[test]
fn every_operation_has_its_page() {
    let pages = names_in_with("docs/operations", "md");
    assert_eq!(
        pages,
        names_in("src/dsl/op"),
        "the files of docs/operations and src/dsl/op differ: write docs/operations/<op>.md, or delete the page"
    );
    for operation in pages {
        let file = format!("src/dsl/op/{operation}.rs");
        let page = format!("docs/operations/{operation}.md");
        let include = format!("#[doc = include_str!(\"../../../{page}\")]");
        assert!(
            read(&file).contains(&include),
            "{file} does not show its page: add `{include}` to its struct"
        );
        for heading in [
            "## In Rust",
            "## In SQL",
            "## Notes",
            "## The way back",
            "## Errors",
        ] {
            assert!(
                read(&page).lines().any(|line| line == heading),
                "{page} has no `{heading}`: every page has the same parts"
            );
        }
    }
}

#[test]
fn the_history_that_is_shown_uses_every_operation() {
    let example = read("examples/evolution.rs");
    for operation in names_in("src/dsl/op") {
        assert!(
            example.contains(&format!(".{operation}(")),
            "examples/evolution.rs does not use {operation}: let the shop need it"
        );
    }
}

#[test]
fn every_migration_is_registered_in_the_order_of_its_number() {
    let registry = read("src/migrations/mod.rs");
    let files: Vec<String> = names_in("src/migrations").into_iter().collect();
    let listed: Vec<String> = registry
        .lines()
        .filter_map(|line| line.trim().strip_suffix("::migration(),"))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        listed, files,
        "register_builtin_migrations() and the files of src/migrations differ: one line for each file, in order"
    );
    for file in files {
        let id = file.trim_start_matches('m');
        assert!(
            read(&format!("src/migrations/{file}.rs"))
                .contains(&format!("Migration::new(\"{id}\"")),
            "src/migrations/{file}.rs does not make the migration {id}: the file has the name of the id"
        );
    }
}

#[test]
fn renderers_have_no_way_to_panic_or_to_forget() {
    for (path, text) in sources("src/render") {
        let code = code_of(&text);
        for banned in [
            "panic!",
            ".unwrap()",
            ".expect(",
            "unreachable!",
            "todo!",
            "assert",
        ] {
            assert!(
                !code.contains(banned),
                "{path} has `{banned}` in it: return RenderError::Unsupported with a hint instead"
            );
        }
        // A match on an enum of another crate may have a wildcard, if its function says why.
        let mut may = false;
        for (number, line) in code.lines().enumerate() {
            may = match line {
                _ if line.contains("clippy::wildcard_enum_match_arm") => true,
                "}" | "    }" => false,
                _ => may,
            };
            assert!(
                may || !format!(" {line}").contains(" _ =>"),
                "{path}:{}: `_ =>` would hide a new operation or type: name every variant",
                number + 1
            );
        }
    }
}

#[test]
fn renderers_do_no_io_and_know_no_feature() {
    for folder in ["src/render", "src/dsl", "src/catalog"] {
        for (path, text) in sources(folder) {
            let code = code_of(&text);
            for banned in [
                "std::fs",
                "std::env",
                "std::net",
                "async ",
                "cfg(feature",
                "tokio::",
                "tracing::",
            ] {
                assert!(
                    !code.contains(banned),
                    "{path} has `{banned}` in it: what is here is pure, IO belongs to src/run"
                );
            }
        }
    }
}

#[test]
fn the_flow_has_one_direction() {
    let rules: [(&str, &[&str]); 4] = [
        (
            "src/dialect.rs",
            &["crate::dsl", "crate::catalog", "crate::run"],
        ),
        (
            "src/dsl",
            &["crate::run", "crate::cli", "crate::migrations"],
        ),
        (
            "src/catalog",
            &[
                "crate::run",
                "crate::cli",
                "crate::render",
                "crate::migrations",
            ],
        ),
        (
            "src/render",
            &["crate::run", "crate::cli", "crate::migrations"],
        ),
    ];
    for (place, banned) in rules {
        for (path, text) in sources(place) {
            let code = code_of(&text);
            for module in banned {
                assert!(
                    !code.contains(module),
                    "{path} uses {module}: dsl -> catalog -> render -> run -> cli is the only direction"
                );
            }
        }
    }
}

#[test]
fn only_the_drivers_name_sqlx() {
    for (path, text) in sources("src") {
        let allowed = path.starts_with("src/run/driver/");
        assert!(
            allowed || !code_of(&text).contains("sqlx"),
            "{path} names sqlx: go through the trait Driver of src/run/driver"
        );
    }
}

#[test]
fn only_the_command_line_prints() {
    for (path, text) in sources("src") {
        let code = code_of(&text);
        let prints = [
            "println!",
            "eprintln!",
            "print!(",
            "dbg!",
            "std::process::exit",
        ]
        .iter()
        .any(|it| code.contains(it));
        assert!(
            !prints || path.starts_with("src/cli/") || path.starts_with("src/bin/"),
            "{path} prints or exits: return a value, and let src/cli show it"
        );
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources("src")
        .into_iter()
        .chain(sources("tests"))
        .chain(sources("examples"))
        .chain(sources("benches"))
    {
        // The file of an operation starts with its struct, whose documentation is the operation's page.
        let is_operation = path.starts_with("src/dsl/op/") && !path.ends_with("mod.rs");
        let is_program = path.starts_with("src/bin/");
        assert!(
            is_operation || is_program || text.starts_with("//!"),
            "{path} does not start with `//!`: say in a line what it is for"
        );
    }
}

#[test]
fn modules_that_only_gather_hold_no_logic() {
    for path in ["src/lib.rs", "src/run/mod.rs", "src/dsl/mod.rs"] {
        assert!(
            !read(path)
                .lines()
                .any(|line| line.trim_start().starts_with("fn ")
                    || line.trim_start().starts_with("pub fn ")
                    || line.trim_start().starts_with("impl ")),
            "{path} holds logic: move it to a file with a name"
        );
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        if path == "tests/tidy.rs" {
            continue;
        }
        assert!(
            !text.contains("#[allow(") && !text.contains("#![allow("),
            "{path} allows a lint: use #[expect(.., reason = \"..\")], which ends with its cause"
        );
    }
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // Put together here, so that this file passes.
    let places = [["/wo", "rk/"], ["/tmp/", "wt"], ["/Us", "ers/"]].map(|parts| parts.concat());
    let mut files = Vec::new();
    for place in [
        "src", "tests", "docs", "examples", "benches", "scripts", "interop", "deploy", ".",
    ] {
        collect(&root().join(place), place != ".", &mut files);
    }
    files.retain(|path| path.file_name().is_some_and(|it| it != ".git"));
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for place in &places {
            let found = text.lines().position(|line| line.contains(place.as_str()));
            assert!(
                found.is_none(),
                "{}:{}: a path of one machine: make it relative",
                path.display(),
                found.unwrap_or_default() + 1
            );
        }
    }
}

#[test]
fn prose_is_about_the_code_and_its_links_lead_somewhere() {
    for page in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/troubleshooting.md",
        "docs/cli.md",
        "docs/json.md",
    ] {
        let text = read(page);
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|it| it.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || target.contains("://") {
                continue;
            }
            assert!(
                root().join(page).with_file_name(file).exists(),
                "{page} links to {target}, which is not there"
            );
        }
        // Paths in code marks, as the map of the house names them.
        for mark in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "docs/"]
                .iter()
                .any(|it| mark.starts_with(it));
            // `x` is any name.
            let is_pattern = mark.contains("/x.") || mark.contains("_x.");
            if is_path && !is_pattern {
                assert!(
                    root().join(mark).exists(),
                    "{page} speaks of `{mark}`, which is not there: say where it is now"
                );
            }
        }
    }
}

#[test]
fn every_error_of_a_run_is_on_the_page_that_cures_it() {
    let errors = read("src/run/error.rs");
    let body = between(&errors, "pub enum RunError {", "\n}");
    let variants: Vec<&str> = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .filter_map(|line| line.split(['(', ' ', ',']).next())
        .collect();
    assert!(variants.len() > 10, "{variants:?}");
    let page = read("docs/troubleshooting.md");
    let headings: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let others = ["The history", "The command line"];
    assert_eq!(
        headings,
        [&variants[..], &others].concat(),
        "the headings of docs/troubleshooting.md are the variants of RunError, in their order"
    );
    // The start of each message, up to the first thing that is put into it.
    for message in body.split("#[error(").skip(1) {
        let Some((_, text)) = message.trim_start().split_once('"') else {
            continue;
        };
        let text = text.split(['"', '{']).next().unwrap_or_default();
        assert!(
            page.contains(&format!("> {text}")),
            "docs/troubleshooting.md does not show the message that starts with: {text}"
        );
    }
}

#[test]
fn every_other_error_is_there_too() {
    let page = read("docs/troubleshooting.md");
    let quoted: Vec<&str> = page.split('`').skip(1).step_by(2).collect();
    let mut messages = 0;
    for file in ["src/catalog/error.rs", "src/cli/error.rs", "src/cli/url.rs"] {
        let code = read(file);
        for attribute in code.split("#[error(").skip(1) {
            let Some((_, text)) = attribute
                .split_once(")]")
                .map(|it| it.0)
                .unwrap_or_default()
                .split_once('"')
            else {
                continue;
            };
            let text = text
                .replace("\\\n", "")
                .replace("\\\"", "")
                .replace(":?}", "}");
            // What comes after a colon is the cure.
            let said = text.split(['"', ';', ':']).next().unwrap_or_default();
            // What is put in stands in capitals on the page; the longest piece between is looked for.
            let pieces = said.split(['{', '}']).step_by(2).map(str::trim);
            let piece = pieces.max_by_key(|it| it.len()).unwrap_or_default();
            let start: String = piece.chars().take(24).collect();
            if start.len() < 4 {
                continue;
            }
            assert!(
                quoted.iter().any(|it| it.contains(start.trim_end())),
                "docs/troubleshooting.md has nothing of {start:?}, which {file} says"
            );
            messages += 1;
        }
    }
    assert!(messages > 55, "{messages}");
}

/// The file without its comments, and without its unit tests, which may do what they like.
fn code_of(text: &str) -> String {
    let ends = [
        "#[cfg(test)]\nmod tests",
        "#[cfg(test)]\npub(crate) mod tests",
    ];
    let end = ends.iter().filter_map(|end| text.find(end)).min();
    let code = &text[..end.unwrap_or(text.len())];
    let without = |line: &str| {
        let is_comment = line.trim_start().starts_with("//");
        format!("{}\n", if is_comment { "" } else { line })
    };
    code.lines().map(without).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

/// The names of a folder's Rust files, `mod.rs` left out.
fn names_in(folder: &str) -> BTreeSet<String> {
    names_in_with(folder, "rs")
}

fn names_in_with(folder: &str, extension: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "mod")
        .collect()
}

/// Every Rust file of a folder, or the file of that name: its path from the root, and its text.
fn sources(place: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join(place), true, &mut files);
    files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| {
            let short = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            (short, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn collect(path: &Path, deep: bool, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(path) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_file() || deep {
            collect(&path, deep, files);
        }
    }
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let rest = text.split_once(start).expect(start).1;
    rest.split_once(end).expect(end).0
}

/// `AddColumn` as `add_column`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}
