//! Who takes part. Each connects, and then does the work and closes its connection, which alone is timed.

mod diesel;
mod hammerwork;
mod one_message;
mod refinery;
mod sea_orm;
mod smallest;
mod sqlx;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use hammerwork_migrations::Dialect;

use crate::history::{self, Piece};
use crate::meter::Meter;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub enum Peer {
    /// The same DDL in one message, and no record of it: what there is to be measured against.
    OneMessage,
    /// One SELECT of the tracking table, else all that is missing in one message.
    Smallest,
    Hammerwork,
    Sqlx,
    Refinery,
    RefineryGrouped,
    SeaOrm,
    Diesel,
}

/// What one run is about.
pub struct Task {
    pub dialect: Dialect,
    pub url: String,
    pub size: usize,
    /// Where the work is, as SQL.
    pub pieces: PathBuf,
}

impl Task {
    pub fn pieces(&self) -> Result<Vec<Piece>> {
        history::read_pieces(&self.pieces)
    }
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Peer::OneMessage => "the same DDL in one message",
            Peer::Smallest => "smallest honest migrator",
            Peer::Hammerwork => "hammerwork-migrations",
            Peer::Sqlx => "sqlx 0.9",
            Peer::Refinery => "refinery 0.10",
            Peer::RefineryGrouped => "refinery 0.10, grouped",
            Peer::SeaOrm => "sea-orm-migration 2",
            Peer::Diesel => "diesel_migrations 2.3",
        }
    }

    /// Whether it knows what is applied already.
    pub fn keeps_records(self) -> bool {
        self != Peer::OneMessage
    }

    /// What its URLs end with so that it does without TLS, and goes by TCP, as all do here.
    pub fn parameters(self, dialect: Dialect) -> &'static str {
        match (dialect, self) {
            (Dialect::Sqlite, _) => "",
            (Dialect::Postgres, _) => "?sslmode=disable",
            (Dialect::MySql | Dialect::MariaDb, Peer::Refinery | Peer::RefineryGrouped) => {
                "?prefer_socket=false"
            }
            (Dialect::MySql | Dialect::MariaDb, Peer::Diesel) => "?ssl_mode=disabled",
            (Dialect::MySql | Dialect::MariaDb, _) => "?ssl-mode=DISABLED",
        }
    }

    /// Does the work once on a connection of its own; says how long it took from there until that is closed.
    pub fn run(self, task: &Task, meter: &Meter) -> Result<Duration> {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
        };
        match self {
            Peer::OneMessage => runtime()?.block_on(one_message::run(task, meter)),
            Peer::Smallest => runtime()?.block_on(smallest::run(task, meter)),
            Peer::Hammerwork => runtime()?.block_on(hammerwork::run(task, meter)),
            Peer::Sqlx => runtime()?.block_on(sqlx::run(task, meter)),
            Peer::SeaOrm => runtime()?.block_on(sea_orm::run(task, meter)),
            Peer::Refinery => refinery::run(task, meter, false),
            Peer::RefineryGrouped => refinery::run(task, meter, true),
            Peer::Diesel => diesel::run(task, meter),
        }
    }
}
