-- Institutions come to the roll by registering, and stand behind one another.

-- affiliation_group is computed from who stands behind whom; declared_group is
-- what the operator said when he admitted one.
ALTER TABLE institution
    ADD COLUMN IF NOT EXISTS declared_group VARCHAR(64),
    ADD KEY IF NOT EXISTS by_declared (declared_group, id);

-- What an institution asks to be entered with; id is the number to ask after.
-- Contacts, persons and what was found wrong are for who decides, and the log
-- has a digest of them.
CREATE TABLE IF NOT EXISTS registration (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    uscc VARCHAR(64) NOT NULL,
    name VARCHAR(256) NOT NULL,
    region VARCHAR(32) NOT NULL,
    kind VARCHAR(32),
    legal_representative VARCHAR(50),
    address VARCHAR(200),
    founded VARCHAR(10),
    capital_fen BIGINT UNSIGNED NOT NULL,
    presence VARCHAR(16),
    counter VARCHAR(50),
    contact_name VARCHAR(50),
    contact_phone VARCHAR(30),
    licence CHAR(64),
    pledge CHAR(64),
    qualifications MEDIUMTEXT,
    affiliations MEDIUMTEXT,
    account VARCHAR(64) NOT NULL,
    policy VARCHAR(64) NOT NULL,
    round BIGINT UNSIGNED NOT NULL,
    submitted_at DATETIME(6),
    due_at DATETIME(6),
    calendar CHAR(64),
    defects MEDIUMTEXT,
    defect_count BIGINT UNSIGNED NOT NULL,
    deemed TINYINT UNSIGNED NOT NULL,
    reason VARCHAR(500),
    decided_by VARCHAR(64),
    KEY by_state (state, id),
    KEY by_uscc (uscc, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What is known of an institution that registered; id is its credit code.
CREATE TABLE IF NOT EXISTS profile (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    registration VARCHAR(64) NOT NULL,
    region VARCHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    legal_representative VARCHAR(50) NOT NULL,
    address VARCHAR(200) NOT NULL,
    founded VARCHAR(10),
    capital_fen BIGINT UNSIGNED NOT NULL,
    presence VARCHAR(16) NOT NULL,
    counter VARCHAR(50),
    contact_name VARCHAR(50) NOT NULL,
    contact_phone VARCHAR(30) NOT NULL,
    licence CHAR(64) NOT NULL,
    pledge CHAR(64) NOT NULL,
    deemed TINYINT UNSIGNED NOT NULL,
    entered_at DATETIME(6) NOT NULL,
    KEY by_region (region, id),
    KEY by_presence (presence, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- scopes is canonical JSON, an array of texts.
CREATE TABLE IF NOT EXISTS qualification (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    institution VARCHAR(64) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    level VARCHAR(32),
    scopes TEXT NOT NULL,
    number VARCHAR(64) NOT NULL,
    issuer VARCHAR(100) NOT NULL,
    valid_from VARCHAR(10) NOT NULL,
    valid_until VARCHAR(10) NOT NULL,
    evidence CHAR(64) NOT NULL,
    replaces VARCHAR(64),
    verified_by VARCHAR(64),
    reason VARCHAR(500),
    days_left BIGINT UNSIGNED NOT NULL,
    KEY by_institution (institution, id),
    KEY by_state (state, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- A person is named by a digest (p:…), what he is called and his number are
-- for nobody but who keeps the roll.
CREATE TABLE IF NOT EXISTS affiliation (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    held VARCHAR(64) NOT NULL,
    held_name VARCHAR(256) NOT NULL,
    holder VARCHAR(64) NOT NULL,
    holder_name VARCHAR(256) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    share_bp BIGINT UNSIGNED NOT NULL,
    holder_is_state TINYINT UNSIGNED NOT NULL,
    valid_from VARCHAR(10),
    valid_until VARCHAR(10),
    evidence CHAR(64),
    person_name VARCHAR(50),
    person_number VARCHAR(32),
    declared_by VARCHAR(64) NOT NULL,
    verified_by VARCHAR(64),
    reason VARCHAR(500),
    KEY by_held (held, id),
    KEY by_holder (holder, id),
    KEY by_state (state, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Which authorities approve what a category serves.
CREATE TABLE IF NOT EXISTS authority_category (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    category VARCHAR(64) NOT NULL,
    authority VARCHAR(64) NOT NULL,
    basis VARCHAR(200) NOT NULL,
    KEY by_category (category, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS sanction (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    institution VARCHAR(64) NOT NULL,
    name VARCHAR(256) NOT NULL,
    measure VARCHAR(16) NOT NULL,
    category VARCHAR(64),
    months BIGINT UNSIGNED NOT NULL,
    basis VARCHAR(500) NOT NULL,
    reason VARCHAR(500) NOT NULL,
    evidence CHAR(64) NOT NULL,
    notified VARCHAR(10) NOT NULL,
    hearing VARCHAR(16) NOT NULL,
    heard VARCHAR(10),
    imposed_at DATETIME(6) NOT NULL,
    ends_at DATETIME(6),
    repair TEXT,
    repair_evidence CHAR(64),
    ended_reason VARCHAR(500),
    KEY by_institution (institution, event_index),
    KEY by_state (state, event_index),
    KEY by_measure (measure, event_index),
    KEY by_list (state, measure, event_index)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- busy is one while he works there: nobody works in two.
CREATE TABLE IF NOT EXISTS staff_member (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    institution VARCHAR(64) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    valid_until VARCHAR(10),
    insured_months BIGINT UNSIGNED NOT NULL,
    evidence CHAR(64) NOT NULL,
    person_name VARCHAR(50) NOT NULL,
    person_number VARCHAR(32) NOT NULL,
    registration_number VARCHAR(32) NOT NULL,
    person VARCHAR(64) NOT NULL,
    busy TINYINT UNSIGNED
        AS (CASE WHEN state = 'employed' THEN 1 END) PERSISTENT,
    UNIQUE KEY one_employer (person, busy),
    KEY by_institution (institution, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Under this key persons are named in public by digests: whoever guesses
-- numbers needs it, and whoever has it has the numbers.
CREATE TABLE IF NOT EXISTS person_key (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY CHECK (id = 0),
    secret BINARY(32) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

INSERT INTO person_key (id, secret)
    SELECT 0, RANDOM_BYTES(32) FROM DUAL
    WHERE NOT EXISTS (SELECT 1 FROM person_key);
