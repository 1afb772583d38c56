//! SIGTERM and Ctrl-C: the first ends a run between two steps, the second at once.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hammerwork_migrations::run::driver::{Driver as _, connect_sqlite};

use crate::program::{Directory, Ended, command};

/// Sends it that signal.
pub(crate) fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([format!("-{signal}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Reads stderr until that is there.
pub(crate) fn hear(child: &mut Child, text: &str) -> String {
    let stderr = child.stderr.as_mut().unwrap();
    let mut heard = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&heard).contains(text) {
        let read = stderr.read(&mut byte).unwrap();
        assert_eq!(read, 1, "{}", String::from_utf8_lossy(&heard));
        heard.push(byte[0]);
    }
    String::from_utf8(heard).unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_run_that_waits_for_the_lock_stops_waiting() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let directory = Directory::new();
        let url = format!("sqlite://{}", directory.path().join("jobs.db").display());
        let mut holder = connect_sqlite(&format!("{url}?mode=rwc"), true)
            .await
            .unwrap();
        holder.begin().await.unwrap();
        let mut child = command(directory.path())
            .args(["--database-url", &url])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        hear(&mut child, "waiting for the migration lock");
        let start = Instant::now();
        send(&child, signal);
        let ended = Ended::of(&child.wait_with_output().unwrap());
        assert!(start.elapsed() < Duration::from_secs(20), "{ended:?}");
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{ended:?}");
        assert!(
            ended.stderr.ends_with(
                "stopping after the step that runs; once more stops at once\n\
                 error: stopped as asked, before anything was done\n\
                 help: run again: what was done stays, and the rest is done then\n"
            ),
            "{ended:?}"
        );
        holder.rollback().await.unwrap();
    }
}
