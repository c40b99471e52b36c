-- The salt and the bytes of a sealed event stand in event_private alone, so
-- that erasing them there erases them: a receipt that is sent again takes them
-- from the entry `sealed`.
ALTER TABLE idempotency
    ADD COLUMN IF NOT EXISTS sealed BIGINT UNSIGNED AFTER signs;
