//! Many databases: one call for all of them, against a loop of single runs, of this library and of its peers.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use hammerwork_migrations::run::driver::{
    PostgresDriver, SqliteDriver, connect_postgres, connect_sqlite,
};
use hammerwork_migrations::run::{Databases, DriverError, Schemas, Source};
use hammerwork_migrations::{Dialect, Migrator, register_builtin_migrations};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::history;
use crate::meter::Meter;
use crate::peer::{Peer, Task};

const BEGIN: &str = "<!-- many: benches/peers/run writes what follows -->";
const END: &str = "<!-- many: up to here -->";

#[derive(Args)]
pub struct Arguments {
    /// How many databases.
    #[arg(long, default_value_t = 200)]
    databases: usize,
    /// How often each is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The page whose table is written, between the marks that it has for it; stdout has it, too.
    #[arg(long)]
    page: Option<PathBuf>,
    /// Where the files of SQLite go.
    #[arg(long)]
    directory: PathBuf,
}

/// How the databases are gone through.
#[derive(Clone, Copy)]
enum Way {
    /// One call, so many at a time.
    Each(usize),
    /// One after the other, in one process.
    Loop(Peer),
    /// A process of this library for each, one after the other.
    Processes,
}

impl Way {
    fn all() -> Vec<Way> {
        let peers = Peer::value_variants().iter().copied();
        let peers = peers.filter(|it| it.keeps_records()).map(Way::Loop);
        [Way::Each(1), Way::Each(4), Way::Each(8)]
            .into_iter()
            .chain(peers)
            .chain([Way::Processes])
            .collect()
    }

    fn name(self) -> String {
        match self {
            Way::Each(jobs) => format!("`Migrator::each`, {jobs} at a time"),
            Way::Loop(peer) => format!("a loop: {}", peer.name()),
            Way::Processes => "a loop of programs: hammerwork-migrations".to_owned(),
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut table = format!(
        "| {} databases, seconds | SQLite, new | nothing to do | PostgreSQL, new | nothing to do |\n|---|---|---|---|---|\n",
        arguments.databases
    );
    for way in Way::all() {
        let mut cells = Vec::new();
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let mut samples = [Vec::new(), Vec::new()];
            for round in 0..arguments.rounds {
                let places = Places::make(dialect, arguments, round)?;
                let measured = places
                    .go(way)
                    .and_then(|fresh| Ok([fresh, places.go(way)?]));
                places.remove()?;
                let measured = measured.with_context(|| format!("{} on {dialect}", way.name()))?;
                for (samples, time) in samples.iter_mut().zip(measured) {
                    samples.push(time.as_secs_f64());
                }
            }
            cells.extend(samples.map(|mut it| {
                it.sort_by(f64::total_cmp);
                format!("{:.2}", it[it.len() / 2])
            }));
        }
        let line = format!("| {} | {} |\n", way.name(), cells.join(" | "));
        eprint!("{line}");
        table += &line;
    }
    print!("{table}");
    arguments
        .page
        .as_deref()
        .map_or(Ok(()), |page| write(page, &table))
}

fn write(page: &Path, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .context("the page has no place for the table")?;
    let (_, after) = rest
        .split_once(END)
        .context("the page has no place for the table")?;
    Ok(std::fs::write(
        page,
        format!("{before}{BEGIN}\n\n{table}\n{END}{after}"),
    )?)
}

/// Databases that nothing else uses.
struct Places {
    dialect: Dialect,
    /// The folder of the files; on PostgreSQL the database of the schemas.
    parent: String,
    names: Vec<String>,
    /// The work as SQL.
    pieces: PathBuf,
}

impl Places {
    fn make(dialect: Dialect, arguments: &Arguments, round: usize) -> Result<Places> {
        let name = format!("many_{}_{round}", std::process::id());
        let names: Vec<String> = (0..arguments.databases)
            .map(|it| format!("tenant_{it:04}"))
            .collect();
        let parent = if dialect == Dialect::Sqlite {
            let folder = arguments.directory.join(name);
            std::fs::create_dir(&folder)?;
            folder.display().to_string()
        } else {
            let make: String = names
                .iter()
                .map(|it| format!("CREATE SCHEMA {it};\n"))
                .collect();
            block_on(async {
                execute(&server("")?, format!("CREATE DATABASE {name}")).await?;
                execute(&server(&name)?, make).await
            })?;
            name
        };
        let pieces = arguments.directory.join(format!("many-{dialect}.json"));
        history::write_pieces(6, dialect, &pieces)?;
        Ok(Places {
            dialect,
            parent,
            names,
            pieces,
        })
    }

