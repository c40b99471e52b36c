-- 0010_beacon.sql -- beacons that prove themselves. beacon_source is the hash of
-- a drand chain or the id of a NIST certificate, beacon_round the round of drand
-- (0 otherwise); both are declared. The value is then the randomness, or the
-- output of the pulse. `detail` is what close.txt will name when a draw was
-- given up and waits for its value.
ALTER TABLE draw
    ADD COLUMN IF NOT EXISTS beacon_source VARCHAR(128) AFTER beacon,
    ADD COLUMN IF NOT EXISTS beacon_round BIGINT UNSIGNED NOT NULL DEFAULT 0
	AFTER beacon_source,
    ADD COLUMN IF NOT EXISTS detail VARCHAR(64) AFTER reason;
