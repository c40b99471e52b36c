#!/bin/bash
# planted.sh [PATCH]... -- plant each bug of tests/faults/planted/ and demand
# that the test it names finds it.
#
# A patch is a unified diff of the repository's root. Above it stand
#
#   Bug: what is wrong with it, in one line
#   Found by: faults kill      the words for tests/run.sh after the build
#   Mode: long                 KLERO_FAULTS of that run; short without this line
#   Build: release             which one; asan without this line
#   Says: REGEX                a line of what the run prints (grep -E)
#
# A patch that no longer applies, or no longer builds, is a failure, and so is
# a test that passes, or fails without saying that. The last line is a count.
set -uo pipefail
shopt -s nullglob
root=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d "${TMPDIR:-/tmp}/klero-planted.XXXXXX")
trap 'rm -rf "$copy"' EXIT
RUN_S_MAX=1500

header() { # NAME PATCH DEFAULT
	local value
	value=$(sed -n "/^--- /q; s/^$1: //p" "$2" | head -n 1)
	echo "${value:-$3}"
}

take_copy() { # with what is built: only what a patch changes is built again
	(cd "$root" && git ls-files -z --cached --others --exclude-standard |
	    xargs -0 cp -a --parents -t "$copy") || exit 1
	for part in build/asan build/release tests/node_modules; do
		[ ! -d "$root/$part" ] ||
		    (cd "$root" && cp -a --parents -t "$copy" "$part")
	done
}

complain() { # PATCH WHAT
	echo "NOT OK $(basename "$1"): $2"
	[ ! -s "$copy.log" ] || tail -n 40 "$copy.log"
	return 1
}

plant() { # PATCH: build it and run its test
	local mode found_by says status targets
	mode=$(header Build "$1" asan)
	says=$(header Says "$1" "")
	read -ra found_by <<<"$(header 'Found by' "$1" "")"
	[ -n "$says" ] && [ ${#found_by[@]} -gt 1 ] ||
	    { complain "$1" "its header lacks Found by or Says"; return; }
	case ${found_by[0]} in
	unit | service) targets=(tests) ;;
	*) targets=(programs) ;;
	esac
	make -C "$copy" -j"$(nproc)" MODE="$mode" "${targets[@]}" \
	    >"$copy.log" 2>&1 || { complain "$1" "does not build"; return; }
	KLERO_FAULTS=$(header Mode "$1" short) timeout $RUN_S_MAX \
	    "$copy/tests/run.sh" "build/$mode" "${found_by[@]}" >"$copy.log" 2>&1
	status=$?
	[ $status -ne 0 ] || { complain "$1" "${found_by[*]} passes"; return; }
	grep -qE -- "$says" "$copy.log" ||
	    { complain "$1" "${found_by[*]} fails without saying $says"; return; }
	echo "ok $(basename "$1"): $(header Bug "$1" "")"
}

patches=("$@")
[ $# -gt 0 ] || patches=("$root"/tests/faults/planted/*.patch)
take_copy
found=0 missed=0
for patch in "${patches[@]}"; do
	patch=$(realpath "$patch")
	: >"$copy.log"
	if ! patch -d "$copy" -p1 -sf --dry-run <"$patch" >"$copy.log" 2>&1; then
		complain "$patch" "does not apply"
		missed=$((missed + 1))
		continue
	fi
	patch -d "$copy" -p1 -sf <"$patch"
	if plant "$patch"; then
		found=$((found + 1))
	else
		missed=$((missed + 1))
	fi
	patch -d "$copy" -p1 -sfR <"$patch"
done
rm -f "$copy.log"
echo "$found found, $missed missed"
[ $missed -eq 0 ] && [ $found -gt 0 ]
