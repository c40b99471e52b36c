#!/bin/bash
# bootstrap.sh [WHAT]... -- install what is needed on a bare Debian 12.
#
#   build    to compile the programs and the library
#   run      to run them: a database; for the pages and the demo, Node and npm
#   test     to test them
#   lint     to check the sources, and to fuzz
#   bench    to measure
#
# All of it without WHAT. Does nothing where all is there already; uses sudo if
# it must install and is not root. `mariadb-server-core` brings the programs
# alone: the package mariadb-server would start a server of its own.
set -euo pipefail
NODE_MIN=18

build=(gcc make pkg-config libc6-dev libjansson-dev libsodium-dev libssl-dev
    libgmp-dev libmicrohttpd-dev libmariadb-dev libcurl4-openssl-dev liboath-dev
    zlib1g-dev libzip-dev libexpat1-dev libmagic-dev)
run=(mariadb-server-core mariadb-client-core unzip)
test=(libcmocka-dev faketime nginx openssl strace chromium fonts-noto-cjk)
lint=(clang clang-format libclang-rt-14-dev libcmocka-dev)
bench=(wrk nghttp2-client)

# Newer ones than Debian's, however they came, will do.
has_node() {
	local major
	major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || return 1
	[ "${major:-0}" -ge $NODE_MIN ]
}

is_installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
	    grep -qx installed
}

wanted=()
[ $# -gt 0 ] || set -- build run test lint bench
for what; do
	case $what in
	build) wanted+=("${build[@]}") ;;
	run) wanted+=("${run[@]}") ;;
	test) wanted+=("${run[@]}" "${test[@]}") ;;
	lint) wanted+=("${lint[@]}") ;;
	bench) wanted+=("${bench[@]}") ;;
	*)
		sed -n 's/^# \{0,1\}//; 2,12p' "$0" >&2
		exit 2
		;;
	esac
	[ "$what" = build ] || has_node || wanted+=(nodejs)
	[[ $what != @(run|test|bench) ]] || command -v npm >/dev/null ||
	    wanted+=(npm)
done

missing=()
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
	is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# SYSTEMD_OFFLINE: a package that brings a server does not start it.
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "bootstrap.sh: install as root: ${missing[*]}" >&2
		exit 1
	}
	as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1
    apt-get -qq)
install=("${apt[@]}" -o Dpkg::Use-Pty=0 install --yes
    --no-install-recommends "${missing[@]}")

echo "installing ${missing[*]}"
# The list of packages may be old, or none at all.
"${install[@]}" >/dev/null 2>&1 || {
	"${apt[@]}" update
	"${install[@]}" >/dev/null
}
