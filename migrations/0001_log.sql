-- The log and what makes an act happen exactly once. Nothing here refers to
-- another table: the log outlives every row that it speaks of.

-- One row: how far the log is, and who may write it. Each batch of acts locks
-- it, and changes it only if size, root and fence are what it read.
CREATE TABLE IF NOT EXISTS log_head (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY CHECK (id = 0),
    size BIGINT UNSIGNED NOT NULL,
    root BINARY(32) NOT NULL,
    -- The roots of the perfect subtrees of size, the largest first.
    frontier VARBINARY(2016) NOT NULL,
    -- Counts who took the log over; holder is the one who did it last.
    fence BIGINT UNSIGNED NOT NULL,
    holder BINARY(16) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- bytes are what is hashed; kind and subject are of the leaf, for seeking.
CREATE TABLE IF NOT EXISTS log_entry (
    idx BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    leaf BINARY(32) NOT NULL,
    kind VARCHAR(64) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE KEY one_event (event_id),
    KEY by_kind (kind, idx),
    KEY by_subject (subject, idx)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Full tiles only: 256 hashes. A partial one is made from what is below it.
CREATE TABLE IF NOT EXISTS log_tile (
    level TINYINT UNSIGNED NOT NULL,
    idx BIGINT UNSIGNED NOT NULL,
    hashes VARBINARY(8192) NOT NULL CHECK (LENGTH(hashes) = 8192),
    PRIMARY KEY (level, idx)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What was signed: one root for a size, for ever.
CREATE TABLE IF NOT EXISTS log_checkpoint (
    size BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    root BINARY(32) NOT NULL,
    note VARBINARY(2048) NOT NULL,
    signed_at DATETIME(6) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Texts too large for a leaf, which then has their digest. event_index is the
-- first entry that has it.
CREATE TABLE IF NOT EXISTS log_text (
    sha256 BINARY(32) NOT NULL PRIMARY KEY,
    event_index BIGINT UNSIGNED NOT NULL,
    bytes LONGBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What an entry shows only a digest of. part is `event`: the whole event of a
-- sealed leaf, to be opened with the object opens_with; or `members`: the salt
-- of an object's private members, which stand in its own row.
CREATE TABLE IF NOT EXISTS event_private (
    event_index BIGINT UNSIGNED NOT NULL,
    part VARCHAR(8) NOT NULL,
    salt BINARY(32) NOT NULL,
    event BLOB,
    opens_with VARCHAR(64),
    PRIMARY KEY (event_index, part),
    KEY by_opener (opens_with, event_index)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What was answered, so that a repeated request gets the same. event_id is
-- H(account, key); digest is of the account, the route and the body.
CREATE TABLE IF NOT EXISTS idempotency (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    digest BINARY(32) NOT NULL,
    at DATETIME(6) NOT NULL,
    status SMALLINT UNSIGNED NOT NULL,
    content_type VARCHAR(255),
    location VARCHAR(2048),
    etag VARCHAR(128),
    log_size BIGINT UNSIGNED NOT NULL,
    signs TINYINT UNSIGNED NOT NULL,
    reply MEDIUMBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What happens by itself, and when. try_at is later than at after a failure.
CREATE TABLE IF NOT EXISTS due (
    kind VARCHAR(64) NOT NULL,
    subject VARCHAR(64) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    at DATETIME(6) NOT NULL,
    try_at DATETIME(6) NOT NULL,
    state VARCHAR(8) NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'done', 'parked')),
    failures TINYINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, subject, seq),
    KEY by_time (state, try_at, at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Grants keep the daemon from changing the log; these keep the schema's owner
-- from doing it by mistake. The head's id may not be NULL.
CREATE OR REPLACE TRIGGER log_head_only_grows BEFORE UPDATE ON log_head
FOR EACH ROW
    SET NEW.id = IF(NEW.size < OLD.size OR NEW.fence < OLD.fence
        OR (NEW.size = OLD.size AND NEW.root <> OLD.root), NULL, OLD.id);
CREATE OR REPLACE TRIGGER log_head_stays BEFORE DELETE ON log_head
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_entry_is_final BEFORE UPDATE ON log_entry
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_entry_stays BEFORE DELETE ON log_entry
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_tile_is_final BEFORE UPDATE ON log_tile
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_tile_stays BEFORE DELETE ON log_tile
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_checkpoint_is_final BEFORE UPDATE ON log_checkpoint
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_checkpoint_stays BEFORE DELETE ON log_checkpoint
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_text_is_final BEFORE UPDATE ON log_text
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_text_stays BEFORE DELETE ON log_text
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
