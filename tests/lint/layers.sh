#!/bin/sh
# layers.sh LIBKLERO.A -- lib does no I/O, reads no clock and draws no
# randomness; each outside library is known to one file; every file is listed;
# the verifier of web imports nothing else of web.
set -eu
bad=0
complain() {
	echo "layers: $1" >&2
	bad=1
}

# What lib asks of others: memory, text, JSON, and crypto without randomness.
allowed='^(_GLOBAL_OFFSET_TABLE_|kl_|json_|crypto_|sodium_|__gmpn_|blst_'
allowed="$allowed|RSA_(free|new|set0_key|verify)\$|BN_(bin2bn|free|new|set_word)\$"
allowed="$allowed|ERR_(peek_last_error|pop_to_mark|set_mark)\$"
allowed="$allowed|mem(chr|cmp|cpy|move|set)\$|str(chr|cmp|cspn|len|ncmp|spn)\$"
allowed="$allowed|SHA256_(Init|Update|Final)\$|(c|m|re)alloc\$|free\$|bsearch\$|qsort(_r)?\$|memmem\$|snprintf\$"
allowed="$allowed|__(memcpy|memmove|memset|snprintf|stack)_chk(_fail)?\$|__popcountdi2\$|__udivti3\$|__assert_fail\$)"
forbidden='_keygen$|_(sign|box|kx|ed25519)_keypair$|^json_(dump|load)(_file|f$|fd)'
for symbol in $(nm -u "$1" | sed -n 's/.* U //p' | sort -u); do
	if ! echo "$symbol" | grep -Eq "$allowed" ||
	    echo "$symbol" | grep -Eq "$forbidden"; then
		complain "lib uses $symbol"
	fi
done
for symbol in $(nm -g --defined-only "$1" | sed -n 's/.* [A-Z] //p'); do
	case $symbol in
	kl_*) ;;
	*) complain "lib defines $symbol: its names start with kl_" ;;
	esac
done

only() { # header, which files may include it (a regular expression)
	for file in $(grep -lE "#include <$1>" -r lib service | grep -vxE "$2"); do
		complain "$file includes <$1>; only $2 may"
	done
}
only microhttpd.h 'service/http(_[a-z]+)?\.[ch]'
only mysql.h 'service/db(_[a-z]+)?\.[ch]'
only curl/curl.h 'service/fetch\.c'
only zip.h 'service/unzip\.c'
only expat.h 'service/sheet_xlsx\.c'
only oath.h 'service/totp\.c'
only magic.h 'service/upload\.c'
only gmp.h 'lib/kl_bls_private\.h'
only blst.h 'lib/kl_bls_blst\.c'
for file in $(grep -l '"kl_bls_private.h"' lib/*.[ch] | grep -vE '^lib/kl_bls'); do
	complain "$file includes kl_bls_private.h; only kl_bls*.c may"
done

# A file is in the list of its folder, or is a part of one that is:
# draw_freeze.c of draws.c.
listed() { # folder, list
	for path in "$1"/*.c; do
		name=$(basename "$path" .c)
		if [ "$name" != "$2" ] &&
		    ! grep -qE "X\((${name}|${name%%_*}s?)\)" "$1/$2.c"; then
			complain "$path is not in $2.c"
		fi
	done
}
listed service/resources resources
listed service/commands commands

# The second reading stands alone: its files, @noble/, and node: in its command.
for file in web/src/verify/*; do
	for module in $(sed -nE "s/.*(from|import) ?\(?['\"]([^'\"]*).*/\2/p" \
	    "$file"); do
		case $module in
		*..*) complain "$file imports $module" ;;
		./* | @noble/*) ;;
		node:*) [ "$file" = web/src/verify/cli.ts ] ||
		    complain "$file imports $module; only cli.ts may" ;;
		*) complain "$file imports $module" ;;
		esac
	done
done

for file in $(grep -lE '#include ".*/' -r lib service --include='*.[ch]'); do
	complain "$file: an include names a folder"
done
exit $bad
