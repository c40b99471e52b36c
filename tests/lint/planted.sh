#!/bin/sh
# planted.sh -- every class of faults has a bug of its own to find: for each
# tests/faults/CLASS.test.mjs a patch in tests/faults/planted/ that says
# `Found by: faults CLASS`. And every patch there applies.
set -eu
bad=0
complain() {
	echo "planted: $1" >&2
	bad=1
}

# They are tests of the tests, and spoil things themselves.
inward='history|oracle'
for file in tests/faults/*.test.mjs; do
	class=$(basename "$file" .test.mjs)
	echo "$class" | grep -qxE "$inward" ||
	    grep -qxE "Found by: faults $class" tests/faults/planted/*.patch ||
	    complain "no bug is planted for tests/faults/$class.test.mjs"
done
for patch in tests/faults/planted/*.patch; do
	patch -p1 -sf --dry-run <"$patch" >/dev/null 2>&1 ||
	    complain "$patch does not apply"
done
exit $bad
