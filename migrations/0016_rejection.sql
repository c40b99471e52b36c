-- A proposal that another organisation has turned down: who did, and why.
ALTER TABLE proposal
    ADD COLUMN IF NOT EXISTS rejected_by VARCHAR(64),
    ADD COLUMN IF NOT EXISTS reason VARCHAR(500),
    ADD CONSTRAINT IF NOT EXISTS rejected_by_another
        CHECK (rejected_by <> organisation);