    fn remove(self) -> Result<()> {
        if self.dialect == Dialect::Sqlite {
            return Ok(std::fs::remove_dir_all(self.parent)?);
        }
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.parent);
        block_on(async { execute(&server("")?, drop).await })
    }

    /// Goes through all of them once.
    fn go(&self, way: Way) -> Result<Duration> {
        match way {
            Way::Each(jobs) => {
                let start = Instant::now();
                block_on(self.each(jobs))?;
                Ok(start.elapsed())
            }
            Way::Loop(peer) => self.names.iter().map(|name| self.one(peer, name)).sum(),
            Way::Processes => {
                let start = Instant::now();
                for name in &self.names {
                    self.process(name)?;
                }
                Ok(start.elapsed())
            }
        }
    }

    async fn each(&self, jobs: usize) -> Result<()> {
        let migrator = Migrator::new(register_builtin_migrations());
        let outcomes = if self.dialect == Dialect::Sqlite {
            let files = self
                .names
                .iter()
                .map(|name| Ok((name.clone(), File(self.url(Peer::Hammerwork, name)?))));
            let files = files.collect::<Result<Vec<_>>>()?;
            migrator.each(Databases::new(files)).jobs(jobs).run().await
        } else {
            let url = format!(
                "{}{}",
                server(&self.parent)?,
                Peer::Hammerwork.parameters(self.dialect)
            );
            let schemas = Schemas::new(Server(url), &self.names);
            migrator.each(schemas).jobs(jobs).run().await
        };
        ensure!(outcomes.are_well(), "{:?}", outcomes.failed().next());
        Ok(())
    }

    fn one(&self, peer: Peer, name: &str) -> Result<Duration> {
        let task = Task {
            dialect: self.dialect,
            url: self.url(peer, name)?,
            size: 6,
            pieces: self.pieces.clone(),
        };
        peer.run(&task, &Meter::default())
    }

    fn process(&self, name: &str) -> Result<()> {
        let url = match self.dialect {
            Dialect::Sqlite => self.url(Peer::Hammerwork, name)?,
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => server(&self.parent)?,
        };
        let peer = Peer::Hammerwork
            .to_possible_value()
            .context("every peer has a word")?;
        // It puts parameters of its own behind the URL.
        let output = Command::new(std::env::current_exe()?)
            .args([
                "once",
                peer.get_name(),
                &self.dialect.to_string(),
                &url,
                "6",
            ])
            .arg(&self.pieces)
            .env("PGOPTIONS", format!("-csearch_path={name}"))
            .output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// As all peers take it: without TLS, in that schema.
    fn url(&self, peer: Peer, name: &str) -> Result<String> {
        if self.dialect == Dialect::Sqlite {
            return Ok(format!("sqlite://{}/{name}", self.parent));
        }
        let parameters = peer.parameters(self.dialect);
        Ok(format!(
            "{}{parameters}&options=-csearch_path%3D{name}",
            server(&self.parent)?
        ))
    }
}

/// Opened when its turn comes.
struct File(String);

impl Source for File {
    type Driver = SqliteDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        connect_sqlite(&self.0, true).await
    }
}

#[derive(Clone)]
struct Server(String);

impl Source for Server {
    type Driver = PostgresDriver<'static>;

    async fn driver(self) -> Result<Self::Driver, DriverError> {
        connect_postgres(&self.0).await
    }
}

/// The URL of that database; of the tests' own where the name is empty.
fn server(database: &str) -> Result<String> {
    let url = std::env::var("TEST_POSTGRES_URL")
        .context("TEST_POSTGRES_URL is not set: start this with benches/peers/run")?;
    if database.is_empty() {
        return Ok(url);
    }
    let (base, _) = url.rsplit_once('/').context("the URL names a database")?;
    Ok(format!("{base}/{database}"))
}

async fn execute(url: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
