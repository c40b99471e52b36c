-- The schema's owner, the three accounts of the daemon and that of klero fsck,
-- which may do nothing until grants.sql says so. Of the private server, whose socket nobody else can
-- reach; on a server of yours add IDENTIFIED VIA unix_socket, or a password.
CREATE USER IF NOT EXISTS klero_migrate@localhost;
CREATE USER IF NOT EXISTS klero_writer@localhost;
CREATE USER IF NOT EXISTS klero_reader@localhost;
CREATE USER IF NOT EXISTS klero_upkeep@localhost;
CREATE USER IF NOT EXISTS klero_fsck@localhost;

REVOKE ALL PRIVILEGES, GRANT OPTION FROM klero_migrate@localhost,
    klero_writer@localhost, klero_reader@localhost, klero_upkeep@localhost,
    klero_fsck@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES,
    CREATE VIEW, SHOW VIEW, TRIGGER ON klero.* TO klero_migrate@localhost;
