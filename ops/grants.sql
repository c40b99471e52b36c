-- What the daemon may do with each table: read and add, seldom change, never
-- delete. Run after each migration, as often as one likes. tests/lint knows
-- these lines: a table without one is not reachable.

-- Every account looks at the schema's version.
GRANT SELECT ON schema_migration TO klero_writer@localhost;
GRANT SELECT ON schema_migration TO klero_reader@localhost;
GRANT SELECT ON schema_migration TO klero_upkeep@localhost;

-- 0001: the log.
GRANT SELECT, INSERT, UPDATE ON log_head TO klero_writer@localhost;
GRANT SELECT ON log_head TO klero_reader@localhost;
GRANT SELECT ON log_head TO klero_upkeep@localhost;
GRANT SELECT, INSERT ON log_entry TO klero_writer@localhost;
GRANT SELECT ON log_entry TO klero_reader@localhost;
GRANT SELECT ON log_entry TO klero_upkeep@localhost;
GRANT SELECT, INSERT ON log_tile TO klero_writer@localhost;
GRANT SELECT ON log_tile TO klero_reader@localhost;
GRANT SELECT ON log_tile TO klero_upkeep@localhost;
GRANT SELECT, INSERT ON log_checkpoint TO klero_writer@localhost;
GRANT SELECT ON log_checkpoint TO klero_reader@localhost;
GRANT SELECT, INSERT ON log_checkpoint TO klero_upkeep@localhost;
GRANT SELECT, INSERT ON log_text TO klero_writer@localhost;
GRANT SELECT ON log_text TO klero_reader@localhost;
GRANT SELECT, INSERT ON event_private TO klero_writer@localhost;
GRANT SELECT, INSERT ON idempotency TO klero_writer@localhost;
GRANT SELECT, INSERT, UPDATE ON due TO klero_writer@localhost;
GRANT SELECT ON due TO klero_reader@localhost;

-- 0002: the roll. Objects are added and changed by events, never deleted.
GRANT SELECT, INSERT, UPDATE ON organisation TO klero_writer@localhost;
GRANT SELECT ON organisation TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON account TO klero_writer@localhost;
GRANT SELECT ON account TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON policy TO klero_writer@localhost;
GRANT SELECT ON policy TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON proposal TO klero_writer@localhost;
GRANT SELECT ON proposal TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON party TO klero_writer@localhost;
GRANT SELECT ON party TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON category TO klero_writer@localhost;
GRANT SELECT ON category TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON institution TO klero_writer@localhost;
GRANT SELECT ON institution TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON listing TO klero_writer@localhost;
GRANT SELECT ON listing TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON notice TO klero_writer@localhost;
GRANT SELECT ON notice TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON signup TO klero_writer@localhost;
GRANT SELECT ON signup TO klero_reader@localhost;

-- 0003: the draw. What is logged stays; a party's commitment and reveal fill its
-- row in, an exclusion in the window marks an entrant.
GRANT SELECT, INSERT, UPDATE ON draw TO klero_writer@localhost;
GRANT SELECT ON draw TO klero_reader@localhost;
GRANT SELECT, INSERT ON draw_text TO klero_writer@localhost;
GRANT SELECT ON draw_text TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON draw_entrant TO klero_writer@localhost;
GRANT SELECT ON draw_entrant TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON draw_party TO klero_writer@localhost;
GRANT SELECT ON draw_party TO klero_reader@localhost;
GRANT SELECT, INSERT ON draw_rank TO klero_writer@localhost;
GRANT SELECT ON draw_rank TO klero_reader@localhost;
GRANT SELECT, INSERT ON draw_replacement TO klero_writer@localhost;
GRANT SELECT ON draw_replacement TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON objection TO klero_writer@localhost;
GRANT SELECT ON objection TO klero_reader@localhost;

-- 0004: more of the roll.
GRANT SELECT, INSERT ON signup_group TO klero_writer@localhost;

-- 0007: a rehearsal's time.
GRANT SELECT, INSERT, UPDATE ON rehearsal TO klero_writer@localhost;
GRANT SELECT ON rehearsal TO klero_reader@localhost;

-- 0009: who else has seen the log.
GRANT SELECT ON log_cosignature TO klero_writer@localhost;
GRANT SELECT ON log_cosignature TO klero_reader@localhost;
GRANT SELECT, INSERT ON log_cosignature TO klero_upkeep@localhost;

-- 0011: regions and their calendars.
GRANT SELECT, INSERT, UPDATE ON region TO klero_writer@localhost;
GRANT SELECT ON region TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON calendar TO klero_writer@localhost;
GRANT SELECT ON calendar TO klero_reader@localhost;

-- 0012: the catalogue.
GRANT SELECT, INSERT, UPDATE ON approval_item TO klero_writer@localhost;
GRANT SELECT ON approval_item TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON import TO klero_writer@localhost;
GRANT SELECT ON import TO klero_reader@localhost;
GRANT SELECT, INSERT ON import_file TO klero_writer@localhost;
GRANT SELECT ON import_file TO klero_reader@localhost;

