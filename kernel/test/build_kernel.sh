#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds a small kernel that watches itself (KASAN, lockdep, RCU, sleeping in
# atomic context) from Debian's source: ten minutes of two processors, once.
# Prints the folder it stands in.
#
# Usage: build_kernel.sh FOLDER
#
# Needs flex, bison, bc, libelf-dev, libssl-dev and a package linux-source-6.1,
# which is fetched; nothing is installed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
if [ ! -f done ]; then
	for tool in flex bison bc make cc; do
		command -v $tool >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
	done
	[ -d usr/src ] || { apt-get -qq download linux-source-6.1 && dpkg -x linux-source-6.1_*.deb .; } >&2
	[ -d linux-source-6.1 ] || tar xf usr/src/linux-source-6.1.tar.xz
	cd linux-source-6.1
	make -s tinyconfig >&2
	./scripts/kconfig/merge_config.sh -m .config "$here/debug.config" >/dev/null 2>&1
	make -s olddefconfig >&2
	# What the source no longer knows is left out without a word.
	for option in $(grep '=y$' "$here/debug.config"); do
		grep -qx "$option" .config || { echo "$option is lost" >&2; exit 1; }
	done
	make -s -j"$(nproc)" bzImage modules_prepare modules >&2
	cd ..
	touch done
fi
echo "$PWD/linux-source-6.1"
