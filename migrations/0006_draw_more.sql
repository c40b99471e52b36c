-- What was said to an objection, and by which organisation.
ALTER TABLE objection
    ADD COLUMN IF NOT EXISTS upheld VARCHAR(8),
    ADD COLUMN IF NOT EXISTS answer TEXT,
    ADD COLUMN IF NOT EXISTS answered_by VARCHAR(64);