-- 0013: people. Sessions, and codes that were used, are upkeep.
GRANT SELECT, INSERT, UPDATE ON credential TO klero_writer@localhost;
GRANT SELECT ON credential TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON delegation TO klero_writer@localhost;
GRANT SELECT ON delegation TO klero_reader@localhost;
GRANT SELECT ON session TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON session TO klero_upkeep@localhost;
GRANT INSERT ON totp_use TO klero_upkeep@localhost;
GRANT INSERT ON recovery_use TO klero_upkeep@localhost;

-- 0014: how institutions come to the roll, and what is known of them.
GRANT SELECT, INSERT, UPDATE ON registration TO klero_writer@localhost;
GRANT SELECT ON registration TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON profile TO klero_writer@localhost;
GRANT SELECT ON profile TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON qualification TO klero_writer@localhost;
GRANT SELECT ON qualification TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON affiliation TO klero_writer@localhost;
GRANT SELECT ON affiliation TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON authority_category TO klero_writer@localhost;
GRANT SELECT ON authority_category TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON sanction TO klero_writer@localhost;
GRANT SELECT ON sanction TO klero_reader@localhost;
GRANT SELECT, INSERT, UPDATE ON staff_member TO klero_writer@localhost;
GRANT SELECT ON staff_member TO klero_reader@localhost;
GRANT SELECT ON person_key TO klero_writer@localhost;

-- 0015: files of evidence. Their parts are upkeep; what was not stored is swept.
GRANT SELECT, INSERT, UPDATE ON file TO klero_writer@localhost;
GRANT SELECT ON file TO klero_reader@localhost;
GRANT SELECT ON file TO klero_upkeep@localhost;
GRANT SELECT ON file_part TO klero_reader@localhost;
GRANT SELECT, INSERT, DELETE ON file_part TO klero_upkeep@localhost;
GRANT DELETE ON session TO klero_upkeep@localhost;
GRANT SELECT, DELETE ON totp_use TO klero_upkeep@localhost;

-- What is sealed and what was answered is read by nobody but the writer and
-- klero fsck, which looks at everything and changes nothing.
GRANT SELECT ON schema_migration TO klero_fsck@localhost;
GRANT SELECT ON log_head TO klero_fsck@localhost;
GRANT SELECT ON log_entry TO klero_fsck@localhost;
GRANT SELECT ON log_tile TO klero_fsck@localhost;
GRANT SELECT ON log_checkpoint TO klero_fsck@localhost;
GRANT SELECT ON log_cosignature TO klero_fsck@localhost;
GRANT SELECT ON log_text TO klero_fsck@localhost;
GRANT SELECT ON event_private TO klero_fsck@localhost;
GRANT SELECT ON idempotency TO klero_fsck@localhost;
GRANT SELECT ON due TO klero_fsck@localhost;
GRANT SELECT ON organisation TO klero_fsck@localhost;
GRANT SELECT ON account TO klero_fsck@localhost;
GRANT SELECT ON credential TO klero_fsck@localhost;
GRANT SELECT ON delegation TO klero_fsck@localhost;
GRANT SELECT ON policy TO klero_fsck@localhost;
GRANT SELECT ON proposal TO klero_fsck@localhost;
GRANT SELECT ON party TO klero_fsck@localhost;
GRANT SELECT ON approval_item TO klero_fsck@localhost;
GRANT SELECT ON category TO klero_fsck@localhost;
GRANT SELECT ON institution TO klero_fsck@localhost;
GRANT SELECT ON listing TO klero_fsck@localhost;
GRANT SELECT ON notice TO klero_fsck@localhost;
GRANT SELECT ON signup TO klero_fsck@localhost;
GRANT SELECT ON draw TO klero_fsck@localhost;
GRANT SELECT ON draw_text TO klero_fsck@localhost;
GRANT SELECT ON draw_entrant TO klero_fsck@localhost;
GRANT SELECT ON draw_party TO klero_fsck@localhost;
GRANT SELECT ON draw_rank TO klero_fsck@localhost;
GRANT SELECT ON draw_replacement TO klero_fsck@localhost;
GRANT SELECT ON objection TO klero_fsck@localhost;
GRANT SELECT ON signup_group TO klero_fsck@localhost;
GRANT SELECT ON rehearsal TO klero_fsck@localhost;
GRANT SELECT ON region TO klero_fsck@localhost;
GRANT SELECT ON calendar TO klero_fsck@localhost;
GRANT SELECT ON import TO klero_fsck@localhost;
GRANT SELECT ON import_file TO klero_fsck@localhost;
GRANT SELECT ON registration TO klero_fsck@localhost;
GRANT SELECT ON profile TO klero_fsck@localhost;
GRANT SELECT ON qualification TO klero_fsck@localhost;
GRANT SELECT ON affiliation TO klero_fsck@localhost;
GRANT SELECT ON authority_category TO klero_fsck@localhost;
GRANT SELECT ON sanction TO klero_fsck@localhost;
GRANT SELECT ON staff_member TO klero_fsck@localhost;
GRANT SELECT ON file TO klero_fsck@localhost;
GRANT SELECT ON file_part TO klero_fsck@localhost;
