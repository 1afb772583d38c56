ALTER TABLE hammerwork_jobs ADD COLUMN result_data TEXT;
ALTER TABLE hammerwork_jobs ADD COLUMN result_stored_at TEXT;
ALTER TABLE hammerwork_jobs ADD COLUMN result_expires_at TEXT;
CREATE INDEX idx_hammerwork_jobs_result_expires_at
    ON hammerwork_jobs (result_expires_at) WHERE "result_expires_at" IS NOT NULL;
