ALTER TABLE hammerwork_jobs ADD COLUMN cron_schedule TEXT;
ALTER TABLE hammerwork_jobs ADD COLUMN next_run_at TEXT;
ALTER TABLE hammerwork_jobs ADD COLUMN recurring BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE hammerwork_jobs ADD COLUMN timezone TEXT;
CREATE INDEX idx_hammerwork_jobs_recurring_next_run
    ON hammerwork_jobs (recurring, next_run_at) WHERE "recurring" = TRUE;
CREATE INDEX idx_hammerwork_jobs_cron_schedule
    ON hammerwork_jobs (cron_schedule) WHERE "cron_schedule" IS NOT NULL;
