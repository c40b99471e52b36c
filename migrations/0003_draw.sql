-- The draw: attempts, their texts, entrants, parties, and what came after.
-- draw and objection are objects (service/kind.h); the rest is append-only
-- but for what a party's commitment and reveal fill in, and an exclusion.
CREATE TABLE IF NOT EXISTS draw (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    notice VARCHAR(64) NOT NULL,
    project VARCHAR(64) NOT NULL,
    project_lock VARCHAR(64),
    region VARCHAR(64) NOT NULL,
    policy VARCHAR(64) NOT NULL,
    previous VARCHAR(64),
    attempt BIGINT UNSIGNED NOT NULL,
    draft_until DATETIME(6) NOT NULL,
    commit_by DATETIME(6),
    reveal_by DATETIME(6),
    beacon_time DATETIME(6),
    beacon_delay BIGINT UNSIGNED NOT NULL,
    beacon VARCHAR(16) NOT NULL,
    template VARCHAR(64),
    beacon_value VARCHAR(255),
    withheld VARCHAR(16) NOT NULL,
    quorum BIGINT UNSIGNED NOT NULL,
    selected BIGINT UNSIGNED NOT NULL,
    alternates BIGINT UNSIGNED NOT NULL,
    entrants BIGINT UNSIGNED NOT NULL,
    replacements BIGINT UNSIGNED NOT NULL,
    draft_hash VARCHAR(64),
    roster_hash VARCHAR(64),
    names_hash VARCHAR(64),
    excluded_hash VARCHAR(64),
    declare_hash VARCHAR(64),
    lock_hash VARCHAR(64),
    seal_hash VARCHAR(64),
    seed_hash VARCHAR(64),
    result_hash VARCHAR(64),
    close_hash VARCHAR(64),
    outcome VARCHAR(16),
    reason VARCHAR(64),
    known TINYINT UNSIGNED NOT NULL,
    closed_at DATETIME(6),
    UNIQUE KEY one_attempt_holds_a_project (project_lock),
    UNIQUE KEY one_declaration (declare_hash),
    KEY by_project (project, id),
    KEY by_notice (notice, id),
    KEY by_state (state, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Every text of a draw that stands in the log, as it is in the evidence pack.
CREATE TABLE IF NOT EXISTS draw_text (
    draw VARCHAR(64) NOT NULL,
    file VARCHAR(64) NOT NULL,
    sha256 BINARY(32) NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    body LONGBLOB NOT NULL,
    PRIMARY KEY (draw, file),
    KEY by_digest (sha256)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS draw_entrant (
    draw VARCHAR(64) NOT NULL,
    entry VARCHAR(64) NOT NULL,
    name VARCHAR(256) NOT NULL,
    reason VARCHAR(64),
    evidence VARCHAR(64),
    PRIMARY KEY (draw, entry),
    KEY by_entry (entry, draw)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- An index of 0 stands for not yet: entry 0 of the log opens it.
CREATE TABLE IF NOT EXISTS draw_party (
    draw VARCHAR(64) NOT NULL,
    position INT UNSIGNED NOT NULL,
    party VARCHAR(32) NOT NULL,
    public_key VARCHAR(64) NOT NULL,
    required TINYINT UNSIGNED NOT NULL,
    commit_hash VARCHAR(64),
    signature VARCHAR(128),
    commit_index BIGINT UNSIGNED NOT NULL,
    reveal_index BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (draw, position),
    UNIQUE KEY one_name (draw, party),
    UNIQUE KEY one_key (draw, public_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The selected and the alternates; result.txt has every entry.
CREATE TABLE IF NOT EXISTS draw_rank (
    draw VARCHAR(64) NOT NULL,
    place INT UNSIGNED NOT NULL,
    entry VARCHAR(64) NOT NULL,
    ticket VARCHAR(64) NOT NULL,
    alternate INT UNSIGNED NOT NULL,
    PRIMARY KEY (draw, place),
    UNIQUE KEY one_entry (draw, entry),
    KEY by_entry (entry, draw)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS draw_replacement (
    draw VARCHAR(64) NOT NULL,
    number INT UNSIGNED NOT NULL,
    out_entry VARCHAR(64) NOT NULL,
    in_entry VARCHAR(64),
    reason VARCHAR(16) NOT NULL,
    evidence VARCHAR(64),
    PRIMARY KEY (draw, number),
    UNIQUE KEY out_once (draw, out_entry),
    UNIQUE KEY in_once (draw, in_entry)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- grounds is for its maker and those who decide; the log has a digest of it.
CREATE TABLE IF NOT EXISTS objection (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    draw VARCHAR(64) NOT NULL,
    institution VARCHAR(18) NOT NULL,
    reason VARCHAR(64) NOT NULL,
    grounds TEXT NOT NULL,
    KEY by_draw (draw, event_index)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
