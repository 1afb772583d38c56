//! Files that are begun for a person: migrations, their line in the list, and a crate of them.

use std::path::{Path, PathBuf};

use super::error::Error;
use super::folder;

/// A few words as a part of a file's name: `Add priority!` as `add_priority`; none where nothing is left.
pub(super) fn slug(name: &str) -> Option<String> {
    let words: Vec<String> = name
        .split(|it: char| !it.is_ascii_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let slug = words.join("_");
    // What is longer is refused where it names a table; as a file's name it only is a nuisance.
    (!slug.is_empty() && slug.len() <= 60).then_some(slug)
}

/// The file of a new migration, with the same first lines as the one before it.
pub(super) fn migration(id: &str, name: &str, sibling: &str) -> String {
    let line = |part: &str, default: &'static str| -> String {
        let found = sibling.lines().find(|it| it.contains(part));
        found.unwrap_or(default).to_owned()
    };
    let import = line("dsl::*;", "use hammerwork_migrations::dsl::*;");
    let function = line("fn migration()", "pub(super) fn migration() -> Migration {");
    let summary = sentence(name);
    format!(
        "//! {summary}.\n\n{import}\n\n{function}\n    Migration::new({id:?}, {summary:?})\n}}\n"
    )
}

fn sentence(name: &str) -> String {
    let name = name.trim().trim_end_matches('.');
    // It goes into a comment of one line.
    let name: String = name
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name,
    }
}

/// The file that lists the migrations of a folder.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) path: PathBuf,
    text: String,
}

impl Registry {
    /// The `mod.rs`, `lib.rs` or `main.rs` beside them.
    pub(super) fn find(folder: &Path) -> Result<Self, Error> {
        let names = ["mod.rs", "lib.rs", "main.rs"];
        let found = names
            .iter()
            .map(|name| folder.join(name))
            .find(|path| path.is_file());
        let path = found.ok_or_else(|| Error::NoFolder {
            path: folder.to_owned(),
        })?;
        let text = folder::read(&path)?;
        Ok(Registry { path, text })
    }

    /// Its text with one migration more.
    pub(super) fn with(&self, id: &str) -> Result<String, Error> {
        let none = || Error::NoList {
            path: self.path.clone(),
        };
        with_entry(&with_module(&self.text, id), id).ok_or_else(none)
    }
}

/// Adds `mod m007_x;` after the last of its kind, or after the first comment.
fn with_module(text: &str, id: &str) -> String {
    let is_module = |line: &&str| {
        let line = line.trim();
        let name = line.strip_suffix(';').and_then(|it| it.rsplit_once("mod "));
        name.is_some_and(|(_, name)| folder::number_of(name).is_some())
    };
    let last = text.lines().rfind(is_module);
    let Some(last) = last else {
        let comment: usize = text
            .split_inclusive('\n')
            .take_while(|it| it.starts_with("//!"))
            .map(str::len)
            .sum();
        let gap = if comment == 0 { "" } else { "\n" };
        let (before, after) = text.split_at(comment);
        return format!("{before}{gap}mod m{id};\n{after}");
    };
    let start = last.split("mod ").next().unwrap_or_default();
    text.replacen(last, &format!("{last}\n{start}mod m{id};"), 1)
}

/// Adds the entry of the list, in the shape that the others have; none where there is no list.
fn with_entry(text: &str, id: &str) -> Option<String> {
    if let Some(start) = text.find("migrations![") {
        let open = start + "migrations![".len();
        let close = open + text[open..].find(']')?;
        let entries: Vec<&str> = text[open..close]
            .split(',')
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect();
        let mut lines: String = entries
            .iter()
            .map(|it| format!("        {it},\n"))
            .collect();
        lines += &format!("        m{id},\n");
        return Some(format!("{}\n{lines}    {}", &text[..open], &text[close..]));
    }
    let is_entry = |line: &&str| line.trim().ends_with("::migration(),");
    let last = text.lines().rfind(is_entry)?;
    let indent = &last[..last.len() - last.trim_start().len()];
    let more = format!("{last}\n{indent}m{id}::migration(),");
    Some(text.replacen(last, &more, 1))
}

/// Whether cargo takes it for the name of a package, and Rust for that of a crate.
pub(super) fn is_package_name(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
}

/// The files of a crate of migrations, by their names in it.
pub(super) fn package(
    package: &str,
    library: Option<&Path>,
    engines: &[String],
) -> Vec<(&'static str, String)> {
    let place = match library {
        Some(path) => format!("path = {:?}", path.display().to_string()),
        None => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
    };
    let features: Vec<String> = engines.iter().map(|it| format!("{it:?}")).collect();
    let fill = |template: &str| {
        template
            .replace("PACKAGE", package)
            .replace("CRATE", &package.replace('-', "_"))
            .replace("PLACE", &place)
            .replace("ENGINES", &features.join(", "))
    };
    vec![
        ("Cargo.toml", fill(CARGO_TOML)),
        ("src/lib.rs", fill(LIB_RS)),
        ("src/main.rs", fill(MAIN_RS)),
        ("src/m001_first_table.rs", fill(FIRST_RS)),
    ]
}

const CARGO_TOML: &str = include_str!("scaffold/manifest.txt");
const LIB_RS: &str = include_str!("scaffold/lib.txt");
const MAIN_RS: &str = include_str!("scaffold/main.txt");
const FIRST_RS: &str = include_str!("scaffold/first.txt");

