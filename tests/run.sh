#!/bin/bash
# run.sh BUILD KIND... -- run tests against the programs in BUILD, and count.
# KIND,KIND are run side by side: they wait more than they work.
#
#   unit service   the cmocka programs of BUILD/tests/KIND
#   fuzz           every fuzzer with every file of tests/vectors
#   api [THING]... tests/api/THING.test.mjs, all without THING; comes last but
#                  for node
#   faults [THING]... likewise tests/faults/THING.test.mjs, each with servers of
#                  its own and two at a time; KLERO_FAULTS=long for all of
#                  it; without THING those of $FAULTS, or all
#   node           tests/node/*.test.mjs, with the packages of tests/package.json
#   web [THING]... tests/web/THING.test.mjs in Debian's chromium, with one service;
#                  without THING two halves side by side, each with its own
#
# The last line is `N passed, N failed`; the one before it says how many were
# skipped, if any. Fails if any failed or none was run.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=$PWD/$1
shift
passed=0 failed=0 skipped=0
log=$(mktemp) counts=$(mktemp)
trap 'rm -f "$log" "$counts"' EXIT
export build counts

# STATUS PASSED FAILED: a run that fails without naming a test is one failure.
count() {
	passed=$((passed + $2))
	failed=$((failed + $3))
	[ "$1" -eq 0 ] || [ "$3" -gt 0 ] || failed=$((failed + 1))
}

# FUNCTION FILE...: as many files at a time as there are cores. What is said of
# one is shown when it ends, as a whole.
at_once() {
	local status good bad left=$(($# - 1))
	printf '%s\0' "${@:2}" |
	    xargs -0 -r -n 1 -P "$(nproc)" bash -c '"$0" "$1"' "$1"
	while read -r status good bad; do
		count "$status" "$good" "$bad"
		left=$((left - 1))
	done <"$counts"
	failed=$((failed + left)) # those that were killed before they said it
	: >"$counts"
}

cmocka() { # one program's source
	local said status good
	said=$(CMOCKA_MESSAGE_OUTPUT=TAP KLERO_BUILD=$build \
	    "$build/${1%.c}" 2>&1)
	status=$?
	good=$(grep -c '^ok ' <<<"$said")
	echo "$status $good $(grep -c '^not ok ' <<<"$said")" >>"$counts"
	if [ $status -eq 0 ]; then
		echo "ok $(basename "${1%.c}"), $good"
	else
		echo "NOT OK $(basename "${1%.c}"), status $status
$said"
	fi
}

replay() { # one fuzzer's source; it is built without libFuzzer
	local said
	if said=$("$build/${1%.c}" tests/vectors 2>&1); then
		echo "0 1 0" >>"$counts"
		echo "ok $(basename "${1%.c}"), $(tail -n 1 <<<"$said")"
	else
		echo "1 0 1" >>"$counts"
		echo "NOT OK $(basename "${1%.c}")
$said"
	fi
}
export -f cmocka replay

node_counted() { # what runs node:test
	KLERO_BUILD=$build "$@" 2>&1 | tee "$log"
	local status=${PIPESTATUS[0]}
	count "$status" "$(number pass)" "$(($(number fail) + $(number cancelled)))"
	skipped=$((skipped + $(number skipped)))
}

number() { # of the summary of node:test: `ℹ pass 12` or `# pass 12`, and not
	# of one that a failed test quotes
	awk -v what="$1" '/^(ℹ|#)/ && $2 == what && NF == 3 {
		sum += $3
	} END { print sum + 0 }' "$log"
}

# Once, and again when the list of packages changes.
install_packages() {
	[ tests/node_modules/.package-lock.json -nt tests/package-lock.json ] ||
	    npm ci --prefix tests --no-audit --no-fund \
		--ignore-scripts --loglevel=error
}

# The pages and the verifier, when a source of them is newer.
build_web() {
	env -u MAKEFLAGS -u MAKELEVEL make -s web >&2
}

beside() { # KIND,KIND: each by itself; what it says is shown when all have ended
	local kind status
	local -A running=()
	install_packages && build_web # not each of them
	for kind in ${1//,/ }; do
		tests/run.sh "${build#"$PWD/"}" "$kind" >"$counts.$kind" 2>&1 &
		running[$kind]=$!
	done
	for kind in ${1//,/ }; do
		wait "${running[$kind]}"
		status=$?
		grep -vE "$COUNT|$SKIPPED" "$counts.$kind"
		skipped=$((skipped + $(told "$SKIPPED" "$kind")))
		count $status "$(told "$COUNT" "$kind")" \
		    "$(told "$COUNT" "$kind" 3)"
		rm "$counts.$kind"
	done
}
COUNT='^[0-9]+ passed, [0-9]+ failed$' SKIPPED='^[0-9]+ skipped$'

told() { # PATTERN KIND [WORD]: a number of the line like that, 0 without
	grep -E "$1" "$counts.$2" | awk -v at="${3:-1}" \
	    '{ number = $at } END { print number + 0 }'
}

kinds=() things=()
for word; do
	case $word in
	unit | service | fuzz | api | faults | node | web | *,*)
		kinds+=("$word")
		;;
	*) things+=("$word") ;;
	esac
done
for kind in "${kinds[@]}"; do
	echo "--- $kind"
	began=$SECONDS
	case $kind in
	*,*) beside "$kind" ;;
	unit | service)
		at_once cmocka tests/"$kind"/test_*.c
		;;
	fuzz)
		at_once replay tests/fuzz/fuzz_*.c
		;;
	api)
		if install_packages; then
			node_counted node tests/api/harness.mjs "${things[@]}"
		else
			count 1 0 1
		fi
		;;
	faults)
		faults=("${things[@]}")
		[ ${#faults[@]} -gt 0 ] || read -ra faults <<<"${FAULTS:-}"
		files=(tests/faults/*.test.mjs)
		[ ${#faults[@]} -eq 0 ] || files=("${faults[@]/#/tests/faults/}")
		[ ${#faults[@]} -eq 0 ] || files=("${files[@]/%/.test.mjs}")
		node_counted node --test --test-concurrency=2 \
		    --test-reporter=spec "${files[@]}"
		;;
	node)
		if ! compgen -G 'tests/node/*.test.mjs' >/dev/null; then
			continue
		elif install_packages && build_web; then
			node_counted node --test --test-concurrency=2 \
			    --test-reporter=spec tests/node/*.test.mjs
		else
			count 1 0 1
		fi
		;;
	web)
		if install_packages && build_web; then
			web=(--test --test-concurrency=2 --test-reporter=spec
			    tests/web/of_draws.mjs tests/web/of_others.mjs)
			[ ${#things[@]} -eq 0 ] || web=(--test-reporter=spec
			    tests/web/run.mjs "${things[@]}")
			node_counted node "${web[@]}"
		else
			count 1 0 1
		fi
		;;
	esac
	echo "--- $kind: $((SECONDS - began)) s"
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
