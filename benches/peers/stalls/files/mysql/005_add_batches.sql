CREATE TABLE hammerwork_batches (
    id CHAR(36) NOT NULL PRIMARY KEY,
    batch_name VARCHAR(255) NOT NULL,
    total_jobs INTEGER NOT NULL,
    completed_jobs INTEGER NOT NULL DEFAULT 0,
    failed_jobs INTEGER NOT NULL DEFAULT 0,
    pending_jobs INTEGER NOT NULL DEFAULT 0,
    status VARCHAR(50) NOT NULL,
    failure_mode VARCHAR(50) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    completed_at TIMESTAMP(6) NULL,
    error_summary TEXT,
    metadata JSON
) CHARACTER SET utf8mb4;
CREATE INDEX idx_status ON hammerwork_batches (status);
CREATE INDEX idx_created_at ON hammerwork_batches (created_at);
ALTER TABLE hammerwork_jobs ADD COLUMN batch_id CHAR(36);
CREATE INDEX idx_batch_id ON hammerwork_jobs (batch_id);
