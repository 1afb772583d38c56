//! The crate `hammerwork` 0.8.0 does its work on databases that `migrate` made: workers take jobs by priority,
//! failures are kept, batches counted, schedules and results stored. `scripts/interop` runs it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hammerwork::batch::JobBatch;
use hammerwork::cron::CronSchedule;
use hammerwork::job::JobStatus;
use hammerwork::queue::DatabaseQueue;
use hammerwork::worker::JobHandler;
use hammerwork::{HammerworkError, Job, JobQueue, Worker, WorkerPool};
use serde_json::json;
use sqlx::{Connection, Executor, MySqlConnection, MySqlPool, PgConnection, PgPool};
use tokio::process::Command;

const QUEUE: &str = "interop";
/// How many jobs [`works`] leaves behind.
const JOBS: i64 = 16;
/// This version of the queue writes a status as JSON, quotes included: docs/interop.md says what follows from it.
const QUOTED: &str = r#"SELECT COUNT(*) FROM hammerwork_jobs WHERE status LIKE '"%"'"#;
/// What a run that hangs has passed.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let (server, url, name) = database("TEST_POSTGRES_URL", "postgres");
    let mut server = PgConnection::connect(&server).await.unwrap();
    make(&mut server, &name).await;
    migrate("migrate", &url).await;
    let pool = PgPool::connect(&url).await.unwrap();
    works(pool.clone()).await;
    let count = sqlx::query_scalar::<_, i64>(QUOTED).fetch_one(&pool);
    assert_eq!(count.await.unwrap(), JOBS);
    pool.close().await;
    migrate("verify", &url).await;
    // A worker of the queue that was stopped in the middle of a query may have left its session behind.
    drop_it(&mut server, &format!("{name} WITH (FORCE)")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mysql() {
    on_mysql_protocol("TEST_MYSQL_URL", "mysql").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb() {
    on_mysql_protocol("TEST_MARIADB_URL", "mariadb").await;
}

async fn on_mysql_protocol(variable: &str, engine: &str) {
    let (server, url, name) = database(variable, engine);
    let mut server = MySqlConnection::connect(&server).await.unwrap();
    make(&mut server, &name).await;
    migrate("migrate", &url).await;
    let pool = MySqlPool::connect(&url).await.unwrap();
    works(pool.clone()).await;
    let count = sqlx::query_scalar::<_, i64>(QUOTED).fetch_one(&pool);
    assert_eq!(count.await.unwrap(), JOBS);
    pool.close().await;
    migrate("verify", &url).await;
    drop_it(&mut server, &name).await;
}

/// Everything that the queue keeps in the schema, once through.
async fn works<DB>(pool: sqlx::Pool<DB>)
where
    DB: sqlx::Database + Sync,
    JobQueue<DB>: DatabaseQueue<Database = DB> + Send + Sync + 'static,
{
    let queue = Arc::new(JobQueue::new(pool));
    let job = |number: i32| Job::new(QUEUE.to_owned(), json!({ "number": number }));

    let mut ids = Vec::new();
    for number in 0..10 {
        ids.push(queue.enqueue(job(number)).await.unwrap());
    }
    let urgent = job(10).as_critical().with_timeout(Duration::from_secs(30));
    let urgent = queue.enqueue(urgent).await.unwrap();
    ids.push(urgent);
    let broken = Job::new(QUEUE.to_owned(), json!({ "broken": true })).with_max_attempts(1);
    let broken = queue.enqueue(broken).await.unwrap();
    let jobs = (11..14).map(job).collect();
    let batch = JobBatch::new("three")
        .with_jobs(jobs)
        .with_metadata("why", "a test");
    ids.extend(batch.jobs.iter().map(|it| it.id));
    let batch = queue.enqueue_batch(batch).await.unwrap();

    // The first poll is for the urgent job, though ten came before it. The pool gets the others.
    let first = queue.dequeue(QUEUE).await.unwrap().unwrap();
    assert_eq!(first.id, urgent);
    assert_eq!(first.timeout, Some(Duration::from_secs(30)));
    queue.complete_job(urgent).await.unwrap();

    let handled = Arc::new(Mutex::new(BTreeMap::new()));
    let counts = handled.clone();
    let handler: JobHandler = Arc::new(move |job: Job| {
        *counts.lock().unwrap().entry(job.id).or_insert(0) += 1;
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let broken = job.payload.get("broken").is_some();
            if broken {
                Err(HammerworkError::Processing("broken".to_owned()))
            } else {
                Ok(())
            }
        })
    });
    let mut workers = WorkerPool::new();
    for _ in 0..2 {
        let worker = Worker::new(queue.clone(), QUEUE.to_owned(), handler.clone())
            .with_poll_interval(Duration::from_millis(10))
            .with_max_retries(1);
        workers.add_worker(worker);
    }
    let all_are_done = async {
        let open = |status: JobStatus| status != JobStatus::Completed && status != JobStatus::Dead;
        for id in ids.iter().chain([&broken]) {
            while open(queue.get_job(*id).await.unwrap().unwrap().status) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    tokio::select! {
        ended = workers.start() => panic!("the workers ended: {ended:?}"),
        () = all_are_done => {}
        () = tokio::time::sleep(PATIENCE) => panic!("handled {:?} of {ids:?}", handled.lock().unwrap()),
    }

    // No job was taken twice, and all but the urgent one went through the pool.
    let handled = handled.lock().unwrap().clone();
    assert_eq!(handled.len(), ids.len());
    assert!(handled.values().all(|times| *times == 1), "{handled:?}");
    for id in &ids {
        let job = queue.get_job(*id).await.unwrap().unwrap();
        assert_eq!((job.status, job.attempts), (JobStatus::Completed, 1));
        assert!(job.completed_at.is_some());
    }
    let dead = queue.get_dead_jobs(None, None).await.unwrap();
    assert_eq!(dead.iter().map(|it| it.id).collect::<Vec<_>>(), [broken]);
    assert_eq!(
        dead[0].error_message.as_deref(),
        Some("Processing error: broken")
    );

    let status = queue.get_batch_status(batch).await.unwrap();
    assert_eq!(status.total_jobs, 3);
    assert_eq!(queue.get_batch_jobs(batch).await.unwrap().len(), 3);

    let nightly = CronSchedule::new("0 0 3 * * *").unwrap();
    let nightly = Job::with_cron_schedule(QUEUE.to_owned(), json!({}), nightly).unwrap();
    let id = queue.enqueue_cron_job(nightly).await.unwrap();
    let recurring = queue.get_recurring_jobs(QUEUE).await.unwrap();
    assert_eq!(recurring.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);
    assert_eq!(recurring[0].cron_schedule.as_deref(), Some("0 0 3 * * *"));
    assert!(recurring[0].next_run_at.is_some());

    queue
        .store_job_result(urgent, json!({ "sum": 42 }), None)
        .await
        .unwrap();
    assert_eq!(
        queue.get_job_result(urgent).await.unwrap(),
        Some(json!({ "sum": 42 }))
    );
    queue
        .store_job_result(ids[0], json!("old"), Some(first.created_at))
        .await
        .unwrap();
    assert_eq!(queue.cleanup_expired_results().await.unwrap(), 1);
    assert_eq!(queue.get_job_result(ids[0]).await.unwrap(), None);
}

/// The server's URL, that of a database to be made there, and its name.
fn database(variable: &str, engine: &str) -> (String, String, String) {
    let server = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run scripts/interop"));
    let name = format!("interop_{engine}_{}", std::process::id());
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = format!("{base}/{name}");
    (server, url, name)
}

async fn make<'a, E: Executor<'a>>(server: E, name: &str) {
    server
        .execute(format!("CREATE DATABASE {name}").as_str())
        .await
        .unwrap();
}

async fn drop_it<'a, E: Executor<'a>>(server: E, name: &str) {
    server
        .execute(format!("DROP DATABASE {name}").as_str())
        .await
        .unwrap();
}

/// The program `migrate` of this library, which knows nothing of the queue's own sqlx.
async fn migrate(command: &str, url: &str) {
    let program = std::env::var("MIGRATE").expect("MIGRATE names no program: run scripts/interop");
    let output = Command::new(program)
        .arg(command)
        .env("DATABASE_URL", url)
        .output();
    let output = output.await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "migrate {command}: {errors}");
}
