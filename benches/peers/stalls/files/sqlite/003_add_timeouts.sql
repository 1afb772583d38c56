ALTER TABLE hammerwork_jobs ADD COLUMN timeout_seconds INTEGER;
ALTER TABLE hammerwork_jobs ADD COLUMN timed_out_at TEXT;
