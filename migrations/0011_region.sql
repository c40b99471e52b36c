-- Regions as a tree, and the days that each publishes (turnaround §2).
CREATE TABLE IF NOT EXISTS region (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    name VARCHAR(100) NOT NULL,
    name_en VARCHAR(100),
    parent VARCHAR(32),
    week VARCHAR(7),
    calendar_ends VARCHAR(10),
    KEY by_parent (parent, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- days is canonical JSON; of one region and year the version adopted last
-- counts.
CREATE TABLE IF NOT EXISTS calendar (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    region VARCHAR(32) NOT NULL,
    version VARCHAR(32) NOT NULL,
    `year` BIGINT UNSIGNED NOT NULL,
    source VARCHAR(500) NOT NULL,
    days MEDIUMTEXT NOT NULL,
    digest CHAR(64) NOT NULL,
    UNIQUE KEY newest (region, `year`, event_index),
    KEY by_region (region, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What a proposal would change, as its approver is shown it.
ALTER TABLE proposal ADD COLUMN IF NOT EXISTS changes MEDIUMTEXT;

-- Of a region the policies that may be in force on a day.
ALTER TABLE policy
    ADD COLUMN IF NOT EXISTS effective_from CHAR(10)
        AS (JSON_VALUE(policy, '$.effective_from')) PERSISTENT,
    ADD KEY IF NOT EXISTS of_region (region, effective_from, event_index);
