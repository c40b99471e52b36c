#!/bin/sh
# blst.sh FOLDER -- build libblst there, for pkg-config to find.
#
# Debian 12 has no package of it. The npm package c-kzg of tests/package.json
# brings its source; CC is the compiler. Then
#   PKG_CONFIG_PATH=FOLDER make B=build/blst …
# builds kl_bls_blst.c in place of our own verifier.
set -eu
cd "$(dirname "$0")/../.."
blst=$PWD/tests/node_modules/c-kzg/deps/blst
mkdir -p "$1"
cd "$1"
for source in src/server.c build/assembly.S; do
	"${CC:-cc}" -O2 -fPIC -D__BLST_PORTABLE__ -c "$blst/$source"
done
ar rcs libblst.a server.o assembly.o
cat >libblst.pc <<-END
	Name: libblst
	Description: BLS12-381
	Version: 0
	Cflags: -I$blst/bindings
	Libs: -L$PWD -lblst
END
