-- The roll: who takes part, what may be bought, who asks and who signs up.
-- Each table is a kind of object (service/kind.h), made and changed by events;
-- no row is ever deleted.
CREATE TABLE IF NOT EXISTS organisation (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    name VARCHAR(100) NOT NULL,
    affiliation_group VARCHAR(64),
    region VARCHAR(32)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- organisation is one of the table, or the credit code of an institution.
CREATE TABLE IF NOT EXISTS account (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    organisation VARCHAR(64) NOT NULL,
    role VARCHAR(16) NOT NULL,
    key_hash CHAR(64) NOT NULL,
    UNIQUE KEY one_key (key_hash),
    KEY by_organisation (organisation, role)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- policy is canonical JSON, digest its SHA-256; the newest is in force.
CREATE TABLE IF NOT EXISTS policy (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    region VARCHAR(32) NOT NULL,
    version VARCHAR(64) NOT NULL,
    policy MEDIUMTEXT NOT NULL,
    digest CHAR(64) NOT NULL,
    UNIQUE KEY newest (event_index)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS proposal (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    act VARCHAR(64) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    payload MEDIUMTEXT NOT NULL,
    digest CHAR(64) NOT NULL,
    organisation VARCHAR(64) NOT NULL,
    role VARCHAR(16) NOT NULL,
    approver VARCHAR(64),
    lapses_at DATETIME(6) NOT NULL,
    -- Two persons of two organisations, whatever the program says.
    CHECK (approver <> organisation),
    KEY by_state (state, id),
    KEY by_subject (subject, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- A key belongs to one party over all time, retired or not.
CREATE TABLE IF NOT EXISTS party (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    organisation VARCHAR(64) NOT NULL,
    party VARCHAR(32) NOT NULL,
    public_key CHAR(64) NOT NULL,
    UNIQUE KEY one_key (public_key),
    KEY by_organisation (organisation, id),
    KEY by_party (party, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS category (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    service VARCHAR(200) NOT NULL,
    phase VARCHAR(200),
    approval_item VARCHAR(200),
    authority VARCHAR(200),
    basis VARCHAR(200),
    basis_source VARCHAR(200),
    legal_limit VARCHAR(200),
    limit_source VARCHAR(200),
    qualification VARCHAR(200),
    unit VARCHAR(16),
    suggested_days VARCHAR(200)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- id is the unified social credit code. 256 bytes are as many characters at
-- most.
CREATE TABLE IF NOT EXISTS institution (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    name VARCHAR(256) NOT NULL,
    affiliation_group VARCHAR(64),
    KEY by_group (affiliation_group, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- live is 1 while the listing is published: one of each offer.
CREATE TABLE IF NOT EXISTS listing (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    institution VARCHAR(64) NOT NULL,
    category VARCHAR(64) NOT NULL,
    fee_min_fen BIGINT UNSIGNED NOT NULL,
    fee_max_fen BIGINT UNSIGNED NOT NULL,
    fee_basis VARCHAR(200) NOT NULL,
    promised_days BIGINT UNSIGNED NOT NULL,
    deadline_unit VARCHAR(16) NOT NULL,
    region VARCHAR(32),
    published_at DATETIME(6) NOT NULL,
    live TINYINT UNSIGNED
        AS (CASE WHEN state = 'published' THEN 1 END) PERSISTENT,
    UNIQUE KEY one_live (institution, category, live),
    KEY by_institution (institution, id),
    KEY by_category (category, id),
    KEY by_offer (institution, category, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- live is 1 unless it failed: one notice of a project. The contact is for the
-- owner and those who sign up; the log has a digest of it.
CREATE TABLE IF NOT EXISTS notice (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    title VARCHAR(200) NOT NULL,
    service TEXT NOT NULL,
    category VARCHAR(64) NOT NULL,
    project_code VARCHAR(64),
    approval_item VARCHAR(500),
    fund_source VARCHAR(500),
    scale VARCHAR(500),
    requirement TEXT,
    amount_max_fen BIGINT UNSIGNED NOT NULL,
    days_max BIGINT UNSIGNED NOT NULL,
    deadline_unit VARCHAR(16) NOT NULL,
    `select` BIGINT UNSIGNED NOT NULL,
    alternates BIGINT UNSIGNED NOT NULL,
    beacon VARCHAR(16) NOT NULL,
    template VARCHAR(64),
    signup_close DATETIME(6) NOT NULL,
    contact_name VARCHAR(50),
    contact_phone VARCHAR(30),
    number VARCHAR(64) NOT NULL,
    owner VARCHAR(64) NOT NULL,
    owner_name VARCHAR(100) NOT NULL,
    region VARCHAR(32) NOT NULL,
    policy VARCHAR(64) NOT NULL,
    published_at DATETIME(6) NOT NULL,
    signup_count BIGINT UNSIGNED NOT NULL,
    included_count BIGINT UNSIGNED NOT NULL,
    excluded_count BIGINT UNSIGNED NOT NULL,
    live TINYINT UNSIGNED AS (CASE WHEN state <> 'failed' THEN 1 END) PERSISTENT,
    UNIQUE KEY number (number),
    UNIQUE KEY one_of_a_project (project_code, live),
    KEY by_region (region, number),
    KEY by_state (state, number),
    KEY by_owner (owner, number),
    KEY by_category (category, number)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS signup (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    notice VARCHAR(64) NOT NULL,
    institution VARCHAR(64) NOT NULL,
    name VARCHAR(256) NOT NULL,
    signed_at DATETIME(6) NOT NULL,
    reason VARCHAR(64),
    facts TEXT,
    evidence CHAR(64),
    UNIQUE KEY one_of_each (notice, institution),
    KEY by_institution (institution, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
