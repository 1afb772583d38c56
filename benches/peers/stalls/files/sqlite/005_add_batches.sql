CREATE TABLE hammerwork_batches (
    id TEXT NOT NULL PRIMARY KEY,
    batch_name TEXT NOT NULL,
    total_jobs INTEGER NOT NULL,
    completed_jobs INTEGER NOT NULL DEFAULT 0,
    failed_jobs INTEGER NOT NULL DEFAULT 0,
    pending_jobs INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    failure_mode TEXT NOT NULL,
    created_at TEXT NOT NULL,
    completed_at TEXT,
    error_summary TEXT,
    metadata TEXT
);
CREATE INDEX idx_hammerwork_batches_status ON hammerwork_batches (status);
CREATE INDEX idx_hammerwork_batches_created_at ON hammerwork_batches (created_at);
ALTER TABLE hammerwork_jobs ADD COLUMN batch_id TEXT;
CREATE INDEX idx_hammerwork_jobs_batch_id ON hammerwork_jobs (batch_id) WHERE "batch_id" IS NOT NULL;
