#!/bin/bash
# run.sh -- make run: a service on 127.0.0.1 with a county in it, and a draw.
#
# Installs and builds what is missing, starts a private MariaDB, a witness, a
# test network of drand and klerod on var/, lives through the months of the demo
# county in a rehearsal and plays a draw in it (ops/demo.mjs). Then it serves
# until Ctrl-C; with ONCE=1 it stops everything and exits 0 only if the evidence
# pack verified. A further run goes on with var/ as it is; `rm -rf var` forgets
# everything. PORT (8080) and VAR (var) may be others. COUNTY=0: no rehearsal,
# ten institutions and a draw in real time. BEACON=quicknet: the last randomness
# comes from the real network of drand, over the Internet. However this ends, all
# servers end too.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
build=$root/build/release
port=${PORT:-8080}
var=$(realpath -m "${VAR:-var}")
beacon=${BEACON:-test}
relays=https://api.drand.sh,https://api2.drand.sh,https://drand.cloudflare.com
START_S_MAX=30 STOP_S_MAX=60
county=${COUNTY:-1}
origin=localhost/rehearsal witness_name=localhost/witness
klerod='' demo='' others=()

say() { # Chinese, English
	printf '%s\n  %s\n' "$1" "$2"
}

fail() {
	printf '%s\n  %s\n' "$1" "$2" >&2
	exit 1
}

# shellcheck disable=SC2317 # called by trap
finish() {
	trap '' INT TERM HUP
	[ -z "$demo" ] || kill "$demo" 2>/dev/null || true
	local server
	for server in $klerod "${others[@]}"; do
		kill "$server" 2>/dev/null || true
		timeout "$STOP_S_MAX" tail "--pid=$server" -f /dev/null || true
	done
	"$root/ops/database.sh" stop "$var/db" || true
}

