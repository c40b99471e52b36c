-- Who proposed: for somebody whose key was revoked nothing is carried out.
ALTER TABLE proposal
    ADD COLUMN IF NOT EXISTS account VARCHAR(64) NOT NULL DEFAULT '';

-- The accounts of one holder.
ALTER TABLE account ADD KEY IF NOT EXISTS of_organisation (organisation, id);

-- The sign-ups of a notice that are still to be judged, in order of the log.
ALTER TABLE signup ADD KEY IF NOT EXISTS by_turn (notice, state, event_index);

-- Of one affiliation group one institution may be drawn: the first judged.
CREATE TABLE IF NOT EXISTS signup_group (
    notice VARCHAR(64) NOT NULL,
    affiliation_group VARCHAR(64) NOT NULL,
    institution VARCHAR(64) NOT NULL,
    PRIMARY KEY (notice, affiliation_group)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
