//! An application on PostgreSQL: it migrates when it starts, enqueues jobs, and lets two workers poll for them.
//!
//! ```sh
//! DATABASE_URL='postgres://user:password@localhost/database' \
//!     cargo run --example postgres_example --features postgres
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use hammerwork_migrations::{Migrator, register_builtin_migrations};
use sqlx::{PgConnection, PgPool, Row};

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
    let pool = PgPool::connect(&std::env::var("DATABASE_URL")?).await?;

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

async fn enqueue(pool: &PgPool, to: &str, priority: i32) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO hammerwork_jobs
            (id, queue_name, payload, status, priority, created_at, scheduled_at)
        VALUES (gen_random_uuid(), $1, jsonb_build_object('to', $2), 'Pending', $3, now(), now())";
    sqlx::query(insert)
        .bind(QUEUE)
        .bind(to)
        .bind(priority)
        .execute(pool)
        .await?;
    Ok(())
}

/// The next job, now this worker's own. Rows that another worker is just taking are skipped, not waited for, so
/// no job is taken twice and nobody stands in line.
async fn take(connection: &mut PgConnection) -> Result<Option<Job>, sqlx::Error> {
    let update = "UPDATE hammerwork_jobs
        SET status = 'Running', started_at = now(), attempts = attempts + 1
        WHERE id = (
            SELECT id FROM hammerwork_jobs
            WHERE queue_name = $1 AND status IN ('Pending', 'Retrying') AND scheduled_at <= now()
            ORDER BY priority DESC, scheduled_at
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id::text, payload->>'to', priority";
    let row = sqlx::query(update)
        .bind(QUEUE)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Job {
            id: row.try_get(0)?,
            to: row.try_get(1)?,
            priority: row.try_get(2)?,
        })
    })
    .transpose()
}

async fn complete(pool: &PgPool, job: &Job) -> Result<(), sqlx::Error> {
    let update = "UPDATE hammerwork_jobs
        SET status = 'Completed', completed_at = now() WHERE id = $1::uuid";
    sqlx::query(update).bind(&job.id).execute(pool).await?;
    Ok(())
}

/// Takes jobs until none is left, and tells which it had.
async fn work(number: u32, pool: PgPool) -> Result<Vec<String>, sqlx::Error> {
    let mut taken = Vec::new();
    let mut connection = pool.acquire().await?;
    while let Some(job) = take(&mut connection).await? {
        println!("worker {number}: priority {}, {}", job.priority, job.to);
        tokio::time::sleep(THE_WORK).await;
        complete(&pool, &job).await?;
        taken.push(job.id);
    }
    Ok(taken)
}

/// The same in slow motion: while one transaction has the urgent job, another gets the next one, at once.
async fn poll_twice_at_once(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut first = pool.begin().await?;
    let mut second = pool.begin().await?;
    for (name, connection) in [("first", &mut first), ("second", &mut second)] {
        if let Some(job) = take(connection).await? {
            println!("the {name} transaction has {}", job.to);
        }
    }
    // As when a worker dies: its transaction is undone, and the job is in the queue again.
    first.rollback().await?;
    second.rollback().await
}
