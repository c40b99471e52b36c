-- 0009_witness.sql -- who else has seen a checkpoint: cosignatures of
-- witnesses, c2sp.org/tlog-cosignature. `witness` is the public key, `line` the
-- signature line of a note, its newline included; of one key the first counts.
CREATE TABLE IF NOT EXISTS log_cosignature (
    size BIGINT UNSIGNED NOT NULL,
    witness BINARY(32) NOT NULL,
    cosigned_at DATETIME(6) NOT NULL,
    line VARBINARY(400) NOT NULL,
    PRIMARY KEY (size, witness)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE OR REPLACE TRIGGER log_cosignature_is_final BEFORE UPDATE ON log_cosignature
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
CREATE OR REPLACE TRIGGER log_cosignature_stays BEFORE DELETE ON log_cosignature
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows';
