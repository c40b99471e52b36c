#!/bin/bash
# database.sh COMMAND DIR -- a private MariaDB that lives in the folder DIR.
#
#   serve DIR              be the server; it ends with whoever called this
#   start DIR              the same beside the caller; returns when it answers,
#                          ends with the caller (or with PID in KLERO_OWNER)
#   wait DIR               return when it answers
#   prepare DIR [KLERO]    schema, accounts, migrations, grants; any number of
#                          times. KLERO is the program, build/release/klero
#   client DIR [ARG]...    the mariadb client, as the server's root
#   socket DIR             print the path of the socket
#   stop DIR               end it in order; fine if there is none
#
# No network port. DIR is 0700: whoever can enter it is trusted. Run by root, the
# server itself runs as KLERO_DB_USER (mysql, else nobody), if that user can
# reach DIR at all. DIR holds data/ tmp/ db.sock my.cnf err.log db.pid lock.
set -euo pipefail
PATH=$PATH:/usr/sbin
START_S_MAX=90 # a server that found its disk full looks again after 60 s
STOP_S_MAX=60
LOCK_S_MAX=10 # one whose owner was killed takes a moment to end
SOCKET_PATH_MAX=107 # sun_path of unix(7), without its NUL

here=$(cd "$(dirname "$0")" && pwd)
self=$here/$(basename "$0")

complain() {
	echo "database.sh: $*" >&2
}

fail() {
	complain "$@"
	exit 1
}

usage() {
	sed -n 's/^# \{0,1\}//; 2,12p' "$0" >&2
	exit 2
}

# --- the folder --------------------------------------------------------------
make_folder() {
	mkdir -p "$dir"
	chmod 700 "$dir"
}

