//! What the guide says is so: its sessions are run, its commands exist, its Rust is compiled, its links lead
//! somewhere.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The sessions of each page run in a folder of the page's own, in their order, and print what the page shows:
/// `[..]` stands for anything in a line, `...` for any lines. A command ends with 0, or as it says in brackets.
#[test]
fn sessions_print_what_the_guide_shows() {
    let mut commands = 0;
    for (page, text) in pages() {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(page.replace('/', "_"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        for (name, file) in files_shown(&text) {
            fs::write(folder.join(name), file).unwrap();
        }
        for session in blocks(&text, "console") {
            for step in format!("\n{session}").split("\n$ ").skip(1) {
                let (line, shown) = step.split_once('\n').unwrap_or((step, ""));
                let (code, printed) = run(line, &folder);
                let mut shown: Vec<&str> = shown.lines().collect();
                let ends = shown.pop_if(|it| it.starts_with("(ends with "));
                let ends = ends.unwrap_or("(ends with 0)");
                assert_eq!(ends, format!("(ends with {code})"), "{page}: `{line}`");
                let lines: Vec<&str> = printed.lines().collect();
                assert!(
                    matches(&shown, &lines),
                    "{page}: `{line}` prints\n{printed}"
                );
                commands += 1;
            }
        }
    }
    assert!(commands > 5, "only {commands} commands in the guide");
}

/// The files that a page shows whole, for its sessions: `text file=NAME` begins such a block.
fn files_shown(text: &str) -> Vec<(&str, &str)> {
    let files = text.split("\n```text file=").skip(1);
    files
        .filter_map(|it| it.split("\n```").next()?.split_once('\n'))
        .collect()
}

/// Each call of the program, in a block for a shell or in a file of `deploy/`: its command and its options are in
/// the program's help.
#[test]
fn every_command_and_option_that_is_shown_exists() {
    let mut texts: Vec<(String, String)> = pages()
        .into_iter()
        .map(|(page, text)| {
            let blocks = [blocks(&text, "sh"), blocks(&text, "console")].concat();
            (page, blocks.concat().replace("\\\n", " "))
        })
        .collect();
    for file in files("deploy", &["yaml", "yml"]) {
        texts.push((file.clone(), read(&file)));
    }
    let help = Help::default();
    let calls: Vec<(String, Call)> = texts
        .iter()
        .flat_map(|(place, text)| {
            let calls = text.lines().flat_map(Call::all_in);
            calls.map(|it| (place.clone(), it)).collect::<Vec<_>>()
        })
        .collect();
    assert!(
        calls.len() > 20,
        "only {} calls in the guide: is it still read?",
        calls.len()
    );
    for (place, call) in calls {
        let known = help.of(&call.command);
        for option in &call.options {
            assert!(
                known.contains(option),
                "{place}: `{}` has no option {option}",
                call.command
            );
        }
    }
}

#[test]
fn every_page_with_rust_is_compiled() {
    let listed = read("src/guide.rs");
    for (page, text) in pages() {
        let is_compiled = listed.contains(&format!("include_str!(\"../{page}\")"))
            // These are shown by the library's root and by the structs of the operations.
            || page == "README.md"
            || page.starts_with("docs/operations/");
        assert!(
            is_compiled || !text.contains("```rust"),
            "add {page} to src/guide.rs"
        );
        assert!(
            !text.contains("```rust,ignore") && !text.contains("```ignore"),
            "{page} has Rust that nobody compiles"
        );
    }
}

#[test]
fn every_page_is_in_the_index_and_every_link_leads_somewhere() {
    let index = read("docs/README.md");
    for (page, text) in pages() {
        let name = page.trim_start_matches("docs/");
        let is_listed = index.contains(&format!("]({name})"));
        let has_another_list = page == "README.md" || page == "docs/README.md";
        assert!(
            is_listed || has_another_list || page.starts_with("docs/operations/"),
            "{page} is not in docs/README.md"
        );
        let folder = Path::new(&page).parent().unwrap();
        let targets = text.split("](").skip(1);
        for target in targets.filter_map(|it| it.split(')').next()) {
            let file = target.split('#').next().unwrap();
            let is_elsewhere = target.contains("://") || file.is_empty();
            assert!(
                is_elsewhere || root().join(folder).join(file).exists(),
                "{page} links to {target}, which is not there"
            );
        }
        for mark in text.split('`').skip(1).step_by(2) {
            let is_path = ["deploy/", "examples/", "interop/", "scripts/"]
                .iter()
                .any(|it| mark.starts_with(it));
            assert!(
                !is_path || root().join(mark).exists(),
                "{page} speaks of `{mark}`, which is not there"
            );
        }
    }
}

/// One call of the program.
struct Call {
    /// Empty where the program is called without one.
    command: String,
    options: Vec<String>,
}

impl Call {
    /// The calls in a line: of the program by its names, and in the lists of arguments of manifests.
    fn all_in(line: &str) -> Vec<Call> {
        let code = line.split(" #").next().unwrap();
        let words: Vec<&str> = code
            .split(|it: char| it.is_whitespace() || "[],\"'".contains(it))
            .filter(|it| !it.is_empty())
            .collect();
        let mut calls = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|it| words.get(it));
            let starts = match *word {
                // A line of a shell begins with it, and so does what a pipe or a step runs.
                "migrate" => {
                    at == 0 || matches!(before, Some(&("$" | "-" | "run:" | "|" | "&&" | "||")))
                }
                "hammerwork" | "--" => {
                    words.first() == Some(&"cargo") || words.get(1) == Some(&"cargo")
                }
                "args:" | "command:" => words.get(at + 1) == Some(&"migrate"),
                _ => false,
            };
            if starts {
                calls.push(Call::of(&words[at + 1..]));
            }
        }
        calls
    }

    fn of(words: &[&str]) -> Call {
        let ends = |it: &&&str| !["|", ">", ";", "&&", "||"].contains(*it);
        let words: Vec<&&str> = words.iter().take_while(ends).collect();
        let command = words.first().filter(|it| !it.starts_with('-'));
        let options = words.iter().filter(|it| it.starts_with("--"));
        Call {
            command: command.map_or_else(String::new, |it| (**it).to_owned()),
            options: options
                .map(|it| it.split('=').next().unwrap().to_owned())
                .collect(),
        }
    }
}

