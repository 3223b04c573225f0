#!/bin/sh
# Installs the programs that the interop tests compare with, if one is missing, and
# Debian has it: bsdtar, virt-v2v, cloud-init, xorriso, isoinfo.
set -eu

missing=
want() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
want bsdtar libarchive-tools
want virt-v2v virt-v2v
want cloud-init cloud-init
want xorriso xorriso
want isoinfo genisoimage
want qemu-img qemu-utils
want openssl openssl
want python3 python3
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "Missing for the interop tests (Debian names):$missing" >&2
	exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "installing$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
