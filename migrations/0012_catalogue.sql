-- 0012_catalogue.sql -- what is approved and how fast, what categories ask for,
-- and listings that say all that must be public.

-- A department of the government is named by its credit code, too.
ALTER TABLE organisation
    ADD COLUMN IF NOT EXISTS uscc VARCHAR(18) AFTER region,
    ADD UNIQUE KEY IF NOT EXISTS one_uscc (uscc);

-- Days of 0: there is no such limit, or nobody has said it yet.
CREATE TABLE IF NOT EXISTS approval_item (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    name VARCHAR(200) NOT NULL,
    region VARCHAR(32),
    authority VARCHAR(64),
    authority_name VARCHAR(200) NOT NULL,
    basis VARCHAR(500) NOT NULL,
    legal_days BIGINT UNSIGNED NOT NULL DEFAULT 0,
    legal_unit VARCHAR(16),
    legal_limit VARCHAR(200),
    limit_source VARCHAR(200),
    promised_days BIGINT UNSIGNED NOT NULL DEFAULT 0,
    promised_unit VARCHAR(16),
    conditions TEXT,
    materials TEXT,
    steps TEXT,
    result TEXT,
    fee TEXT,
    fee_basis TEXT,
    complaint_channel VARCHAR(500),
    KEY by_authority (authority, id),
    KEY by_region (region, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- approval_items, requirement and fee_ceiling are canonical JSON.
ALTER TABLE category
    ADD COLUMN IF NOT EXISTS approval_items TEXT,
    ADD COLUMN IF NOT EXISTS legal_days BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS cap_days BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS cap_unit VARCHAR(16),
    ADD COLUMN IF NOT EXISTS requirement MEDIUMTEXT,
    ADD COLUMN IF NOT EXISTS price_control VARCHAR(16),
    ADD COLUMN IF NOT EXISTS fee_ceiling TEXT;

-- What was published before is version 1, as it was said then.
ALTER TABLE listing
    ADD COLUMN IF NOT EXISTS regions TEXT,
    ADD COLUMN IF NOT EXISTS service_name VARCHAR(200),
    ADD COLUMN IF NOT EXISTS basis VARCHAR(500),
    ADD COLUMN IF NOT EXISTS serves VARCHAR(500),
    ADD COLUMN IF NOT EXISTS conditions TEXT,
    ADD COLUMN IF NOT EXISTS materials TEXT,
    ADD COLUMN IF NOT EXISTS steps TEXT,
    ADD COLUMN IF NOT EXISTS counts_from VARCHAR(16),
    ADD COLUMN IF NOT EXISTS urgent_days BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS urgent_surcharge_bp BIGINT UNSIGNED NOT NULL
        DEFAULT 0,
    ADD COLUMN IF NOT EXISTS fee TEXT,
    ADD COLUMN IF NOT EXISTS rules TEXT,
    ADD COLUMN IF NOT EXISTS complaint_channel VARCHAR(500),
    ADD COLUMN IF NOT EXISTS qualifications TEXT,
    ADD COLUMN IF NOT EXISTS version BIGINT UNSIGNED NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS effective_at DATETIME(6),
    ADD COLUMN IF NOT EXISTS paused_by VARCHAR(16),
    ADD COLUMN IF NOT EXISTS reason VARCHAR(500),
    ADD COLUMN IF NOT EXISTS defects TEXT,
    MODIFY COLUMN fee_basis VARCHAR(200),
    MODIFY COLUMN deadline_unit VARCHAR(16),
    MODIFY COLUMN published_at DATETIME(6),
    ADD KEY IF NOT EXISTS by_state (state, id);

UPDATE listing SET effective_at = published_at,
    regions = CONCAT('["', region, '"]');

ALTER TABLE listing DROP COLUMN IF EXISTS region;

-- One that is paused is still the one of its offer.
ALTER TABLE listing MODIFY COLUMN live TINYINT UNSIGNED
    AS (CASE WHEN state IN ('published', 'paused') THEN 1 END) PERSISTENT;

-- A file that was brought in to be applied as a whole, or never; file_digest
-- is its SHA-256.
CREATE TABLE IF NOT EXISTS import (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    target VARCHAR(16) NOT NULL,
    format VARCHAR(16) NOT NULL,
    file_digest CHAR(64) NOT NULL,
    file_size BIGINT UNSIGNED NOT NULL,
    organisation VARCHAR(64) NOT NULL,
    row_count BIGINT UNSIGNED NOT NULL,
    added_count BIGINT UNSIGNED NOT NULL,
    changed_count BIGINT UNSIGNED NOT NULL,
    same_count BIGINT UNSIGNED NOT NULL,
    bad_count BIGINT UNSIGNED NOT NULL,
    staged_at DATETIME(6) NOT NULL,
    KEY by_target (target, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS import_file (
    import VARCHAR(64) NOT NULL PRIMARY KEY,
    body LONGBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
