//! An application that does work in batches, on PostgreSQL, MySQL or MariaDB: a batch counts what became of its
//! jobs, and is finished with the last of them.
//!
//! ```sh
//! DATABASE_URL='postgres://user:password@localhost/database' \
//!     cargo run --example batch_example --features postgres,mysql
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use hammerwork_migrations::{Migrator, register_builtin_migrations};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    if url.starts_with("postgres") {
        on_postgres::run(&url).await
    } else {
        on_mysql::run(&url).await
    }
}

/// What a job of the batch does: it resizes a picture, where the picture is whole.
fn resize(picture: &str) -> Result<(), &'static str> {
    if picture == "broken.png" {
        return Err("not a picture");
    }
    Ok(())
}

const PICTURES: [&str; 4] = ["cover.png", "back.png", "broken.png", "author.png"];

fn migrator() -> Migrator {
    Migrator::new(register_builtin_migrations())
}

mod on_postgres {
    use sqlx::{PgPool, Row};

    use super::*;

    pub(super) async fn run(url: &str) -> Result<(), Box<dyn Error>> {
        let pool = PgPool::connect(url).await?;
        migrator().run(&pool).await?;
        let batch = enqueue(&pool).await?;
        println!("enqueued a batch of {} jobs", PICTURES.len());
        while step(&pool, &batch).await? {}
        let row = sqlx::query(
            "SELECT status, completed_jobs, failed_jobs, pending_jobs, error_summary
             FROM hammerwork_batches WHERE id = $1::uuid",
        )
        .bind(&batch)
        .fetch_one(&pool)
        .await?;
        let (status, summary): (String, String) = (row.try_get(0)?, row.try_get(4)?);
        let (done, failed, left): (i32, i32, i32) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        println!("{status}: {done} completed, {failed} failed ({summary}), {left} left");
        Ok(())
    }

    /// The batch and its jobs, in one transaction: no worker sees a part of it.
    async fn enqueue(pool: &PgPool) -> Result<String, sqlx::Error> {
        let mut transaction = pool.begin().await?;
        let batch: String = sqlx::query(
            "INSERT INTO hammerwork_batches
                (id, batch_name, total_jobs, pending_jobs, status, failure_mode, created_at)
             VALUES (gen_random_uuid(), 'pictures', $1, $1, 'Processing', 'ContinueOnError', now())
             RETURNING id::text",
        )
        .bind(PICTURES.len() as i32)
        .fetch_one(&mut *transaction)
        .await?
        .try_get(0)?;
        for picture in PICTURES {
            sqlx::query(
                "INSERT INTO hammerwork_jobs
                    (id, queue_name, payload, status, created_at, scheduled_at, batch_id)
                 VALUES (gen_random_uuid(), 'pictures', jsonb_build_object('picture', $1), 'Pending',
                    now(), now(), $2::uuid)",
            )
            .bind(picture)
            .bind(&batch)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(batch)
    }

    /// Works on one job of the batch; false where none is left. What became of the job and the counts of its batch
    /// are one transaction, so the counts are right whenever the application dies.
    async fn step(pool: &PgPool, batch: &str) -> Result<bool, sqlx::Error> {
        let mut transaction = pool.begin().await?;
        let row = sqlx::query(
            "SELECT id::text, payload->>'picture' FROM hammerwork_jobs
             WHERE batch_id = $1::uuid AND status = 'Pending'
             ORDER BY priority DESC, scheduled_at LIMIT 1 FOR UPDATE SKIP LOCKED",
        )
        .bind(batch)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let (id, picture): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let error = resize(&picture).err();
        println!("{picture}: {}", error.unwrap_or("done"));
        sqlx::query(
            "UPDATE hammerwork_jobs SET attempts = attempts + 1, error_message = $2,
                status = CASE WHEN $2 IS NULL THEN 'Completed' ELSE 'Failed' END,
                completed_at = CASE WHEN $2 IS NULL THEN now() END,
                failed_at = CASE WHEN $2 IS NULL THEN NULL ELSE now() END
             WHERE id = $1::uuid",
        )
        .bind(&id)
        .bind(error)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE hammerwork_batches SET
                completed_jobs = completed_jobs + CASE WHEN $2 IS NULL THEN 1 ELSE 0 END,
                failed_jobs = failed_jobs + CASE WHEN $2 IS NULL THEN 0 ELSE 1 END,
                error_summary = COALESCE($2, error_summary),
                status = CASE WHEN pending_jobs > 1 THEN status ELSE 'Completed' END,
                completed_at = CASE WHEN pending_jobs > 1 THEN NULL ELSE now() END,
                pending_jobs = pending_jobs - 1
             WHERE id = $1::uuid",
        )
        .bind(batch)
        .bind(error)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }
}

