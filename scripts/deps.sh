#!/bin/sh
# Installs what the build with libxml2 and the tests need, if something is
# missing: a C compiler, pkg-config, the headers of libxml2, and the programs the
# tests compare with: xmllint, openssl and qemu-img.
set -eu

missing=
need() { case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac }

cc=$(${GO:-go} env CC)
if ! command -v "${cc%% *}" >/dev/null 2>&1 || ! echo '#include <stdlib.h>' | $cc -E - >/dev/null 2>&1; then
	need gcc
	need libc6-dev
fi
command -v pkg-config >/dev/null 2>&1 || need pkg-config
pkg-config --exists libxml-2.0 2>/dev/null || need libxml2-dev
command -v xmllint >/dev/null 2>&1 || need libxml2-utils
command -v openssl >/dev/null 2>&1 || need openssl
command -v qemu-img >/dev/null 2>&1 || need qemu-utils
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "Missing for the build with libxml2 and the tests (Debian names):$missing" >&2
	echo "This is not Debian, so please install them by hand: a C compiler, pkg-config, the libxml2 headers, xmllint, openssl, qemu-img." >&2
	echo "'make test-go' runs the tests that need nothing but Go." >&2
	exit 1
fi
if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1; then
	as_root=sudo
else
	echo "Missing for the build with libxml2 and the tests:$missing" >&2
	echo "Installing needs root, and there is no sudo. As root: apt-get install$missing" >&2
	echo "'make test-go' runs the tests that need nothing but Go." >&2
	exit 1
fi
echo "installing$missing"
# The lists first: on a bare system there are none, and old ones fail.
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
