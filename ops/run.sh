#!/bin/bash
# run.sh -- make run: a service on 127.0.0.1 with one whole draw played on it.
#
# Installs and builds what is missing, starts a private MariaDB and klerod on
# var/, loads the demo county and plays a draw (ops/demo.mjs). Then it serves
# until Ctrl-C; with ONCE=1 it stops everything and exits 0 only if the evidence
# pack verified. A further run goes on with var/ as it is; `rm -rf var` forgets
# everything. PORT (8080) and VAR (var) may be others. However this ends, both
# servers end too.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
build=$root/build/release
port=${PORT:-8080}
var=$(realpath -m "${VAR:-var}")
START_S_MAX=30 STOP_S_MAX=60
klerod='' demo=''

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
	if [ -n "$klerod" ]; then
		kill "$klerod" 2>/dev/null || true
		timeout "$STOP_S_MAX" tail "--pid=$klerod" -f /dev/null || true
	fi
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
		log_origin = localhost/log
		log_key_file = keys/log.key
		receipt_key_file = keys/receipt.key
		high_water_file = high-water
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

# The log is begun once. An --init that was killed left the file, no log.
begin_log() {
	[ ! -e high-water ] || return 0
	"$build/klerod" --init klerod.conf 2>>klerod.log || fail \
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
ln -sfn "$root/web/dist" web
write_settings
make_keys
begin_log
say "启动服务……" "starting klerod ..."
start_klerod 8>&-

# In the background, so that a signal is answered at once.
status=0
KLERO="$build/klero" node "$root/ops/demo.mjs" "http://127.0.0.1:$port" 8>&- &
demo=$!
wait "$demo" || status=$?
demo=
[ -z "${ONCE:-}" ] || exit $status
say "服务在 http://127.0.0.1:$port 继续运行,按 Ctrl-C 停止。" \
    "the service goes on at http://127.0.0.1:$port until Ctrl-C."
wait "$klerod" || status=$?
klerod=
exit $status
