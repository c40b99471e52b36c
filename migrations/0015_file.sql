-- Evidence as files: a row that the log tells of, and its parts.

-- The name is for its holder and who keeps the roll; the log has a digest of it.
CREATE TABLE IF NOT EXISTS file (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    organisation VARCHAR(64) NOT NULL,
    sha256 CHAR(64) NOT NULL,
    size BIGINT UNSIGNED NOT NULL,
    type VARCHAR(32) NOT NULL,
    name VARCHAR(120) NOT NULL,
    stored_at DATETIME(6) NOT NULL,
    KEY by_organisation (organisation, id),
    KEY by_sha256 (organisation, sha256)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- They are there before the file is; what became none is swept.
CREATE TABLE IF NOT EXISTS file_part (
    file VARCHAR(64) NOT NULL,
    number BIGINT UNSIGNED NOT NULL,
    made_at DATETIME(6) NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (file, number),
    KEY by_time (made_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What is swept is found by its age.
ALTER TABLE session ADD KEY IF NOT EXISTS by_time (made_at);
ALTER TABLE totp_use ADD KEY IF NOT EXISTS by_step (step);