mod on_mysql {
    use sqlx::{MySqlPool, Row};

    use super::*;

    pub(super) async fn run(url: &str) -> Result<(), Box<dyn Error>> {
        let pool = MySqlPool::connect(url).await?;
        migrator().run(&pool).await?;
        let batch = enqueue(&pool).await?;
        println!("enqueued a batch of {} jobs", PICTURES.len());
        while step(&pool, &batch).await? {}
        let row = sqlx::query(
            "SELECT status, completed_jobs, failed_jobs, pending_jobs, error_summary
             FROM hammerwork_batches WHERE id = ?",
        )
        .bind(&batch)
        .fetch_one(&pool)
        .await?;
        let (status, summary): (String, String) = (row.try_get(0)?, row.try_get(4)?);
        let (done, failed, left): (i32, i32, i32) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        println!("{status}: {done} completed, {failed} failed ({summary}), {left} left");
        Ok(())
    }

    /// The batch and its jobs, in one transaction: no worker sees a part of it.
    async fn enqueue(pool: &MySqlPool) -> Result<String, sqlx::Error> {
        let mut transaction = pool.begin().await?;
        let batch: String = sqlx::query("SELECT UUID()")
            .fetch_one(&mut *transaction)
            .await?
            .try_get(0)?;
        sqlx::query(
            "INSERT INTO hammerwork_batches
                (id, batch_name, total_jobs, pending_jobs, status, failure_mode, created_at)
             VALUES (?, 'pictures', ?, total_jobs, 'Processing', 'ContinueOnError', NOW(6))",
        )
        .bind(&batch)
        .bind(PICTURES.len() as i32)
        .execute(&mut *transaction)
        .await?;
        for picture in PICTURES {
            sqlx::query(
                "INSERT INTO hammerwork_jobs
                    (id, queue_name, payload, status, created_at, scheduled_at, batch_id)
                 VALUES (UUID(), 'pictures', JSON_OBJECT('picture', ?), 'Pending', NOW(6), NOW(6), ?)",
            )
            .bind(picture)
            .bind(&batch)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(batch)
    }

    /// As its sister for PostgreSQL. Assignments of an UPDATE see those before them here, so the count that the
    /// others look at comes last.
    async fn step(pool: &MySqlPool, batch: &str) -> Result<bool, sqlx::Error> {
        let mut transaction = pool.begin().await?;
        let row = sqlx::query(
            "SELECT id, JSON_UNQUOTE(JSON_EXTRACT(payload, '$.picture')) FROM hammerwork_jobs
             WHERE batch_id = ? AND status = 'Pending'
             ORDER BY priority DESC, scheduled_at LIMIT 1 FOR UPDATE SKIP LOCKED",
        )
        .bind(batch)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let (id, picture): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let error = resize(&picture).err();
        println!("{picture}: {}", error.unwrap_or("done"));
        sqlx::query(
            "UPDATE hammerwork_jobs SET attempts = attempts + 1, error_message = ?,
                status = IF(error_message IS NULL, 'Completed', 'Failed'),
                completed_at = IF(error_message IS NULL, NOW(6), NULL),
                failed_at = IF(error_message IS NULL, NULL, NOW(6))
             WHERE id = ?",
        )
        .bind(error)
        .bind(&id)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE hammerwork_batches SET
                completed_jobs = completed_jobs + IF(? IS NULL, 1, 0),
                failed_jobs = failed_jobs + IF(? IS NULL, 0, 1),
                error_summary = COALESCE(?, error_summary),
                status = IF(pending_jobs > 1, status, 'Completed'),
                completed_at = IF(pending_jobs > 1, NULL, NOW(6)),
                pending_jobs = pending_jobs - 1
             WHERE id = ?",
        )
        .bind(error)
        .bind(error)
        .bind(error)
        .bind(batch)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }
}