port_is_taken() {
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

# Names are relative to var/, where klerod and the demo run: a unix socket's
# path may have 107 bytes, and this folder may be anywhere. The log keeps its
# name, whatever the port is.
write_settings() {
	cat >klerod.conf <<-END
		http_port = $port
		admin_socket = admin.sock
		db_socket = db/db.sock
		log_origin = $origin
		log_key_file = keys/log.key
		receipt_key_file = keys/receipt.key
		high_water_file = high-water
		witness_file = witnesses.txt
		drand_chain_file = $chain
		drand_relays = $relays
		web_root = web
	END
}

make_keys() {
	local key
	mkdir -p keys
	chmod 700 keys
	for key in log receipt; do
		[ -e keys/$key.key ] || "$build/klero" keygen keys/$key.key \
		    >/dev/null
	done
}

# The public half of a key file of a log or a witness.
vkey() { # log|witness NAME FILE
	"$build/klero" keygen --show "--$1" "$2" "$3"
}

# Wait for a line of a server that was started in the background.
await() { # PID FILE PATTERN
	local end=$((SECONDS + START_S_MAX))
	until grep -q "$3" "$2"; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$1" 2>/dev/null; then
			tail -n 5 "$2" >&2
			fail "没有启动,见 $var/$2" "it did not start, see $var/$2"
		fi
		sleep 0.05
	done
}

# A process of its own, which knows nothing of the service but the log's key: in
# earnest it runs on a supervisor's machine.
start_witness() {
	local port
	mkdir -p witness
	chmod 700 witness
	if [ ! -e witness/witness.key ]; then
		"$build/klero" keygen --witness $witness_name witness/witness.key
		"$build/klero" witness --init --name $witness_name \
		    --key witness/witness.key --state witness/state
	fi >/dev/null
	printf 'log %s\nquorum none\n' "$(vkey log "$origin" keys/log.key)" \
	    >witness/trust.txt
	: >witness/witness.log # of the last run
	setsid setpriv --pdeathsig TERM "$build/klero" witness \
	    --name $witness_name --key witness/witness.key \
	    --state witness/state --trust witness/trust.txt \
	    --listen 127.0.0.1:0 >witness/witness.log 2>&1 &
	others+=($!)
	await $! witness/witness.log '"event": *"started"'
	port=$(sed -n 's/.*"started".*"port": *\([0-9]*\).*/\1/p' \
	    witness/witness.log)
	printf 'log %s\nwitness w %s http://127.0.0.1:%s\nquorum w\n' \
	    "$(vkey log "$origin" keys/log.key)" \
	    "$(vkey witness $witness_name witness/witness.key)" "$port" \
	    >witnesses.txt
}

# The network of drand whose rounds are the last randomness: one of our own, which
# anybody could foretell and every verifier calls a test, or the real one.
start_beacon() {
	[ "$beacon" = test ] || return 0
	[ "$root/tests/node_modules/.package-lock.json" -nt \
	    "$root/tests/package-lock.json" ] ||
	    npm ci --prefix "$root/tests" --no-audit --no-fund \
		--ignore-scripts --loglevel=error
	: >relay.log # of the last run
	setsid setpriv --pdeathsig TERM node "$root/tests/tools/relay.mjs" \
	    "$chain" >relay.log 2>&1 &
	others+=($!)
	await $! relay.log '^http:'
	relays=$(cat relay.log)
}

# The log is begun once: with the county as a rehearsal, as many days ago as that
# lives through. An --init that was killed left the file, no log.
begin_log() {
	local days how=()
	[ ! -e high-water ] || return 0
	days=$(sed -n 's/^ "days": \([0-9]*\),$/\1/p' "$root/ops/data/county.json")
	[ "$county" = 0 ] || how=(--rehearsal
	    "$(date -u -d "$days days ago" +%Y-%m-%dT00:00:00Z)")
	"$build/klerod" --init "${how[@]}" klerod.conf 2>>klerod.log || fail \
	    "无法建立日志,见 $var/klerod.log" \
	    "the log cannot be begun, see $var/klerod.log"
}

start_klerod() {
	local from end=$((SECONDS + START_S_MAX))
	from=$(($(wc -l <klerod.log) + 1))
	setsid setpriv --pdeathsig TERM "$build/klerod" klerod.conf \
	    >>klerod.log 2>&1 &
	klerod=$!
	until tail -n "+$from" klerod.log | grep -q '"event": *"started"'; do
		if [ $SECONDS -ge $end ] || ! kill -0 "$klerod" 2>/dev/null; then
			tail -n 5 klerod.log >&2
			fail "klerod 没有启动,见 $var/klerod.log" \
			    "klerod did not start, see $var/klerod.log"
		fi
		sleep 0.05
	done
}

case $beacon in
test) chain=chain.json ;;
quicknet) chain=none ;;
*) fail "BEACON 应为 test 或 quicknet" "BEACON is test or quicknet" ;;
esac
case $county in
0) origin=localhost/log ;;
1) ;;
*) fail "COUNTY 应为 0 或 1" "COUNTY is 0 or 1" ;;
esac
mkdir -p "$var"
chmod 711 "$var" # the database may run as another user
exec 8>"$var/lock"
flock -n 8 || fail "另一个 make run 正在使用 $var" \
    "another make run uses $var already"
! port_is_taken || fail \
    "127.0.0.1:$port 已被占用。请先停下占用者,或换一个端口:make run PORT=9090" \
    "127.0.0.1:$port is taken: stop what listens there, or make run PORT=9090"

say "准备环境并编译……" "installing what is missing, building ..."
ops/bootstrap.sh build run
# With all cores, whatever make this was called by.
env -u MAKEFLAGS -u MAKELEVEL make -s MODE=release programs web

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
say "启动私有数据库……" "starting a private MariaDB in $var/db ..."
KLERO_OWNER=$$ ops/database.sh start "$var/db" 8>&-
ops/database.sh prepare "$var/db" "$build/klero"

cd "$var"
: >>klerod.log
# What was begun goes on as what it is.
[ ! -e high-water ] || origin=$(sed -n 's/^log_origin = //p' klerod.conf)
ln -sfn "$root/web/dist" web
make_keys
say "启动见证人和信标……" "starting a witness and a beacon ..."
start_witness 8>&-
start_beacon 8>&-
write_settings
begin_log
say "启动服务……" "starting klerod ..."
start_klerod 8>&-

# In the background, so that a signal is answered at once.
status=0
KLERO="$build/klero" BEACON="$beacon" ORIGIN="$origin" node \
    "$root/ops/demo.mjs" "http://127.0.0.1:$port" 8>&- &
demo=$!
wait "$demo" || status=$?
demo=
[ -z "${ONCE:-}" ] || exit $status
say "服务在 http://127.0.0.1:$port 继续运行,按 Ctrl-C 停止。" \
    "the service goes on at http://127.0.0.1:$port until Ctrl-C."
wait "$klerod" || status=$?
klerod=
exit $status