# The socket's own folder is short where DIR is too long for sun_path.
socket_path() {
	if [ $((${#dir} + 8)) -le $SOCKET_PATH_MAX ]; then
		echo "$dir/db.sock"
	else
		readlink "$dir/db.sock" || fail "$dir has no socket"
	fi
}

make_socket_path() {
	local folder
	if [ $((${#dir} + 8)) -le $SOCKET_PATH_MAX ]; then
		rm -f "$dir/db.sock"
		return
	fi
	remove_short_folder
	folder=$(mktemp -d /tmp/klero-db.XXXXXX)
	[ -z "$user" ] || chown "$user" "$folder"
	ln -s "$folder/db.sock" "$dir/db.sock"
}

remove_short_folder() {
	local path
	path=$(readlink "$dir/db.sock" 2>/dev/null) || return 0
	case $path in
	/tmp/klero-db.??????/db.sock)
		rm -f "$path" "$dir/db.sock"
		rmdir "$(dirname "$path")" 2>/dev/null || true
		;;
	esac
}

# Whom the server runs as, when root calls; empty to stay who we are. A folder
# inside a home of root's cannot be reached by anybody else.
choose_user() {
	user=
	[ "$(id -u)" -eq 0 ] || return 0
	user=${KLERO_DB_USER:-}
	[ -n "$user" ] || user=$(id -un mysql 2>/dev/null || echo nobody)
	if [ "$user" = root ]; then
		user=
	elif ! setpriv --reuid "$user" --clear-groups \
	    --regid "$(id -gn "$user")" test -x "$(dirname "$dir")"; then
		complain "$user cannot reach $dir: the server runs as root"
		user=
	fi
}

give_folder() {
	local path
	for path in "$dir" "$dir/data" "$dir/tmp" "$dir/err.log"; do
		[ -e "$path" ] || continue
		[ "$(stat -c %U "$path")" = "${user:-root}" ] ||
		    chown -R "${user:-root}:" "$path"
	done
}

# --- the server ----------------------------------------------------------------
set_commands() {
	as_user=()
	[ -z "$user" ] || as_user=(setpriv --reuid "$user" --regid
	    "$(id -gn "$user")" --clear-groups)
	server=(mariadbd "--defaults-file=$dir/my.cnf"
	    "--log-error=$dir/err.log")
	install=(mariadb-install-db "--defaults-file=$dir/my.cnf"
	    "--datadir=$dir/data.new" --skip-test-db
	    --auth-root-authentication-method=normal
	    --debug-no-sync)
	if [ "$(id -u)" -eq 0 ] && [ -z "$user" ]; then
		server+=(--user=root)
		install+=(--user=root)
	fi
}

write_settings() {
	{
		cat "$here/my.cnf"
		echo "datadir = $dir/data"
		echo "socket = $(socket_path)"
		echo "pid_file = $dir/db.pid"
		echo "secure_file_priv = $dir/files"
		# A server that starts empties its tmpdir of others' tables.
		echo "tmpdir = $dir/tmp"
		echo "[client]"
		echo "socket = $(socket_path)"
	} >"$dir/my.cnf"
	chmod 644 "$dir/my.cnf"
	mkdir -p "$dir/files" "$dir/tmp"
	# A pid file of another owner would keep the server from starting.
	rm -f "$dir/db.pid"
}

# The folder gets its name when it is complete and on the disk, so that one
# killed in the middle is begun again, and nothing in it need be synced alone.
install_data() {
	[ ! -d "$dir/data" ] || return 0
	rm -rf "$dir/data.new"
	"${as_user[@]}" "${install[@]}" >"$dir/install.log" 2>&1 ||
	    fail "cannot install, see $dir/install.log"
	sync -f "$dir"
	mv "$dir/data.new" "$dir/data"
}

serve() {
	local parent=$PPID
	make_folder
	exec 9>>"$dir/lock"
	flock -w $LOCK_S_MAX 9 || fail "a server runs in $dir already"
	choose_user
	make_socket_path
	write_settings
	: >>"$dir/err.log"
	[ "$(id -u)" -ne 0 ] || give_folder
	set_commands
	install_data
	# The signal is asked for after root is dropped, which would clear it;
	# should the parent have ended before that, nobody sends it.
	# shellcheck disable=SC2016
	exec "${as_user[@]}" setpriv --pdeathsig TERM \
	    bash -c '[ "$PPID" = "$1" ] && shift && exec "$@"' serve \
	    "$parent" "${server[@]}"
}

# Ends the server when the owner ends. Killed itself, it takes the server along.
guard() {
	local owner=$1 watch
	"$self" serve "$dir" &
	tail "--pid=$owner" -f /dev/null &
	watch=$!
	wait -n || true
	kill "$watch" 2>/dev/null || true
	kill %1 2>/dev/null || true
	wait
}

answers() {
	client -e 'SELECT 1' >/dev/null 2>&1
}

is_running() {
	! flock -n "$dir/lock" true 2>/dev/null
}

start() {
	local owner=${KLERO_OWNER:-$PPID}
	make_folder
	# One that is there may be about to end: of a full disk, for one.
	while is_running; do
		! await is_running || return 0
	done
	setsid "$self" guard "$dir" "$owner" </dev/null >>"$dir/start.log" 2>&1 &
	await lives $! || fail_to_start "the server ended instead of starting"
}

lives() {
	kill -0 "$1" 2>/dev/null
}

# Until it answers; fails when the command that is given does, before that.
await() {
	local end=$((SECONDS + START_S_MAX))
	until answers; do
		"$@" || return 1
		[ $SECONDS -lt $end ] ||
		    fail_to_start "no answer in $START_S_MAX s"
		sleep 0.02
	done
}

fail_to_start() {
	tail -n 20 "$dir/start.log" "$dir/err.log" >&2 || true
	fail "$@"
}

# A pid proves nothing by itself: it must be a server with our settings.
server_pid() {
	local pid
	pid=$(cat "$dir/db.pid" 2>/dev/null) || return 1
	tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null |
	    grep -qxF -- "--defaults-file=$dir/my.cnf" && echo "$pid"
}

stop() {
	local pid end=$((SECONDS + STOP_S_MAX))
	[ -e "$dir/lock" ] || return 0
	while is_running; do
		if pid=$(server_pid); then
			kill "$pid" 2>/dev/null || true
		fi
		[ $SECONDS -lt $end ] || fail "it did not end in $STOP_S_MAX s"
		sleep 0.05
	done
	remove_short_folder
}

client() {
	mariadb "--defaults-file=$dir/my.cnf" --user=root "$@"
}

prepare() {
	local klero=${1:-$here/../build/release/klero}
	client -e "CREATE DATABASE IF NOT EXISTS klero
	    CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
	client klero <"$here/accounts.sql"
	"$klero" migrate --socket "$(socket_path)" --name klero \
	    --user klero_migrate --dir "$here/../migrations"
	client klero <"$here/grants.sql"
}

[ $# -ge 2 ] || usage
command=$1
case $2 in
/*) dir=$2 ;;
*) dir=$PWD/$2 ;;
esac
dir=${dir%/}
shift 2
case $command in
serve) serve ;;
start) start ;;
guard) guard "$1" ;;
wait) await true ;;
prepare) prepare "$@" ;;
client) client "$@" ;;
socket) socket_path ;;
stop) stop ;;
*) usage ;;
esac
