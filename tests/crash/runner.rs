//! The runner as a program of its own, which can be killed: `migrate`.

use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

use crate::healing::HANGS;

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    output: String,
    errors: String,
}

impl Outcome {
    /// How many migrations it says it recorded. It must have ended well.
    pub(crate) fn applied(&self) -> usize {
        assert!(self.status.success(), "{self:?}");
        if self.output.starts_with("nothing to do") {
            return 0;
        }
        // A line for each, and one that sums up.
        let lines = self.output.lines().count();
        let sum = self.output.lines().last().unwrap_or_default();
        let sums_up = sum.contains(" applied in ") || sum.ends_with(" already there");
        assert!(sums_up && lines > 1, "{self:?}");
        lines - 1
    }

    /// It must have ended by itself, well or with an error that it told; and whether it ended well.
    pub(crate) fn ended_well(&self) -> bool {
        let told = self.status.code() == Some(3) && self.errors.starts_with("error: ");
        assert!(self.status.success() || told, "{self:?}");
        self.status.success()
    }
}

/// Starts the program on the database of `url`. It dies with what this returns.
pub(crate) fn spawn(url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_migrate"))
        .args(["--database-url", url])
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
    Outcome {
        status: output.status,
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
