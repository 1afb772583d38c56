//! An application on MySQL or MariaDB: it migrates when it starts, enqueues jobs, and lets two workers poll for
//! them.
//!
//! ```sh
//! DATABASE_URL='mysql://user:password@localhost/database' \
//!     cargo run --example mysql_example --features mysql
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use hammerwork_migrations::{Migrator, register_builtin_migrations};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::{Executor, MySqlConnection, MySqlPool, Row};

const QUEUE: &str = "mail";
const NORMAL: i32 = 2;
const CRITICAL: i32 = 4;
/// As long as a mail takes.
const THE_WORK: Duration = Duration::from_millis(5);

struct Job {
    id: String,
    to: String,
    priority: i32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pool = connect(&std::env::var("DATABASE_URL")?).await?;

    // Every copy of the application may do this when it starts: one of them migrates, the others wait for it.
    let report = Migrator::new(register_builtin_migrations())
        .run(&pool)
        .await?;
    println!("applied {} migrations", report.applied.len());

    for number in 1..=20 {
        enqueue(&pool, &format!("reader{number}@example.com"), NORMAL).await?;
    }
    enqueue(&pool, "editor@example.com", CRITICAL).await?;
    println!("enqueued 20 jobs, then an urgent one");

    poll_twice_at_once(&pool).await?;

    let workers = [1, 2].map(|number| tokio::spawn(work(number, pool.clone())));
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await??);
    }
    let different: BTreeSet<&String> = taken.iter().collect();
    println!(
        "completed {} jobs, {} of them different",
        taken.len(),
        different.len()
    );
    Ok(())
}

/// At the default level of isolation a poll locks the gaps between rows, too, and workers wait for each other.
async fn connect(url: &str) -> Result<MySqlPool, sqlx::Error> {
    let options = MySqlPoolOptions::new().after_connect(|connection, _| {
        Box::pin(async move {
            connection
                .execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                .await?;
            Ok(())
        })
    });
    options.connect(url).await
}

async fn enqueue(pool: &MySqlPool, to: &str, priority: i32) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO hammerwork_jobs
            (id, queue_name, payload, status, priority, created_at, scheduled_at)
        VALUES (UUID(), ?, JSON_OBJECT('to', ?), 'Pending', ?, NOW(6), NOW(6))";
    sqlx::query(insert)
        .bind(QUEUE)
        .bind(to)
        .bind(priority)
        .execute(pool)
        .await?;
    Ok(())
}

/// The next job, this worker's own once the transaction is committed. Rows that another worker is just taking
/// are skipped, not waited for, so no job is taken twice and nobody stands in line.
///
/// The index has the rows in the order in which they are wanted: one is read, and one is locked. Rows that must be
/// sorted first, as for `status IN (..)`, are all locked, and the next worker finds none.
async fn take(transaction: &mut MySqlConnection) -> Result<Option<Job>, sqlx::Error> {
    let select = "SELECT id, JSON_UNQUOTE(JSON_EXTRACT(payload, '$.to')), priority
        FROM hammerwork_jobs FORCE INDEX (idx_queue_status_priority_scheduled)
        WHERE queue_name = ? AND status = 'Pending' AND scheduled_at <= NOW(6)
        ORDER BY priority DESC, scheduled_at
        LIMIT 1
        FOR UPDATE SKIP LOCKED";
    let update = "UPDATE hammerwork_jobs
        SET status = 'Running', started_at = NOW(6), attempts = attempts + 1 WHERE id = ?";
    let row = sqlx::query(select)
        .bind(QUEUE)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let job = Job {
        id: row.try_get(0)?,
        to: row.try_get(1)?,
        priority: row.try_get(2)?,
    };
    sqlx::query(update)
        .bind(&job.id)
        .execute(transaction)
        .await?;
    Ok(Some(job))
}

async fn complete(pool: &MySqlPool, job: &Job) -> Result<(), sqlx::Error> {
    let update = "UPDATE hammerwork_jobs
        SET status = 'Completed', completed_at = NOW(6) WHERE id = ?";
    sqlx::query(update).bind(&job.id).execute(pool).await?;
    Ok(())
}

/// Takes jobs until none is left, and tells which it had.
async fn work(number: u32, pool: MySqlPool) -> Result<Vec<String>, sqlx::Error> {
    let mut taken = Vec::new();
    loop {
        let mut transaction = pool.begin().await?;
        let job = take(&mut transaction).await?;
        transaction.commit().await?;
        let Some(job) = job else {
            return Ok(taken);
        };
        println!("worker {number}: priority {}, {}", job.priority, job.to);
        tokio::time::sleep(THE_WORK).await;
        complete(&pool, &job).await?;
        taken.push(job.id);
    }
}

/// The same in slow motion: while one transaction has the urgent job, another gets the next one, at once.
async fn poll_twice_at_once(pool: &MySqlPool) -> Result<(), sqlx::Error> {
    let mut first = pool.begin().await?;
    let mut second = pool.begin().await?;
    for (name, transaction) in [("first", &mut first), ("second", &mut second)] {
        if let Some(job) = take(transaction).await? {
            println!("the {name} transaction has {}", job.to);
        }
    }
    // As when a worker dies: its transaction is undone, and the job is in the queue again.
    first.rollback().await?;
    second.rollback().await
}
