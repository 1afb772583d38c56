ALTER TABLE hammerwork_jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 2;
DROP INDEX idx_queue_status ON hammerwork_jobs;
CREATE INDEX idx_queue_status_priority_scheduled
    ON hammerwork_jobs (queue_name, status, priority DESC, scheduled_at);
