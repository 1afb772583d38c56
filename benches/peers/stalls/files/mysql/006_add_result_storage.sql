ALTER TABLE hammerwork_jobs
    ADD COLUMN result_data JSON,
    ADD COLUMN result_stored_at TIMESTAMP(6) NULL,
    ADD COLUMN result_expires_at TIMESTAMP(6) NULL;
CREATE INDEX idx_result_expires_at ON hammerwork_jobs (result_expires_at);