/// The options of each command, as its help has them.
#[derive(Default)]
struct Help {
    asked: std::cell::RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl Help {
    fn of(&self, command: &str) -> BTreeSet<String> {
        let mut asked = self.asked.borrow_mut();
        let ask = || {
            let mut program = Command::new(env!("CARGO_BIN_EXE_migrate"));
            if !command.is_empty() {
                program.arg(command);
            }
            let output = program.arg("--help").output().unwrap();
            assert!(output.status.success(), "there is no command `{command}`");
            let text = String::from_utf8(output.stdout).unwrap();
            let words = text.split(|it: char| it.is_whitespace() || ",=".contains(it));
            words
                .filter(|it| it.starts_with("--"))
                .map(str::to_owned)
                .collect()
        };
        asked.entry(command.to_owned()).or_insert_with(ask).clone()
    }
}

/// What a line of a session ends with, and what it prints.
fn run(line: &str, folder: &Path) -> (i32, String) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (program, arguments) = words.split_first().unwrap();
    assert_eq!(
        *program, "migrate",
        "a session is of our program alone: {line}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_migrate"))
        .args(arguments.iter().map(|it| it.trim_matches('\'')))
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["..."], _) => true,
        (["...", rest @ ..], _) => (0..=printed.len()).any(|at| matches(rest, &printed[at..])),
        ([line, shown @ ..], [text, printed @ ..]) => {
            line_matches(line, text) && matches(shown, printed)
        }
        (_, _) => false,
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let mut rest = printed;
    let mut parts = shown.split("[..]");
    let first = parts.next().unwrap();
    let Some(after) = rest.strip_prefix(first) else {
        return false;
    };
    rest = after;
    let mut ends = true;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        ends = !part.is_empty();
        rest = if ends { after } else { "" };
    }
    !ends || rest.is_empty()
}

/// The blocks of a page in that language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("\n```{language}\n");
    let blocks = text.split(begin.as_str()).skip(1);
    blocks
        .filter_map(|it| it.split("```").next())
        .map(str::to_owned)
        .collect()
}

/// The README and all pages of the guide.
fn pages() -> Vec<(String, String)> {
    let mut pages = files("docs", &["md"]);
    pages.push("README.md".to_owned());
    pages
        .into_iter()
        .map(|page| {
            let text = read(&page);
            (page, text)
        })
        .collect()
}

/// The files below a folder with one of these extensions, as paths from the root, in their order.
fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            found.extend(files(&name, extensions));
        } else if extensions
            .iter()
            .any(|it| name.ends_with(&format!(".{it}")))
        {
            found.insert(name);
        }
    }
    found.into_iter().collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}
