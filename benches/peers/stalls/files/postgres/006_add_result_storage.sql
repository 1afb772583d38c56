ALTER TABLE hammerwork_jobs
    ADD COLUMN result_data JSONB,
    ADD COLUMN result_stored_at TIMESTAMPTZ,
    ADD COLUMN result_expires_at TIMESTAMPTZ;
CREATE INDEX idx_hammerwork_jobs_result_expires_at
    ON hammerwork_jobs (result_expires_at) WHERE result_expires_at IS NOT NULL;
