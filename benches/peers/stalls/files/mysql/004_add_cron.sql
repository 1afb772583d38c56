ALTER TABLE hammerwork_jobs
    ADD COLUMN cron_schedule VARCHAR(100),
    ADD COLUMN next_run_at TIMESTAMP(6) NULL,
    ADD COLUMN recurring BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN timezone VARCHAR(50);
CREATE INDEX idx_recurring_next_run ON hammerwork_jobs (recurring, next_run_at);
CREATE INDEX idx_cron_schedule ON hammerwork_jobs (cron_schedule);
