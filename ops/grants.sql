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