/// The manifest of the workspace, as it is to be.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The workspace's manifest with the new member, and with the lines that `cargo hammerwork` looks for.
pub(super) fn workspace_manifest(member: &Path, package: &str) -> Result<Manifest, Error> {
    let path = PathBuf::from("Cargo.toml");
    let text = if path.exists() {
        folder::read(&path)?
    } else {
        "[workspace]\nresolver = \"3\"\n".to_owned()
    };
    let member = member.display().to_string().replace('\\', "/");
    let text = with_member(&text, &member);
    let metadata = format!("\n[workspace.metadata.hammerwork]\npackage = {package:?}\n");
    let text = if text.contains("[workspace.metadata.hammerwork]") {
        text
    } else {
        text + &metadata
    };
    Ok(Manifest { path, text })
}

fn with_member(text: &str, member: &str) -> String {
    let is_header = |line: &&str| line.trim() == "[workspace]";
    let Some(header) = text.lines().find(is_header) else {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        return format!("{text}{end}\n[workspace]\nmembers = [{member:?}]\n");
    };
    let start = text.find(header).unwrap_or(0) + header.len();
    let section = text[start..]
        .find("\n[")
        .map_or(text.len(), |it| start + it);
    let list = text[start..section]
        .match_indices("members")
        .map(|(at, _)| start + at)
        // Not the one of `default-members`.
        .find(|at| text[..*at].ends_with('\n'))
        .and_then(|at| text[at..section].find('[').map(|it| at + it + 1));
    match list {
        Some(open) => {
            let first = text[open..].trim_start().starts_with(']');
            let comma = if first { "" } else { ", " };
            format!("{}{member:?}{comma}{}", &text[..open], &text[open..])
        }
        None => format!(
            "{}\nmembers = [{member:?}]{}",
            &text[..start],
            &text[start..]
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_the_name_of_a_file() {
        for (name, expected) in [
            ("add priority", Some("add_priority")),
            ("  Add   Priority! ", Some("add_priority")),
            ("v2", Some("v2")),
            ("é!", None),
            ("", None),
        ] {
            assert_eq!(slug(name).as_deref(), expected, "{name}");
        }
        assert_eq!(slug(&"long ".repeat(13)), None);
    }

    #[test]
    fn a_migration_begins_as_its_sibling_does() {
        assert_eq!(
            migration("002_a_b", "a b", ""),
            "//! A b.\n\nuse hammerwork_migrations::dsl::*;\n\npub(super) fn migration() -> Migration {\n    \
             Migration::new(\"002_a_b\", \"A b\")\n}\n"
        );
        let sibling = "//! X.\nuse crate::dsl::*;\npub(crate) fn migration() -> Migration {\n";
        let text = migration("002_a", "say \"hi\"", sibling);
        assert!(text.contains("\nuse crate::dsl::*;\n"), "{text}");
        assert!(
            text.contains("\npub(crate) fn migration() -> Migration {\n"),
            "{text}"
        );
        assert!(
            text.contains(r#"Migration::new("002_a", "Say \"hi\"")"#),
            "{text}"
        );
    }

    #[test]
    fn the_list_gets_a_line_in_the_shape_that_it_has() {
        let both = |text: &str| with_entry(&with_module(text, "002_b"), "002_b");
        assert_eq!(
            both("//! X.\n\nmod m001_a;\nmod other;\n\nfn f() {\n    new([\n        m001_a::migration(),\n    ])\n}\n")
                .as_deref(),
            Some(
                "//! X.\n\nmod m001_a;\nmod m002_b;\nmod other;\n\nfn f() {\n    new([\n        m001_a::migration(),\n        \
                 m002_b::migration(),\n    ])\n}\n"
            )
        );
        assert_eq!(
            both("mod m001_a;\n\nfn f() {\n    migrations![m001_a]\n}\n").as_deref(),
            Some(
                "mod m001_a;\nmod m002_b;\n\nfn f() {\n    migrations![\n        m001_a,\n        m002_b,\n    ]\n}\n"
            )
        );
        assert_eq!(
            both("//! X.\nfn f() {\n    migrations![]\n}\n").as_deref(),
            Some("//! X.\n\nmod m002_b;\nfn f() {\n    migrations![\n        m002_b,\n    ]\n}\n")
        );
        assert_eq!(both("fn f() {}\n"), None);
    }

    #[test]
    fn a_workspace_gets_a_member() {
        for (text, expected) in [
            (
                "[package]\nname = \"a\"",
                "[package]\nname = \"a\"\n\n[workspace]\nmembers = [\"m\"]\n",
            ),
            (
                "[workspace]\nresolver = \"3\"\n",
                "[workspace]\nmembers = [\"m\"]\nresolver = \"3\"\n",
            ),
            (
                "[workspace]\ndefault-members = [\"a\"]\nmembers = [\"a\"]\n[x]\n",
                "[workspace]\ndefault-members = [\"a\"]\nmembers = [\"m\", \"a\"]\n[x]\n",
            ),
            (
                "[workspace]\nmembers = []\n",
                "[workspace]\nmembers = [\"m\"]\n",
            ),
        ] {
            assert_eq!(with_member(text, "m"), expected);
        }
    }

    #[test]
    fn a_package_has_a_name_that_rust_takes() {
        for (name, good) in [
            ("migration", true),
            ("our-db", true),
            ("1st", false),
            ("a b", false),
            ("", false),
        ] {
            assert_eq!(is_package_name(name), good, "{name}");
        }
    }
}
