//! The runner as a program of its own, which can be killed.

use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

use crate::database::builtin;
use crate::healing::{HANGS, attempt};

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

impl Outcome {
    /// How many migrations it says it applied.
    pub(crate) fn applied(&self) -> usize {
        assert!(self.status.success(), "{self:?}");
        let line = self
            .output
            .lines()
            .find_map(|line| line.split_once("applied: "));
        line.unwrap_or_else(|| panic!("{self:?}"))
            .1
            .parse()
            .unwrap()
    }
}

/// Starts the program on the database of `url`. It dies with what this returns.
pub(crate) fn spawn(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "runner::program",
            "--include-ignored",
            "--nocapture",
        ])
        .env("CRASH_RUNNER_URL", url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Waits until the program ends, which it must.
pub(crate) async fn wait(child: Child) -> Outcome {
    let output = tokio::time::timeout(HANGS, child.wait_with_output())
        .await
        .expect("the program comes to an end")
        .unwrap();
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    Outcome {
        status: output.status,
        output: text,
    }
}

/// Not a test, but the program.
#[tokio::test]
#[ignore = "the program that the other tests start"]
async fn program() {
    let Ok(url) = std::env::var("CRASH_RUNNER_URL") else {
        return;
    };
    let scheme = url.split(':').next().unwrap();
    let dialect = scheme.parse().unwrap();
    match attempt(dialect, &url, &builtin()).await {
        Ok(report) => println!("\napplied: {}", report.applied.len()),
        Err(error) => panic!("{error:#?}"),
    }
}
