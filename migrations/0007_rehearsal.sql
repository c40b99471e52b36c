-- Where time goes in a rehearsal's log: one row, `time`, once it was moved.
CREATE TABLE IF NOT EXISTS rehearsal (
    id VARCHAR(64) NOT NULL PRIMARY KEY CHECK (id = 'time'),
    state VARCHAR(16) NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    event_index BIGINT UNSIGNED NOT NULL,
    target DATETIME(6) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
