//! The server is killed, with all of its processes, while it migrates.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hammerwork_migrations::Dialect;
use tokio::process::Command;

use crate::database::{Database, builtin};
use crate::healing::Start;
use crate::random::Random;
use crate::runner;

/// How many times the server is killed.
const KILLS: usize = 10;

on_servers! {
    async fn a_killed_server_is_healed_by_the_next_run(database: &Database) {
        let dialect = database.dialect;
        let mut server = Server::start(dialect).await;
        let mut whole = undisturbed(&server).await;
        let mut random = Random::seeded(&format!("{dialect}"));
        let (mut killed, mut missed) = (0, 0);
        let mut seen = [0; 7];
        while killed < KILLS {
            let start = if killed % 2 == 0 { Start::Fresh } else { Start::WithJobs };
            let database = server.database(start).await;
            let mut child = runner::spawn(&database.url);
            let moment = random.moment_of(whole);
            tokio::time::sleep(moment).await;
            if child.try_wait().unwrap().is_some() {
                // The machine has become less busy since the first runs: this one took no longer than that.
                whole = moment;
                missed += 1;
                assert!(missed < 5 * KILLS, "the program ends before the server can be killed");
                continue;
            }
            server.kill().await;
            let outcome = runner::wait(child).await;
            server.restart().await;
            let database = database.on_server(&server.url);
            let recorded = database.status(&builtin()).await.unwrap().applied();
            // It may have had its last answer just before.
            if outcome.ended_well() {
                assert_eq!(recorded, 6, "what was reported as applied must outlive the server");
                missed += 1;
            } else {
                seen[recorded] += 1;
                killed += 1;
            }
            runner::wait(runner::spawn(&database.url)).await.applied();
            assert_eq!(runner::wait(runner::spawn(&database.url)).await.applied(), 0);
            start.holds(&database).await;
        }
        println!(
            "{dialect}: {KILLS} of {KILLS} killed servers healed, {missed} runs had ended before; an undisturbed \
             run takes {whole:?}; killed with so many migrations recorded, from none to six: {seen:?}"
        );
    }
}

async fn undisturbed(server: &Server) -> Duration {
    let mut times = Vec::new();
    for _ in 0..3 {
        let database = server.database(Start::Fresh).await;
        let start = Instant::now();
        let outcome = runner::wait(runner::spawn(&database.url)).await;
        times.push(start.elapsed());
        assert_eq!(outcome.applied(), 6);
    }
    times.sort_unstable();
    times[1]
}

/// A server of this test's own, which syncs what it commits.
struct Server {
    dialect: Dialect,
    directory: PathBuf,
    url: String,
    pid: u32,
}

impl Server {
    async fn start(dialect: Dialect) -> Server {
        let (engine, options): (_, &[&str]) = match dialect {
            Dialect::Postgres => ("postgres", &["-c", "fsync=on", "-c", "full_page_writes=on"]),
            // Written so that the server's data may come from a copy.
            Dialect::MySql => ("mysql", &["--loose-innodb-flush-log-at-trx-commit=1"]),
            Dialect::MariaDb => ("mariadb", &["--loose-innodb-flush-log-at-trx-commit=1"]),
            Dialect::Sqlite => unreachable!("SQLite has no server"),
        };
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("server-{engine}-{}", std::process::id()));
        let mut server = Server {
            dialect,
            directory,
            url: String::new(),
            pid: 0,
        };
        let place = server.directory.display().to_string();
        server
            .ask(&[&["private", engine, &place, "--"], options].concat())
            .await;
        server
    }

    async fn restart(&mut self) {
        let place = self.directory.display().to_string();
        self.ask(&["private-restart", &place]).await;
    }

    /// Runs `scripts/servers`, which prints URL and pid.
    async fn ask(&mut self, arguments: &[&str]) {
        let output = Command::new(SCRIPT).args(arguments).output().await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (url, pid) = text.trim().split_once('\n').unwrap();
        self.url = url.to_owned();
        self.pid = pid.parse().unwrap();
    }

    /// SIGKILL to the server and its children: those of PostgreSQL would go on for a while.
    async fn kill(&self) {
        let pids = [vec![self.pid], children_of(self.pid)].concat();
        let pids = pids.iter().map(ToString::to_string);
        // One that ended meanwhile is no failure; the server itself must be gone, or the restart fails.
        let output = Command::new("kill").arg("-KILL").args(pids).output().await;
        drop(output.unwrap());
    }

    async fn database(&self, start: Start) -> Database {
        let database = Database::create_on(self.dialect, &self.url).await;
        start.prepare(&database).await;
        database
    }
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/servers");

impl Drop for Server {
    fn drop(&mut self) {
        let mut command = std::process::Command::new(SCRIPT);
        command.arg("private-stop").arg(&self.directory);
        drop(command.output());
    }
}

/// The processes whose parent is `pid`.
fn children_of(pid: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |child: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        // After the name, which is in parentheses: the state, then the parent.
        let parent = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.split(' ').nth(1));
        parent == Some(pid.to_string().as_str())
    };
    pids.filter(is_child).collect()
}
