#!/bin/sh
# tables.sh -- every table of migrations/ has its lines in ops/grants.sql, and
# no account of the daemon may take away or change the schema; but for upkeep,
# which sweeps what has no meaning any more.
set -eu
bad=0
complain() {
	echo "tables: $1" >&2
	bad=1
}

tables=$(sed -n 's/^CREATE TABLE IF NOT EXISTS \([a-z_]*\) .*/\1/p' \
    migrations/[0-9]*.sql)
granted=$(sed -n 's/^GRANT .* ON \([a-z_]*\) TO .*/\1/p' ops/grants.sql |
    sort -u)
for table in $tables; do
	echo "$granted" | grep -qx "$table" ||
	    complain "$table has no line in ops/grants.sql"
done
for table in $granted; do
	[ "$table" = schema_migration ] || echo "$tables" | grep -qx "$table" ||
	    complain "ops/grants.sql names $table, which is in no migration"
done
swept='DELETE ON (file_part|session|totp_use) TO klero_upkeep@'
if grep -E '^GRANT.*(DELETE|DROP|ALTER|CREATE|ALL|\*)' ops/grants.sql |
    grep -vE "$swept" >&2; then
	complain "the daemon reads and adds, and seldom changes"
fi
exit $bad
