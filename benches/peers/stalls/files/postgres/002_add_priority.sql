ALTER TABLE hammerwork_jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 2;
DROP INDEX idx_hammerwork_jobs_queue_status;
CREATE INDEX idx_hammerwork_jobs_queue_status_priority_scheduled
    ON hammerwork_jobs (queue_name, status, priority DESC, scheduled_at) WHERE status IN ('Pending', 'Retrying');
