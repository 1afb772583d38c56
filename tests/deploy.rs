//! What `deploy/` builds on is so, as far as it shows without a container engine: the program runs where there is
//! nothing but the libraries that it links, and the image's build finds all that it needs. `scripts/check-deploy`
//! looks at the files themselves.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MIGRATE: &str = env!("CARGO_BIN_EXE_migrate");

/// What the base image `distroless/cc` has of libraries.
const IN_THE_IMAGE: [&str; 4] = ["ld-linux", "libc.so", "libgcc_s.so", "libm.so"];

#[test]
fn the_program_links_no_more_than_the_image_has() {
    for library in libraries() {
        let name = library.file_name().unwrap().to_str().unwrap();
        assert!(
            IN_THE_IMAGE.iter().any(|it| name.starts_with(it)),
            "{name} is not in the image of deploy/Dockerfile"
        );
    }
}

#[test]
fn the_program_runs_where_there_is_nothing_else() {
    let root = empty_root();
    let version = enclosed(&root, &["--version"]);
    assert!(
        stdout(&version).starts_with("hammerwork-migrations "),
        "{}",
        stdout(&version)
    );
    let migrated = enclosed(&root, &["--database-url", "sqlite:///data.db?mode=rwc"]);
    assert!(stdout(&migrated).contains("6 applied"));
    assert!(root.join("data.db").exists());
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
#[test]
#[ignore = "needs servers: run scripts/test"]
fn the_program_reaches_servers_from_there() {
    let root = empty_root();
    for variable in ["TEST_POSTGRES_URL", "TEST_MYSQL_URL", "TEST_MARIADB_URL"] {
        let url = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
        let shown = enclosed(&root, &["status", "--database-url", &url]);
        assert!(stdout(&shown).contains("001_initial_schema"), "{variable}");
    }
}

/// `deploy/Dockerfile.dockerignore` leaves out what the build needs not. Cargo finds all targets in what it leaves in,
/// and the compiler all pages that the sources include.
#[test]
fn what_the_image_is_built_from_is_enough() {
    let context = place("context");
    let kept = read("deploy/Dockerfile.dockerignore");
    for pattern in kept.lines().filter_map(|it| it.strip_prefix('!')) {
        let (folder, extension) = match pattern.split_once("/*.") {
            Some((folder, extension)) => (folder, Some(extension)),
            None => (pattern, None),
        };
        copy(&root().join(folder), &context.join(folder), extension);
    }
    let output = Command::new(env!("CARGO"))
        // It judges the manifest as a build does; `cargo metadata` is content with less.
        .args(["fetch", "--locked", "--offline"])
        .current_dir(&context)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut included = 0;
    for source in sources(&context.join("src")) {
        let text = fs::read_to_string(&source).unwrap();
        for path in text.split("include_str!(\"").skip(1) {
            let page = source
                .parent()
                .unwrap()
                .join(path.split('"').next().unwrap());
            assert!(page.exists(), "{} is left out", page.display());
            included += 1;
        }
    }
    assert!(included > 10, "only {included} pages");
}

#[test]
fn the_image_is_built_with_the_rust_that_is_promised() {
    let manifest = read("Cargo.toml");
    let promised = manifest
        .lines()
        .find_map(|it| it.strip_prefix("rust-version = \""))
        .and_then(|it| it.strip_suffix('"'))
        .unwrap();
    for file in ["deploy/Dockerfile", "deploy/ci/gitlab.yml"] {
        let image = format!("rust:{promised}-");
        assert!(read(file).contains(&image), "{file} is not from {image}");
    }
    let dockerfile = read("deploy/Dockerfile");
    let features = dockerfile
        .lines()
        .find_map(|it| it.strip_prefix("ARG FEATURES="))
        .unwrap();
    for feature in features.split(',') {
        assert!(
            manifest.contains(&format!("\n{feature} = [")),
            "no feature {feature}"
        );
    }
}

/// A folder that has the program and what it links, and nothing else.
fn empty_root() -> PathBuf {
    let root = place("root");
    for file in libraries() {
        let inside = root.join(file.strip_prefix("/").unwrap());
        fs::create_dir_all(inside.parent().unwrap()).unwrap();
        fs::copy(&file, &inside).unwrap();
    }
    fs::copy(MIGRATE, root.join("migrate")).unwrap();
    root
}

/// Runs the program with that folder as its whole world. A name space of users does it without being root.
fn enclosed(root: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("unshare")
        .args(["--map-root-user", "chroot"])
        .arg(root)
        .arg("/migrate")
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The libraries that the program links, and the loader, where they are here.
fn libraries() -> BTreeSet<PathBuf> {
    let output = Command::new("ldd").arg(MIGRATE).output().unwrap();
    let text = stdout(&output);
    let found: BTreeSet<PathBuf> = text
        .split_whitespace()
        .filter(|it| it.starts_with('/'))
        .map(PathBuf::from)
        .collect();
    assert!(!found.is_empty(), "{text}");
    found
}

/// A new folder, which the next run of the test makes anew.
fn place(name: &str) -> PathBuf {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("deploy");
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}_{test}"));
    drop(fs::remove_dir_all(&place));
    fs::create_dir_all(&place).unwrap();
    place
}

/// Copies a file, or what is in a folder: all of it, or the files of one extension.
fn copy(from: &Path, to: &Path, extension: Option<&str>) {
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let is_wanted = match extension {
            Some(it) => path.extension().is_some_and(|found| found == it),
            None => true,
        };
        if is_wanted {
            copy(&path, &to.join(path.file_name().unwrap()), extension);
        }
    }
}

/// The files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}
