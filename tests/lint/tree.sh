#!/bin/sh
# tree.sh -- the top level holds what the map of README.md says and nothing
# else; no file names a folder of one machine; an installed list names files
# that exist.
set -eu
bad=0
complain() {
	echo "tree: $1" >&2
	bad=1
}

expected='LICENSE Makefile README.md lib migrations ops service tests web'
made_by_us='build|var' # ignored by git
found=$(for path in *; do echo "$path"; done |
    grep -vxE "$made_by_us" | LC_ALL=C sort | tr '\n' ' ')
if [ "$found" != "$expected " ]; then
	complain "the top level holds: $found"
	complain "it should hold:      $expected"
fi

# Data of others in tests/vectors keeps the words it came with.
homes='/(home|root|Users|work|farm)/[A-Za-z0-9]'
files() {
	find . -type f ! -path './build/*' ! -path './var/*' \
	    ! -path './.git*' ! -path './tests/vectors/*' \
	    ! -path '*/node_modules/*' "$@"
}
if files -exec grep -nIE "$homes" {} + >&2; then
	complain "a path that is there on one machine only"
fi

for script in ops/*.sh tests/*.sh tests/lint/*.sh tests/lint/*.awk .ci/run; do
	[ -x "$script" ] || complain "$script cannot be executed"
done
exit $bad
