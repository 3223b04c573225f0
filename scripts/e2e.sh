#!/bin/sh
# Runs the boot proof. Installs QEMU and busybox from Debian if they are missing, and
# unpacks a Debian kernel package into a cache; nothing of the kernel is installed.
set -eu
cd "$(dirname "$0")/.."

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
missing=
command -v qemu-system-x86_64 >/dev/null 2>&1 || missing="$missing qemu-system-x86"
[ -x /bin/busybox ] || missing="$missing busybox-static"
[ -x /sbin/mkfs.ext4 ] || [ -x /usr/sbin/mkfs.ext4 ] || missing="$missing e2fsprogs"
updated=
if [ -n "$missing" ]; then
	echo "installing$missing"
	$as_root apt-get update -q
	updated=1
	# shellcheck disable=SC2086 # a list of names
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

kernel=${OVF_E2E_KERNEL:-${XDG_CACHE_HOME:-$HOME/.cache}/ovf-e2e/kernel}
if ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
	[ -n "$updated" ] || $as_root apt-get update -q
	# the package that the name of the newest cloud kernel stands for
	package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p' | head -n 1)
	[ -n "$package" ] || { echo "Debian has no cloud kernel here" >&2; exit 1; }
	echo "unpacking $package into $kernel"
	mkdir -p "$kernel"
	(cd "$kernel" && apt-get download -q "$package" && dpkg -x "$package"_*.deb . && rm "$package"_*.deb)
fi

cd interop
OVF_E2E=1 OVF_E2E_KERNEL="$kernel" ${GO:-go} test -count=1 -timeout 10m -v ./boot
