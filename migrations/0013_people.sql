-- 0013_people.sql -- people beside keys: how one shows who he is, sessions, what
-- a key is good for, who acts for whom.
ALTER TABLE account
    MODIFY COLUMN key_hash CHAR(64),
    ADD COLUMN IF NOT EXISTS scopes VARCHAR(200) AFTER key_hash;

-- id is the account's. What is secret of it changes, so of earlier events a
-- digest is left.
CREATE TABLE IF NOT EXISTS credential (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    login VARCHAR(64),
    password_hash VARCHAR(128),
    totp_secret VARCHAR(104),
    recovery VARCHAR(700),
    setup_hash CHAR(64),
    setup_until DATETIME(6),
    UNIQUE KEY one_login (login),
    UNIQUE KEY one_setup (setup_hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Upkeep, here and below: no event tells of it. Times are the machine's.
CREATE TABLE IF NOT EXISTS session (
    id CHAR(32) NOT NULL PRIMARY KEY,
    token_hash BINARY(32) NOT NULL,
    account VARCHAR(64) NOT NULL,
    credential_seq BIGINT UNSIGNED NOT NULL,
    network VARCHAR(64) NOT NULL,
    made_at DATETIME(6) NOT NULL,
    seen_at DATETIME(6) NOT NULL,
    stepped_at DATETIME(6),
    ended_at DATETIME(6),
    UNIQUE KEY one_token (token_hash),
    KEY by_account (account, network)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- A step of an authenticator is taken once, and so is a recovery code.
CREATE TABLE IF NOT EXISTS totp_use (
    account VARCHAR(64) NOT NULL,
    step BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (account, step)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS recovery_use (
    code_hash BINARY(32) NOT NULL PRIMARY KEY,
    account VARCHAR(64) NOT NULL,
    used_at DATETIME(6) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Who acts for whom.
CREATE TABLE IF NOT EXISTS delegation (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    principal VARCHAR(64) NOT NULL,
    role VARCHAR(16) NOT NULL,
    delegate VARCHAR(64) NOT NULL,
    capacity VARCHAR(16) NOT NULL,
    scopes VARCHAR(200) NOT NULL,
    valid_from DATETIME(6) NOT NULL,
    valid_until DATETIME(6) NOT NULL,
    KEY by_principal (principal, id),
    KEY by_delegate (delegate, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
