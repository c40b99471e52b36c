#!/bin/sh
# tables.sh -- every table of migrations/ has its lines in ops/grants.sql, and
# no account of the daemon may take away or change the schema; but for upkeep,
# which sweeps, table by table, what has no meaning any more.
set -eu
bad=0
told=$(mktemp)
lines=$(mktemp)
trap 'rm -f "$told" "$lines"' EXIT
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

# What is swept: the table, all that upkeep may do with it by that line, and why
# nobody misses what is gone.
swept() {
	cat <<'EOF'
file_part|SELECT, INSERT, DELETE|parts of which no file came; those of a file stay
session|DELETE|nobody is known by it any more, nor by where it came from
totp_use|SELECT, DELETE|a code that is long too old to be taken again
EOF
}
swept | while IFS='|' read -r table can why; do
	[ -n "$why" ] || echo "$table is swept, and nobody says why"
	grep -qxF "GRANT $can ON $table TO klero_upkeep@localhost;" \
	    ops/grants.sql || echo "$table may be swept, but is not granted so"
	grep -q "\"DELETE FROM $table WHERE " service/jobs/sweeper.c ||
	    echo "$table may be swept, and never is"
done >"$told"
swept | sed 's/\(.*\)|\(.*\)|.*/GRANT \2 ON \1 TO klero_upkeep@localhost;/' \
    >"$lines"
grep -E '^GRANT.*(DELETE|DROP|ALTER|CREATE|ALL|\*)' ops/grants.sql |
    grep -vxF -f "$lines" |
    sed 's/$/: the daemon reads and adds, and seldom changes/' >>"$told"
grep -rlE '(DELETE FROM|TRUNCATE|REPLACE INTO) ' service |
    grep -vx service/jobs/sweeper.c |
    sed 's/$/ takes rows away, which the sweeper alone does/' >>"$told"
while read -r line; do
	complain "$line"
done <"$told"
exit $bad
